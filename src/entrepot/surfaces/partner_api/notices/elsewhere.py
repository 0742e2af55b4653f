"""Kinds of webhooks of the public documentation that are not sent, and why."""

from collections.abc import Mapping

NO_FACT = "no fact of ours tells it yet"
NO_DOMAIN = "belongs to a domain that is not here"
OUTSIDE = "makes no sense outside TikTok"

NOT_SENT: Mapping[int, tuple[str, str]] = {
    2: ("REVERSE_STATUS_UPDATE", "replaced by 11 and 12"),
    3: ("RECIPIENT_ADDRESS_UPDATE", "an address does not change once an order is placed"),
    13: ("NEW_CONVERSATION", NO_DOMAIN),
    14: ("NEW_MESSAGE", NO_DOMAIN),
    16: ("PRODUCT_CREATION", NO_FACT),
    17: ("SHOPPABLE_CONTENT_POSTING", NO_DOMAIN),
    18: ("PRODUCT_CATEGORY_CHANGE", NO_FACT),
    19: ("SIZE_CHART_CHANGE", NO_FACT),
    20: ("CREATOR_DEAUTHORIZATION", "endpoints belong to shops"),
    21: ("INBOUND_FBT_ORDER_STATUS_CHANGE", NO_DOMAIN),
    22: ("FBT_MERCHANT_ONBOARDING", NO_DOMAIN),
    23: ("GOODS_MATCH", NO_DOMAIN),
    24: ("FBT_INVENTORY_UPDATE", NO_DOMAIN),
    25: ("OPPORTUNITY_MATCHING_STATUS_CHANGE", NO_FACT),
    27: ("INVENTORY_STATUS_CHANGE", NO_FACT),
    33: ("NEW_MESSAGE_LISTENER", NO_DOMAIN),
    35: ("TOKOPEDIA_MIRROR_STATUS_CHANGE", OUTSIDE),
    38: ("STRIKETHROUGH_PRICE_EXPIRED", NO_FACT),
    42: ("COMBINED_LISTING_CHANGE", NO_DOMAIN),
    50: ("SKU_STATUS_CHANGE", "SKUs have no state of their own"),
    51: ("GLOBAL_REPLICATION_STATUS_CHANGE", NO_FACT),
    52: ("GLOBAL_LISTING_METHOD_CHANGE", NO_FACT),
    55: ("VIDEO_PRECHECK_RESULT", NO_DOMAIN),
    56: ("SAMPLE_APPLICATION_STATUS_CHANGE", NO_DOMAIN),
    58: ("FBT_MCF_ORDER_STATUS", NO_DOMAIN),
    59: ("SHOPPABLE_VIDEO_PRECHECK_TASKS_RESULT", NO_DOMAIN),
    62: ("PRODUCT_PACKAGE_RECOMMENDED", "nothing here measures packages"),
    66: ("APPEAL_COMPLETED", NO_FACT),
    71: ("INVENTORY_CHANGED_BY_SHOP", "sales reserve stock without a fact of their own"),
}
