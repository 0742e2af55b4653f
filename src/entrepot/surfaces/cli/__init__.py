"""`entrepot`: the command line. It starts fast: what a command needs is imported inside it."""

import sys

import typer

from . import (
    apps,
    clock,
    doctor,
    events,
    explain,
    people,
    replaying,
    rules,
    sandbox,
    serving,
    settling,
    webhooks,
)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="A platform for cross-border content-commerce marketplaces, settled to the cent.",
)
app.command("serve")(serving.serve)
app.command("worker")(serving.worker)
app.command("demo")(replaying.demo)
app.add_typer(sandbox.app, name="sandbox")
app.add_typer(apps.app, name="apps")
app.add_typer(rules.app, name="rules")
app.add_typer(replaying.app, name="replay")
app.add_typer(clock.app, name="clock")
app.command("settle")(settling.settle)
app.add_typer(settling.rates, name="rates")
app.add_typer(settling.payouts, name="payouts")
app.add_typer(explain.app, name="explain")
app.add_typer(people.app, name="people")
app.command("doctor")(doctor.doctor)
app.add_typer(events.app, name="events")
app.add_typer(webhooks.app, name="webhooks")


def main() -> None:
    """The entry point; a refusal is one message and exit code 1, never a traceback."""
    try:
        app()
    except Exception as error:
        if not isinstance(error, _refusals()):
            raise
        typer.echo(str(error), err=True)
        sys.exit(1)


def _refusals() -> tuple[type[Exception], ...]:
    from entrepot.adapters.postgres import DatabaseTrouble
    from entrepot.kernel.problems import Problem
    from entrepot.migrations.run import NewerDatabase
    from entrepot.rulebook import BrokenRules
    from entrepot.settings import SettingsRefused

    return Problem, SettingsRefused, DatabaseTrouble, BrokenRules, NewerDatabase
