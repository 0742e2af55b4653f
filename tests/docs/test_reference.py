"""Generated pages say what the code says."""

import re
import subprocess
import sys
from pathlib import Path

from entrepot.contexts.ledger import Purpose
from entrepot.contexts.orders.lifecycle import ORDER
from entrepot.flows import subscriptions
from entrepot.kernel.problems import Problem
from entrepot.rulebook import ANY, Role, load

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"


def page(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


def headings(name: str) -> list[str]:
    return re.findall(r"^## (.+)$", page(name), re.MULTILINE)


def test_no_page_is_stale() -> None:
    done = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"],
        cwd=ROOT,
        env={"PYTHONPATH": "src"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_every_type_of_a_refusal_has_a_heading() -> None:
    def below(kind: type[Problem]) -> set[str]:
        slug = {kind.slug} if "slug" in vars(kind) and kind.__module__[:9] == "entrepot." else set()
        return slug.union(*(below(one) for one in kind.__subclasses__()))

    assert below(Problem) - {*headings("problems.md")} == set()


def test_every_kind_of_fact_has_a_heading_and_a_schema() -> None:
    names = [kind.name for kind in subscriptions.kinds()]
    assert headings("events.md") == names
    assert all(f'"{name}": {{' in page("events.json") for name in names)


def test_the_diagram_of_orders_has_every_move() -> None:
    moves = [f"    {a} --> {b} : {v}" for a, row in ORDER.moves.items() for v, b in row.items()]
    assert set(moves) <= {*page("lifecycles.md").splitlines()}


def test_every_role_and_what_it_holds() -> None:
    text = page("permissions.md")
    for row in load().versions[Role.topic, ANY][-1].rows:
        held = ", ".join(f"`{one}`" for one in sorted(row.permissions))
        assert f"| `{row.role}` | {held} |" in text


def test_the_chart_has_every_purpose() -> None:
    assert re.findall(r"^\| `(\w+)` \|", page("chart.md"), re.MULTILINE) == [*Purpose]
