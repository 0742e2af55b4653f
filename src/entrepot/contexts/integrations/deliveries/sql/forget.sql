-- In steps: whoever forgets holds no long transaction.
delete from integrations.deliveries
where id in (
    select id from integrations.deliveries
    where state = any(cast(:states as text[])) and told_at < :before
    limit :many
)
