insert into inventory.receipts (
    id, position_id, accepted, rejected, unit_cost_minor, supplier_id, agreement_id, note,
    received_at, received_by
)
select r.*, cast(:now as timestamptz), cast(:actor as text)
from unnest(
    cast(:ids as bigint[]), cast(:positions as bigint[]), cast(:accepted as bigint[]),
    cast(:rejected as bigint[]), cast(:costs as bigint[]), cast(:suppliers as bigint[]),
    cast(:agreements as bigint[]), cast(:notes as text[])
) as r
