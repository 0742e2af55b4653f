-- Attempts whose window is over, and sessions and links that ended long ago.
with attempt as (
    delete from identity.attempts where window_ends_at <= :at returning 1
), session as (
    delete from identity.sessions where ends_at <= cast(:at as timestamptz) - interval '30 days'
    returning 1
), link as (
    delete from identity.invitations where ends_at <= cast(:at as timestamptz) - interval '30 days'
    returning 1
)
select (select count(*) from attempt) + (select count(*) from session) + (select count(*) from link)
