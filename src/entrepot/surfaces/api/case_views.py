"""How cases are shown."""

from datetime import datetime

from entrepot.contexts import aftersales, files, orders
from entrepot.contexts.aftersales import (
    Bearer,
    Case,
    CaseId,
    Grade,
    Kind,
    Role,
    Ruling,
    State,
    Use,
    Verb,
)
from entrepot.contexts.files import File, FileId
from entrepot.contexts.merchants import ShopId
from entrepot.contexts.orders import OrderId
from entrepot.flows import returning
from entrepot.kernel.problems import only
from entrepot.kernel.tx import Tx
from entrepot.surfaces import file_links
from entrepot.surfaces.parts import Parts

from .views import MoneyView, View


class CaseLineView(View):
    pos: int
    units: list[int]
    refund: MoneyView


class WayBackView(View):
    """What the label costs by which goods come back, who bears it, and with which cases it is."""

    cost: MoneyView
    bearer: Bearer
    withheld: MoneyView
    combined_id: CaseId | None


class CaseView(View):
    """A case as it stands; `can` lists what whoever asks can do."""

    case_id: CaseId
    order_id: OrderId
    shop_id: ShopId
    kind: Kind
    state: State
    reason: str
    opened_by: Role
    lines: list[CaseLineView]
    asked: MoneyView
    refund: MoneyView
    offered: MoneyView | None
    ruling: Ruling | None
    evidence_until: datetime | None
    carrier: str
    tracking_number: str
    way_back: WayBackView
    grade: Grade | None
    replacement_order_id: OrderId | None
    opened_at: datetime
    changed_at: datetime
    due_at: datetime | None
    can: list[Verb]


class FileView(View):
    """A file, and where it can be had for an hour."""

    file_id: FileId
    content_type: str
    url: str


class RecordView(View):
    verb: str
    before: State | None
    after: State
    role: Role
    reason: str
    note: str
    files: list[FileView]
    at: datetime


class CaseDetail(CaseView):
    records: list[RecordView]


class ReasonView(View):
    code: str
    en: str
    zh: str


class OptionView(View):
    """What one line of an order can be in a case about, and why not."""

    pos: int
    kind: Kind
    units: list[int]
    most: int
    why: str | None
    reasons: list[ReasonView]


def file_view(parts: Parts, file: File) -> FileView:
    """A file that somebody may see because of what it belongs to."""
    url = file_links.url_of(parts, file)
    return FileView(file_id=file.id, content_type=file.content_type, url=url)


def detail(tx: Tx, parts: Parts, id: CaseId) -> CaseDetail:
    """A case with what happened to it."""
    case, told = only(aftersales.cases(tx, [id])), aftersales.records(tx, id)
    shown = files.given(tx, {FileId(file) for one in told for file in one.files})
    records = [
        RecordView(
            verb=one.verb,
            before=one.before,
            after=one.after,
            role=one.role,
            reason=one.reason,
            note=one.note,
            files=[file_view(parts, shown[FileId(file)]) for file in one.files if file in shown],
            at=one.at,
        )
        for one in told
    ]
    return CaseDetail(**dict(view(tx, case)), records=records)


def view(tx: Tx, case: Case) -> CaseView:
    """A case, and what whoever asks can do with it."""
    roles = [role for role in Role if aftersales.acts_as(tx.actor, role, case)]
    money = [
        CaseLineView(pos=line.pos, units=[*line.units], refund=MoneyView.of(share, case.currency))
        for line, share in zip(case.lines, case.shares, strict=True)
    ]
    offered = case.offered_minor
    return CaseView(
        case_id=case.id,
        order_id=case.order_id,
        shop_id=case.shop_id,
        kind=case.kind,
        state=case.state,
        reason=case.reason,
        opened_by=case.opened_by,
        lines=money,
        asked=MoneyView.of(case.asked.minor, case.currency),
        refund=MoneyView.of(case.amount.minor, case.currency),
        offered=None if offered is None else MoneyView.of(offered, case.currency),
        ruling=case.ruling,
        evidence_until=case.evidence_until,
        carrier=case.carrier,
        tracking_number=case.tracking_number,
        way_back=WayBackView(
            cost=MoneyView.of(case.way_back_minor, case.currency),
            bearer=case.way_back_bearer,
            withheld=MoneyView.of(case.withheld_minor, case.currency),
            combined_id=case.combined_id,
        ),
        grade=case.grade,
        replacement_order_id=case.replacement_id,
        opened_at=case.opened_at,
        changed_at=case.changed_at,
        due_at=case.due_at,
        can=[
            verb
            for verb in case.verbs()
            if any(aftersales.may(role, verb, case.state) for role in roles)
        ],
    )


def options(tx: Tx, id: OrderId, role: Role) -> list[OptionView]:
    """For what of an order a case can be opened, by line and kind."""
    order = only(orders.by_ids(tx, [id]))
    return [
        OptionView(
            pos=one.line.pos,
            kind=one.kind,
            units=[*one.units],
            most=one.most,
            why=one.why,
            reasons=[
                ReasonView(code=row.code, en=row.en, zh=row.zh)
                for row in aftersales.for_role(
                    aftersales.reasons(tx, order.market, tx.now, Use.REQUEST, one.kind), role
                )
            ],
        )
        for one in returning.eligible(tx, order, role)
    ]
