"""`entrepot events`: facts that a subscriber could not digest."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from .opening import opened, print_json

if TYPE_CHECKING:
    from pydantic import JsonValue

    from entrepot.kernel.events import Subscriber
    from entrepot.surfaces.parts import Parts

app = typer.Typer(no_args_is_help=True, help="Parked facts: list them, take them up, give them up.")
Json = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
Name = Annotated[str, typer.Argument(help="The subscriber, as `list` shows it.")]
Subject = Annotated[str, typer.Argument(help="The subject, as `list` shows it.")]


@app.command("list")
def list_parked(*, as_json: Json = False) -> None:
    """List parked facts, with the reason."""
    from entrepot.kernel import events

    with opened() as parts:
        who = parts.platform("events")
        found = parts.work.run(who, "events.list", lambda tx: events.parked(tx.sql))
        if as_json:
            print_json([asdict(one) for one in found])
            return
        for one in found:
            typer.echo(f"{one.subscriber}  {one.subject}  {one.position}  {one.name}  {one.reason}")
        if not found:
            typer.echo("no fact is parked")


@app.command()
def retry(subscriber: Name, subject: Subject) -> None:
    """Hand the parked facts of a subject to their subscriber again."""
    from entrepot.kernel import events
    from entrepot.kernel.ids import Id

    about = Id.parse(subject)
    with opened("worker") as parts:
        to = _subscriber(parts, subscriber)
        who = parts.platform("events")
        count = parts.work.run(who, "events.retry", lambda tx: events.retry(tx, to, about))
    typer.echo(f"{count} facts were taken up again")


@app.command()
def skip(
    subscriber: Name,
    subject: Subject,
    reason: Annotated[str, typer.Option(help="Why it may be given up; kept in the audit trail.")],
) -> None:
    """Give the parked facts of a subject up: their subscriber never sees them."""
    from entrepot.contexts import identity
    from entrepot.kernel import events
    from entrepot.kernel.ids import Id
    from entrepot.kernel.tx import Tx

    about = Id.parse(subject)

    def give_up(tx: Tx, to: "Subscriber") -> int:
        count = events.skip(tx, to, about)
        detail: dict[str, JsonValue] = {"subscriber": to.name, "reason": reason, "facts": count}
        identity.audit(tx, [identity.Mark(action="events.skip", subject=int(about), detail=detail)])
        return count

    with opened("worker") as parts:
        to, who = _subscriber(parts, subscriber), parts.platform("events")
        count = parts.work.run(who, "events.skip", lambda tx: give_up(tx, to))
    typer.echo(f"{count} facts were given up")


def _subscriber(parts: "Parts", name: str) -> "Subscriber":
    for one in parts.subscribers:
        if one.name == name:
            return one
    known = ", ".join(one.name for one in parts.subscribers)
    raise typer.BadParameter(f"no subscriber is called {name}; there are {known}")
