"""What no linter checks: each rule is one line here and one sentence in CONTRIBUTING."""

import ast
import re
import statistics
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "entrepot"
FILE_LINES, FUNCTION_LINES, PARAMETERS, NESTING, USUAL_LINES = 400, 60, 5, 3, 8
VAGUE = {"utils", "util", "helpers", "common", "base", "manager", "service", "misc"}
PRESETS = re.compile(r"(?:full|semi)[_-]managed|self[_-]operated", re.IGNORECASE)
LOCKING = re.compile(r"\bfor update\b", re.IGNORECASE)
BLOCKS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Match)
Function = ast.FunctionDef | ast.AsyncFunctionDef

FILES = sorted(SOURCE.rglob("*.py"))
SQL = sorted(file for file in SOURCE.rglob("*.sql") if not file.name.endswith("_jobs.sql"))


def name(path: Path) -> str:
    return str(path.relative_to(SOURCE))


@pytest.mark.parametrize("path", FILES, ids=name)
def test_tidy(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert source.count("\n") <= FILE_LINES, "split it along its nouns or verbs"
    assert not VAGUE & set(path.relative_to(SOURCE).with_suffix("").parts), "say what it holds"
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                assert length <= FUNCTION_LINES, f"{node.name} is {length} lines long"
                assert len(positional(node)) <= PARAMETERS, f"{node.name} takes too much"
                assert depth(node) <= NESTING, f"{node.name} is nested too deep"
            case ast.Call(func=ast.Attribute(attr="commit" | "rollback")):
                assert path.match("kernel/tx.py"), "only the unit of work ends a transaction"
            case ast.Attribute(value=ast.Name(id="datetime" | "date"), attr="now" | "today"):
                assert path.match("kernel/clock.py"), "business time is tx.now"
            case ast.Name(id="float"):
                assert not path.match("contexts/ledger/*"), "money is never a float"
            case ast.Constant(value=str(text)):
                assert not LOCKING.search(text), "for no key update: others refer to this row"


@pytest.mark.parametrize("path", SQL, ids=name)
def test_tidy_sql(path: Path) -> None:
    statements = re.sub(r"--[^\n]*", "", path.read_text(encoding="utf-8"))
    assert not LOCKING.search(statements), "for no key update: others refer to this row"
    assert not re.search(r"(?<!:):[a-z_]+::", statements), "`::` hides the name: cast(:x as …)"
    assert not re.search(r"\b(real|double precision|money|float\d?)\b", statements), "exact only"


@pytest.mark.parametrize(
    "path",
    [file for file in [*FILES, *SQL] if {"contexts", "flows"} & {*file.relative_to(SOURCE).parts}],
    ids=name,
)
def test_no_code_names_a_preset(path: Path) -> None:
    """Code asks who sets the price, holds title or ships: a new mode is a file, not a branch."""
    assert PRESETS.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("room", ["kernel", "contexts", "flows", "views", "rulebook"])
def test_what_is_below_is_handed_values(room: str) -> None:
    readers = [
        name(path)
        for path in (SOURCE / room).rglob("*.py")
        if re.search(r"entrepot\.settings|os\.environ", path.read_text(encoding="utf-8"))
    ]
    assert readers == []


def test_functions_are_short() -> None:
    lengths = [
        (node.end_lineno or node.lineno) - node.lineno + 1
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, Function)
    ]
    assert statistics.median(lengths) <= USUAL_LINES + 2  # With signature and docstring.


def positional(function: Function) -> list[ast.arg]:
    arguments = function.args.posonlyargs + function.args.args
    return [one for one in arguments if one.arg not in {"self", "cls"}]


def depth(node: ast.AST) -> int:
    """How many blocks stand within each other; `elif` is no deeper than its `if`."""
    deepest = 0
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function | ast.Lambda | ast.ClassDef):
            continue
        chained = isinstance(node, ast.If) and isinstance(child, ast.If) and child in node.orelse
        deepest = max(deepest, depth(child) + (isinstance(child, BLOCKS) and not chained))
    return deepest
