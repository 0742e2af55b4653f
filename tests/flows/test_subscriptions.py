"""The choreography is complete: no fact of any context is forgotten."""

import json
import pkgutil
from importlib import import_module
from pathlib import Path

from entrepot import contexts
from entrepot.flows import subscriptions
from entrepot.kernel.events import Event

SCHEMAS = Path(__file__).parents[2] / "docs" / "reference" / "events.json"


def named(kind: type[Event]) -> set[str]:
    """The names of all facts below a class; slotted dataclasses leave an unnamed twin behind."""
    below = {name for each in kind.__subclasses__() for name in named(each)}
    return below | ({kind.name} if "name" in vars(kind) else set())


def test_every_fact_is_read_or_listed_as_read_by_nobody() -> None:
    for module in pkgutil.walk_packages(contexts.__path__, "entrepot.contexts."):
        import_module(module.name)
    every = {name for name in named(Event) if "." in name and not name.startswith("test")}
    ours = {name for name in every if (Path(contexts.__path__[0]) / name.split(".")[0]).is_dir()}

    assert {kind.name for kind in subscriptions.kinds()} == ours


def test_what_is_read_is_not_listed_as_unread() -> None:
    read = {kind for to in subscriptions.SUBSCRIBERS for kind in to.kinds}

    assert read & {*subscriptions.UNREAD} == set()
    assert len({*subscriptions.UNREAD}) == len(subscriptions.UNREAD)


def test_subscribers_have_names_of_their_own() -> None:
    names = [to.name for to in subscriptions.SUBSCRIBERS]

    assert len({*names}) == len(names)


def test_the_exported_schemas_are_those_of_the_code() -> None:
    assert json.loads(SCHEMAS.read_text(encoding="utf-8")) == subscriptions.schemas()
