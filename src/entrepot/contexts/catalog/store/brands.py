"""Statements on brands and on prices shown crossed out."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, text

from entrepot.contexts.catalog.details import BrandId
from entrepot.contexts.catalog.model import Brand, ListPrice, NewBrand, SkuId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import new_ids
from entrepot.kernel.tx import Tx

KNOWN = """
    select b.id, b.name, b.is_protected,
        not b.is_protected or b.owner_id = :merchant or p.brand_id is not null as is_permitted
    from catalog.brands b
    left join catalog.brand_permits p on p.brand_id = b.id and p.merchant_id = :merchant
    where b.owner_id in (0, :merchant)
"""
BY_IDS = text(f"{KNOWN} and b.id = any(cast(:ids as bigint[]))")
PROTECTED = text(
    f"{KNOWN} and b.is_protected and position(lower(b.name) in lower(cast(:title as text))) > 0"
)
PAGE = text(
    f"{KNOWN} and b.id > :after and (:name = '' or lower(b.name) like lower(:name) || '%')"
    " and (cast(:permitted as boolean) is null"
    " or (not b.is_protected or b.owner_id = :merchant or p.brand_id is not null) = :permitted)"
    " order by b.id limit :limit"
)
NAMED = text(
    f"{KNOWN} and position(lower(b.name) in lower(cast(:title as text))) > 0"
    " order by length(b.name) desc, b.id limit :limit"
)
ADD = text(
    "insert into catalog.brands (id, name, owner_id, is_protected, made_at)"
    " select b.*, cast(:now as timestamptz) from unnest(cast(:ids as bigint[]),"
    " cast(:names as text[]), cast(:owners as bigint[]), cast(:protected as boolean[])) as b"
    " on conflict (owner_id, lower(name)) do nothing returning id"
)
PERMIT = text(
    "insert into catalog.brand_permits (brand_id, merchant_id, permitted_at, permitted_by)"
    " values (:brand, :merchant, :now, :actor) on conflict do nothing"
)
TAKEN = text(
    "select lower(name) from catalog.brands"
    " where owner_id = 0 and lower(name) = any(cast(:names as text[]))"
)
LIST_PRICES = text(
    "select sku_id, market, list_minor, proof_minor, proof_at, proof_file_id"
    " from catalog.list_prices where market = :market and sku_id = any(cast(:skus as bigint[]))"
)
SET_LIST_PRICES = text(
    "insert into catalog.list_prices (sku_id, market, list_minor, proof_minor, proof_at,"
    " proof_file_id, set_at, set_by)"
    " select p.*, cast(:now as timestamptz), cast(:actor as text)"
    " from unnest(cast(:skus as bigint[]), cast(:markets as text[]), cast(:lists as bigint[]),"
    " cast(:proofs as bigint[]), cast(:times as timestamptz[]), cast(:files as bigint[])) as p"
    " on conflict (sku_id, market) do update set list_minor = excluded.list_minor,"
    " proof_minor = coalesce(excluded.proof_minor, list_prices.proof_minor),"
    " proof_at = coalesce(excluded.proof_at, list_prices.proof_at),"
    " proof_file_id = coalesce(excluded.proof_file_id, list_prices.proof_file_id),"
    " set_at = excluded.set_at, set_by = excluded.set_by"
)


def brands_by(
    tx: Tx, merchant_id: OrganisationId, ids: Collection[BrandId]
) -> dict[BrandId, Brand]:
    where = {"merchant": int(merchant_id), "ids": [int(id) for id in ids]}
    return {BrandId(row.id): _brand(row) for row in tx.sql.execute(BY_IDS, where)}


def brands_page(
    tx: Tx,
    merchant_id: OrganisationId,
    after: BrandId,
    limit: int,
    narrowed: tuple[str, bool | None],
) -> list[Brand]:
    """The next brands that a merchant may name: by the beginning of a name, and permission."""
    name, permitted = narrowed
    where = {"merchant": int(merchant_id), "after": int(after), "limit": limit}
    rows = tx.sql.execute(PAGE, {**where, "name": name, "permitted": permitted})
    return [_brand(row) for row in rows]


def protected_in(tx: Tx, merchant_id: OrganisationId, title: str) -> list[Brand]:
    rows = tx.sql.execute(PROTECTED, {"merchant": int(merchant_id), "title": title})
    return [_brand(row) for row in rows]


def named_in(tx: Tx, merchant_id: OrganisationId, title: str, limit: int) -> list[Brand]:
    where = {"merchant": int(merchant_id), "title": title, "limit": limit}
    return [_brand(row) for row in tx.sql.execute(NAMED, where)]


def add_brands(
    tx: Tx, wishes: Sequence[NewBrand], *, is_protected: bool = False
) -> list[BrandId | None]:
    """Write brands; none for a name that its owner has already."""
    ids = new_ids(tx.sql, BrandId, len(wishes))
    columns = {
        "ids": [int(id) for id in ids],
        "names": [wish.name for wish in wishes],
        "owners": [int(wish.merchant_id) for wish in wishes],
        "protected": [is_protected] * len(wishes),
        "now": tx.now,
    }
    added = {*tx.sql.scalars(ADD, columns)} if wishes else set()
    return [id if id in added else None for id in ids]


def taken_names(tx: Tx, names: Collection[str]) -> set[str]:
    """Names, in small letters, of brands that are known everywhere."""
    return {*tx.sql.scalars(TAKEN, {"names": [name.lower() for name in names]})}


def permit(tx: Tx, brand_id: BrandId, merchant_id: OrganisationId) -> None:
    where = {"brand": int(brand_id), "merchant": int(merchant_id)}
    tx.sql.execute(PERMIT, {**where, "now": tx.now, "actor": tx.actor.name})


def list_prices(tx: Tx, market: str, sku_ids: Collection[SkuId]) -> list[ListPrice]:
    where = {"market": market, "skus": [int(id) for id in sku_ids]}
    return [
        ListPrice(**{**row._mapping, "sku_id": SkuId(row.sku_id)})  # noqa: SLF001 - its one way.
        for row in tx.sql.execute(LIST_PRICES, where)
    ]


def set_list_prices(tx: Tx, prices: Sequence[ListPrice]) -> None:
    """Write crossed-out prices; a proof that was given stays until another one comes."""
    columns = {
        "skus": [int(price.sku_id) for price in prices],
        "markets": [price.market for price in prices],
        "lists": [price.list_minor for price in prices],
        "proofs": [price.proof_minor for price in prices],
        "times": [price.proof_at for price in prices],
        "files": [price.proof_file_id for price in prices],
        "now": tx.now,
        "actor": tx.actor.name,
    }
    if prices:
        tx.sql.execute(SET_LIST_PRICES, columns)


def _brand(row: Row[Any]) -> Brand:
    return Brand(
        id=BrandId(row.id),
        name=row.name,
        is_protected=row.is_protected,
        is_permitted=row.is_permitted,
    )
