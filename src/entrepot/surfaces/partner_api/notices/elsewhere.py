"""Kinds of webhooks of the public documentation that are not sent, and why."""

from collections.abc import Mapping

NO_DOMAIN = "belongs to a domain that is not here"
OUTSIDE = "makes no sense outside TikTok"

NOT_SENT: Mapping[int, tuple[str, str]] = {
    2: ("REVERSE_STATUS_UPDATE", "replaced by 11 and 12"),
    3: ("RECIPIENT_ADDRESS_UPDATE", "an address does not change once an order is placed"),
    13: ("NEW_CONVERSATION", NO_DOMAIN),
    14: ("NEW_MESSAGE", NO_DOMAIN),
    17: ("SHOPPABLE_CONTENT_POSTING", NO_DOMAIN),
    20: ("CREATOR_DEAUTHORIZATION", "endpoints belong to shops"),
    21: ("INBOUND_FBT_ORDER_STATUS_CHANGE", NO_DOMAIN),
    22: ("FBT_MERCHANT_ONBOARDING", NO_DOMAIN),
    23: ("GOODS_MATCH", NO_DOMAIN),
    24: ("FBT_INVENTORY_UPDATE", NO_DOMAIN),
    25: ("OPPORTUNITY_MATCHING_STATUS_CHANGE", "products of other platforms are not matched here"),
    33: ("NEW_MESSAGE_LISTENER", NO_DOMAIN),
    35: ("TOKOPEDIA_MIRROR_STATUS_CHANGE", OUTSIDE),
    38: ("STRIKETHROUGH_PRICE_EXPIRED", "a list price holds until it is changed"),
    42: ("COMBINED_LISTING_CHANGE", NO_DOMAIN),
    50: ("SKU_STATUS_CHANGE", "SKUs have no state of their own"),
    52: ("GLOBAL_LISTING_METHOD_CHANGE", "a product keeps the method by which it was listed"),
    55: ("VIDEO_PRECHECK_RESULT", NO_DOMAIN),
    56: ("SAMPLE_APPLICATION_STATUS_CHANGE", NO_DOMAIN),
    58: ("FBT_MCF_ORDER_STATUS", NO_DOMAIN),
    59: ("SHOPPABLE_VIDEO_PRECHECK_TASKS_RESULT", NO_DOMAIN),
    62: ("PRODUCT_PACKAGE_RECOMMENDED", "nothing here measures packages"),
    71: ("INVENTORY_CHANGED_BY_SHOP", "the triggers that it has to name are not public; see 27"),
}
