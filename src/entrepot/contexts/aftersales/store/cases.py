"""Cases, their lines, and what happened to them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, false, func, not_, or_, select, text, true, tuple_

from entrepot.contexts.aftersales.cases import (
    Bearer,
    Case,
    CaseFilter,
    CaseId,
    CaseLine,
    Grade,
    Kind,
    Record,
    Ruling,
    Standing,
)
from entrepot.contexts.aftersales.lifecycle import Role, State
from entrepot.contexts.aftersales.model import Reason, RefundId
from entrepot.contexts.aftersales.tables import cases
from entrepot.contexts.orders import OrderId
from entrepot.kernel.access import PersonId
from entrepot.kernel.db import sql_file
from entrepot.kernel.ids import among
from entrepot.kernel.money import Currency
from entrepot.kernel.tx import Tx

ADD, SAVE = sql_file(__file__, "add_cases"), sql_file(__file__, "save_cases")
RECORD, LINES = sql_file(__file__, "record"), sql_file(__file__, "case_lines")
RECORDS = text(
    "select case_id, verb, before, after, role, reason, note, files, at"
    " from aftersales.case_records where case_id = :case order by id"
)
DUE = text(
    "select id from aftersales.cases where due_at <= :as_of order by due_at, id limit :at_most"
)
NEXT_DUE = text("select min(due_at) from aftersales.cases where due_at is not null")
TOGETHER = text(
    "select combined_id, array_agg(id order by id) as ids from aftersales.cases"
    " where combined_id = any(:parcels) and state = 'awaiting_goods' and sent_at is null"
    " group by combined_id"
)
ADD_EVIDENCE = text(
    "insert into aftersales.evidence_files (order_id, file_id, buyer_id, given_at)"
    " values (:order, :file, :buyer, :at) on conflict do nothing"
)
EVIDENCE = text(
    "select file_id from aftersales.evidence_files where order_id = :order order by file_id"
)
ERASE = text(
    "update aftersales.case_records r set note = '', files = '{}' from aftersales.cases c"
    " where c.id = r.case_id and c.buyer_id = any(cast(:people as bigint[]))"
    " and (r.note <> '' or r.files <> '{}')"
)
ERASE_EVIDENCE = text(
    "delete from aftersales.evidence_files where buyer_id = any(cast(:people as bigint[]))"
    " returning file_id"
)
# What their cases show, unless a case of somebody else shows it as well.
SHOWN = text(
    "select distinct f.id from aftersales.cases c"
    " join aftersales.case_records r on r.case_id = c.id cross join unnest(r.files) as f (id)"
    " where c.buyer_id = any(cast(:people as bigint[])) and not exists ("
    "select from aftersales.case_records o join aftersales.cases oc on oc.id = o.case_id"
    " where oc.merchant_id = c.merchant_id and f.id = any(o.files)"
    " and (oc.buyer_id is null or oc.buyer_id <> all(cast(:people as bigint[]))))"
)
ADD_REFUNDS = text(
    "insert into aftersales.case_refunds (refund_id, case_id)"
    " select * from unnest(cast(:refunds as bigint[]), cast(:cases as bigint[]))"
)
PAY = text(
    "update aftersales.case_refunds c set paid_at = p.at"
    " from unnest(cast(:refunds as bigint[]), cast(:times as timestamptz[])) as p (id, at)"
    " where c.refund_id = p.id and c.paid_at is null"
)
PAID = text(
    "select c.id, max(r.paid_at) as at from aftersales.cases c"
    " join aftersales.case_refunds r on r.case_id = c.id"
    " where c.state = 'granted' and c.id in ("
    "select case_id from aftersales.case_refunds where refund_id = any(cast(:refunds as bigint[])))"
    " group by c.id having bool_and(r.paid_at is not null)"
)


def add(tx: Tx, new: Sequence[Case]) -> list[Case]:
    """Write cases with their lines; gives them with the ids of their units."""
    heads = [_values(case) for case in new]
    lines = [(case.id, line) for case in new for line in case.lines]
    columns: dict[str, Any] = {name: [head[name] for head in heads] for name in HEAD}
    columns |= {
        "line_cases": [int(id) for id, _ in lines],
        "pos": [line.pos for _, line in lines],
        "units": [_array(line.units) for _, line in lines],
        "minors": [line.minor for _, line in lines],
    }
    items = {(row.case_id, row.pos): row.first_item for row in tx.sql.execute(ADD, columns)}
    return [
        replace(
            case,
            lines=tuple(replace(line, first_item=items[case.id, line.pos]) for line in case.lines),
        )
        for case in new
    ]


def save(tx: Tx, moves: Sequence[tuple[Case, Case]]) -> None:
    """Write what changed of cases; each must still be in the state it was moved from."""
    if not moves:
        return
    heads = [_values(after) for _, after in moves]
    columns: dict[str, Any] = {name: [head[name] for head in heads] for name in CHANGING}
    columns |= {"ids": [head["ids"] for head in heads]}
    columns |= {"before": [before.state.value for before, _ in moves]}
    assert tx.sql.execute(SAVE, columns).rowcount == len(moves), "a case moved meanwhile"


def record(tx: Tx, records: Sequence[Record]) -> None:
    columns = {
        "actor": tx.actor.name,
        "cases": [int(one.case_id) for one in records],
        "verbs": [one.verb for one in records],
        "before": [one.before and one.before.value for one in records],
        "after": [one.after.value for one in records],
        "roles": [one.role.value for one in records],
        "reasons": [one.reason for one in records],
        "notes": [one.note for one in records],
        "files": [_array(one.files) for one in records],
        "times": [one.at for one in records],
    }
    if records:
        tx.sql.execute(RECORD, columns)


def records(tx: Tx, id: CaseId) -> list[Record]:
    return [
        Record(
            case_id=CaseId(row.case_id),
            verb=row.verb,
            before=row.before and State(row.before),
            after=State(row.after),
            role=Role(row.role),
            reason=row.reason,
            note=row.note,
            files=tuple(row.files),
            at=row.at,
        )
        for row in tx.sql.execute(RECORDS, {"case": int(id)})
    ]


def by_ids(tx: Tx, ids: Collection[CaseId], visible: ColumnElement[bool]) -> list[Case]:
    query = select(cases).where(among(cases.c.id, ids), visible).order_by(cases.c.id)
    return _lined(tx, tx.sql.execute(query).all())


def of_orders(tx: Tx, ids: Collection[OrderId]) -> list[Case]:
    query = select(cases).where(among(cases.c.order_id, ids)).order_by(cases.c.order_id, cases.c.id)
    return _lined(tx, tx.sql.execute(query).all())


Cursor = tuple[datetime, CaseId]


def page(
    tx: Tx, wanted: CaseFilter, visible: ColumnElement[bool], place: tuple[Cursor | None, int]
) -> list[Case]:
    """One page by the column and direction that the filter names."""
    after, limit = place
    column = cases.c.changed_at if wanted.by_change else cases.c.opened_at
    key = tuple_(column, cases.c.id)
    query = select(cases).where(visible, *_conditions(wanted))
    if after is not None:
        last = tuple_(after[0], int(after[1]))
        query = query.where(key > last if wanted.rising else key < last)
    if wanted.rising:
        query = query.order_by(column, cases.c.id)
    else:
        query = query.order_by(column.desc(), cases.c.id.desc())
    return _lined(tx, tx.sql.execute(query.limit(limit)).all())


def count(tx: Tx, wanted: CaseFilter, visible: ColumnElement[bool], at_most: int) -> int:
    """How many cases fit, as far as counting is cheap."""
    some = select(cases.c.id).where(visible, *_conditions(wanted)).limit(at_most).subquery()
    return tx.sql.execute(select(func.count()).select_from(some)).scalar_one()


def due(tx: Tx, as_of: datetime, at_most: int) -> list[CaseId]:
    found = tx.sql.scalars(DUE, {"as_of": as_of, "at_most": at_most})
    return [CaseId(id) for id in found]


def next_due_at(tx: Tx) -> datetime | None:
    found: datetime | None = tx.sql.scalar(NEXT_DUE)
    return found


def waiting_together(tx: Tx, parcels: Collection[CaseId]) -> dict[CaseId, list[CaseId]]:
    """By the first case of each parcel: all whose goods it is still to bring."""
    found = tx.sql.execute(TOGETHER, {"parcels": [int(id) for id in parcels]})
    return {CaseId(row.combined_id): [CaseId(id) for id in row.ids] for row in found}


def add_refunds(tx: Tx, refunds: Sequence[tuple[RefundId, CaseId]]) -> None:
    columns = {
        "refunds": [int(refund) for refund, _ in refunds],
        "cases": [int(case) for _, case in refunds],
    }
    if refunds:
        tx.sql.execute(ADD_REFUNDS, columns)


def add_evidence(tx: Tx, order_id: OrderId, file_id: int, buyer_id: PersonId | None) -> None:
    row = {"order": order_id, "file": file_id, "buyer": buyer_id, "at": tx.now}
    tx.sql.execute(ADD_EVIDENCE, {name: _plain(value) for name, value in row.items()})


def evidence(tx: Tx, order_id: OrderId) -> list[int]:
    return [*tx.sql.scalars(EVIDENCE, {"order": int(order_id)})]


def erase(tx: Tx, people: Collection[PersonId]) -> list[int]:
    asked = {"people": [int(person) for person in people]}
    shown = {*tx.sql.scalars(SHOWN, asked), *tx.sql.scalars(ERASE_EVIDENCE, asked)}
    tx.sql.execute(ERASE, asked)
    return sorted(shown)


def pay(tx: Tx, paid: Mapping[RefundId, datetime]) -> dict[CaseId, datetime]:
    """Note refunds that buyers have; gives the granted cases that wait for nothing more."""
    refunds = [int(id) for id in paid]
    tx.sql.execute(PAY, {"refunds": refunds, "times": [*paid.values()]})
    return {CaseId(row.id): row.at for row in tx.sql.execute(PAID, {"refunds": refunds})}


Given = tuple[Any, Callable[[Any], ColumnElement[bool]]]


def _conditions(wanted: CaseFilter) -> list[ColumnElement[bool]]:
    c = cases.c
    return _given(
        [
            (wanted.ids, c.id.in_),
            (wanted.order_ids, c.order_id.in_),
            (wanted.buyer_ids, c.buyer_id.in_),
            (wanted.shop_id, c.shop_id.__eq__),
            (wanted.kinds, c.kind.in_),
            (wanted.standings, _any_of),
            (wanted.arbitration, _any_of),
            (wanted.opened_from, c.opened_at.__ge__),
            (wanted.opened_before, c.opened_at.__lt__),
            (wanted.changed_from, c.changed_at.__ge__),
            (wanted.changed_before, c.changed_at.__lt__),
        ]
    )


def _any_of(some: Sequence[Standing]) -> ColumnElement[bool]:
    return or_(false(), *map(_standing, some))


def _standing(one: Standing) -> ColumnElement[bool]:
    c = cases.c
    found = _given(
        [
            (one.state, c.state.__eq__),
            (one.kind, c.kind.__eq__),
            (one.refunds, c.refunds.__eq__),
            (one.sent, lambda sent: c.sent_at.is_not(None) if sent else c.sent_at.is_(None)),
            (
                one.offered,
                lambda yes: c.offered_minor.is_not(None) if yes else c.offered_minor.is_(None),
            ),
            (one.ruling, c.ruling.__eq__),
            (one.unruled, _unruled),
        ]
    )
    return and_(true(), *found)


def _unruled(wanted: bool) -> ColumnElement[bool]:
    found = and_(cases.c.evidence_until.is_not(None), cases.c.ruling.is_(None))
    return found if wanted else not_(found)


def _given(some: Sequence[Given]) -> list[ColumnElement[bool]]:
    """What is given restricts."""
    return [condition(value) for value, condition in some if value is not None]


def _lined(tx: Tx, rows: Sequence[Row[Any]]) -> list[Case]:
    found = tx.sql.execute(LINES, {"ids": [int(row.id) for row in rows]}) if rows else ()
    by_case = {
        id: tuple(
            CaseLine(pos=row.pos, units=tuple(row.units), minor=row.minor, first_item=row.item)
            for row in group
        )
        for id, group in groupby(found, lambda row: row.case_id)
    }
    return [_case(row, by_case[row.id]) for row in rows]


def _case(row: Row[Any], lines: tuple[CaseLine, ...]) -> Case:
    return Case(
        **{name: getattr(row, name) for name in PLAIN},
        currency=Currency(row.currency),
        kind=Kind(row.kind),
        state=State(row.state),
        opened_by=Role(row.opened_by),
        refund_as=Reason(row.refund_as),
        ruling=row.ruling and Ruling(row.ruling),
        grade=row.grade and Grade(row.grade),
        way_back_bearer=Bearer(row.way_back_bearer),
        lines=lines,
    )


WORDS = {
    *("currency", "kind", "state", "opened_by", "refund_as", "ruling", "grade"),
    "way_back_bearer",
}
PLAIN = [column.name for column in cases.c if column.name not in WORDS]
# The arrays of a statement are named as their columns, but for `id`.
CHANGING = (
    *("state", "offered_minor", "declined", "refunds", "ruling", "evidence_until", "carrier"),
    *("tracking_number", "label_file", "way_back_minor", "combined_id", "sent_at"),
    *("received_at", "grade", "replacement_id", "changed_at", "due_at"),
)
HEAD = ("ids", *(column.name for column in cases.c if column.name != "id"))


def _values(case: Case) -> dict[str, Any]:
    values = {name: _plain(getattr(case, name)) for name in HEAD if name != "ids"}
    return {"ids": int(case.id), **values}


def _plain(value: Any) -> Any:
    """Ids and words as the driver knows them."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    return str(value) if isinstance(value, str) else value


def _array(numbers: Sequence[int]) -> str:
    """An array within an array of them: unnest would flatten it otherwise."""
    return "{" + ",".join(str(int(number)) for number in numbers) + "}"
