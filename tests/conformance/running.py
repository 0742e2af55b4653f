"""Runs all journeys in one world, and says of each operation what became of it."""

import importlib
import json
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from traceback import format_exception
from typing import Any

from tiktok_shop_api import TikTokShop

from entrepot.surfaces.partner_api import unsupported
from entrepot.surfaces.partner_api.codes import Code
from tests.databases import Server
from tests.living import Life
from tests.properties import laws

from . import isolation, journeys, sdk
from .judge import Access, Judge
from .world import World, world

HERE = Path(__file__).parent
MISSING = HERE / "missing.txt"
FIELDS = HERE / "fields.txt"
PASSED, NOT_HERE, FAILED = "passed", "not_supported_here", "failed"
Journey = Callable[[World], None]


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one operation."""

    operation: str
    outcome: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What a run found."""

    rows: list[Row]
    journeys: dict[str, str]  # What went wrong with each; nothing if all went well.
    laws: str  # What does not hold afterwards.
    leaks: list[str]  # What another seller got at.
    strangers: list[str]  # Requests that are no operation of the library's list.
    fields: dict[str, list[str]]  # By operation: what its answers have shown.

    @property
    def summary(self) -> dict[str, int]:
        """The last line of `make conformance`."""
        outcomes = [row.outcome for row in self.rows]
        return {
            "operations": len(outcomes),
            "supported": len(outcomes) - outcomes.count(NOT_HERE),
            **{name: outcomes.count(name) for name in (PASSED, NOT_HERE, FAILED)},
        }

    def written(self) -> str:
        """As JSON, so that the processes of a test run share it."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> "Report":
        """What `written` gave."""
        told: dict[str, Any] = json.loads(text)
        return cls(**{**told, "rows": [Row(**row) for row in told["rows"]]})


def run(server: Server, home: Path, areas: frozenset[str] | None = None) -> Report:
    """Everything, once; or the journeys of some areas."""
    with world(server, home) as made:
        outcomes = {name: _gone(journey, made) for name, journey in all_journeys(areas)}
        broken = _broken(made)
        leaks = isolation.walk(made)
        with _unjudged(made.seller.access) as probe:
            rows = [_row(made.judge, probe, operation) for operation in sdk.ALL]
        return Report(
            rows=rows,
            journeys=outcomes,
            laws=broken,
            leaks=leaks,
            strangers=made.judge.strangers,
            fields={one.id: sorted(made.judge.fields(one)) for one in sdk.ALL},
        )


def all_journeys(areas: frozenset[str] | None = None) -> Iterator[tuple[str, Journey]]:
    """By area, in the order in which each lists them."""
    for module in sorted(pkgutil.iter_modules(journeys.__path__), key=lambda one: one.name):
        if areas is not None and module.name not in areas:
            continue
        area = importlib.import_module(f"{journeys.__name__}.{module.name}")
        for journey in area.JOURNEYS:
            yield f"{module.name}.{journey.__name__}", journey


def missing() -> set[str]:
    """Operations that nobody has built yet. The list only shrinks."""
    return {line for line in MISSING.read_text("utf-8").splitlines() if line}


def shown_before() -> dict[str, set[str]]:
    """The fields that an earlier run has seen in the answers of each operation."""
    found: dict[str, set[str]] = {}
    for line in FIELDS.read_text("utf-8").splitlines():
        operation, _, fields = line.partition(": ")
        found[operation] = set(fields.split())
    return found


def keep(report: Report) -> None:
    """Remember which fields were shown, so that none is ever lost unseen."""
    lines = [f"{name}: {' '.join(fields)}\n" for name, fields in report.fields.items() if fields]
    FIELDS.write_text("".join(lines), encoding="utf-8")


def _gone(journey: Journey, through: World) -> str:
    try:
        journey(through)
        through.turn()
    except Exception as error:  # noqa: BLE001 - the other journeys go on.
        return "".join(format_exception(error))
    return ""


def _broken(made: World) -> str:
    try:
        laws.hold_now(Life(made.parts.work))
    except AssertionError as error:
        return "".join(format_exception(error))
    return ""


def _unjudged(access: Access) -> TikTokShop:
    """A client of which the judge hears nothing: what it asks counts for no operation."""
    told = (access.app_key, access.app_secret, access.token, access.cipher)
    return TikTokShop(*told, base_url=access.address)


def _row(judge: Judge, probe: TikTokShop, operation: sdk.Operation) -> Row:
    if answered(probe, operation) == Code.NOT_SUPPORTED:
        why = unsupported.reason(operation.path)
        return Row(operation.id, FAILED if why == unsupported.NOT_YET else NOT_HERE, why)
    problems = judge.problems(operation)
    return Row(operation.id, FAILED if problems else PASSED, "; ".join(problems[:5]))


def answered(by: TikTokShop, operation: sdk.Operation) -> Any:
    """The code of the answer to a request with nothing in it, signed as the library signs."""
    http = by._client.get_httpx_client()
    http.event_hooks["response"] = []  # The library's own would raise what is looked for.
    body: Any = {} if operation.method != "GET" else None
    path = sdk.HOLE.sub("1", operation.path)
    return http.request(operation.method, path, json=body).json()["code"]
