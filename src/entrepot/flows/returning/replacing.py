"""Other goods instead of money: an order without a price, with stock held for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from entrepot.contexts import inventory, orders
from entrepot.contexts.aftersales import Case, CaseId
from entrepot.contexts.orders import Line, OrderId, Replacement
from entrepot.kernel.tx import Tx


@dataclass(frozen=True, slots=True)
class Sent:
    """The orders that replace goods, and the cases for which there are none."""

    orders: dict[CaseId, OrderId]
    sold_out: list[CaseId]


def replace_goods(tx: Tx, cases: Sequence[Case]) -> Sent:
    """Hold stock for each case and place its order; it goes the way of every other one."""
    drafts = orders.draft_replacements(tx, len(cases))
    lines = {
        (line.order_id, line.pos): line
        for line in orders.lines(tx, {case.order_id for case in cases})
    }
    wants = [
        (case, _want(new, lines[case.order_id, part.pos], case, len(part.units)))
        for case, new in zip(cases, drafts, strict=True)
        for part in case.lines
    ]
    outcomes = inventory.reserve(tx, [want for _, want in wants]) if wants else []
    sold_out = {case.id for (case, _), out in zip(wants, outcomes, strict=True) if out is not None}
    placed = [
        (case, new) for case, new in zip(cases, drafts, strict=True) if case.id not in sold_out
    ]
    orders.place_replacements(
        tx,
        [
            Replacement(
                id=new,
                of=case.order_id,
                units={part.pos: len(part.units) for part in case.lines},
                at=case.changed_at,
            )
            for case, new in placed
        ],
    )
    return Sent({case.id: new for case, new in placed}, sorted(sold_out))


def _want(new: OrderId, line: Line, case: Case, units: int) -> inventory.Want:
    return inventory.Want(
        order_id=new,
        pos=line.pos,
        sku_id=line.sku_id,
        quantity=units,
        expires_at=None,
        group=int(new),
        owner_id=line.stock_owner,
        market=case.market,
    )
