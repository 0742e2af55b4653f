-- One more try under each key; a window that is over begins anew.
insert into identity.attempts as a (key, tries, window_ends_at)
select key, 1, :ends_at from unnest(cast(:keys as bytea[])) as k (key) order by key
on conflict (key) do update set
    tries = case when a.window_ends_at <= :at then 1 else a.tries + 1 end,
    window_ends_at = case when a.window_ends_at <= :at then excluded.window_ends_at
        else a.window_ends_at end
returning key, tries, window_ends_at
