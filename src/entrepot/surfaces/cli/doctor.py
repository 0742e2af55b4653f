"""`entrepot doctor`: what is in force, and whether anything needs somebody."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from .opening import opened, print_json

if TYPE_CHECKING:
    from entrepot.contexts.settlement import Wait
    from entrepot.kernel.tx import Tx
    from entrepot.surfaces.parts import Parts


def doctor(
    *, as_json: Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")] = False
) -> None:
    """Look at settings, database, clock, events, books, stock; exit code 1 if all is not well."""
    with opened() as parts:
        found = parts.work.run(parts.platform("doctor"), "doctor.look", lambda tx: look(tx, parts))
    wrong = found.pop("wrong")
    if as_json:
        print_json({**found, "wrong": wrong})
    else:
        for name, value in found.items():
            typer.echo(f"{name}")
            for line in _lines(value):
                typer.echo(f"  {line}")
        typer.echo("\n".join(["", *(f"WRONG: {one}" for one in wrong)]) if wrong else "\nall well")
    if wrong:
        raise typer.Exit(1)


def look(tx: "Tx", parts: "Parts") -> dict[str, Any]:
    """Everything that is worth knowing, and under `wrong` what somebody has to act on."""
    from sqlalchemy import text

    from entrepot.contexts import inventory, ledger, payments, settlement
    from entrepot.contexts.settlement import State
    from entrepot.kernel import clock, events
    from entrepot.migrations import run

    parked = events.parked(tx.sql)
    balance: dict[str, int] = {}
    for line in ledger.trial_balance(tx):
        balance[line.currency.value] = balance.get(line.currency.value, 0) + line.balance
    stock = [str(id) for id in inventory.disagreements(tx)]
    at, head = run.current(parts.database_url), run.head()
    page = settlement.payout_page(tx, limit=500)
    open_payouts = [str(one.id) for one in page if one.state in {State.SENT, State.UNKNOWN}]
    failed = [str(one.id) for one in page if one.state in {State.FAILED, State.RETURNED}]
    waits = settlement.waiting(tx)
    lost = [call.key for call in payments.to_look_up(tx, 500)]
    wrong = [
        *(f"{one.name} of {one.subject} is parked: entrepot events list" for one in parked),
        *(f"the books of {name} are off by {minor}" for name, minor in balance.items() if minor),
        *(f"position {id} differs from its movements" for id in stock),
        *(f"payout {id} failed or came back" for id in failed),
        *_without_rate(waits),
        *([f"the database stands at {at}, not {head}"] if at != head else []),
    ]
    return {
        "settings": parts.settings.model_dump(
            mode="json", exclude={"database": {"url", "owner_url"}}
        ),
        "database": {
            "version": tx.sql.scalar(text("show server_version")),
            "embedded": parts.server is not None,
            "migration": at,
        },
        "clock": {
            "business": tx.now.isoformat(),
            "real": clock.real().isoformat(),
            "movable": parts.is_sandbox,
        },
        "events": {"waiting": _lag(tx), "parked": len(parked)},
        "trial balance": balance,
        "stock": {"positions that disagree": len(stock)},
        "pictures": _pictures(tx, parts),
        "payments": {"outcome unknown": lost},
        "payouts": {
            "on their way": open_payouts,
            "failed or returned": failed,
            "waiting": [f"{one.payee_id} {one.amount}: {one.lacks}" for one in waits],
        },
        "rules": {
            "versions": len(parts.rules.all()),
            "overlay": str(parts.settings.rules_overlay or "none"),
        },
        "wrong": wrong,
    }


def _pictures(tx: "Tx", parts: "Parts") -> dict[str, Any]:
    """The engines, and how many wishes wait for them or were given up."""
    from entrepot.contexts import catalog

    return {"engines": sorted(parts.engines), **catalog.pictures.counts(tx)}


def _without_rate(waits: "list[Wait]") -> list[str]:
    from entrepot.contexts.settlement import Lack

    return [
        f"no exchange rate for {one.amount} of payee {one.payee_id}: entrepot rates set"
        for one in waits
        if one.lacks is Lack.RATE
    ]


def _lag(tx: "Tx") -> dict[str, int]:
    """Facts that wait for their place, and for each subscriber those it has not read yet."""
    from sqlalchemy import text

    fresh: int = tx.sql.execute(text("select count(*) from events.fresh")).scalar_one()
    rows = tx.sql.execute(
        text(
            "select c.subscriber, (select count(*) from events.log l where l.position > c.position)"
            " as behind from events.cursors c order by c.subscriber"
        )
    )
    return {"sequencer": fresh, **{row.subscriber: row.behind for row in rows}}


def _lines(value: Any, indent: str = "") -> list[str]:
    if not isinstance(value, dict):
        return [f"{indent}{value}"]
    lines: list[str] = []
    for name, inner in value.items():
        if isinstance(inner, dict):
            lines += [f"{indent}{name}", *_lines(inner, f"{indent}  ")]
        else:
            lines.append(f"{indent}{name:24} {_shown(inner)}")
    return lines


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return str(value)
