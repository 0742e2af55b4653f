"""What a shop has besides itself: contracts, accounts, category permissions, agreements."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, select, text, update
from sqlalchemy.dialects import postgresql

from entrepot.contexts.merchants.lifecycle import (
    AccountState,
    ContractState,
    QualificationState,
)
from entrepot.contexts.merchants.model import (
    Account,
    AccountId,
    AccountKind,
    Agreement,
    AgreementId,
    Contract,
    ContractId,
    NewAgreement,
    Qualification,
    ShopId,
)
from entrepot.contexts.merchants.tables import (
    accounts,
    agreements,
    contracts,
    qualifications,
    shops,
)
from entrepot.kernel.ids import among, new_ids
from entrepot.kernel.tx import EVERY_ROW, Tx

MOVE_ACCOUNTS = text(
    "update merchants.accounts a set state = m.after, moved_at = :at"
    " from unnest(cast(:ids as bigint[]), cast(:before as text[]), cast(:after as text[]))"
    " as m (id, before, after) where a.id = m.id and a.state = m.before"
)
MOVE_CONTRACTS = text(
    "update merchants.contracts c set state = m.after, decided_at = :at"
    " from unnest(cast(:ids as bigint[]), cast(:before as text[]), cast(:after as text[]))"
    " as m (id, before, after) where c.id = m.id and c.state = m.before"
)


def add_contracts(tx: Tx, new: Sequence[Contract]) -> None:
    rows = [
        {
            "id": one.id,
            "shop_id": one.shop_id,
            "mode": one.mode,
            "from_at": one.from_at,
            "state": one.state.value,
            "proposed_at": tx.now,
            "decided_at": tx.now if one.state is ContractState.AGREED else None,
        }
        for one in new
    ]
    if rows:
        tx.sql.execute(insert(contracts), rows)


def contracts_by_ids(
    tx: Tx, ids: Collection[ContractId], visible: ColumnElement[bool] = EVERY_ROW
) -> dict[ContractId, Contract]:
    query = select(contracts).where(among(contracts.c.id, ids), visible)
    return {row.id: _contract(row) for row in tx.sql.execute(query)}


def contracts_of(
    tx: Tx, ids: Collection[ShopId], visible: ColumnElement[bool] = EVERY_ROW
) -> list[Contract]:
    query = select(contracts).where(among(contracts.c.shop_id, ids), visible)
    order = contracts.c.shop_id, contracts.c.from_at, contracts.c.id
    return [_contract(row) for row in tx.sql.execute(query.order_by(*order))]


def move_contracts(tx: Tx, moves: Sequence[tuple[Contract, Contract]]) -> None:
    """Write decisions; a shop's own mode is that of its newest agreed contract."""
    if not moves:
        return
    columns = _columns([(after.id, before.state, after.state) for before, after in moves])
    count = tx.sql.execute(MOVE_CONTRACTS, {**columns, "at": tx.now}).rowcount
    assert count == len(moves), "moved by someone else"
    for _, after in moves:
        if after.state is ContractState.AGREED:
            mine = shops.c.id == after.shop_id
            tx.sql.execute(update(shops).where(mine).values(mode=after.mode))


def add_accounts(tx: Tx, new: Sequence[Account]) -> set[AccountId]:
    """Add accounts; returns those whose handle was free."""
    rows = [
        {
            "id": one.id,
            "shop_id": one.shop_id,
            "kind": one.kind.value,
            "handle": one.handle,
            "owner_country": one.owner_country,
            "owner_number": one.owner_number,
            "state": one.state.value,
            "requested_at": tx.now,
            "moved_at": tx.now,
        }
        for one in new
    ]
    if not rows:
        return set()
    statement = postgresql.insert(accounts).values(rows).on_conflict_do_nothing()
    return {*tx.sql.scalars(statement.returning(accounts.c.id))}


def accounts_by_ids(
    tx: Tx, ids: Collection[AccountId], visible: ColumnElement[bool] = EVERY_ROW
) -> dict[AccountId, Account]:
    query = select(accounts).where(among(accounts.c.id, ids), visible)
    return {row.id: _account(row) for row in tx.sql.execute(query)}


def accounts_of(
    tx: Tx, ids: Collection[ShopId], visible: ColumnElement[bool] = EVERY_ROW
) -> list[Account]:
    query = select(accounts).where(among(accounts.c.shop_id, ids), visible)
    return [_account(row) for row in tx.sql.execute(query.order_by(accounts.c.id))]


def move_accounts(tx: Tx, moves: Sequence[tuple[Account, Account]]) -> None:
    if not moves:
        return
    columns = _columns([(after.id, before.state, after.state) for before, after in moves])
    count = tx.sql.execute(MOVE_ACCOUNTS, {**columns, "at": tx.now}).rowcount
    assert count == len(moves), "moved by someone else"


def qualifications_of(
    tx: Tx, ids: Collection[ShopId], visible: ColumnElement[bool] = EVERY_ROW
) -> dict[tuple[ShopId, str], Qualification]:
    query = select(qualifications).where(among(qualifications.c.shop_id, ids), visible)
    found = [_qualification(row) for row in tx.sql.execute(query)]
    return {(one.shop_id, one.category): one for one in found}


def save_qualifications(tx: Tx, changed: Sequence[Qualification]) -> None:
    rows = [
        {
            "shop_id": one.shop_id,
            "category": one.category,
            "state": one.state.value,
            "proofs": [*one.proofs],
            "reason": one.reason,
            "moved_at": tx.now,
        }
        for one in changed
    ]
    if not rows:
        return
    statement = postgresql.insert(qualifications).values(rows)
    keys = ("shop_id", "category")
    fresh = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    tx.sql.execute(statement.on_conflict_do_update(index_elements=keys, set_=fresh))


def add_agreements(tx: Tx, new: Sequence[NewAgreement]) -> list[Agreement | None]:
    """Add agreements; nothing for each whose shop, topic and first day have one."""
    ids = new_ids(tx.sql, AgreementId, len(new))
    rows = [
        {
            "id": id,
            "shop_id": one.shop_id,
            "topic": one.topic,
            "from_on": one.from_on,
            "content": dict(one.content),
            "reference": one.reference,
            "agreed_at": tx.now,
        }
        for id, one in zip(ids, new, strict=True)
    ]
    if not rows:
        return []
    statement = postgresql.insert(agreements).values(rows).on_conflict_do_nothing()
    added = {row.id: _agreement(row) for row in tx.sql.execute(statement.returning(agreements))}
    return [added.get(id) for id in ids]


def agreements_on(
    tx: Tx, ids: Collection[ShopId], topic: str, day: date
) -> dict[ShopId, Agreement]:
    """For each shop the newest agreement on a topic that has begun."""
    begun = agreements.c.topic == topic, agreements.c.from_on <= day
    query = select(agreements).where(among(agreements.c.shop_id, ids), *begun)
    rows = tx.sql.execute(query.order_by(agreements.c.from_on))
    return {row.shop_id: _agreement(row) for row in rows}  # The newest comes last.


def _columns(moves: Sequence[tuple[int, str, str]]) -> dict[str, list[int] | list[str]]:
    return {
        "ids": [int(id) for id, _, _ in moves],
        "before": [str(before) for _, before, _ in moves],
        "after": [str(after) for _, _, after in moves],
    }


def _contract(row: Row[Any]) -> Contract:
    return Contract(
        id=row.id,
        shop_id=row.shop_id,
        mode=row.mode,
        from_at=row.from_at,
        state=ContractState(row.state),
    )


def _account(row: Row[Any]) -> Account:
    return Account(
        id=row.id,
        shop_id=row.shop_id,
        kind=AccountKind(row.kind),
        handle=row.handle,
        owner_country=row.owner_country,
        owner_number=row.owner_number,
        state=AccountState(row.state),
    )


def _qualification(row: Row[Any]) -> Qualification:
    return Qualification(
        shop_id=row.shop_id,
        category=row.category,
        state=QualificationState(row.state),
        proofs=tuple(row.proofs),
        reason=row.reason,
    )


def _agreement(row: Row[Any]) -> Agreement:
    return Agreement(
        id=row.id,
        shop_id=row.shop_id,
        topic=row.topic,
        from_on=row.from_on,
        content=row.content,
        reference=row.reference,
    )
