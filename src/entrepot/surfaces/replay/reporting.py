"""The report of a replay: as JSON for scripts, and the rows that people are shown."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from entrepot.adapters.datasets.history import History
from entrepot.surfaces.parts import Parts

from .diary import Diary, who
from .figures import Books, Figures, figures
from .reconciling import Reconciliation, reconcile
from .staging import staging_for

SHOWN = 200  # Differences that are written out one by one; all of them are counted.


@dataclass(frozen=True, slots=True)
class Report:
    """What a replay came to."""

    history: History
    platform: Figures
    reconciliation: Reconciliation


def report(parts: Parts, diary: Diary, history: History) -> Report:
    """Read the books and compare them with the files."""
    platform = parts.work.run(
        who, "replay.report", lambda tx: figures(tx, diary, history.purchases)
    )
    return Report(history, platform, reconcile(history, platform))


def as_json(made: Report) -> dict[str, Any]:
    """One object. A history in one currency has its figures at the top as well."""
    history, platform = made.history, made.platform
    by_currency = {name: _of_currency(book) for name, book in platform.books.items()}
    top: Mapping[str, Any] = {}
    if len(history.currencies) == 1:
        top = by_currency.get(history.currencies[0]) or _of_currency(Books(history.currencies[0]))
    elif not history.currencies:
        top = _of_currency(Books(history.own.currency))
    return {
        "data_set": history.name,
        "source": history.source,
        "orders": len(platform.sold),
        "shop_orders": sum(one.orders for one in platform.sold.values()),
        **top,
        "currency": top.get("currency"),
        "trial_balance_minor": sum(
            abs(book.trial_balance_minor) for book in platform.books.values()
        ),
        "unexplained_minor": made.reconciliation.unexplained_minor,
        "orders_by_state": platform.by_state,
        "by_mode": [
            {"mode": mode, "currency": currency, "orders": count, "gmv_minor": gmv}
            for (mode, currency), (count, gmv) in platform.by_mode.items()
        ],
        "by_currency": by_currency,
        "settled": [asdict(one) for one in platform.settled],
        "paid_out_by_mode_and_tier": [
            {"mode": mode, "tier": tier, "currency": currency, "claims": claims, "minor": minor}
            for (mode, tier, currency), (claims, minor) in platform.paid.items()
        ],
        "payouts": _payouts(platform),
        "repairs": {kind.value: count for kind, count in history.repaired().items()},
        "staged": {"units_of_each_sku_after_the_history": staging_for(history).shelf_units},
        "skipped": [
            {
                "rule": one.rule.value,
                "rows": one.rows,
                "minor": one.amount_minor,
                "currency": one.currency,
            }
            for one in history.listed()
        ],
        "data_set_totals": _own(history),
        "differences": {
            "orders_by_reason": made.reconciliation.by_reason(),
            "unexplained": [
                asdict(one) for one in made.reconciliation.differences if one.reason is None
            ][:SHOWN],
            "explained": [
                asdict(one) for one in made.reconciliation.differences if one.reason is not None
            ][:SHOWN],
        },
    }


def _payouts(platform: Figures) -> list[dict[str, Any]]:
    return [
        {
            "state": state,
            "statement_currency": stated,
            "currency": paid,
            "payouts": count,
            "minor": minor,
        }
        for (state, stated, paid), (count, minor) in platform.payouts.items()
    ]


def _own(history: History) -> dict[str, Any]:
    """The data set's own totals, without its orders."""
    own = history.own
    return {
        "currency": own.currency,
        "orders": own.orders,
        "orders_without_goods": own.orders_without_goods,
        "items_minor": own.items_minor,
        "freight_minor": own.freight_minor,
        "paid_minor": own.paid_minor,
        "credited_minor": own.credited_minor,
    }


def _of_currency(book: Books) -> dict[str, Any]:
    return {
        "currency": book.currency,
        "items_minor": book.items_minor,
        "freight_minor": book.freight_minor,
        "captured_minor": book.captured_minor,
        "refunded_minor": book.refunded_minor,
        "unpaid_minor": book.unpaid_minor,
        "platform_fee_minor": book.platform_fee_minor,
        "paid_out_minor": book.paid_out_minor,
        "held_minor": book.held_minor,
        "pending_minor": book.pending_minor,
        "reserve_minor": book.reserve_minor,
        "trial_balance_minor": book.trial_balance_minor,
        "fees": dict(sorted(book.fees.items())),
        "taxes": dict(sorted(book.taxes.items())),
        "accounts": dict(sorted(book.accounts.items())),
    }
