"""Cases that meet: in one batch, over parcels, and after their buyer was forgotten."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from entrepot.adapters.storage import Folder
from entrepot.contexts import aftersales, files, logistics, orders
from entrepot.contexts.aftersales import (
    Case,
    CaseStep,
    Grade,
    Kind,
    NotEligible,
    Role,
    State,
    Verb,
)
from entrepot.contexts.files import NewFile, Purpose
from entrepot.contexts.logistics import Proof, ProofKind
from entrepot.contexts.orders import OrderId
from entrepot.flows import erasing, placing, quoting, returning
from entrepot.flows.returning import OpenCase
from entrepot.kernel.access import Actor, PersonId
from entrepot.kernel.problems import each, only
from tests import filling
from tests.contexts.files.pictures import picture
from tests.living import SOMEBODY, Life


@pytest.fixture
def shop(life: Life) -> filling.Shop:
    return filling.shop(life.work, price_minor=10_000, stock=10)


def wish(order: OrderId, kind: Kind = Kind.REFUND, **more: object) -> OpenCase:
    given = OpenCase(order_id=order, kind=kind, role=Role.BUYER, reason="damaged", units={1: 1})
    return replace(given, **more)  # type: ignore[arg-type]


def read(life: Life, case: Case) -> Case:
    return life.do(lambda tx: only(aftersales.cases(tx, [case.id])))


def shelved(life: Life) -> int:
    query = text("select sum(on_hand) from inventory.positions")
    return int(life.do(lambda tx: tx.sql.execute(query).scalar_one()))


def test_goods_that_leave_and_come_back_in_one_batch(life: Life, shop: filling.Shop) -> None:
    """Stock is locked at once for all of them: other goods out, and twice goods back."""
    placed = [life.buy({shop.skus[0]: 2})[0] for _ in range(2)]
    life.on(1)
    for id in placed:
        life.deliver(life.hand_over(id))
    out = life.open_case(wish(placed[0], Kind.REPLACEMENT))
    back = [life.open_case(wish(placed[1], Kind.RETURN_AND_REFUND)) for _ in range(2)]
    for case in back:
        life.step(case, Verb.GRANT_RETURN, Role.MERCHANT)
        life.step(case, Verb.SEND_BACK, Role.BUYER, carrier="usps", tracking_number="R1")
    before = shelved(life)
    steps = [
        CaseStep(case_id=out.id, verb=Verb.GRANT, role=Role.MERCHANT),
        *(
            CaseStep(case_id=case.id, verb=Verb.RECEIVE, role=Role.MERCHANT, grade=Grade.SELLABLE)
            for case in back
        ),
    ]
    outcomes = life.do(lambda tx: each(returning.step(tx, steps)))
    assert [case.state for case in outcomes] == [State.COMPLETED, State.GRANTED, State.GRANTED]
    assert shelved(life) == before + 2
    life.pay_back()
    life.check()


def test_only_units_that_arrived_can_come_back(life: Life, shop: filling.Shop) -> None:
    """Of two parcels the second one arrived: the unit in it, whatever its number."""
    [id] = life.buy({shop.skus[0]: 3})
    life.on(1)
    first, second = (life.hand_over(id, {1: 1}) for _ in range(2))
    life.deliver(second)
    [there] = {unit.n for unit in second.units}
    [away] = {unit.n for unit in first.units}
    asked = wish(id, Kind.RETURN_AND_REFUND, units=None)
    for which in ({1: [away]}, {1: [2]}, {1: [there, away]}):
        with pytest.raises(NotEligible):
            life.open_case(replace(asked, which=which))
    assert life.open_case(asked).lines[0].units == (there,)


def bought_by(life: Life, shop: filling.Shop, person: PersonId) -> OrderId:
    """One unit, which somebody bought who was signed in."""
    ann = Actor(f"person:{person}", person=person)
    to = orders.Destination(country="US", region="CA", postal_code="94103")
    asked = quoting.QuoteWish(
        market="us", items=((shop.skus[0], 1),), destination=to, buyer_id=person
    )
    quote = life.work.run(lambda _: ann, "test", lambda tx: only(quoting.quote(tx, [asked])))
    checkout = placing.Checkout(
        placing=orders.Placing(quote_id=quote.id, destination=to, recipient=SOMEBODY),
        provider="sandbox",
        method="sandbox-ok",
    )
    group = life.work.run(lambda _: ann, "test", lambda tx: only(placing.place(tx, [checkout])))
    life.pay(group.id)
    [id] = group.order_ids
    return id


def test_forgotten_buyers_leave_no_words(life: Life, shop: filling.Shop) -> None:
    buyer = filling.shopper(life.work)
    id = bought_by(life, shop, buyer.person_id)
    life.on(1)
    life.deliver(life.hand_over(id))
    case = life.open_case(wish(id, note="I am Ann"))
    life.step(case, Verb.REFUSE, Role.MERCHANT, reason="no_fault_found", note="No, Ann")
    told = life.do(lambda tx: [one.note for one in aftersales.records(tx, case.id)])
    assert told == ["I am Ann", "No, Ann"]
    life.do(lambda tx: only(erasing.erase(tx, [buyer.person_id])))
    left = life.do(lambda tx: aftersales.records(tx, case.id))
    assert [(one.note, one.verb) for one in left] == [("", "open"), ("", "refuse")]
    assert read(life, case).state is State.REFUSED


def test_forgotten_buyers_leave_no_pictures(life: Life, shop: filling.Shop, tmp_path: Path) -> None:
    """Theirs and the merchant's of their case go, and the proof that shows their door."""
    storage, buyer = Folder(tmp_path), filling.shopper(life.work)
    id = bought_by(life, shop, buyer.person_id)
    life.on(1)
    parcel = life.hand_over(id)
    life.deliver(parcel)
    theirs = life.do(lambda tx: returning.hand_in(tx, storage, id, "me", picture(300, 200)))
    made = [picture(300, 200, shade=shade) for shade in (1, 2)]
    mine, proof = life.do(
        lambda tx: each(
            files.keep(
                tx,
                storage,
                [
                    NewFile(owner_id=shop.merchant_id, purpose=purpose, name="it", data=data)
                    for purpose, data in zip(
                        (Purpose.RETURN_EVIDENCE, Purpose.DELIVERY_PROOF), made, strict=True
                    )
                ],
            )
        )
    )
    shown = Proof(
        parcel_id=parcel.id,
        kind=ProofKind.IMAGE,
        file_id=int(proof.id),
        at=life.do(lambda tx: tx.now),
    )
    life.do(lambda tx: logistics.prove(tx, [shown]))
    assert life.do(lambda tx: logistics.proofs(tx, [parcel.id])) == [shown]
    case = life.open_case(wish(id, files=(int(theirs.id),)))
    life.step(case, Verb.REFUSE, Role.MERCHANT, reason="no_fault_found", files=(int(mine.id),))
    ids = [theirs.id, mine.id, proof.id]
    assert len(life.do(lambda tx: files.given(tx, ids))) == 3

    life.do(lambda tx: only(erasing.erase(tx, [buyer.person_id])))

    assert life.do(lambda tx: files.given(tx, ids)) == {}
    assert life.do(lambda tx: logistics.proofs(tx, [parcel.id])) == []
    assert life.do(lambda tx: files.remove(tx, storage)) == 3
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
