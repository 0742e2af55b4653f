-- Intents with the first call of each, which nobody has made yet; nothing to pay, nothing to call.
with wanted as (
    insert into payments.intents (
        id, group_id, provider, method, amount_minor, currency, state, captured_minor, opened_at
    )
    select kernel.new_id(), wish.group_id, wish.provider, wish.method, wish.amount_minor,
        wish.currency, wish.state, 0, :now
    from unnest(
        cast(:groups as bigint[]), cast(:providers as text[]), cast(:methods as text[]),
        cast(:amounts as bigint[]), cast(:currencies as text[]), cast(:states as text[])
    ) as wish (group_id, provider, method, amount_minor, currency, state)
    returning id, group_id, method, amount_minor, state
), begun as (
    insert into payments.attempts (id, intent_id, kind, key, method, amount_minor, state, begun_at)
    select kernel.new_id(), id, :kind, id || '-1', method, amount_minor, :begun, :begun_at
    from wanted
    where state = :created
    returning id, intent_id, key
)
select wanted.id, wanted.group_id, begun.id as attempt_id, begun.key
from wanted left join begun on begun.intent_id = wanted.id
