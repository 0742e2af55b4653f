"""Public reads of briefs and submissions."""

from collections.abc import Collection

from entrepot.contexts.catalog.access import Permission
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.tx import Tx

from . import store
from .model import Brief, BriefId, BriefSearch, Submission, SubmissionId, SubmissionSearch


def find_briefs(
    tx: Tx, asked: BriefSearch, after: BriefId | None = None, limit: int = 50
) -> tuple[list[Brief], int]:
    """The next open briefs of a market, the newest first, and how many there are. For everybody."""
    ids, total = store.find(tx, asked, after, limit)
    found = store.by_ids(tx, ids)
    return [found[id] for id in ids], total


def briefs_by(tx: Tx, ids: Collection[BriefId]) -> dict[BriefId, Brief]:
    """Briefs by id, over or not. For everybody."""
    return store.by_ids(tx, ids)


def fulfilled(tx: Tx, merchant_id: OrganisationId, ids: Collection[BriefId]) -> set[BriefId]:
    """The briefs for which something of a merchant was approved."""
    return store.fulfilled(tx, merchant_id, ids)


def submissions_by(tx: Tx, ids: Collection[SubmissionId]) -> dict[SubmissionId, Submission]:
    """Submissions by id, as far as this actor may see them; nobody decides them meanwhile."""
    audits, places = tx.actor.may(Permission.AUDIT), tx.actor.places(Permission.READ)
    found = store.submissions_by(tx, ids)
    return {id: one for id, one in found.items() if audits or one.merchant_id in places}


def find_submissions(
    tx: Tx, asked: SubmissionSearch, after: SubmissionId | None = None, limit: int = 50
) -> tuple[list[Submission], int]:
    """The next submissions, the newest first, and how many; who audits sees all merchants'."""
    merchants = None if asked.merchant_id is None else {asked.merchant_id}
    if not tx.actor.may(Permission.AUDIT):
        places = {*tx.actor.places(Permission.READ)}
        merchants = places if merchants is None else merchants & places
    return store.find_submissions(tx, asked, merchants, (after, limit))
