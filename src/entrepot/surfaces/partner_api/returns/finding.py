"""Cases of the shop by id, and pages of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from entrepot.contexts import aftersales
from entrepot.contexts.aftersales import Case, CaseFilter, CaseId
from entrepot.kernel.problems import only
from entrepot.surfaces.partner_api import paging
from entrepot.surfaces.partner_api.codes import invalid
from entrepot.surfaces.partner_api.operations import Ask
from entrepot.surfaces.partner_api.paging import Paged
from entrepot.surfaces.partner_api.shapes import SortOrder

from .shown import key

BY_CHANGE = {"update_time", "UPDATE_TIME"}
KNOWN = {None, "", "create_time", "CREATE_TIME"} | BY_CHANGE


def case_of(ask: Ask[Any, Any], id: CaseId) -> Case:
    """A case of the cipher's shop."""
    case = only(aftersales.cases(ask.tx, [id]))
    if case.shop_id != ask.shop.id:
        raise aftersales.CaseNotFound(id)
    return case


def page_of(
    ask: Ask[Any, Any], query: Paged, wanted: CaseFilter
) -> tuple[Sequence[Case], dict[str, Any]]:
    """A page in the order that the query asks for, and where to go on."""
    ask = replace(ask, query=query)
    by_change = query.sort_field in BY_CHANGE
    if query.sort_field not in KNOWN:
        raise invalid("sort_field", "create_time or update_time")
    wanted = replace(
        wanted,
        shop_id=ask.shop.id,
        by_change=by_change,
        rising=query.sort_order is SortOrder.ASC,
    )
    rows = aftersales.case_page(
        ask.tx, wanted, after=cursor(ask, CaseId), limit=query.page_size + 1
    )
    told = paging.page(
        rows,
        ask,
        key=lambda case: key(case, by_change=by_change),
        total=aftersales.count_cases(ask.tx, wanted),
    )
    return paging.shown(rows, ask), told


def cursor(ask: Ask[Any, Any], kind: Any) -> Any:
    """The last row of the page before, as domain lists want it."""
    last = paging.after(ask)
    if last is None:
        return None
    return paging.instant(last[0]), kind(last[1])


def instant(seconds: int | None) -> datetime | None:
    """Instants as the dialect writes them, the other way round."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
