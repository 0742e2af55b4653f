"""From a quote to paid orders."""

from typing import Annotated

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import Field, StringConstraints, TypeAdapter

from entrepot.contexts.merchants import ShopId
from entrepot.contexts.orders import Group, GroupId, OrderId, Placing, QuoteId, Recipient, State
from entrepot.contexts.payments import IntentState
from entrepot.flows.paying import Paid
from entrepot.flows.placing import Begun, Checkout
from entrepot.kernel.problems import BadInput, Broken, Busy

from . import hot
from .batches import Batches, CheckoutAsk, PayAsk, Work, is_batched
from .order_views import Confirmation
from .quotes import ADDRESS, Address
from .routing import noun
from .views import NO_NUL, Asked, MoneyView, Text, View, example, money

router = noun("/shop/checkouts", tag="shop")

Method = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=NO_NUL)]
Email = Annotated[
    str, StringConstraints(max_length=254, pattern=r"^[^@\s\x00]{1,64}@[^@\s\x00]{1,190}$")
]
Phone = Annotated[str, StringConstraints(max_length=40, pattern=NO_NUL)]
Line = Annotated[str, StringConstraints(max_length=200, pattern=NO_NUL)]


class Buyer(Asked):
    name: Text
    email: Email
    phone: Phone = ""


class FullAddress(Address):
    """Where the parcel goes. Country, region and postal code must be those of the quote."""

    city: Line = ""
    street: Line = ""
    extra: Line = ""

    def lines(self) -> dict[str, str]:
        """All of it, as it stands on a label."""
        return {name: text for name, text in self.model_dump().items() if text}


class PaymentMethod(Asked):
    provider: Annotated[str, StringConstraints(pattern=r"^[a-z]{1,32}$")]
    method: Method


class AskCheckout(Asked):
    """The quote to be placed, for whom, and how it is paid. The quote's id is the key."""

    model_config = example(
        {
            "quote_id": "144115188075855874",
            "buyer": {"name": "Ann Buyer", "email": "ann@example.org", "phone": "+1 202 555 0100"},
            "address": {**ADDRESS, "city": "San Francisco", "street": "1 Example Street"},
            "payment": {"provider": "sandbox", "method": "sandbox-ok"},
        }
    )

    quote_id: QuoteId
    buyer: Buyer
    address: FullAddress
    payment: PaymentMethod


class PlacedOrder(View):
    order_id: OrderId
    shop_id: ShopId
    state: State
    total: MoneyView


class PaymentView(View):
    """How far the payment is. With `confirmation` it waits for the card's owner (3-D Secure)."""

    provider: str
    state: IntentState
    amount: MoneyView
    confirmation: Confirmation | None = None


class CheckoutView(View):
    """What was placed. `link` opens it to whoever holds it, without signing in."""

    order_group_id: GroupId
    orders: list[PlacedOrder]
    payment: PaymentView
    link: str = Field(examples=["/api/v1/shop/order-groups/1?token=…"])
    token: str


ADAPTER = TypeAdapter(AskCheckout)


@router.post(
    "",
    status_code=201,
    response_model=None,
    openapi_extra=hot.documented(AskCheckout, CheckoutView, 201),
)
async def check_out(request: Request) -> Response:
    """Place a quote, as a guest or signed in, and begin its payment.

    Asking again with the same body gives the same orders; after a decline, another
    `payment.method` tries again.
    """
    body = await hot.parsed(request, ADAPTER)
    state = request.app.state
    batches: Batches = state.batches
    known = batches.parts.providers
    if body.payment.provider not in known:
        raise BadInput("payment.provider", f"one of {', '.join(sorted(known))}")
    ask = CheckoutAsk(state.door.visitor(request), _checkout(body))
    begun = await batches.checkouts.ask(ask)
    paid = await _paid(batches, state.work, begun, body.payment)
    group = begun.group
    return hot.json(_shown(group, paid, body.payment.provider, state.door.link(group.id)), 201)


def confirmation(client_secret: str | None) -> dict[str, str] | None:
    """What the buyer's browser hands to the provider's own script."""
    return None if client_secret is None else {"client_secret": client_secret}


def _checkout(body: AskCheckout) -> Checkout:
    return Checkout(
        placing=Placing(
            quote_id=body.quote_id,
            destination=body.address.destination(),
            recipient=Recipient(
                name=body.buyer.name,
                email=body.buyer.email,
                phone=body.buyer.phone,
                address=body.address.lines(),
            ),
        ),
        provider=body.payment.provider,
        method=body.payment.method,
    )


async def _paid(batches: Batches, work: Work, begun: Begun, payment: PaymentMethod) -> Paid | None:
    """The payment as far as it comes; the orders stand whatever becomes of it."""
    ask = PayAsk(begun.group.id, payment.method, begun.call)
    try:
        if is_batched(payment.provider):
            return await batches.payments.ask(ask)
        [paid] = await run_in_threadpool(work.pay, [ask])
    except (Busy, Broken):
        return None  # It goes on when the buyer asks again.
    return paid


def _shown(group: Group, paid: Paid | None, provider: str, token: str) -> dict[str, object]:
    return {
        "order_group_id": str(int(group.id)),
        "orders": [{"order_id": str(int(id))} for id in group.order_ids]
        if paid is None
        else [
            {
                "order_id": str(int(order.id)),
                "shop_id": str(int(order.shop_id)),
                "state": order.state.value,
                "total": money(order.total),
            }
            for order in paid.orders
        ],
        "payment": {
            "provider": provider,
            "state": IntentState.CREATED.value if paid is None else paid.payment.state.value,
            "amount": money(group.total),
            "confirmation": None if paid is None else confirmation(paid.client_secret),
        },
        "link": f"/api/v1/shop/order-groups/{int(group.id)}?token={token}",
        "token": token,
    }
