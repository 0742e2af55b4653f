"""`entrepot explain`: why an amount is what it is, computed again from what was stored."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from .opening import opened, print_json

if TYPE_CHECKING:
    from entrepot.flows.explaining import Explanation
    from entrepot.kernel.ids import Id

IdT = TypeVar("IdT", bound="Id")
app = typer.Typer(no_args_is_help=True, help="Recompute an order, a statement or a payout.")
Json = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
Number = Annotated[str, typer.Argument(help="Its id.")]


@app.command()
def order(id: Number, *, as_json: Json = False) -> None:
    """Every amount of an order."""
    from entrepot.contexts.orders import OrderId
    from entrepot.flows.explaining import explain_order

    with opened() as parts:
        who, number = parts.platform("explain"), _parsed(OrderId, id)
        _show(parts.work.run(who, "explain.order", lambda tx: explain_order(tx, number)), as_json)


@app.command()
def statement(id: Number, *, as_json: Json = False) -> None:
    """Every amount of a statement, and the day on which each claim settled."""
    from entrepot.contexts.settlement import StatementId
    from entrepot.flows.explaining import explain_statement

    with opened() as parts:
        who, number = parts.platform("explain"), _parsed(StatementId, id)
        _show(
            parts.work.run(who, "explain.statement", lambda tx: explain_statement(tx, number)),
            as_json,
        )


@app.command()
def payout(id: Number, *, as_json: Json = False) -> None:
    """Every amount of a payout, with its rate of exchange."""
    from entrepot.contexts.settlement import PayoutId
    from entrepot.flows.explaining import explain_payout

    with opened() as parts:
        who, number = parts.platform("explain"), _parsed(PayoutId, id)
        _show(parts.work.run(who, "explain.payout", lambda tx: explain_payout(tx, number)), as_json)


def _parsed(kind: type[IdT], id: str) -> IdT:
    try:
        return kind.parse(id)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _show(found: "Explanation", as_json: bool) -> None:
    """Print it; a difference is shown loudly, and is exit code 2."""
    if as_json:
        print_json(asdict(found))
    else:
        _print(found)
    if found.differences:
        typer.echo(f"{len(found.differences)} amounts do not agree", err=True)
        raise typer.Exit(2)


def _print(found: "Explanation") -> None:
    from rich.console import Console
    from rich.table import Column, Table

    # Nothing is cut off: a narrow screen shows more lines.
    names = ("what", "stored", "computed again", "formula", "rule")
    table = Table(*(Column(name, overflow="fold") for name in names), title=found.subject)
    for step in found.steps:
        style = None if step.agrees else "bold red"
        ref = step.rule.ref if step.rule else ""
        table.add_row(step.what, step.stored, step.recomputed, step.formula, ref, style=style)
    console = Console()
    console.print(table)
    for rule in {step.rule.ref: step.rule for step in found.steps if step.rule}.values():
        console.print(f"{rule.ref}: from {rule.first_day}, {rule.mark}. {rule.source}")
