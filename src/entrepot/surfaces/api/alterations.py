"""Pictures that an engine is to change, and what came of it."""

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import Field

from entrepot.contexts import catalog
from entrepot.contexts.files import FileId
from entrepot.contexts.merchants import ShopId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.problems import BadInput, Forbidden, NotFound, only
from entrepot.kernel.tx import Tx

from .calls import ThisCall
from .problems import refusals
from .routing import noun
from .views import Asked, Page, Paging, View, after_id, cursor_id, example, page

pictures = catalog.pictures

router = noun(tag="products")


class AskAlteration(Asked):
    """What to do to which picture; a translation says into which language."""

    model_config = example(
        {
            "shop_id": "557056000000000000",
            "file_id": "557056000000000001",
            "work": "translation",
            "language": "de-DE",
        }
    )

    shop_id: ShopId
    file_id: FileId
    work: pictures.Work
    language: Annotated[str, Field(pattern=r"^([a-z]{2,3}(-[A-Z]{2})?)?$")] = ""


class AlterationView(View):
    id: pictures.AlterationId
    shop_id: ShopId
    merchant_id: OrganisationId
    file_id: FileId
    work: pictures.Work
    language: str
    state: pictures.AlterationState
    result_id: FileId | None
    reason: str
    attempts: int
    asked_at: datetime
    ended_at: datetime | None


@router.post(
    "/pictures/alterations",
    status_code=201,
    responses=refusals(Forbidden, NotFound, BadInput, pictures.NoEngine),
)
def alter_picture(body: AskAlteration, call: ThisCall) -> AlterationView:
    """Wish that an engine changes a picture; what comes of it is told by the list."""
    wish = pictures.NewAlteration(
        shop_id=body.shop_id, file_id=body.file_id, work=body.work, language=body.language
    )
    engines = call.parts.engines

    def show(tx: Tx, id: pictures.AlterationId) -> AlterationView:
        return AlterationView.model_validate(pictures.by_ids(tx, body.shop_id, [id])[id])

    return call.once(
        pictures.AlterationId, lambda tx: only(pictures.alter(tx, engines, [wish])).id, show
    )


@router.get("/pictures/alterations")
def list_alterations(ask: Annotated[Paging, Query()], call: ThisCall) -> Page[AlterationView]:
    """What was wished of pictures, the newest first, with the reason where nothing came of it."""
    after = None if ask.after is None else after_id(ask.after, pictures.AlterationId)
    rows = call.signed_in(lambda tx: pictures.alterations(tx, after, ask.limit))
    return page(rows, ask.limit, AlterationView.model_validate, lambda row: cursor_id(row.id))
