"""Pages of a shop's products, the last listed first."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from entrepot.contexts import catalog
from entrepot.contexts.catalog import ListingId, ProductSearch, SkuId, State
from entrepot.surfaces.partner_api.codes import invalid
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.operations import Ask, Operations, Scope
from entrepot.surfaces.partner_api.paging import Key, Paged, after, instant, mark, page, shown
from entrepot.surfaces.partner_api.shapes import Body, Number, Seconds
from entrepot.views.listed import listed

from .shelf import Shelf
from .words import category_of, instant_of

operations = Operations()

ALL = "ALL"
AUDITED = {
    "AUDITING": (State.PENDING,),
    "FAILED": (State.FAILED,),
    "APPROVED": (State.ACTIVATE,),
    "NONE": (State.DRAFT, State.FREEZE, State.SELLER_DEACTIVATED, State.PLATFORM_DEACTIVATED),
}


class Search(Body):
    status: str = ALL
    seller_skus: list[str] = Field(default_factory=list, max_length=100)
    sku_ids: Annotated[list[Number], Field(max_length=100)] = Field(default_factory=list)
    category_id: str | None = None
    audit_status: list[str] = Field(default_factory=list, max_length=10)
    create_time_ge: Seconds | None = None
    create_time_le: Seconds | None = None
    update_time_ge: Seconds | None = None
    update_time_le: Seconds | None = None


@operations.post(
    "/product/202502/products/search",
    older=("202309", "202312"),
    scope=Scope.PRODUCT_READ,
    query=Paged,
    body=Search,
)
def search_products(ask: Ask[Paged, Search]) -> Data:
    """Pages of the shop's products, the last listed first."""
    asked, last = _asked(ask), after(ask)
    behind = None if last is None else (instant(last[0]), ListingId(int(last[1])))
    rows = catalog.search_ids(ask.tx, asked, behind, ask.query.page_size + 1)
    # Counted once, for the first page; the token carries the total on.
    total = catalog.found(ask.tx, asked) if last is None else int(last[2])
    shelf = Shelf.of(ask)
    found = listed(ask.tx, ask.seller, [id for _, id in shown(rows, ask)])

    def key(row: tuple[datetime, ListingId]) -> Key:
        return (mark(row[0]), int(row[1]), total)

    products = [shelf.product(skus) for skus in found]
    return {"products": products, **page(rows, ask, key=key, total=total)}


def _asked(ask: Ask[Paged, Search]) -> ProductSearch:
    body = ask.body
    return ProductSearch(
        shop_id=ask.shop.id,
        states=_states(body),
        codes=tuple(body.seller_skus),
        sku_ids=tuple(SkuId(id) for id in body.sku_ids),
        category_id=None if body.category_id is None else category_of(body.category_id),
        listed_from=instant_of(body.create_time_ge),
        listed_to=instant_of(body.create_time_le),
        updated_from=instant_of(body.update_time_ge),
        updated_to=instant_of(body.update_time_le),
    )


def _states(body: Search) -> tuple[State, ...]:
    """Without a status all but deleted ones; audits narrow it further."""
    if body.status == ALL:
        states = [*State]
        states.remove(State.DELETED)
    elif body.status in State.__members__:
        states = [State[body.status]]
    else:
        raise invalid("status", f"{ALL} or one of {', '.join(State.__members__)}")
    audited = [state for name in body.audit_status for state in AUDITED.get(name, ())]
    return tuple(state for state in states if not body.audit_status or state in audited)
