"""Statements on manufacturers and responsible persons."""

from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Row, text

from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import new_ids
from entrepot.kernel.tx import Tx

from .model import NewParty, Party, PartyId, PartyKind, Phone, Profile

ADD = text(
    "insert into catalog.parties (id, merchant_id, kind, made_at)"
    " select p.*, cast(:now as timestamptz) from unnest(cast(:ids as bigint[]),"
    " cast(:merchants as bigint[]), cast(:kinds as text[])) as p"
)
SAY = text(
    "insert into catalog.party_profiles (party_id, locale, name, trade_name, email, phone_code,"
    " phone_number, address, postal_code, country)"
    " select p.* from unnest(cast(:ids as bigint[]), cast(:locales as text[]),"
    " cast(:names as text[]), cast(:trades as text[]), cast(:emails as text[]),"
    " cast(:codes as text[]), cast(:numbers as text[]), cast(:addresses as text[]),"
    " cast(:postals as text[]), cast(:countries as text[])) as p"
    " on conflict (party_id, locale) do update set name = excluded.name,"
    " trade_name = excluded.trade_name, email = excluded.email, phone_code = excluded.phone_code,"
    " phone_number = excluded.phone_number, address = excluded.address,"
    " postal_code = excluded.postal_code, country = excluded.country"
)
HOLD = text(
    "select id from catalog.parties where id = any(cast(:ids as bigint[]))"
    " order by id for no key update"
)
BY_IDS = text(
    "select p.id, p.merchant_id, p.kind, p.made_at, f.locale, f.name, f.trade_name, f.email,"
    " f.phone_code, f.phone_number, f.address, f.postal_code, f.country"
    " from catalog.parties p join catalog.party_profiles f on f.party_id = p.id"
    " where p.id = any(cast(:ids as bigint[]))"
    " order by p.id desc, f.locale"
)
FIND = text(
    "with fitting as ("
    " select p.id from catalog.parties p"
    " where p.merchant_id = :merchant and p.kind = :kind"
    " and (cast(:ids as bigint[]) is null or p.id = any(cast(:ids as bigint[])))"
    " and (:word = '' or exists (select from catalog.party_profiles f where f.party_id = p.id"
    "  and position(lower(:word) in lower(concat_ws(chr(10), f.name, f.trade_name, f.email,"
    "  f.phone_number))) > 0)))"
    " select array(select id from fitting where cast(:after as bigint) is null or id < :after"
    " order by id desc limit :limit) as ids, (select count(*) from fitting) as total"
)


def add(tx: Tx, wishes: Sequence[NewParty]) -> list[PartyId]:
    ids = new_ids(tx.sql, PartyId, len(wishes))
    columns = {
        "ids": [int(id) for id in ids],
        "merchants": [int(wish.merchant_id) for wish in wishes],
        "kinds": [wish.kind.value for wish in wishes],
        "now": tx.now,
    }
    tx.sql.execute(ADD, columns)
    say(tx, [(id, wish.profile) for id, wish in zip(ids, wishes, strict=True)])
    return ids


def say(tx: Tx, profiles: Sequence[tuple[PartyId, Profile]]) -> None:
    """Write profiles, over those in the same language."""
    columns = {
        "ids": [int(id) for id, _ in profiles],
        "locales": [said.locale for _, said in profiles],
        "names": [said.name for _, said in profiles],
        "trades": [said.trade_name for _, said in profiles],
        "emails": [said.email for _, said in profiles],
        "codes": [said.phone.code for _, said in profiles],
        "numbers": [said.phone.number for _, said in profiles],
        "addresses": [said.address for _, said in profiles],
        "postals": [said.postal_code for _, said in profiles],
        "countries": [said.country for _, said in profiles],
    }
    tx.sql.execute(SAY, columns)


def hold(tx: Tx, ids: Collection[PartyId]) -> None:
    """Let one at a time change a party."""
    tx.sql.execute(HOLD, {"ids": [int(id) for id in ids]})


def by_ids(tx: Tx, ids: Collection[PartyId]) -> dict[PartyId, Party]:
    """Parties with their profiles, the newest first."""
    rows = tx.sql.execute(BY_IDS, {"ids": [int(id) for id in ids]})
    grouped = groupby(rows, lambda row: (row.id, row.merchant_id, row.kind, row.made_at))
    return {
        PartyId(id): Party(
            id=PartyId(id),
            merchant_id=OrganisationId(merchant_id),
            kind=PartyKind(kind),
            profiles=tuple(map(_profile, profiles)),
            made_at=made_at,
        )
        for (id, merchant_id, kind, made_at), profiles in grouped
    }


def find(
    tx: Tx,
    merchant_id: OrganisationId,
    kind: PartyKind,
    asked: tuple[Sequence[PartyId] | None, str],
    part: tuple[PartyId | None, int],
) -> tuple[list[PartyId], int]:
    """The next ids by ids or a word, the newest first, and how many there are in all."""
    (ids, word), (after, limit) = asked, part
    row = tx.sql.execute(
        FIND,
        {
            "merchant": int(merchant_id),
            "kind": kind.value,
            "ids": None if ids is None else [int(id) for id in ids],
            "word": word,
            "after": None if after is None else int(after),
            "limit": limit,
        },
    ).one()
    return [PartyId(id) for id in row.ids], row.total


def _profile(row: Row[Any]) -> Profile:
    return Profile(
        locale=row.locale,
        name=row.name,
        trade_name=row.trade_name,
        email=row.email,
        phone=Phone(code=row.phone_code, number=row.phone_number),
        address=row.address,
        postal_code=row.postal_code,
        country=row.country,
    )
