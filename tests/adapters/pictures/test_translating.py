"""An engine behind HTTP: what it is asked, and what its answers mean."""

from collections.abc import Iterator

import pytest

from entrepot.adapters.pictures.translating import Translator
from entrepot.contexts import catalog
from tests.contexts.files.pictures import picture
from tests.engines import TranslationEngine, translated, translation_engine

pictures = catalog.pictures

SENT = pictures.Picture(key="77", data=picture(), content_type="image/jpeg", language="de-DE")


@pytest.fixture
def engine() -> Iterator[TranslationEngine]:
    with translation_engine() as made:
        yield made


def test_an_engine_gets_the_picture_and_gives_another(engine: TranslationEngine) -> None:
    outcome = Translator(engine.url, "a key").alter(SENT)

    [asked] = engine.asked
    assert (asked.target, asked.key, asked.content_type) == ("de-DE", "77", "image/jpeg")
    assert (asked.authorization, asked.data) == ("Bearer a key", SENT.data)
    assert outcome == pictures.Altered(translated(asked)[1])


def test_who_has_no_key_sends_none(engine: TranslationEngine) -> None:
    Translator(engine.url).alter(SENT)

    assert [asked.authorization for asked in engine.asked] == [""]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (204, pictures.Untouched("there are no words in it")),
        (415, pictures.Untouched("the engine can do nothing with this picture")),
        (422, pictures.Untouched("the engine can do nothing with this picture")),
        (302, pictures.Trouble("the engine answered 302")),
        (401, pictures.Trouble("the engine answered 401")),
        (429, pictures.Trouble("the engine answered 429")),
        (500, pictures.Trouble("the engine answered 500")),
    ],
)
def test_what_an_answer_means(
    engine: TranslationEngine, status: int, outcome: catalog.pictures.Outcome
) -> None:
    engine.answers = lambda asked: (status, b"")

    assert Translator(engine.url).alter(SENT) == outcome
    assert len(engine.asked) == 1  # Where it leads nobody goes.


def test_an_answer_that_is_too_large_is_not_read(engine: TranslationEngine) -> None:
    engine.answers = lambda asked: (200, bytes(10_000_001))

    assert Translator(engine.url).alter(SENT) == pictures.Trouble(
        "the engine answered more than 10 MB"
    )


def test_an_engine_that_is_not_there_is_trouble() -> None:
    with translation_engine() as gone:
        pass

    outcome = Translator(gone.url).alter(SENT)

    assert isinstance(outcome, pictures.Trouble) and outcome.reason
