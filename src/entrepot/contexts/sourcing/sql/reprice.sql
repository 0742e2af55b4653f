-- The agreements are locked, so the next version is known.
insert into sourcing.prices (agreement_id, version, from_on, unit_minor, agreed_at, agreed_by)
select w.agreement_id,
    row_number() over (partition by w.agreement_id order by w.n)
        + (select max(version) from sourcing.prices p where p.agreement_id = w.agreement_id),
    w.from_on, w.unit_minor, cast(:now as timestamptz), cast(:actor as text)
from unnest(
    cast(:agreements as bigint[]), cast(:days as date[]), cast(:units as bigint[])
) with ordinality as w (agreement_id, from_on, unit_minor, n)
order by w.n
returning agreement_id, version, from_on, unit_minor
