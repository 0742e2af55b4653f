"""Who hears of what: the whole choreography of the platform on one page.

A test checks that every event of every context is read here, or listed as read by nobody inside:
such facts are for webhooks, analytics and audit, which take them from the log by name.
"""

from typing import Any

from entrepot.contexts import (
    affiliates,
    aftersales,
    catalog,
    files,
    identity,
    integrations,
    inventory,
    logistics,
    merchants,
    orders,
    payments,
    promotions,
    settlement,
    sourcing,
)
from entrepot.kernel.events import Event, Subscriber, adapter

from . import paying, returning, selling_out

SUBSCRIBERS = (
    # Also what came in while nobody waited for it: by webhook, by look-up, after a crash.
    Subscriber("flows.paying.on_captured", (payments.PaymentCaptured,), paying.on_captured),
    Subscriber("flows.paying.on_refunded", (payments.RefundSucceeded,), paying.on_refunded),
    # A case is over when the buyer has the money.
    Subscriber("flows.returning.on_refunded", (payments.RefundSucceeded,), returning.on_refunded),
    # What is sold out is found after the sale, which waits for nobody.
    Subscriber("flows.selling_out.on_touched", selling_out.TOUCHED, selling_out.on_touched),
)

UNREAD: tuple[type[Event], ...] = (
    # Creators look their promises up when something is bought.
    affiliates.PlanEndedEarly,
    affiliates.PlanMade,
    affiliates.RateSet,
    # It decides nothing.
    aftersales.EvidenceAdded,
    # Refunds move their money in the same unit of work.
    aftersales.RefundRecorded,
    # Whoever appealed or offered goods reads the decision where it was asked for.
    catalog.sizes.AppealDecided,
    catalog.briefs.SubmissionDecided,
    # Whoever wished asks for the new picture.
    catalog.pictures.PictureAltered,
    # Quotes read offers as they are.
    catalog.CategoryChanged,
    catalog.ListingActivated,
    catalog.ListingEdited,
    catalog.ListingMade,
    catalog.ListingMoved,
    catalog.ListingRejected,
    catalog.ListingReplicated,
    catalog.ListingStopped,
    catalog.PriceSet,
    catalog.sizes.SizeChartChanged,
    catalog.SkusChanged,
    # Whoever stored a file names it where it belongs.
    files.FileErased,
    files.FileStored,
    # Sessions and grants are resolved anew in each unit of work.
    identity.GrantGiven,
    identity.GrantRevoked,
    identity.OrganisationFounded,
    identity.PersonErased,
    # Tokens are resolved anew, too; apps hear of them by webhook.
    integrations.AppAuthorised,
    integrations.AuthorisationExpiring,
    integrations.AuthorisationRevoked,
    # Quotes read stock as it is.
    inventory.StockTurned,
    logistics.InvoiceJudged,
    # Orders and money follow a parcel in the flow that moves it.
    logistics.ParcelMoved,
    logistics.ParcelsChanged,
    merchants.AccountMoved,
    merchants.ApplicationMoved,
    merchants.DocumentExpired,
    merchants.ModeAgreed,
    merchants.QualificationMoved,
    merchants.ShopMoved,
    merchants.ShopOpened,
    orders.CancellationRefused,
    orders.CancellationRequested,
    # Capture is asked for by whoever authorised; a decline waits for the buyer.
    payments.PaymentAuthorised,
    payments.PaymentFailed,
    # The buyer is still owed it: it stays in buyer clearing until people act.
    payments.RefundFailed,
    promotions.ActivityChanged,
    promotions.ActivityCreated,
    promotions.ActivityMoved,
    promotions.PromotionCreated,
    promotions.PromotionMoved,
    settlement.PayoutMoved,
    # Finance sees what waits; payouts look for what came.
    settlement.PayoutWaits,
    settlement.StatementClosed,
    settlement.TierDecided,
    sourcing.SupplyAgreed,
    sourcing.SupplyEnded,
    sourcing.SupplyPriceAgreed,
)


def kinds() -> list[type[Event]]:
    """Every kind of fact that can stand in the log, by name."""
    read = {kind for to in SUBSCRIBERS for kind in to.kinds}
    return sorted({*read, *UNREAD}, key=lambda kind: kind.name)


def schemas() -> dict[str, Any]:
    """The JSON Schema of each kind of fact, as `docs/reference/events.json` has it."""
    return {
        kind.name: {"version": kind.version, "payload": adapter(kind).json_schema()}
        for kind in kinds()
    }
