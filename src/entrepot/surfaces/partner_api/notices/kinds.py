"""The kinds of webhooks that are sent: their number, their name, and the scope that opens them.

Numbers and names are those of the public documentation (partner.tiktokshop.com, "Webhooks"). Those
that no shop can subscribe to by itself are named after what they tell; an app hears of them where
its operator said (`entrepot webhooks listen`).
"""

from dataclasses import dataclass

from entrepot.surfaces.partner_api.scopes import Scope


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of webhook."""

    type: int
    name: str
    scope: Scope | None  # None: it is about the authorisation itself.


ORDER_STATUS = Kind(1, "ORDER_STATUS_CHANGE", Scope.ORDER_READ)
PACKAGE = Kind(4, "PACKAGE_UPDATE", Scope.FULFILLMENT_READ)
PRODUCT_STATUS = Kind(5, "PRODUCT_STATUS_CHANGE", Scope.PRODUCT_READ)
DEAUTHORISED = Kind(6, "SELLER_DEAUTHORIZATION", None)
EXPIRING = Kind(7, "UPCOMING_AUTHORIZATION_EXPIRATION", None)
CANCELLATION = Kind(11, "CANCELLATION_STATUS_CHANGE", Scope.RETURN_REFUND)
RETURN = Kind(12, "RETURN_STATUS_CHANGE", Scope.RETURN_REFUND)
PRODUCT_INFORMATION = Kind(15, "PRODUCT_INFORMATION_CHANGE", Scope.PRODUCT_READ)
PRODUCT_CREATION = Kind(16, "PRODUCT_CREATION", Scope.PRODUCT_READ)
PRODUCT_CATEGORY = Kind(18, "PRODUCT_CATEGORY_CHANGE", Scope.PRODUCT_READ)
SIZE_CHART = Kind(19, "SIZE_CHART_CHANGE", Scope.PRODUCT_READ)
INVENTORY_STATUS = Kind(27, "INVENTORY_STATUS_CHANGE", Scope.PRODUCT_READ)
INVOICE = Kind(36, "INVOICE_STATUS_CHANGE", Scope.FULFILLMENT_READ)
PRODUCT_AUDIT = Kind(37, "PRODUCT_AUDIT_STATUS_CHANGE", Scope.PRODUCT_READ)
ACTIVITY_STATUS = Kind(39, "ACTIVITY_STATUS_CHANGE", Scope.PROMOTION_READ)
IMAGE_TRANSLATION = Kind(46, "IMAGE_TRANSLATION_COMPLETED", Scope.IMAGE_TRANSLATE)
REPLICATION = Kind(51, "GLOBAL_REPLICATION_STATUS_CHANGE", Scope.PRODUCT_READ)
ACTIVITY = Kind(63, "ACTIVITY_CHANGE", Scope.PROMOTION_READ)
AFTERSALES = Kind(64, "AFTERSALES_REQUEST_STATUS_UPDATE", Scope.RETURN_REFUND)
RMA = Kind(65, "RMA_STATUS_UPDATE", Scope.RETURN_REFUND)
APPEAL = Kind(66, "APPEAL_COMPLETED", Scope.PRODUCT_READ)
REFUND = Kind(67, "REFUND_SUCCESS", Scope.RETURN_REFUND)
