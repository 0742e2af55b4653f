"""The way back that the seller pays for: a number, a carrier, and a label or a code to print."""

from entrepot.contexts import files
from entrepot.contexts.aftersales import CaseId, Label
from entrepot.contexts.files import NewFile, Purpose
from entrepot.flows import returning
from entrepot.kernel.problems import each, only
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.operations import Ask, Operations
from entrepot.surfaces.partner_api.scopes import Scope
from entrepot.surfaces.partner_api.shapes import Body, Numbers, Query, Text

from .finding import case_of

operations = Operations()
DOCUMENTS = ("return_shipping_label", "return_qr_code")


class WayBack(Query):
    return_ids: Numbers


class Parcel(Body):
    tracking_number: Text
    return_provider_id: Text


@operations.post(
    "/return_refund/202405/returns/shipping_documents",
    scope=Scope.RETURN_REFUND,
    query=WayBack,
    body=Parcel,
    files=True,
)
def upload_return_shipping_information(ask: Ask[WayBack, Parcel]) -> Data:
    """Give the buyer the way back, before anything is sent."""
    cases = [case_of(ask, CaseId(id)) for id in ask.query.return_ids]
    file_id = _kept(ask)
    labels = [
        Label(
            case_id=case.id,
            carrier=ask.body.return_provider_id,
            tracking_number=ask.body.tracking_number,
            file_id=file_id,
        )
        for case in cases
    ]
    each(returning.give_labels(ask.tx, labels))
    return {}


def _kept(ask: Ask[WayBack, Parcel]) -> int | None:
    """The first document that was sent along."""
    sent = next((ask.files[name] for name in DOCUMENTS if name in ask.files), None)
    if sent is None:
        return None
    wish = NewFile(owner_id=ask.seller, purpose=Purpose.LABEL, name=sent.filename, data=sent.data)
    return int(only(files.keep(ask.tx, ask.parts.storage, [wish])).id)
