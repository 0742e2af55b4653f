"""`entrepot clock`: business time in the sandbox."""

import re
from datetime import datetime, timedelta
from typing import Annotated

import typer

from .opening import opened, print_json

app = typer.Typer(no_args_is_help=True, help="Business time: show it, move it ahead (sandbox).")
SPAN = re.compile(r"(\d+)(m|h|d|w)")
UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
Json = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]


@app.command()
def show(*, as_json: Json = False) -> None:
    """Show business time and real time."""
    from entrepot.kernel import clock

    with opened() as parts:
        now = parts.work.run(parts.platform("clock"), "clock.show", lambda tx: tx.now)
        shown = {"business": now.isoformat(), "real": clock.real().isoformat()}
        if as_json:
            print_json({**shown, "movable": parts.is_sandbox})
            return
        for name, at in shown.items():
            typer.echo(f"{name:9} {at}")


@app.command()
def advance(
    by: Annotated[str, typer.Argument(help="Such as 90m, 36h, 8d, 2w, or an instant with zone.")],
    *,
    as_json: Json = False,
) -> None:
    """Move business time ahead, from due instant to due instant, with everything that falls due."""
    from entrepot.kernel.clock import ClockRefusal
    from entrepot.surfaces.worker import Cashier
    from entrepot.surfaces.worker import advance as walk_to

    with opened("worker") as parts:
        if not parts.is_sandbox:
            raise ClockRefusal("business time is real time here: only a sandbox moves it")
        who = parts.platform("clock")
        now = parts.work.run(who, "clock.show", lambda tx: tx.now)
        to = target(by, now)
        cashier = Cashier(parts.work, who, parts.providers, parts.payout_providers)
        steps: list[dict[str, str]] = []

        def seen(due: object) -> None:
            at, what = due.at, due.what  # type: ignore[attr-defined]
            steps.append({"at": at.isoformat(), "what": what})
            if not as_json:
                typer.echo(f"{at.isoformat()}  {what}")

        walk_to(cashier, parts.rates, to, seen)
        if as_json:
            print_json({"business": to.isoformat(), "steps": steps})
        else:
            typer.echo(f"business time is {to.isoformat()}")


def target(by: str, now: datetime) -> datetime:
    """The instant that a span or an instant means."""
    found = SPAN.fullmatch(by)
    if found:
        return now + timedelta(**{UNITS[found[2]]: int(found[1])})
    try:
        at = datetime.fromisoformat(by)
    except ValueError as error:
        raise typer.BadParameter("give 90m, 36h, 8d, 2w, or 2024-12-01T00:00:00+00:00") from error
    if at.tzinfo is None or at < now:
        raise typer.BadParameter("give an instant with its zone that is not past")
    return at
