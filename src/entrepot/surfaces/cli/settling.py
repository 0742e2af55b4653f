"""`entrepot settle`, `entrepot rates`, `entrepot payouts`: what finance does from a script."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from .opening import opened, print_json

if TYPE_CHECKING:
    from entrepot.contexts.settlement import Wait

Json = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
Day = Annotated[
    datetime | None,
    typer.Option("--day", formats=["%Y-%m-%d"], help="Only what is due by the end of it, UTC."),
]
rates = typer.Typer(no_args_is_help=True, help="The operator's own exchange rates.")
payouts = typer.Typer(no_args_is_help=True, help="What waits to be paid, and what came back.")


def settle(*, day: Day = None, as_json: Json = False) -> None:
    """Run everything that is due by now: timers, tiers, statements, payouts, open calls."""
    from entrepot.contexts import settlement
    from entrepot.flows.subscriptions import SUBSCRIBERS
    from entrepot.surfaces.worker import Cashier, drain, sweep

    until = None if day is None else day.replace(tzinfo=UTC) + timedelta(days=1)
    with opened("worker") as parts:
        who = parts.platform("settle")
        cashier = Cashier(parts.work, who, parts.providers, parts.payout_providers)
        steps: Counter[str] = Counter()
        drain(parts.work, who, SUBSCRIBERS)
        while (due := sweep(parts.work, who, parts.rates, until)) is not None:
            steps[due.what] += 1
            steps["payouts.sent"] += cashier.send_payouts(due.at)
        steps["payments.found_out"] = cashier.look_up_payments()
        steps["refunds.sent"] = cashier.send_refunds()
        steps["payouts.sent"] += cashier.send_payouts(until)
        steps["payouts.found_out"] = cashier.look_up_payouts()
        drain(parts.work, who, SUBSCRIBERS)
        waits = parts.work.run(who, "settle.look", settlement.waiting)
    steps.update(f"payouts.waiting.{wait.lacks}" for wait in waits)
    done = {name: count for name, count in sorted(steps.items()) if count}
    if as_json:
        print_json(done)
        return
    for name, count in done.items():
        typer.echo(f"{count:8} {name}")
    for wait in waits:
        typer.echo(_said(wait))
    if not done:
        typer.echo("nothing is due")


@rates.command("set")
def set_rate(
    currency: Annotated[str, typer.Argument(help="Such as VND.")],
    day: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="Counts from the next.")],
    per_euro: Annotated[str, typer.Argument(help="Units of it for one euro.")],
    *,
    source: Annotated[str, typer.Option(help="Where the rate comes from.")],
) -> None:
    """Set a day's rate of a currency that nobody else quotes. What waits for it is paid."""
    from decimal import Decimal, InvalidOperation

    from entrepot.contexts import settlement
    from entrepot.kernel.money import Currency
    from entrepot.kernel.problems import only

    try:
        known, units = Currency(currency.upper()), Decimal(per_euro)
    except (ValueError, InvalidOperation) as error:
        raise typer.BadParameter("give a currency such as VND, and a number") from error
    rate = settlement.OwnRate(currency=known, day_on=day.date(), per_euro=units, source=source)
    with opened() as parts:
        parts.work.run(
            parts.platform("rates"), "rates.set", lambda tx: only(settlement.set_rates(tx, [rate]))
        )
    typer.echo(f"1 EUR = {units} {known} from the day after {rate.day_on} on")


@rates.command("list")
def list_rates(*, as_json: Json = False) -> None:
    """Show the operator's own rates, the latest day first."""
    from entrepot.contexts import settlement

    with opened() as parts:
        found = parts.work.run(parts.platform("rates"), "rates.list", settlement.own_rates)
    if as_json:
        print_json(
            [
                {
                    "currency": one.currency.value,
                    "day_on": one.day_on,
                    "per_euro": str(one.per_euro),
                    "source": one.source,
                }
                for one in found
            ]
        )
        return
    for one in found:
        typer.echo(f"{one.day_on}  1 EUR = {one.per_euro} {one.currency}  {one.source}")


@payouts.command("waiting")
def show_waiting(*, as_json: Json = False) -> None:
    """Show what is settled and not paid out, and what it lacks."""
    from entrepot.contexts import settlement

    with opened() as parts:
        found = parts.work.run(parts.platform("payouts"), "payouts.waiting", settlement.waiting)
    if as_json:
        print_json(
            [
                {
                    "payee_id": str(one.payee_id),
                    "minor": str(one.amount.minor),
                    "currency": one.amount.currency.value,
                    "lacks": one.lacks.value,
                    "since_at": one.since_at.isoformat(),
                }
                for one in found
            ]
        )
        return
    for one in found:
        typer.echo(_said(one))
    if not found:
        typer.echo("nothing waits")


@payouts.command("returned")
def take_back(
    payout: Annotated[str, typer.Argument(help="The payout's id.")],
    *,
    reason: Annotated[str, typer.Option(help="What the bank said.")],
) -> None:
    """Book that the bank sent a paid payout back."""
    from entrepot.contexts import settlement
    from entrepot.contexts.settlement import PayoutId
    from entrepot.kernel.problems import only

    try:
        id = PayoutId.parse(payout)
    except ValueError as error:
        raise typer.BadParameter("an id is a number") from error
    with opened() as parts:
        back = parts.work.run(
            parts.platform("payouts"),
            "payouts.returned",
            lambda tx: only(settlement.take_back(tx, [id], reason, tx.now)),
        )
    typer.echo(f"payout {back.id} is {back.state}: {back.payout} are available to {back.payee_id}")


def _said(wait: "Wait") -> str:
    return f"waits: {wait.amount} of payee {wait.payee_id}, {wait.lacks} since {wait.since_at:%F}"
