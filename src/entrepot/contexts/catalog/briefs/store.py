"""Statements on briefs and submissions."""

from collections.abc import Collection, Sequence
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, text

from entrepot.contexts.catalog.model import CategoryId, Listing, ListingId, ProductId
from entrepot.contexts.merchants import ShopId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import new_ids
from entrepot.kernel.tx import Tx

from .model import (
    Brief,
    BriefId,
    BriefKind,
    BriefSaid,
    BriefSearch,
    NewBrief,
    Submission,
    SubmissionId,
    SubmissionSearch,
    SubmissionState,
)

SAID = TypeAdapter(BriefSaid)
ADD = text(
    "insert into catalog.briefs (id, market, kind, category_id, said, ends_at, made_at, made_by)"
    " select b.*, cast(:now as timestamptz), cast(:actor as text) from unnest("
    " cast(:ids as bigint[]), cast(:markets as text[]), cast(:kinds as text[]),"
    " cast(:categories as text[]), cast(:said as jsonb[]), cast(:ends as timestamptz[])) as b"
)
BY_IDS = text(
    "select id, market, kind, category_id, said, made_at, ends_at, withdrawn_at"
    " from catalog.briefs where id = any(cast(:ids as bigint[]))"
)
WITHDRAW = text(
    "update catalog.briefs set withdrawn_at = :now"
    " where id = any(cast(:ids as bigint[])) and withdrawn_at is null"
)
FIND = text(
    "with fitting as (select b.id from catalog.briefs b where b.market = :market"
    " and b.withdrawn_at is null and b.ends_at > :now"
    " and (cast(:kind as text) is null or b.kind = :kind)"
    " and (cardinality(cast(:categories as text[])) = 0 or exists ("
    "  select from unnest(cast(:categories as text[])) as c (id)"
    "  where b.category_id = c.id or starts_with(b.category_id, c.id || '-')))"
    " and (cast(:made_from as timestamptz) is null or b.made_at >= :made_from)"
    " and (cast(:made_before as timestamptz) is null or b.made_at < :made_before)"
    " and (cardinality(cast(:tags as text[])) = 0 or b.said -> 'tags' ?| cast(:tags as text[])))"
    " select array(select id from fitting where cast(:after as bigint) is null or id < :after"
    " order by id desc limit :limit) as ids, (select count(*) from fitting) as total"
)
SUBMIT = text(
    "insert into catalog.submissions"
    " (id, brief_id, listing_id, merchant_id, state, reason, made_at)"
    " select s.*, 'waiting', '', cast(:now as timestamptz) from unnest(cast(:ids as bigint[]),"
    " cast(:briefs as bigint[]), cast(:listings as bigint[]), cast(:merchants as bigint[])) as s"
    " on conflict do nothing returning id"
)
SUBMISSION = (
    "select s.id, s.brief_id, b.said ->> 'title' as brief_title, s.listing_id, l.product_id,"
    " l.title as product_title, l.shop_id, s.merchant_id, s.state, s.reason, s.made_at,"
    " s.decided_at from catalog.submissions s join catalog.briefs b on b.id = s.brief_id"
    " join catalog.listings l on l.id = s.listing_id"
)
SUBMISSIONS_BY = text(
    f"{SUBMISSION} where s.id = any(cast(:ids as bigint[])) order by s.id for no key update of s"
)
FITTING = (
    " where (cast(:merchants as bigint[]) is null"
    "  or s.merchant_id = any(cast(:merchants as bigint[])))"
    " and (cast(:shop as bigint) is null or l.shop_id = :shop)"
    " and (cast(:state as text) is null or s.state = :state)"
    " and (cast(:brief as bigint) is null or s.brief_id = :brief)"
    " and (cast(:product as bigint) is null or l.product_id = :product)"
    " and (cast(:made_from as timestamptz) is null or s.made_at >= :made_from)"
    " and (cast(:made_before as timestamptz) is null or s.made_at < :made_before)"
)
FIND_SUBMISSIONS = text(
    f"{SUBMISSION}{FITTING} and (cast(:after as bigint) is null or s.id < :after)"
    " order by s.id desc limit :limit"
)
COUNT_SUBMISSIONS = text(
    "select count(*) from catalog.submissions s"
    f" join catalog.listings l on l.id = s.listing_id{FITTING}"
)
DECIDE = text(
    "update catalog.submissions s set state = d.state, reason = d.reason, decided_at = :now,"
    " decided_by = :actor from unnest(cast(:ids as bigint[]), cast(:states as text[]),"
    " cast(:reasons as text[])) as d (id, state, reason) where s.id = d.id and s.state = 'waiting'"
)
FULFILLED = text(
    "select brief_id from catalog.submissions where merchant_id = :merchant"
    " and state = 'approved' and brief_id = any(cast(:ids as bigint[]))"
)


def add(tx: Tx, wishes: Sequence[NewBrief]) -> list[BriefId]:
    ids = new_ids(tx.sql, BriefId, len(wishes))
    columns = {
        "ids": [int(id) for id in ids],
        "markets": [wish.market for wish in wishes],
        "kinds": [wish.kind.value for wish in wishes],
        "categories": [str(wish.category_id) for wish in wishes],
        "said": [SAID.dump_json(wish.said).decode() for wish in wishes],
        "ends": [wish.ends_at for wish in wishes],
        "now": tx.now,
        "actor": tx.actor.name,
    }
    tx.sql.execute(ADD, columns)
    return ids


def by_ids(tx: Tx, ids: Collection[BriefId]) -> dict[BriefId, Brief]:
    rows = tx.sql.execute(BY_IDS, {"ids": [int(id) for id in ids]})
    return {BriefId(row.id): _brief(row) for row in rows}


def withdraw(tx: Tx, ids: Collection[BriefId]) -> None:
    tx.sql.execute(WITHDRAW, {"ids": [int(id) for id in ids], "now": tx.now})


def find(
    tx: Tx, asked: BriefSearch, after: BriefId | None, limit: int
) -> tuple[list[BriefId], int]:
    where = {
        "market": asked.market,
        "kind": None if asked.kind is None else asked.kind.value,
        "categories": [str(id) for id in asked.category_ids],
        "made_from": asked.made_from,
        "made_before": asked.made_before,
        "tags": list(asked.tags),
        "now": tx.now,
        "after": None if after is None else int(after),
        "limit": limit,
    }
    row = tx.sql.execute(FIND, where).one()
    return [BriefId(id) for id in row.ids], row.total


def submit(tx: Tx, pairs: Sequence[tuple[Brief, Listing]]) -> list[SubmissionId | None]:
    """Write submissions; none where the listing waits or was approved already."""
    ids = new_ids(tx.sql, SubmissionId, len(pairs))
    columns = {
        "ids": [int(id) for id in ids],
        "briefs": [int(brief.id) for brief, _ in pairs],
        "listings": [int(listing.id) for _, listing in pairs],
        "merchants": [int(listing.merchant_id) for _, listing in pairs],
        "now": tx.now,
    }
    added = {SubmissionId(id) for id in tx.sql.scalars(SUBMIT, columns)}
    return [id if id in added else None for id in ids]


def submissions_by(tx: Tx, ids: Collection[SubmissionId]) -> dict[SubmissionId, Submission]:
    """Submissions, locked."""
    rows = tx.sql.execute(SUBMISSIONS_BY, {"ids": [int(id) for id in ids]})
    return {SubmissionId(row.id): _submission(row) for row in rows}


def find_submissions(
    tx: Tx,
    asked: SubmissionSearch,
    merchants: Collection[OrganisationId] | None,
    part: tuple[SubmissionId | None, int],
) -> tuple[list[Submission], int]:
    """The next submissions of these merchants, or of all; and how many there are."""
    where = {
        "merchants": None if merchants is None else [int(id) for id in merchants],
        "shop": asked.shop_id and int(asked.shop_id),
        "state": asked.state and asked.state.value,
        "brief": asked.brief_id and int(asked.brief_id),
        "product": asked.product_id and int(asked.product_id),
        "made_from": asked.made_from,
        "made_before": asked.made_before,
    }
    after, limit = part
    page = {"after": None if after is None else int(after), "limit": limit}
    rows = [_submission(row) for row in tx.sql.execute(FIND_SUBMISSIONS, {**where, **page})]
    total: int = tx.sql.execute(COUNT_SUBMISSIONS, where).scalar_one()
    return rows, total


def decide(tx: Tx, decided: Sequence[Submission]) -> None:
    columns = {
        "ids": [int(one.id) for one in decided],
        "states": [one.state.value for one in decided],
        "reasons": [one.reason for one in decided],
        "now": tx.now,
        "actor": tx.actor.name,
    }
    tx.sql.execute(DECIDE, columns)


def fulfilled(tx: Tx, merchant_id: OrganisationId, ids: Collection[BriefId]) -> set[BriefId]:
    where = {"merchant": int(merchant_id), "ids": [int(id) for id in ids]}
    return {BriefId(id) for id in tx.sql.scalars(FULFILLED, where)}


def _brief(row: Row[Any]) -> Brief:
    return Brief(
        id=BriefId(row.id),
        market=row.market,
        kind=BriefKind(row.kind),
        category_id=CategoryId(row.category_id),
        said=SAID.validate_python(row.said),
        made_at=row.made_at,
        ends_at=row.ends_at,
        withdrawn_at=row.withdrawn_at,
    )


def _submission(row: Row[Any]) -> Submission:
    return Submission(
        id=SubmissionId(row.id),
        brief_id=BriefId(row.brief_id),
        brief_title=row.brief_title,
        listing_id=ListingId(row.listing_id),
        product_id=ProductId(row.product_id),
        product_title=row.product_title,
        shop_id=ShopId(row.shop_id),
        merchant_id=OrganisationId(row.merchant_id),
        state=SubmissionState(row.state),
        reason=row.reason,
        made_at=row.made_at,
        decided_at=row.decided_at,
    )
