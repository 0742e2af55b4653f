insert into payments.refunds (id, intent_id, reference, amount_minor, state, requested_at)
select change.* from unnest(
    cast(:ids as bigint[]), cast(:intents as bigint[]), cast(:references as text[]),
    cast(:amounts as bigint[]), cast(:states as text[]), cast(:times as timestamptz[])
) as change
on conflict (id) do update set state = excluded.state
