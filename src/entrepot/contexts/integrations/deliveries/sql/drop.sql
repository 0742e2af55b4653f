update integrations.deliveries as d
set state = 'dropped', answered_at = :at, reason = 'the app was shut out'
from unnest(cast(:apps as bigint[]), cast(:organisations as bigint[]))
    as s (app_id, organisation_id)
where
    d.app_id = s.app_id
    and d.organisation_id = s.organisation_id
    and d.state = 'pending'
    and not d.farewell
