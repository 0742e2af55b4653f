"""`entrepot webhooks`: what was sent to apps, what none took, and where apps listen."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .opening import opened, print_json

if TYPE_CHECKING:
    from entrepot.contexts import integrations
    from entrepot.surfaces.parts import Parts

app = typer.Typer(
    no_args_is_help=True, help="Webhooks to apps: the log, dead letters, endpoints of an app."
)
Json = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
Key = Annotated[str, typer.Argument(help="The app's key, as `apps list` shows it.")]
OfApp = Annotated[str | None, typer.Option("--app", help="Of this app alone, by its key.")]
Many = Annotated[int, typer.Option(min=1, max=1_000, help="How many at most, latest first.")]
InState = Annotated[str | None, typer.Option(help="pending, delivered, dead or dropped.")]
OfEvent = Annotated[str | None, typer.Option("--event", help="Of one kind, by its name.")]
Since = Annotated[datetime | None, typer.Option(help="Told at this time or later, in UTC.")]
ALL = "all"


@app.command()
def log(
    *,
    key: OfApp = None,
    state: InState = None,
    event: OfEvent = None,
    since: Since = None,
    many: Many = 50,
    as_json: Json = False,
) -> None:
    """Show what was sent, with what was answered."""
    from entrepot.contexts import integrations

    states = {one.value: one for one in integrations.deliveries.DeliveryState}
    if state is not None and state not in states:
        raise typer.BadParameter(f"{state}: a state is one of {', '.join(states)}")
    wanted = integrations.deliveries.Wanted(
        state=None if state is None else states[state],
        event=event,
        told_from=None if since is None else since.replace(tzinfo=UTC),
    )
    with opened() as parts:
        _show(_found(parts, key, wanted, many), as_json=as_json)


@app.command()
def dead(*, key: OfApp = None, many: Many = 50, as_json: Json = False) -> None:
    """Show what no endpoint took for a day."""
    with opened() as parts:
        _show(_found(parts, key, _dead(), many), as_json=as_json)


@app.command()
def replay(
    id: Annotated[list[str] | None, typer.Argument(help="Which, as `dead` shows them.")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="All that are dead.")] = False,
    key: OfApp = None,
) -> None:
    """Send dead letters again, to where their apps listen now."""
    from entrepot.contexts import integrations
    from entrepot.kernel.problems import Problem

    deliveries = integrations.deliveries
    with opened("worker") as parts:
        who = parts.platform("webhooks")
        asked = [deliveries.DeliveryId.parse(one) for one in id or ()]
        if every:
            asked = [one.id for one in _found(parts, key, _dead(), 1_000_000)]
        done = parts.work.run(
            who, "webhooks.replay", lambda tx: deliveries.replay(tx, sorted(asked))
        )
    refused = [one for one in done if isinstance(one, Problem)]
    typer.echo(f"{len(done) - len(refused)} are sent again")
    for one in refused:
        typer.echo(str(one), err=True)


@app.command()
def listen(
    key: Key,
    address: Annotated[str | None, typer.Argument(help="Where; without one, nowhere.")] = None,
    event: Annotated[list[str], typer.Option(help="Which events; repeatable, or `all`.")] = [  # noqa: B006 - typer copies it.
        ALL
    ],
) -> None:
    """Say where an app hears of every shop that let it in; endpoints of a shop go before it."""
    from entrepot.contexts import integrations
    from entrepot.surfaces.partner_api import notices

    known = [kind.name for kind in notices.KINDS]
    if unknown := [one for one in event if one not in {*known, ALL}]:
        raise typer.BadParameter(f"{', '.join(unknown)}: known are {', '.join(known)}")
    events = known if ALL in event else event
    with opened() as parts:
        app_id = _app(parts, key).id
        parts.work.run(
            parts.platform("webhooks"),
            "webhooks.listen",
            lambda tx: integrations.deliveries.listen(tx, app_id, events, address),
        )
    typer.echo(f"{len(events)} events go {f'to {address}' if address else 'nowhere'}")


def _app(parts: "Parts", key: str) -> "integrations.App":
    from entrepot.contexts import integrations

    who = parts.platform("webhooks")
    found = parts.work.run(who, "apps.find", lambda tx: integrations.app_of_key(tx, key))
    if found is None:
        raise integrations.AppNotFound(key)
    return found


def _dead() -> "integrations.deliveries.Wanted":
    from entrepot.contexts import integrations

    return integrations.deliveries.Wanted(state=integrations.deliveries.DeliveryState.DEAD)


def _found(
    parts: "Parts", key: str | None, wanted: "integrations.deliveries.Wanted", many: int
) -> list["integrations.deliveries.Delivery"]:
    from entrepot.contexts import integrations

    deliveries = integrations.deliveries
    if key is not None:
        wanted = replace(wanted, app_id=_app(parts, key).id)
    who = parts.platform("webhooks")
    return parts.work.run(who, "webhooks.log", lambda tx: deliveries.log(tx, wanted, limit=many))


def _show(found: list["integrations.deliveries.Delivery"], *, as_json: bool) -> None:
    if as_json:
        print_json([_row(one) for one in found])
        return
    for one in found:
        answered = f"{one.status or '-'} in {one.latency_ms or 0} ms"
        typer.echo(
            f"{one.id}  {one.told_at:%Y-%m-%d %H:%M:%S}  {one.state:9}  {one.event}  "
            f"{one.attempts}x  {answered}  {one.address}  {one.reason}"
        )
    if not found:
        typer.echo("nothing")


def _row(one: "integrations.deliveries.Delivery") -> dict[str, Any]:
    return {
        "id": str(one.id),
        "app_id": str(one.app_id),
        "shop_id": None if one.shop_id is None else str(one.shop_id),
        "event": one.event,
        "notice_id": str(one.notice_id),
        "address": one.address,
        "state": one.state.value,
        "attempts": one.attempts,
        "status": one.status,
        "latency_ms": one.latency_ms,
        "reason": one.reason,
        "told_at": one.told_at.isoformat(),
        "due_at": one.due_at.isoformat(),
        "answered_at": None if one.answered_at is None else one.answered_at.isoformat(),
    }
