with moved as (
    update catalog.listings l set
        state = m.after, live_at = m.live_at, deleted_at = m.deleted_at,
        audit_at = m.audit_at, updated_at = cast(:now as timestamptz)
    from unnest(
        cast(:ids as bigint[]), cast(:from as text[]), cast(:to as text[]),
        cast(:live as timestamptz[]), cast(:deleted as timestamptz[]), cast(:audits as timestamptz[])
    ) as m (id, before, after, live_at, deleted_at, audit_at)
    where l.id = m.id and l.state = m.before
    returning l.id
), told as (
    insert into catalog.moves (listing_id, verb, before, after, reasons, actor, moved_at)
    select m.listing_id, m.verb, m.before, m.after,
        array(select jsonb_array_elements_text(m.reasons)),
        cast(:actor as text), cast(:now as timestamptz)
    from unnest(
        cast(:moved as bigint[]), cast(:verbs as text[]), cast(:before as text[]),
        cast(:after as text[]), cast(:reasons as jsonb[])
    ) with ordinality as m (listing_id, verb, before, after, reasons, n)
    join moved on moved.id = m.listing_id
    order by m.n
)
select id from moved
