"""What a shop's mode, its market and its stage allow on a day: asked of the rules, once each."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from entrepot import rulebook
from entrepot.contexts import merchants
from entrepot.contexts.merchants import NotYourDecision, Shop, ShopId, Side, sides
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.money import Currency
from entrepot.kernel.problems import NotFound, Problem
from entrepot.kernel.tx import Tx
from entrepot.rulebook import Admission, ListingAudit, Market, MarketNotOpen, Mode

from . import access
from .access import Permission
from .model import CategoryId, Listing
from .problems import CategoryClosed, Gone

RECOVERABLE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Ground:
    """The rules under which a shop stands now."""

    shop: Shop
    flags: Mode
    rule: str
    currency: Currency
    day: date


@dataclass(slots=True)
class Grounds:
    """The rules for the shops of one batch."""

    tx: Tx
    shops: dict[ShopId, Shop]
    qualified: dict[ShopId, frozenset[str]]
    _grounds: dict[ShopId, Ground | Problem] = field(default_factory=dict)
    _closed: dict[tuple[ShopId, CategoryId], Problem | None] = field(default_factory=dict)

    @classmethod
    def of(cls, tx: Tx, shop_ids: Iterable[ShopId]) -> "Grounds":
        """For these shops: two statements, however many they are."""
        ids = sorted(set(shop_ids))
        return cls(tx, merchants.shops(tx, ids), merchants.granted_categories(tx, ids))

    def at(self, shop_id: ShopId) -> Ground | Problem:
        """The rules of a shop, or why nothing can be sold there."""
        if shop_id not in self._grounds:
            shop = self.shops.get(shop_id)
            self._grounds[shop_id] = self._ground(shop) if shop else NotFound("shop", shop_id)
        return self._grounds[shop_id]

    def closed(self, ground: Ground, category_id: CategoryId) -> Problem | None:
        """Why a shop may not sell in a category."""
        key = ground.shop.id, category_id
        if key not in self._closed:
            self._closed[key] = self._closed_for(ground, category_id)
        return self._closed[key]

    def _ground(self, shop: Shop) -> Ground | Problem:
        book = rulebook.of(self.tx)
        day = self.tx.now.date()
        try:
            market = book.on(Market, shop.market, day).row({})
            day = market.day_of(self.tx.now)
            missing = book.missing(shop.market, shop.mode, day)
            if missing:
                return MarketNotOpen(
                    f"{shop.market} is not open for {shop.mode}: no rule for {', '.join(missing)}",
                    market=shop.market,
                    mode=shop.mode,
                    missing=[*missing],
                    day=day.isoformat(),
                )
            version = book.on(Mode, shop.market, day)
            flags = version.row({"mode": shop.mode})
        except MarketNotOpen as refusal:
            return refusal
        return Ground(shop, flags, version.ref, market.currency, day)

    def _closed_for(self, ground: Ground, category_id: CategoryId) -> Problem | None:
        shop = ground.shop
        version = rulebook.of(self.tx).on(Admission, shop.market, ground.day)
        row = version.row(
            {
                "kind": "category",
                "category": category_id.path,
                "mode": shop.mode,
                "seller_type": shop.seller_type,
            }
        )
        if row.access == "open" or self.qualified.get(shop.id, frozenset()) & set(category_id.path):
            return None
        return CategoryClosed(category_id, row.access, version.ref)


def refused(
    tx: Tx, ground: Ground, permission: Permission, merchant_id: OrganisationId
) -> Problem | None:
    """Why this actor may not decide that for this shop: the mode gives it to the other side."""
    held = sides(tx.actor, permission, merchant_id)
    if not held:
        return access.not_granted(permission)
    if permission is Permission.PRICE:
        return _unless(held, "retail_price_setter", ground.flags.retail_price_setter, ground.rule)
    if permission is Permission.EDIT:
        return _unless(held, "content_owner", ground.flags.content_owner, ground.rule)
    return None if "platform" in held else access.not_granted(permission)


def audit_at(tx: Tx, ground: Ground) -> datetime | None:
    """When the rules judge what is submitted now; none where a person does."""
    row = (
        rulebook.of(tx)
        .on(ListingAudit, ground.shop.market, ground.day)
        .row({"mode": ground.shop.mode, "seller_type": str(ground.shop.seller_type)})
    )
    return None if row.by == "operator" else tx.now + timedelta(minutes=row.after_minutes)


def _unless(held: set[Side], flag: str, side: Side, rule: str) -> NotYourDecision | None:
    return None if side in held else NotYourDecision(flag, side, rule)


def gone(tx: Tx, listing: Listing) -> Gone | None:
    """Why a deleted listing cannot come back."""
    if listing.deleted_at is None or tx.now - listing.deleted_at <= RECOVERABLE:
        return None
    return Gone(f"listing {listing.id} was deleted more than {RECOVERABLE.days} days ago")
