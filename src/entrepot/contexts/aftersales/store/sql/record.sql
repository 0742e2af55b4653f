-- n things that happened to cases.
insert into aftersales.case_records (
    case_id, verb, before, after, role, actor, reason, note, files, at
)
select r.case_id, r.verb, r.before, r.after, r.role, :actor, r.reason, r.note,
    cast(r.files as bigint[]), r.at
from unnest(
    cast(:cases as bigint[]), cast(:verbs as text[]), cast(:before as text[]),
    cast(:after as text[]), cast(:roles as text[]), cast(:reasons as text[]),
    cast(:notes as text[]), cast(:files as text[]), cast(:times as timestamptz[])
) with ordinality as r (case_id, verb, before, after, role, reason, note, files, at, n)
order by r.n
