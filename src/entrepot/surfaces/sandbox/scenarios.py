"""Scripted scenarios: each brings the sandbox into a state that is hard to wait for."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from entrepot.contexts import integrations, orders, promotions, settlement
from entrepot.contexts.aftersales import Grade, Kind, Role
from entrepot.contexts.aftersales import Verb as CaseVerb
from entrepot.contexts.catalog import Listing
from entrepot.contexts.integrations import AppId
from entrepot.contexts.orders import OrderId
from entrepot.contexts.promotions import Layer, Limits, NewPromotion, PromotionId
from entrepot.kernel import clock
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.money import Currency, Money
from entrepot.kernel.problems import Problem, each, only
from entrepot.kernel.tx import Tx

from . import faults
from .buyers import Buyers
from .stories import MARKET, RELEASED, Story, said

DAY = timedelta(days=1)
LATEST_STATEMENT = 60  # Days after delivery: no market's slowest tier is longer.
RUSH, ON_OFFER = 20, 5
OFF_BP = 3_000
LIMITED_S = 30


def late_dispatch(story: Story) -> None:
    """A paid order that nobody ships is past its dispatch date; two days on it is cancelled."""
    id = story.bought()
    story.pass_(RELEASED)
    story.say(f"order {id}: {story.state_of(id)}, waiting to be shipped")
    due_at = story.do(lambda tx: orders.dispatch_due_at(tx, only(orders.by_ids(tx, [id]))))
    assert due_at is not None, "its clock started when it was paid"
    story.pass_to(due_at + timedelta(hours=1))
    story.say(f"order {id}: {story.state_of(id)}, and its dispatch date is over")


def partial_refund(story: Story) -> None:
    """A buyer complains, takes half of the money and keeps the goods."""
    id = story.delivered(2)
    case = story.buyers.ask_back(id, Kind.REFUND)
    story.say(f"return {case.id}: the buyer asks for {said(case.asked)}")
    half = case.asked.minor // 2
    story.step(case.id, CaseVerb.OFFER, Role.MERCHANT, minor=half)
    story.step(case.id, CaseVerb.ACCEPT, Role.BUYER)


def flash_sale(story: Story) -> None:
    """Many want what there is little of at a third off, all at once: five get the price."""
    product = story.product()
    sku = product.variants[0].sku.id
    deal = story.do(lambda tx: _deal(tx, story, product.listing, product.currency))
    story.say(f"flash deal {deal}: {OFF_BP / 100:.0f} % off, for the first {ON_OFFER} units")

    def rush(number: int) -> OrderId | None:
        try:
            return Buyers(story.parts).buy({sku: 1})[0]
        except Problem:
            return None

    with ThreadPoolExecutor(4) as crowd:
        bought = [id for id in crowd.map(rush, range(RUSH)) if id is not None]
    story.do(lambda tx: each(promotions.end(tx, [deal])))
    lines = story.do(lambda tx: orders.lines(tx, bought))
    lucky = sum(line.seller_discount_minor > 0 for line in lines)
    story.say(f"{RUSH} buyers, {len(bought)} orders, {lucky} at the deal's price")


def return_arbitration(story: Story) -> None:
    """The seller refuses a return, the buyer escalates, the platform rules for the buyer."""
    id = story.delivered()
    case = story.buyers.ask_back(id)
    story.say(f"return {case.id}: the buyer wants to send it back, {said(case.asked)}")
    story.step(case.id, CaseVerb.REFUSE, Role.MERCHANT, reason="not_returnable")
    story.step(case.id, CaseVerb.ESCALATE, Role.BUYER)
    story.step(case.id, CaseVerb.GRANT_RETURN, Role.OPERATOR)
    number = f"BACK{int(id)}"
    story.step(case.id, CaseVerb.SEND_BACK, Role.BUYER, carrier="sandbox", tracking_number=number)
    story.step(case.id, CaseVerb.RECEIVE, Role.MERCHANT, grade=Grade.SELLABLE)


def statement_day(story: Story) -> None:
    """An order is delivered, and its day of settlement comes: a statement, and a payout."""
    id = story.delivered()
    for _ in range(LATEST_STATEMENT):
        statements = story.do(lambda tx: _statements(tx, id))
        if statements:
            story.say(f"order {id}: settled by statement {statements[0].id}")
            story.say(f"statement {statements[0].id}: {_net(statements[0])}")
            return
        story.pass_(DAY)
    story.say(f"order {id}: not settled within {LATEST_STATEMENT} days; see `entrepot explain`")


def token_expiry(story: Story) -> None:
    """The access token is over now, in real time; the refresh token still works."""
    app = AppId(story.credentials.app_id)

    def expire(tx: Tx) -> int:
        mine = [one for one in integrations.page(tx) if one.app_id == app]
        integrations.expire_access(tx, [one.id for one in mine])
        return len(mine)

    story.do(expire)
    story.say("the access token has expired: calls answer 105002 until it is refreshed")


def rate_limit(story: Story) -> None:
    """For half a minute every call is one too many."""
    until = clock.real().timestamp() + LIMITED_S
    faults.change(story.home, limited_until=until)
    story.say(f"calls answer 429 and code 36009002 for {LIMITED_S} s")


SCENARIOS: Mapping[str, Callable[[Story], None]] = {
    "late-dispatch": late_dispatch,
    "partial-refund": partial_refund,
    "flash-sale": flash_sale,
    "return-arbitration": return_arbitration,
    "statement-day": statement_day,
    "token-expiry": token_expiry,
    "rate-limit": rate_limit,
}


def _deal(tx: Tx, story: Story, listing: Listing, currency: Currency) -> PromotionId:
    wish = NewPromotion(
        owner_id=OrganisationId(story.credentials.merchant_id),
        market=MARKET,
        layer=Layer.FLASH_DEAL,
        title="Sandbox flash sale",
        currency=currency,
        starts_at=tx.now,
        ends_at=tx.now + timedelta(hours=1),
        shop_id=listing.shop_id,
        product_id=listing.product_id,
        rate_bp=OFF_BP,
        limits=Limits(total=ON_OFFER),
    )
    return only(promotions.create(tx, [wish])).id


def _net(statement: settlement.Statement) -> str:
    return f"{said(Money(statement.net_minor, statement.currency))} net"


def _statements(tx: Tx, id: OrderId) -> list[settlement.Statement]:
    claims = settlement.claims_of_orders(tx, [id])
    ids = sorted({claim.statement_id for claim in claims if claim.statement_id})
    return each(settlement.statements(tx, ids))
