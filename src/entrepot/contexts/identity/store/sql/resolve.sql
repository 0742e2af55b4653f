-- Who a secret belongs to and what it may do, in one statement: an index of each table is enough.
with asking as (
    select 'person' as kind, s.person_id as id, s.person_id, null::bigint as only_in, null::text[] as scopes
    from identity.sessions s
    where s.secret = :secret and s.revoked_at is null and s.ends_at > :at and s.seen_at > :idle_since
    union all
    select 'token', t.id, t.person_id, t.organisation_id, t.scopes
    from identity.tokens t
    where t.secret = :secret and t.revoked_at is null and t.ends_at > :at
), belonging as (
    select m.organisation_id, m.role, o.kind
    from asking a
    join identity.memberships m on m.person_id = a.person_id
    join identity.organisations o on o.id = m.organisation_id
    where a.only_in is null or a.only_in = m.organisation_id
)
select a.kind, a.id, a.person_id, a.scopes, b.organisation_id as within, b.role,
    b.kind = 'operator' as everywhere, null::bigint as through, null::text[] as permissions
from asking a left join belonging b on true
union all
select a.kind, a.id, a.person_id, a.scopes, g.from_id, b.role, false, g.to_id, g.permissions
from asking a
join belonging b on true
join identity.grants g on g.to_id = b.organisation_id
where g.revoked_at is null and g.starts_at <= :at and g.ends_at > :at
