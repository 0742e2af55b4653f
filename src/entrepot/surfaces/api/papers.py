"""The papers of parcels: for merchants by their session, for who holds a link by that."""

from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import BaseModel, Field

from entrepot.contexts import logistics
from entrepot.contexts.logistics import Parcel, ParcelId
from entrepot.kernel.ids import DIGITS
from entrepot.kernel.problems import NotFound, only
from entrepot.kernel.tx import Tx
from entrepot.surfaces import papers
from entrepot.surfaces.papers import Format, Kind, PageSize, Wanted
from entrepot.surfaces.parts import Parts

from .routing import beside

router = beside()


class Link(BaseModel):
    """What a link says beside the parcel."""

    kind: Kind = Kind.LABEL
    size: PageSize = PageSize.A6
    format: Format = Format.PDF
    expires: int
    signature: Annotated[str, Field(max_length=100)]


@router.get(papers.PATH + "/{id}")
def paper(
    request: Request,
    id: str,
    link: Annotated[Link, Query()],
) -> Response:
    """A paper for who holds a link that we signed."""
    parts: Parts = request.app.state.parts
    if not DIGITS.fullmatch(id) or int(id) >= 2**63:
        raise NotFound("paper", id)
    wanted = Wanted(parcel_id=ParcelId(id), kind=link.kind, size=link.size, format=link.format)
    if not papers.holds(parts, wanted, link.expires, link.signature):
        raise NotFound("paper", id)

    def read(tx: Tx) -> papers.Paper:
        parcel: Parcel = only(logistics.by_ids(tx, [wanted.parcel_id]))
        return papers.gather(tx, parcel)

    return _answer(parts.work.run(parts.platform("papers"), "papers.read", read), wanted)


def _answer(found: papers.Paper, wanted: Wanted) -> Response:
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    name = f"parcel-{found.parcel_id}.{wanted.format}"
    headers["Content-Disposition"] = f'inline; filename="{name}"'
    if wanted.format is Format.ZPL:
        return Response(papers.commands(found), media_type="text/plain", headers=headers)
    data = papers.draw(found, wanted.kind, wanted.size)
    return Response(data, media_type="application/pdf", headers=headers)
