"""What an app hears of its own authorisation, also when it is shut out."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from entrepot.contexts import merchants
from entrepot.contexts.integrations import AppKind, AuthorisationExpiring, AuthorisationRevoked
from entrepot.contexts.merchants import ShopId
from entrepot.kernel.access import Actor, Grant, OrganisationId
from entrepot.kernel.tx import Tx

from . import kinds
from .tellers import Notice, Tellers

tellers = Tellers()
FactT = TypeVar("FactT", AuthorisationRevoked, AuthorisationExpiring)


@tellers.tell(kinds.DEAUTHORISED, AuthorisationRevoked)
def deauthorised(tx: Tx, facts: Sequence[AuthorisationRevoked]) -> Iterator[Notice]:
    """A seller shut the app out."""
    for fact, shop_id in _of_sellers(tx, facts):
        data = {"message": "The seller has revoked the authorization of this app."}
        yield _notice(fact, shop_id, data)


@tellers.tell(kinds.EXPIRING, AuthorisationExpiring)
def expiring(tx: Tx, facts: Sequence[AuthorisationExpiring]) -> Iterator[Notice]:
    """The seller has to let the app in again before a day that comes near."""
    for fact, shop_id in _of_sellers(tx, facts):
        data = {
            "message": "The authorization of this app ends soon: ask the seller to renew it.",
            "expiration_time": str(int(fact.ends_at.timestamp())),
        }
        yield _notice(fact, shop_id, data)


def _notice(
    fact: AuthorisationRevoked | AuthorisationExpiring, shop_id: ShopId, data: dict[str, str]
) -> Notice:
    return Notice(fact=fact, shop_id=shop_id, data=data, only_for=fact.app_id, about=shop_id)


def _of_sellers(tx: Tx, facts: Sequence[FactT]) -> Iterator[tuple[FactT, ShopId]]:
    """Each with every shop of its seller."""
    for fact in facts:
        if fact.kind is AppKind.SELLER:
            for shop_id in shops_of(tx, fact.organisation_id):
                yield fact, shop_id


def shops_of(tx: Tx, seller: OrganisationId) -> list[ShopId]:
    """Those that the seller's own people would see."""
    own = Actor(tx.actor.name, frozenset({Grant(merchants.Permission.READ, seller)}))
    return [shop.id for shop in merchants.page(replace(tx, actor=own))]
