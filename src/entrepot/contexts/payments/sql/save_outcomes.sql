-- What became of attempts, and of the intents that they moved. Each move names the state that it
-- leaves, so that a missing lock shows as a missing row.
with ended as (
    update payments.attempts a
    set state = done.state, provider_ref = done.ref, reason = done.reason
    from unnest(
        cast(:attempts as bigint[]), cast(:attempt_states as text[]),
        cast(:attempt_refs as text[]), cast(:reasons as text[])
    ) as done (id, state, ref, reason)
    where a.id = done.id
), change as (
    select * from unnest(
        cast(:ids as bigint[]), cast(:before as text[]), cast(:after as text[]),
        cast(:methods as text[]), cast(:captured as bigint[]), cast(:promised as bigint[]),
        cast(:refunded as bigint[]), cast(:refs as text[])
    ) as change (id, before, after, method, captured, promised, refunded, ref)
), moved as (
    insert into payments.moves (intent_id, before, after, moved_at)
    select id, before, after, :now from change where before <> after
)
update payments.intents i
set state = change.after, method = change.method, captured_minor = change.captured,
    promised_minor = change.promised, refunded_minor = change.refunded, provider_ref = change.ref
from change
where i.id = change.id and i.state = change.before
