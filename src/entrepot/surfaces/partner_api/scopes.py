"""Access scopes: the dialect's names for what a token may do, and our permissions behind them.

The names are those of the public documentation (partner.tiktokshop.com, "API scopes"), but for
three of ours, where we found none: `seller.order.write`, `seller.supply_chain.write` and
`partner.affiliate_collaboration.read`. The SDK names no scopes, so none of them is judged by it.
"""

from collections.abc import Collection
from datetime import date
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import lru_cache

from entrepot.contexts import identity
from entrepot.contexts.integrations import AppKind
from entrepot.kernel.access import Grant, OrganisationId
from entrepot.rulebook import Rulebook


class Scope(StrEnum):
    """Alphabetical by what they are about."""

    AUTHORIZATION_READ = "seller.authorization.info"
    FINANCE_READ = "seller.finance.info"
    FULFILLMENT_READ = "seller.fulfillment.basic"
    FULFILLMENT_WRITE = "seller.fulfillment.package.write"
    DELIVERY_WRITE = "seller.delivery.status.write"
    GLOBAL_CATEGORY_READ = "seller.global_product.category.info"
    GLOBAL_PRODUCT_DELETE = "seller.global_product.delete"
    GLOBAL_PRODUCT_READ = "seller.global_product.info"
    GLOBAL_PRODUCT_WRITE = "seller.global_product.write"
    IMAGE_TRANSLATE = "seller.global_product.image_trans_task"
    LOGISTICS_READ = "seller.logistics"
    ORDER_READ = "seller.order.info"
    ORDER_WRITE = "seller.order.write"  # Ours.
    PRODUCT_DELETE = "seller.product.delete"
    PRODUCT_OPTIMIZE = "seller.product.optimize"
    PRODUCT_READ = "seller.product.basic"
    PRODUCT_WRITE = "seller.product.write"
    PROMOTION_READ = "seller.promotion.info"
    PROMOTION_WRITE = "seller.promotion.write"
    RETURN_REFUND = "seller.return_refund.basic"
    SHOP_READ = "seller.shop.info"
    SUPPLY_CHAIN_WRITE = "seller.supply_chain.write"  # Ours.
    CREATOR_COLLABORATION = "creator.affiliate_collaboration.read"
    PARTNER_COLLABORATION = "partner.affiliate_collaboration.read"  # Ours.


CREATORS_BEGIN, PARTNERS_BEGIN = "creator.", "partner."  # All others are sellers'.

# What every token may: know where it is.
ALWAYS = ("organisation:read", "shop:read", "rule:read", "agreement:read", "tier:read", "file:*")

ORDERS = ("order:read", "parcel:read", "refund:read")
PRODUCTS = ("product:read", "price:read", "stock:read", "category:read")

# Patterns of permissions; of these a token has what the organisation's owner has.
OPENS: dict[Scope, tuple[str, ...]] = {
    Scope.AUTHORIZATION_READ: ("authorisation:read", "endpoint:*"),
    Scope.FINANCE_READ: ("statement:*", "payout:*", "transaction:*", "withdrawal:*", *ORDERS),
    Scope.FULFILLMENT_READ: ("parcel:read", "package:read", *ORDERS),
    Scope.FULFILLMENT_WRITE: ("parcel:*", "package:*", "order:ship", *ORDERS),
    Scope.DELIVERY_WRITE: ("parcel:*", "package:*", "tracking:*", *ORDERS),
    Scope.GLOBAL_CATEGORY_READ: PRODUCTS,
    Scope.GLOBAL_PRODUCT_DELETE: ("product:*", *PRODUCTS),
    Scope.GLOBAL_PRODUCT_READ: PRODUCTS,
    Scope.GLOBAL_PRODUCT_WRITE: ("product:*", "price:*", "stock:*", "receipt:*", *PRODUCTS),
    Scope.IMAGE_TRANSLATE: PRODUCTS,
    Scope.LOGISTICS_READ: ("logistics:*", "warehouse:*", "parcel:read", "stock:read", *ORDERS),
    Scope.ORDER_READ: ORDERS,
    Scope.ORDER_WRITE: ("order:edit", "order:annotate", *ORDERS),
    Scope.PRODUCT_DELETE: ("product:*", *PRODUCTS),
    Scope.PRODUCT_OPTIMIZE: PRODUCTS,
    Scope.PRODUCT_READ: PRODUCTS,
    Scope.PRODUCT_WRITE: ("product:*", "price:*", "stock:*", "receipt:*", "shop:edit", *PRODUCTS),
    Scope.PROMOTION_READ: ("coupon:read", "promotion:read", "activity:read", *PRODUCTS),
    Scope.PROMOTION_WRITE: ("coupon:*", "promotion:*", "activity:*", "price:*", *PRODUCTS),
    Scope.RETURN_REFUND: ("return:*", "refund:*", "case:*", "order:cancel", *ORDERS),
    Scope.SHOP_READ: ("shop:read",),
    Scope.SUPPLY_CHAIN_WRITE: ("parcel:*", "package:*", "order:ship", *ORDERS),
    Scope.CREATOR_COLLABORATION: ("product:read",),
    Scope.PARTNER_COLLABORATION: ("product:read",),
}
ROLES = {
    AppKind.SELLER: "merchant-owner",
    AppKind.CREATOR: "creator",
    AppKind.PARTNER: "provider-staff",
}


def permissions(scopes: Collection[str], held: Collection[str]) -> frozenset[str]:
    """Those of the permissions held that the scopes open."""
    patterns = {*ALWAYS}.union(*(OPENS[Scope(one)] for one in scopes if one in OPENS))
    return frozenset(one for one in held if any(fnmatchcase(one, p) for p in patterns))


class Powers:
    """What a token may, by its kind and scopes; the same all day, so looked up once a day."""

    def __init__(self, rules: Rulebook) -> None:
        self._rules = rules
        self._of_day = lru_cache(maxsize=4)(self._roles)
        self.grants = lru_cache(maxsize=2_000)(self._grants)

    def _grants(
        self, kind: AppKind, scopes: frozenset[str], within: OrganisationId, day: date
    ) -> frozenset[Grant]:
        """The grants of a token within its organisation."""
        held = self._of_day(day).get(ROLES[kind], frozenset())
        return frozenset(Grant(one, within) for one in permissions(scopes, held))

    def _roles(self, day: date) -> identity.Roles:
        return identity.roles_on(self._rules, day)
