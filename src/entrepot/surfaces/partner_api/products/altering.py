"""Pictures changed by an engine: white backgrounds, and words in other languages."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from entrepot.contexts import catalog, files
from entrepot.contexts.files import File, FileId
from entrepot.kernel.problems import NotFound, each
from entrepot.surfaces import file_links
from entrepot.surfaces.partner_api.codes import invalid
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.operations import Ask, Operations, Scope
from entrepot.surfaces.partner_api.picture_words import NOT_TRANSLATED, OPTIMISED, TRANSLATED
from entrepot.surfaces.partner_api.shapes import Body, Nothing, Numbers, Query

from .words import file_id

operations = Operations()
pictures = catalog.pictures

MOST_TRANSLATIONS = 20  # Pictures times languages in one call.


class Mode(StrEnum):
    WHITE_BACKGROUND = "WHITE_BACKGROUND"


class Language(StrEnum):
    """Those of the public documentation."""

    CS_CZ = "cs-CZ"
    DA_DK = "da-DK"
    DE_AT = "de-AT"
    DE_BE = "de-BE"
    DE_DE = "de-DE"
    EL_GR = "el-GR"
    EN_GB = "en-GB"
    EN_IE = "en-IE"
    ES_ES = "es-ES"
    FI_FI = "fi-FI"
    FR_BE = "fr-BE"
    FR_FR = "fr-FR"
    HU_HU = "hu-HU"
    IT_IT = "it-IT"
    NL_BE = "nl-BE"
    NL_NL = "nl-NL"
    PL_PL = "pl-PL"
    PT_PT = "pt-PT"
    SV_SE = "sv-SE"


class Optimised(Body):
    uri: str
    optimization_mode: Annotated[list[Mode], Field(min_length=1)]


class Optimisation(Body):
    images: Annotated[list[Optimised], Field(min_length=1, max_length=200)]


class Translated(Body):
    image_uri: str
    target_languages: Annotated[list[Language], Field(min_length=1, max_length=20)]


class Translation(Body):
    images: Annotated[list[Translated], Field(min_length=1, max_length=20)]


class Tasks(Query):
    translation_task_ids: Annotated[Numbers, Field(min_length=1, max_length=100)]


@operations.post("/product/202404/images/optimize", scope=Scope.PRODUCT_OPTIMIZE, body=Optimisation)
def optimise_images(ask: Ask[Nothing, Optimisation]) -> Data:
    """How far the white backgrounds are: a wish is made once, and asked after by the same call."""
    work = pictures.Work.WHITE_BACKGROUND
    done = _wished(ask, [(file_id(one.uri, "images.uri"), work, "") for one in ask.body.images])
    known = _files(ask, done)
    return {"images": [_optimised(ask, one, known) for one in done]}


@operations.post(
    "/product/202505/images/translation_tasks", scope=Scope.IMAGE_TRANSLATE, body=Translation
)
def create_translation_tasks(ask: Ask[Nothing, Translation]) -> Data:
    """A task for each picture and language."""
    wanted = [
        (file_id(one.image_uri, "images.image_uri"), pictures.Work.TRANSLATION, language.value)
        for one in ask.body.images
        for language in one.target_languages
    ]
    if len(wanted) > MOST_TRANSLATIONS:
        raise invalid("images", f"at most {MOST_TRANSLATIONS} pairs of a picture and a language")
    return {
        "translation_tasks": [
            {"id": str(one.id), "image_uri": str(one.file_id), "target_language": one.language}
            for one in _wished(ask, wanted)
        ]
    }


@operations.get(
    "/product/202506/images/translation_tasks", scope=Scope.IMAGE_TRANSLATE, query=Tasks
)
def translation_tasks(ask: Ask[Tasks, Nothing]) -> Data:
    """How far tasks are."""
    ids = [pictures.AlterationId(id) for id in ask.query.translation_task_ids]
    found = pictures.by_ids(ask.tx, ask.shop.id, ids)
    missing = next((id for id in ids if id not in found), None)
    if missing is not None:
        raise NotFound("image translation task", missing)
    done = [found[id] for id in ids]
    known = _files(ask, done)
    return {"translation_tasks": [_translated(ask, one, known) for one in done]}


def _wished(
    ask: Ask[Any, Any], wanted: Sequence[tuple[FileId, pictures.Work, str]]
) -> list[pictures.Alteration]:
    wishes = [
        pictures.NewAlteration(shop_id=ask.shop.id, file_id=id, work=work, language=language)
        for id, work, language in wanted
    ]
    return each(pictures.alter(ask.tx, ask.parts.engines, wishes))


def _files(ask: Ask[Any, Any], done: Sequence[pictures.Alteration]) -> Mapping[FileId, File]:
    made = {one.result_id for one in done if one.result_id is not None}
    return files.by_ids(ask.tx, {one.file_id for one in done} | made)


def _optimised(ask: Ask[Any, Any], one: pictures.Alteration, known: Mapping[FileId, File]) -> Data:
    before = known[one.file_id]
    told: dict[str, Any] = {
        "width": before.width_px,
        "height": before.height_px,
        "original_uri": str(before.id),
        "original_url": file_links.url_of(ask.parts, before),
        "optimize_status": OPTIMISED[one.state],
    }
    if one.result_id is not None:
        told["optimized_uri"] = str(one.result_id)
        told["optimized_url"] = file_links.url_of(ask.parts, known[one.result_id])
    return told


def _translated(ask: Ask[Any, Any], one: pictures.Alteration, known: Mapping[FileId, File]) -> Data:
    told: dict[str, Any] = {
        "id": str(one.id),
        "target_language": one.language,
        "status": TRANSLATED[one.state],
        "original_image": _image(ask, known[one.file_id]),
    }
    if one.state in NOT_TRANSLATED:
        told["fail_reason"] = NOT_TRANSLATED[one.state]
    if one.result_id is not None:
        told["translated_image"] = _image(ask, known[one.result_id])
    return told


def _image(ask: Ask[Any, Any], file: File) -> Data:
    return {"uri": str(file.id), "url": file_links.url_of(ask.parts, file)}
