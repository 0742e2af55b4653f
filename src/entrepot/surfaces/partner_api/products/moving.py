"""Taking products on and off sale."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import Field

from entrepot.contexts import catalog
from entrepot.contexts.catalog import Listing, Move, ProductId, State, Verb
from entrepot.kernel.problems import NotFound, Problem
from entrepot.surfaces.partner_api.codes import refused
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.operations import Ask, Operations, Scope
from entrepot.surfaces.partner_api.shapes import Body, Nothing, Number

operations = Operations()


class Products(Body):
    product_ids: list[Number] = Field(min_length=1, max_length=20)


ACTIVATING = {
    State.DRAFT: Verb.SUBMIT,
    State.FAILED: Verb.SUBMIT,
    State.PLATFORM_DEACTIVATED: Verb.APPEAL,
}


@operations.post("/product/202309/products/activate", scope=Scope.PRODUCT_WRITE, body=Products)
def activate_products(ask: Ask[Nothing, Products]) -> Data:
    """Put on sale again; what was never on sale is handed in for its audit."""
    return _moved(ask, lambda listing: ACTIVATING.get(listing.state, Verb.REACTIVATE))


@operations.post("/product/202309/products/deactivate", scope=Scope.PRODUCT_WRITE, body=Products)
def deactivate_products(ask: Ask[Nothing, Products]) -> Data:
    """Take off sale; the listing stays."""
    return _moved(ask, lambda _: Verb.DEACTIVATE)


@operations.delete("/product/202309/products", scope=Scope.PRODUCT_DELETE, body=Products)
def delete_products(ask: Ask[Nothing, Products]) -> Data:
    """Delete; for a time they can be had back."""
    return _moved(ask, lambda _: Verb.DELETE)


@operations.post("/product/202309/products/recover", scope=Scope.PRODUCT_WRITE, body=Products)
def recover_products(ask: Ask[Nothing, Products]) -> Data:
    """Have deleted products back, as drafts that are audited again."""
    return _moved(ask, lambda _: Verb.RECOVER)


def _moved(ask: Ask[Nothing, Products], verb: Callable[[Listing], Verb]) -> Data:
    """Move what can be moved; what cannot is told beside it, and changes nothing."""
    ids = [ProductId(id) for id in dict.fromkeys(ask.body.product_ids)]
    listed = catalog.in_shop(ask.tx, ask.shop.id, ids)
    wishes = [Move(listing_id=listed[id].id, verb=verb(listed[id])) for id in ids if id in listed]
    outcomes = dict(
        zip((id for id in ids if id in listed), catalog.move(ask.tx, wishes), strict=True)
    )
    return {"errors": _errors(ids, outcomes)}


def _errors(
    ids: Sequence[ProductId], outcomes: Mapping[ProductId, Listing | Problem]
) -> list[dict[str, Any]]:
    found = ((id, outcomes.get(id) or NotFound("product", id)) for id in ids)
    return [_error(id, problem) for id, problem in found if isinstance(problem, Problem)]


def _error(id: ProductId, problem: Problem) -> dict[str, Any]:
    said = refused(problem)
    return {"code": said.code, "message": said.message, "detail": {"product_id": str(id)}}
