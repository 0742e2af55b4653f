"""Kinds of webhooks: from which facts they are told, and why some are not sent."""

from entrepot.surfaces.partner_api import notices
from entrepot.surfaces.partner_api.notices.elsewhere import NOT_SENT

from .text import code, document, table

INTRODUCTION = """\
What apps hear of by webhook, told from the [facts](events.md) of the event log. How webhooks are
signed, repeated and received: [Receive webhooks](../guides/receive-webhooks.md)."""


def page() -> str:
    """A table of all kinds, by number."""
    sent = {
        kind.type: (
            kind.type,
            f"`{kind.name}`",
            code(fact.name for one in notices.TELLERS if one.kind == kind for fact in one.of),
            f"`{kind.scope.value}`" if kind.scope else "any",
        )
        for kind in notices.KINDS
    }
    not_sent = {
        number: (number, f"`{name}`", f"not sent: {why}", "")
        for number, (name, why) in NOT_SENT.items()
    }
    rows = [tuple(map(str, row)) for _, row in sorted({**not_sent, **sent}.items())]
    return document("Webhooks", INTRODUCTION, table(("type", "name", "from", "scope"), rows))
