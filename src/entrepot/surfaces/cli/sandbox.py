"""`entrepot sandbox`: a platform to develop against, on the own machine."""

import os
import time
from pathlib import Path
from typing import Annotated

import typer

from . import clock
from .listening import listening
from .opening import print_json
from .sandbox_server import begun, begun_again, forget, in_force, serve, serving_at, set_up

app = typer.Typer(
    invoke_without_command=True,
    help="A running platform with an app, a seller's token and buyers, to develop against.",
)
app.add_typer(clock.app, name="clock")
HOME = Path("var/sandbox")


@app.callback()
def sandbox(
    context: typer.Context,
    home: Annotated[
        Path | None, typer.Option(help="Where it lives; else ENTREPOT_HOME, else var/sandbox.")
    ] = None,
    *,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    env_file: Annotated[
        Path | None, typer.Option(help="Write the credentials into this file, too.")
    ] = None,
    fresh: Annotated[bool, typer.Option(help="Begin again, whatever was there.")] = False,
    orders_per_minute: Annotated[
        float, typer.Option(min=0.0, max=6_000.0, help="What buyers order by themselves.")
    ] = 0.0,
    cancels: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Share of orders that buyers cancel.")
    ] = 0.1,
    returns: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Share of deliveries sent back.")
    ] = 0.1,
    carrier_step: Annotated[
        float, typer.Option(min=0.1, help="Seconds after which a parcel moves one step.")
    ] = 20.0,
    error_rate: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Share of calls answered by 500.")
    ] = 0.0,
    slow_ms: Annotated[int, typer.Option(min=0, help="Milliseconds every answer is late.")] = 0,
    duplicate_webhooks: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Share of webhooks sent twice.")
    ] = 0.0,
    disorder_webhooks: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Share of webhooks that later ones overtake.")
    ] = 0.0,
) -> None:
    """Set up a platform and serve it until stopped; the second start finds what was there."""
    if home is not None or "ENTREPOT_HOME" not in os.environ:
        os.environ["ENTREPOT_HOME"] = str(home or HOME)
    if context.invoked_subcommand is not None:
        return
    from entrepot.surfaces.sandbox import Faults, Pace, Temper, faults

    settings = serving_at(in_force(), port)
    at = listening(settings)
    if fresh:
        forget(settings.home)
    told = begun(settings)
    given = Faults(
        error_rate=error_rate,
        slow_ms=slow_ms,
        duplicates=duplicate_webhooks,
        disorder=disorder_webhooks,
    )
    faults.keep(settings.home, given)
    pace = Pace(orders_per_minute, Temper(cancels, returns), carrier_step)
    serve(settings, at, told, pace, env_file)


@app.command()
def env() -> None:
    """Print the credentials again; an access token that is over is replaced."""
    with set_up(in_force()) as (_, told):
        typer.echo("\n".join(told.lines()))


@app.command()
def reset() -> None:
    """Begin again in a few seconds, also while it runs."""
    began = time.monotonic()
    told = begun_again(in_force())
    typer.echo("\n".join(told.lines()))
    typer.echo(f"# begun again in {time.monotonic() - began:.1f} s")


@app.command()
def scenario(
    name: Annotated[str | None, typer.Argument(help="Which one; see --list.")] = None,
    *,
    listed: Annotated[bool, typer.Option("--list", help="Show what there is.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")] = False,
) -> None:
    """Bring the sandbox into a state that is hard to wait for, also while it runs."""
    from entrepot.surfaces.sandbox import SCENARIOS, Story

    if listed or name is None:
        for known, act in SCENARIOS.items():
            typer.echo(f"{known:20} {(act.__doc__ or '').splitlines()[0]}")
        return
    if name not in SCENARIOS:
        raise typer.BadParameter(f"one of {', '.join(SCENARIOS)}")
    said: list[str] = []
    settings = in_force()
    with set_up(settings) as (parts, told):
        say = said.append if as_json else typer.echo
        SCENARIOS[name](Story(parts, settings.home, told, say))
    if as_json:
        print_json({"scenario": name, "steps": said})


@app.command()
def fault(
    *,
    error_rate: Annotated[
        float | None, typer.Option(min=0.0, max=1.0, help="Share of calls answered by 500.")
    ] = None,
    slow_ms: Annotated[
        int | None, typer.Option(min=0, help="Milliseconds every answer is late.")
    ] = None,
    duplicate_webhooks: Annotated[
        float | None, typer.Option(min=0.0, max=1.0, help="Share of webhooks sent twice.")
    ] = None,
    disorder_webhooks: Annotated[
        float | None, typer.Option(min=0.0, max=1.0, help="Share that later ones overtake.")
    ] = None,
) -> None:
    """Let the Partner API and webhooks of a running sandbox misbehave, or stop it from doing so."""
    from dataclasses import asdict

    from entrepot.surfaces.sandbox import faults

    given = {
        "error_rate": error_rate,
        "slow_ms": slow_ms,
        "duplicates": duplicate_webhooks,
        "disorder": disorder_webhooks,
    }
    found = faults.change(
        in_force().home, **{name: value for name, value in given.items() if value is not None}
    )
    print_json(asdict(found))
