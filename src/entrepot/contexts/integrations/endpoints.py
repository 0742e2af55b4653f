"""Where an app wants to hear of what happens in a shop."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from entrepot.contexts.merchants import ShopId
from entrepot.kernel import clock
from entrepot.kernel.problems import BadInput
from entrepot.kernel.tx import Tx

from . import store
from .model import LONGEST_ADDRESS, AppId, NewEndpoint


def set_endpoints(tx: Tx, wishes: Sequence[NewEndpoint]) -> None:
    """Send facts of a kind to this address from now on, instead of to any other.

    For surfaces: whoever acts for app and shop is known there.
    """
    for wish in wishes:
        _check(wish.address)
    store.set_endpoints(tx, wishes, clock.real())


def drop_endpoint(tx: Tx, app_id: AppId, shop_id: ShopId, event: str) -> bool:
    """Send facts of a kind nowhere; whether they were sent anywhere before."""
    return store.drop_endpoint(tx, app_id, shop_id, event)


def _check(address: str) -> None:
    """Of what is an address at all; where it may lead is judged when something is sent."""
    if not 0 < len(address) <= LONGEST_ADDRESS or not address.isprintable():
        raise BadInput("address", f"1 to {LONGEST_ADDRESS} characters")
    try:
        parts = urlsplit(address)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.username
    except ValueError:
        usable = False
    if not usable:
        raise BadInput("address", "an address such as https://erp.example.com/webhooks")
