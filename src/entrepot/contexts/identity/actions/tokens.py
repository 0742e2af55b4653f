"""API tokens."""

from collections.abc import Sequence
from datetime import timedelta

from entrepot.contexts.identity import access, store
from entrepot.contexts.identity.access import Permission
from entrepot.contexts.identity.model import (
    TOKEN_LASTS_AT_MOST,
    TOKEN_MARK,
    IssuedToken,
    Mark,
    NewToken,
    Token,
    TokenId,
    digest,
    new_secret,
    prefix_of,
)
from entrepot.contexts.identity.problems import NotYours, OrganisationNotFound, TokenNotFound
from entrepot.kernel import clock
from entrepot.kernel.ids import new_ids
from entrepot.kernel.problems import BadInput, Problem
from entrepot.kernel.tx import Tx


def issue_tokens(tx: Tx, wishes: Sequence[NewToken]) -> list[IssuedToken | Problem]:
    """Issue tokens that can do, in one organisation, some of what their issuer can do there.

    A token never outgrows its issuer: what a role loses, or who leaves, the token loses as well.
    """
    at = clock.real()
    ids = new_ids(tx.sql, TokenId, len(wishes))
    places = {wish.organisation_id for wish in wishes}
    visible = store.organisations_by_ids(tx, places, access.visible_to(tx.actor))
    outcomes: list[IssuedToken | Problem] = []
    for id, wish in zip(ids, wishes, strict=True):
        refusal = _refusal(tx, wish, known=wish.organisation_id in visible)
        if refusal or tx.actor.person is None:
            outcomes.append(refusal or access.refusal(Permission.TOKEN_EDIT))
            continue
        secret = TOKEN_MARK + new_secret()
        token = Token(
            id=id,
            organisation_id=wish.organisation_id,
            person_id=tx.actor.person,
            name=wish.name,
            prefix=prefix_of(secret),
            scopes=tuple(sorted(set(wish.scopes))),
            ends_at=at + wish.lasts,
        )
        outcomes.append(IssuedToken(token=token, secret=secret))
    issued = [one for one in outcomes if isinstance(one, IssuedToken)]
    store.add_tokens(tx, [(one.token, digest(one.secret)) for one in issued], at)
    store.add_audit(tx, [_mark("identity.issue_token", one.token) for one in issued])
    return outcomes


def revoke_tokens(tx: Tx, ids: Sequence[TokenId]) -> list[Token | Problem]:
    """End tokens at once. One that has ended already stays as it is."""
    found = store.tokens_by_ids(tx, ids, access.tokens_visible_to(tx.actor))
    may = Permission.TOKEN_EDIT
    mine = {id for id, token in found.items() if tx.actor.may(may, token.organisation_id)}
    ended = [id for id in sorted(mine) if found[id].revoked_at is None]
    store.revoke_tokens(tx, ended, clock.real())
    store.add_audit(tx, [_mark("identity.revoke_token", found[id]) for id in ended])
    after = store.tokens_by_ids(tx, mine, access.tokens_visible_to(tx.actor))
    return [
        after[id]
        if id in after
        else access.refusal(may)
        if id in found
        else TokenNotFound("token", id)
        for id in ids
    ]


def _refusal(tx: Tx, wish: NewToken, *, known: bool) -> Problem | None:
    place = wish.organisation_id
    if not known:
        return OrganisationNotFound("organisation", place)
    if not tx.actor.may(Permission.TOKEN_EDIT, place):
        return access.refusal(Permission.TOKEN_EDIT)
    if not wish.scopes:
        return BadInput("scopes", "name at least one permission")
    if not timedelta(0) < wish.lasts <= TOKEN_LASTS_AT_MOST:
        return BadInput("lasts", f"takes up to {TOKEN_LASTS_AT_MOST.days} days")
    lacking = access.lacking(tx.actor, wish.scopes, place)
    return NotYours(lacking) if lacking else None


def _mark(action: str, token: Token) -> Mark:
    return Mark(
        action=action,
        organisation_id=token.organisation_id,
        subject=token.id,
        detail={"prefix": token.prefix, "scopes": [*token.scopes]},
    )
