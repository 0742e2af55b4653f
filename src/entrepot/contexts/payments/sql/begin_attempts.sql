insert into payments.attempts (
    id, intent_id, refund_id, kind, key, method, amount_minor, state, begun_at
)
select change.* from unnest(
    cast(:ids as bigint[]), cast(:intents as bigint[]), cast(:refunds as bigint[]),
    cast(:kinds as text[]), cast(:keys as text[]), cast(:methods as text[]),
    cast(:amounts as bigint[]), cast(:states as text[]),
    cast(:times as timestamptz[])
) as change
on conflict (id) do update set state = excluded.state, begun_at = excluded.begun_at
