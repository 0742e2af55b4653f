"""Who sells, and where: organisations, shops and creators, in the month of their first sale."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from entrepot.adapters.datasets.history import History, Seller
from entrepot.contexts import affiliates, identity, inventory, merchants, settlement
from entrepot.contexts.inventory import NewLocation
from entrepot.contexts.merchants import SellerType, ShopId
from entrepot.contexts.settlement import PayoutAccount, PayoutAccountId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.money import Currency
from entrepot.kernel.problems import each
from entrepot.kernel.replayed import Names
from entrepot.kernel.tx import Tx
from entrepot.rulebook import Market
from entrepot.rulebook import of as rules_of

from .diary import Diary
from .staging import Staging
from .windows import Month

CHINA = "CN"
ORGANISATION, SHOP, LOCATION = "organisation", "shop", "location"


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody who takes part in a history."""

    history: History
    staging: Staging

    @property
    def by_key(self) -> dict[str, Seller]:
        return {seller.key: seller for seller in self.history.sellers}

    def turn(self, seller: Seller) -> int:
        """The place of a shop among all, which decides what is staged for it."""
        return [one.key for one in self.history.sellers].index(seller.key)


def prepare(diary: Diary, cast: Cast, month: Month, at: datetime) -> None:
    """Open the shops that sell for the first time in a month."""
    name = f"{at:%Y-%m}"
    sellers = [cast.by_key[key] for key in sorted(month.sellers)]
    diary.step(f"{name}:creators", at, lambda tx: _creators(tx, diary, cast))
    diary.step(f"{name}:organisations", at, lambda tx: _organisations(tx, diary, sellers))
    diary.step(f"{name}:shops", at, lambda tx: _shops(tx, diary, sellers))
    diary.step(f"{name}:locations", at, lambda tx: _locations(tx, diary, sellers))
    diary.step(f"{name}:terms", at, lambda tx: _terms(tx, diary, cast, sellers))


def _creators(tx: Tx, diary: Diary, cast: Cast) -> Names:
    names = [name for name in cast.staging.creators if name not in diary.ids(ORGANISATION)]
    wishes = [
        identity.NewOrganisation(kind=identity.Kind.CREATOR, name=name, country="GB")
        for name in names
    ]
    made = each(identity.found(tx, wishes))
    each(
        settlement.set_accounts(tx, [_account(tx, one.id, one.name, Currency.GBP) for one in made])
    )
    return {ORGANISATION: {one.name: one.id for one in made}}


def _organisations(tx: Tx, diary: Diary, sellers: Sequence[Seller]) -> Names:
    new: dict[str, Seller] = {}
    for seller in sellers:
        if seller.merchant_key not in diary.ids(ORGANISATION):
            new.setdefault(seller.merchant_key, seller)
    wishes = [
        identity.NewOrganisation(
            kind=identity.Kind.MERCHANT, name=seller.name, country=seller.country
        )
        for seller in new.values()
    ]
    made = each(identity.found(tx, wishes))
    accounts = [
        _account(tx, one.id, one.name, _paid_in(tx, seller))
        for one, seller in zip(made, new.values(), strict=True)
    ]
    each(settlement.set_accounts(tx, accounts))
    return {ORGANISATION: {key: one.id for key, one in zip(new, made, strict=True)}}


def _account(tx: Tx, payee: OrganisationId, holder: str, currency: Currency) -> PayoutAccount:
    return PayoutAccount(
        id=PayoutAccountId(0),  # The store numbers it.
        payee_id=payee,
        currency=currency,
        method="sandbox",
        holder=holder,
        number=f"sandbox-{payee}",
        bank_code="",
        state="active",
        changed_at=tx.now,
        changed_by=tx.actor.name,
    )


def _paid_in(tx: Tx, seller: Seller) -> Currency:
    """Chinese merchants are paid at home, the others in their market's money."""
    if seller.country == CHINA:
        return Currency.CNY
    return market_of(tx, seller.market).currency


def market_of(tx: Tx, name: str) -> Market:
    """A market as it is now."""
    return rules_of(tx).on(Market, name, tx.now.date()).row({})


def _shops(tx: Tx, diary: Diary, sellers: Sequence[Seller]) -> Names:
    wishes = [
        merchants.NewShop(
            merchant_id=OrganisationId(diary.ids(ORGANISATION)[seller.merchant_key]),
            name=seller.name,
            market=seller.market,
            mode=seller.mode.value,
            seller_type=SellerType(seller.seller_type.value),
        )
        for seller in sellers
    ]
    made = each(merchants.open_shops(tx, wishes))
    return {SHOP: {seller.key: shop.id for seller, shop in zip(sellers, made, strict=True)}}


def _locations(tx: Tx, diary: Diary, sellers: Sequence[Seller]) -> Names:
    """One place for the goods of each shop, kept by its merchant."""
    wishes = [
        NewLocation(
            code=f"replay-{seller.key}",
            name=f"Goods of {seller.name}",
            country=seller.country,
            keeper_id=OrganisationId(diary.ids(ORGANISATION)[seller.merchant_key]),
            markets=(seller.market,),
        )
        for seller in sellers
    ]
    made = each(inventory.locate(tx, wishes))
    return {LOCATION: {seller.key: one.id for seller, one in zip(sellers, made, strict=True)}}


def _terms(tx: Tx, diary: Diary, cast: Cast, sellers: Sequence[Seller]) -> Names:
    """Plans for creators, reserves, and how the shops stand when the next month begins."""
    staging = cast.staging
    if staging.rates_bp:
        plans = [
            affiliates.NewPlan(
                shop_id=_shop(diary, seller), rate_bp=staging.rate_bp(cast.turn(seller))
            )
            for seller in sellers
        ]
        each(affiliates.make(tx, plans))
    for seller in sellers:
        if seller.key in staging.reserved:
            settlement.set_reserve_level(
                tx, _shop(diary, seller), staging.reserve_level, "replay: shows a reserve"
            )
    if staging.standings:
        settlement.set_standings(tx, _standings(diary, cast, _next_month(tx.now)))
    return {}


def _standings(diary: Diary, cast: Cast, month_on: date) -> list[settlement.Standing]:
    return [
        settlement.Standing(
            shop_id=ShopId(diary.ids(SHOP)[seller.key]),
            month_on=month_on,
            score=staged.score,
            shipped_orders=staged.shipped,
            source="replay",
        )
        for turn, seller in enumerate(cast.history.sellers)
        if seller.key in diary.ids(SHOP)
        for staged in [cast.staging.standing(turn)]
    ]


def _next_month(now: datetime) -> date:
    return (now.date().replace(day=1) + timedelta(days=32)).replace(day=1)


def _shop(diary: Diary, seller: Seller) -> ShopId:
    return ShopId(diary.ids(SHOP)[seller.key])
