"""Pictures and engines through the SDK, with a real engine behind HTTP and without any."""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from tiktok_shop_api.errors import TikTokShopError
from tiktok_shop_api.generated import models
from tiktok_shop_api.generated.types import File

from entrepot import main
from entrepot.rulebook import Rulebook
from entrepot.settings import PictureEngines, TranslationEngine
from entrepot.surfaces.partner_api.scopes import Scope
from entrepot.surfaces.parts import Parts
from entrepot.surfaces.worker import Worker
from tests import engines
from tests.conftest import Installation
from tests.contexts.files.pictures import picture
from tests.surfaces.api.serving import told
from tests.surfaces.partner_api.conftest import Partner

INVALID, NOT_FOUND, DENIED, NOT_HERE = 36009004, 90000404, 105005, 90000501


@pytest.fixture
def engine() -> Iterator[engines.TranslationEngine]:
    with engines.translation_engine() as made:
        yield made


@pytest.fixture
def there(engine: engines.TranslationEngine) -> PictureEngines:
    """All that there may be."""
    return PictureEngines(translation=TranslationEngine(url=engine.url))


@pytest.fixture
def parts(
    installation: Installation, rules: object, tmp_path: Path, there: PictureEngines
) -> Parts:
    """The parts of a process with these engines."""
    assert isinstance(rules, Rulebook)
    given = {"partner_rate": 0, "pictures": there}
    settings = told(tmp_path).model_copy(update=given)
    return main.assemble(settings, installation.engine, rules, (installation.url, None))


def uploaded(sdk: Any, shade: int = 200) -> str:
    sent = File(BytesIO(picture(shade=shade)), "front.jpg", "image/jpeg")
    body = models.UploadProductImageRequest(data=sent)
    return str(sdk.products.upload_product_image(body=body).data.uri)


def optimised(sdk: Any, *uris: str) -> list[Any]:
    images = [{"uri": uri, "optimization_mode": ["WHITE_BACKGROUND"]} for uri in uris]
    body = models.OptimizeImagesRequest.from_dict({"images": images})
    return list(sdk.products.optimize_images(body=body).data.images)


def wished(sdk: Any, *wishes: tuple[str, list[str]]) -> list[Any]:
    images = [{"image_uri": uri, "target_languages": into} for uri, into in wishes]
    body = models.CreateImageTranslationTasksRequest.from_dict({"images": images})
    return list(sdk.products.create_image_translation_tasks(body=body).data.translation_tasks)


def tasks(sdk: Any, *ids: str) -> list[Any]:
    api = sdk.products
    told = api.get_image_translation_tasks(translation_task_ids=[*ids]).data
    return list(told.translation_tasks)


def worked(partner: Partner) -> None:
    """All that is due."""
    while Worker(partner.parts).alter():
        pass


def refusal(do: Callable[[], Any]) -> int:
    with pytest.raises(TikTokShopError) as refused:
        do()
    return int(refused.value.code or 0)


def rows(partner: Partner) -> list[str]:
    with partner.parts.engine.connect() as sql:
        return sorted(sql.scalars(text("select a::text from catalog.alterations a")))


def test_a_plain_background_becomes_white(partner: Partner, sdk: Any) -> None:
    uri = uploaded(sdk)
    [asked] = optimised(sdk, uri)
    worked(partner)

    [done] = optimised(sdk, uri)

    assert (asked.optimize_status, asked.original_uri) == ("PROCESSING", uri)
    assert (done.optimize_status, done.width, done.height) == ("SUCCESS", 600, 600)
    assert done.optimized_uri not in {"", uri} and done.original_url != done.optimized_url
    [again] = optimised(sdk, done.optimized_uri)
    worked(partner)
    [white] = optimised(sdk, done.optimized_uri)
    assert (again.optimize_status, white.optimize_status) == ("PROCESSING", "IGNORE")


def test_each_language_is_a_task(
    partner: Partner, sdk: Any, engine: engines.TranslationEngine
) -> None:
    uri = uploaded(sdk)

    made = wished(sdk, (uri, ["de-DE", "fr-FR"]))
    before = tasks(sdk, *(one.id for one in made))
    worked(partner)
    after = tasks(sdk, *(one.id for one in made))

    assert [(one.image_uri, one.target_language) for one in made] == [
        (uri, "de-DE"),
        (uri, "fr-FR"),
    ]
    assert [one.status for one in before] == ["PROCESSING"] * 2
    assert [(one.status, one.original_image.uri) for one in after] == [("COMPLETED", uri)] * 2
    assert len({one.translated_image.uri for one in after} | {uri}) == 3
    assert [one.target for one in engine.asked] == ["de-DE", "fr-FR"]


def test_what_cannot_be_translated_is_told(
    partner: Partner, sdk: Any, engine: engines.TranslationEngine
) -> None:
    engine.answers = lambda asked: (422, b"")
    [one] = wished(sdk, (uploaded(sdk), ["it-IT"]))

    worked(partner)

    [done] = tasks(sdk, one.id)
    assert (done.status, done.fail_reason) == (
        "FAILED",
        "This image can't be translated. Try a different image.",
    )


def test_an_engine_that_is_out_of_order_is_asked_later(
    partner: Partner, sdk: Any, engine: engines.TranslationEngine
) -> None:
    engine.answers = lambda asked: (503, b"")
    [one] = wished(sdk, (uploaded(sdk), ["it-IT"]))
    worked(partner)
    [waits] = tasks(sdk, one.id)

    engine.answers = engines.translated
    due = "update catalog.alterations set due_at = now() - interval '1 second'"
    with partner.parts.engine.begin() as sql:
        sql.execute(text(due))
    worked(partner)

    [done] = tasks(sdk, one.id)
    assert (waits.status, done.status) == ("PROCESSING", "COMPLETED")
    assert len({asked.key for asked in engine.asked}) == 1 < len(engine.asked)


@pytest.mark.parametrize("there", [PictureEngines(white_background="none")])
def test_without_an_engine_the_answer_says_so(partner: Partner, sdk: Any) -> None:
    uri = uploaded(sdk)

    with pytest.raises(TikTokShopError) as refused:
        optimised(sdk, uri)

    assert refused.value.code == NOT_HERE
    assert "white_background" in str(refused.value)
    assert refusal(lambda: wished(sdk, (uri, ["de-DE"]))) == NOT_HERE
    assert (Worker(partner.parts).alter(), rows(partner)) == (0, [])


def test_what_is_wrong_changes_nothing(partner: Partner, sdk: Any) -> None:
    uri = uploaded(sdk)
    many = ["de-DE", "fr-FR", "it-IT", "es-ES", "en-IE", "nl-NL", "pl-PL"]
    images = models.OptimizeImagesRequest.from_dict({"images": [{"uri": uri}]})

    assert refusal(lambda: wished(sdk, ("front.jpg", ["de-DE"]))) == INVALID
    assert refusal(lambda: wished(sdk, *[(uri, many)] * 3)) == INVALID
    assert refusal(lambda: optimised(sdk, uri, "1")) == NOT_FOUND
    assert refusal(lambda: optimised(sdk)) == INVALID
    assert refusal(lambda: sdk.products.optimize_images(body=images)) == INVALID
    assert refusal(lambda: tasks(sdk, "1")) == NOT_FOUND
    assert rows(partner) == []


def test_the_pictures_and_tasks_of_others_are_not_there(partner: Partner, sdk: Any) -> None:
    uri = uploaded(sdk)
    [one] = wished(sdk, (uri, ["de-DE"]))
    before = rows(partner)

    with partner.other_seller().client() as other:
        assert refusal(lambda: optimised(other, uri)) == NOT_FOUND
        assert refusal(lambda: wished(other, (uri, ["fr-FR"]))) == NOT_FOUND
        assert refusal(lambda: tasks(other, one.id)) == NOT_FOUND
    with partner.with_scopes(Scope.PRODUCT_READ).client() as reader:
        assert refusal(lambda: optimised(reader, uri)) == DENIED
        assert refusal(lambda: wished(reader, (uri, ["fr-FR"]))) == DENIED
        assert refusal(lambda: tasks(reader, one.id)) == DENIED

    assert rows(partner) == before
