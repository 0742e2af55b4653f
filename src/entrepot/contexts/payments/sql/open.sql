insert into payments.intents (
    id, group_id, provider, method, amount_minor, currency, state, captured_minor, opened_at
)
select kernel.new_id(), wish.group_id, wish.provider, wish.method, wish.amount_minor,
    wish.currency, wish.state, 0, :now
from unnest(
    cast(:groups as bigint[]), cast(:providers as text[]), cast(:methods as text[]),
    cast(:amounts as bigint[]), cast(:currencies as text[]), cast(:states as text[])
) as wish (group_id, provider, method, amount_minor, currency, state)
returning id, group_id
