"""`entrepot settle`: what is due now, at once."""

from typing import Annotated

import typer

from .opening import opened, print_json


def settle(
    *, as_json: Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")] = False
) -> None:
    """Run everything that is due by now: timers, tiers, statements, payouts, open calls."""
    from collections import Counter

    from entrepot.flows.subscriptions import SUBSCRIBERS
    from entrepot.surfaces.worker import Cashier, drain, sweep

    with opened("worker") as parts:
        who = parts.platform("settle")
        cashier = Cashier(parts.work, who, parts.providers, parts.payout_providers)
        steps: Counter[str] = Counter()
        drain(parts.work, who, SUBSCRIBERS)
        while (due := sweep(parts.work, who, parts.rates)) is not None:
            steps[due.what] += 1
            steps["payouts.sent"] += cashier.send_payouts(due.at)
        steps["payments.found_out"] = cashier.look_up_payments()
        steps["refunds.sent"] = cashier.send_refunds()
        steps["payouts.sent"] += cashier.send_payouts()
        steps["payouts.found_out"] = cashier.look_up_payouts()
        drain(parts.work, who, SUBSCRIBERS)
        done = {name: count for name, count in sorted(steps.items()) if count}
        if as_json:
            print_json(done)
            return
        for name, count in done.items():
            typer.echo(f"{count:8} {name}")
        if not done:
            typer.echo("nothing is due")
