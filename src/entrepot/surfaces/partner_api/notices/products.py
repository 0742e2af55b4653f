"""Products, which are listings of ours."""

from collections.abc import Iterator, Sequence

from entrepot.contexts import catalog
from entrepot.contexts.catalog import CategoryId, State
from entrepot.kernel.tx import Tx
from entrepot.surfaces.partner_api.picture_words import NOT_TRANSLATED, TRANSLATED
from entrepot.surfaces.partner_api.products.words import category_number

from . import kinds
from .tellers import Notice, Tellers, seconds

tellers = Tellers()
pictures = catalog.pictures
Moved = (
    catalog.ListingActivated
    | catalog.ListingRejected
    | catalog.ListingStopped
    | catalog.ListingMoved
)
MOVED = (
    catalog.ListingActivated,
    catalog.ListingRejected,
    catalog.ListingStopped,
    catalog.ListingMoved,
)
AUDITS = {State.ACTIVATE: "APPROVED", State.PENDING: "AUDITING", State.FAILED: "FAILED"}


@tellers.tell(kinds.PRODUCT_STATUS, *MOVED)
def product_status(tx: Tx, facts: Sequence[Moved]) -> Iterator[Notice]:
    """A product passed its first audit, failed one, or came into another state."""
    ids = sorted({fact.listing_id for fact in facts})
    reasons = catalog.last_reasons(tx, ids)
    for fact in facts:
        data: dict[str, object] = {
            "product_id": int(fact.product_id),
            "status": _status(fact),
            "update_time": seconds(fact),
        }
        stopped = isinstance(fact, catalog.ListingRejected | catalog.ListingStopped)
        if stopped and reasons.get(fact.listing_id):
            data["suspended_reason"] = ", ".join(reasons[fact.listing_id])
        yield Notice(fact=fact, shop_id=fact.shop_id, data=data)


@tellers.tell(kinds.PRODUCT_AUDIT, *MOVED)
def audit_status(tx: Tx, facts: Sequence[Moved]) -> Iterator[Notice]:
    """How far the audit of a product is; what is not on sale has none."""
    for fact in facts:
        data = {
            "product_id": int(fact.product_id),
            "audit": {"status": AUDITS.get(_state(fact), "NONE")},
            "update_time": seconds(fact),
        }
        yield Notice(fact=fact, shop_id=fact.shop_id, data=data)


@tellers.tell(kinds.PRODUCT_INFORMATION, catalog.ListingEdited)
def product_information(tx: Tx, facts: Sequence[catalog.ListingEdited]) -> Iterator[Notice]:
    """Another content is on sale."""
    for fact in facts:
        data = {"product_id": str(fact.product_id), "update_time": seconds(fact)}
        yield Notice(fact=fact, shop_id=fact.shop_id, data=data)


@tellers.tell(kinds.PRODUCT_CREATION, catalog.ListingMade)
def product_creation(tx: Tx, facts: Sequence[catalog.ListingMade]) -> Iterator[Notice]:
    """The shop has one more product; bundles, which the dialect would mark, are not made here."""
    for fact in facts:
        data = {"product_id": int(fact.product_id), "update_time": seconds(fact)}
        yield Notice(fact=fact, shop_id=fact.shop_id, data=data)


@tellers.tell(kinds.PRODUCT_CATEGORY, catalog.CategoryChanged)
def product_category(tx: Tx, facts: Sequence[catalog.CategoryChanged]) -> Iterator[Notice]:
    """A product stands elsewhere in the tree, by the numbers that the dialect has for it."""
    for fact in facts:
        data = {
            "product_id": str(fact.product_id),
            "previous_category_id": category_number(CategoryId(fact.before)),
            "current_category_id": category_number(CategoryId(fact.after)),
            "update_time": seconds(fact),
        }
        yield Notice(fact=fact, shop_id=fact.shop_id, data=data)


@tellers.tell(kinds.IMAGE_TRANSLATION, pictures.PictureAltered)
def image_translation(tx: Tx, facts: Sequence[pictures.PictureAltered]) -> Iterator[Notice]:
    """A translation has come to its end; of other work on pictures no tool is told."""
    for fact in facts:
        if fact.work is not pictures.Work.TRANSLATION:
            continue
        task: dict[str, object] = {
            "id": str(fact.alteration_id),
            "status": TRANSLATED[fact.state],
            "target_language": fact.language,
            "original_image": {"uri": str(fact.file_id)},
        }
        if fact.state in NOT_TRANSLATED:
            task["fail_reason"] = NOT_TRANSLATED[fact.state]
        if fact.result_id is not None:
            task["translated_image"] = {"uri": str(fact.result_id)}
        yield Notice(fact=fact, shop_id=fact.shop_id, data={"translation_task": task})


def _status(fact: Moved) -> str:
    match fact:
        case catalog.ListingRejected():
            return "PRODUCT_AUDIT_FAILURE"
        case catalog.ListingActivated(first=True):
            return "PRODUCT_FIRST_PASS_REVIEW"
        case _:
            return "PRODUCT_STATUS_CHANGED"


def _state(fact: Moved) -> State:
    match fact:
        case catalog.ListingActivated():
            return State.ACTIVATE
        case catalog.ListingRejected():
            return State.FAILED
        case catalog.ListingStopped():
            return State.SELLER_DEACTIVATED
        case catalog.ListingMoved():
            return fact.state
