"""Uploading pictures and documents."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from entrepot.contexts import files
from entrepot.contexts.files import File, Kind, NewFile, Purpose
from entrepot.kernel.problems import only
from entrepot.surfaces import file_links
from entrepot.surfaces.partner_api.codes import invalid
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.operations import Ask, Operations, Scope, Upload
from entrepot.surfaces.partner_api.shapes import Body, Nothing, Text

operations = Operations()


class UseCase(StrEnum):
    ATTRIBUTE_IMAGE = "ATTRIBUTE_IMAGE"
    CERTIFICATION_IMAGE = "CERTIFICATION_IMAGE"
    DESCRIPTION_IMAGE = "DESCRIPTION_IMAGE"
    MAIN_IMAGE = "MAIN_IMAGE"
    SIZE_CHART_IMAGE = "SIZE_CHART_IMAGE"


PURPOSES = {
    UseCase.ATTRIBUTE_IMAGE: Purpose.ATTRIBUTE_IMAGE,
    UseCase.CERTIFICATION_IMAGE: Purpose.CERTIFICATION,
    UseCase.DESCRIPTION_IMAGE: Purpose.DESCRIPTION_IMAGE,
    UseCase.MAIN_IMAGE: Purpose.MAIN_IMAGE,
    UseCase.SIZE_CHART_IMAGE: Purpose.SIZE_CHART,
}


class Picture(Body):
    use_case: UseCase = UseCase.MAIN_IMAGE


class Document(Body):
    name: Text


@operations.post(
    "/product/202309/images/upload",
    scope=Scope.PRODUCT_WRITE,
    body=Picture,
    shop=False,
    files=True,
)
def upload_image(ask: Ask[Nothing, Picture]) -> Data:
    """Keep a picture; its use says who may see it."""
    upload = _sent(ask.files)
    file = _kept(ask, PURPOSES[ask.body.use_case], upload.filename, upload)
    if file.kind is not Kind.IMAGE:
        raise invalid("data", "a picture: JPEG, PNG or WebP")
    return {
        "uri": str(file.id),
        "url": file_links.url_of(ask.parts, file),
        "width": file.width_px,
        "height": file.height_px,
        "use_case": ask.body.use_case.value,
    }


@operations.post(
    "/product/202309/files/upload",
    scope=Scope.PRODUCT_WRITE,
    body=Document,
    shop=False,
    files=True,
)
def upload_file(ask: Ask[Nothing, Document]) -> Data:
    """Keep a document or a video."""
    upload = _sent(ask.files)
    is_video = upload.data[4:8] == b"ftyp"
    purpose = Purpose.PRODUCT_VIDEO if is_video else Purpose.CERTIFICATION
    file = _kept(ask, purpose, ask.body.name, upload)
    if file.kind is Kind.IMAGE:
        raise invalid("data", "a PDF or an MP4; pictures have an upload of their own")
    return {
        "id": str(file.id),
        "url": file_links.url_of(ask.parts, file),
        "name": file.name,
        "format": file.extension.upper(),
    }


def _sent(sent: Mapping[str, Upload]) -> Upload:
    upload = sent.get("data")
    if upload is None:
        raise invalid("data", "the file, as a part of the multipart body")
    return upload


def _kept(ask: Ask[Any, Any], purpose: Purpose, name: str, upload: Upload) -> File:
    wish = NewFile(owner_id=ask.seller, purpose=purpose, name=name[-255:], data=upload.data)
    return only(files.upload(ask.tx, ask.parts.storage, [wish]))
