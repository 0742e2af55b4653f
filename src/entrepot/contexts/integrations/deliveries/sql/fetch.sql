-- What may be sent now: of each subject nothing that stands behind something which has to wait.
-- Just what was tried or held back before has to: what is new may be sent whatever a clock says.
select d.id, d.queue_id, d.subject, d.body, d.attempts, d.told_at, d.overtaken
from unnest(cast(:queues as bigint[]), cast(:rooms as int[])) as r (queue_id, room)
cross join lateral (
    select w.id, w.queue_id, w.subject, w.body, w.attempts, w.told_at, w.overtaken
    from integrations.deliveries w
    where w.queue_id = r.queue_id and w.state = 'pending'
        and (w.due_at <= :at or w.attempts = 0 and not w.overtaken)
        and (w.queue_id, w.subject) not in (
            select * from unnest(cast(:busy_queues as bigint[]), cast(:busy_subjects as bigint[]))
        )
        and not exists (
            select from integrations.deliveries f
            where f.queue_id = w.queue_id and f.subject = w.subject and f.state = 'pending'
                and f.attempts > 0 and f.id < w.id and f.due_at > :at and not f.overtaken
        )
    order by w.id limit r.room
) d
order by d.queue_id, d.id
