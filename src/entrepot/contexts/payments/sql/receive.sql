insert into payments.provider_events (
    provider, event_id, key, result, provider_ref, reason, amount_minor, payload, state, received_at
)
select event.* from unnest(
    cast(:providers as text[]), cast(:event_ids as text[]), cast(:keys as text[]),
    cast(:results as text[]), cast(:refs as text[]), cast(:reasons as text[]),
    cast(:amounts as bigint[]), cast(:payloads as bytea[]), cast(:states as text[]),
    cast(:times as timestamptz[])
) as event
on conflict (provider, event_id) do nothing
returning event_id
