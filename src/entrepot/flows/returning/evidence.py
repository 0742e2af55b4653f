"""What sides show in a case: files of their own, and no others."""

from collections.abc import Callable, Collection, Sequence
from typing import Protocol, TypeVar

from entrepot.contexts import aftersales, files, orders
from entrepot.contexts.aftersales import Case, CaseId, Evidence, Role
from entrepot.contexts.files import File, FileId, NewFile, Purpose, Storage
from entrepot.contexts.orders import OrderId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.problems import BadInput, Forbidden, Problem, TooMany, only
from entrepot.kernel.tx import Tx

from .sides import buyer_of, is_on_that_side

MOST_FILES = 30  # Of one order's buyer.


class Showing(Protocol):
    """A wish that shows files."""

    @property
    def case_id(self) -> CaseId: ...
    @property
    def role(self) -> Role: ...
    @property
    def files(self) -> tuple[int, ...]: ...


WishT = TypeVar("WishT", bound=Showing)
OutcomeT = TypeVar("OutcomeT")


def hand_in(tx: Tx, storage: Storage, order_id: OrderId, name: str, data: bytes) -> File:
    """Keep a picture or a video of the buyer's, to be shown in a case of the order.

    It is kept in the merchant's name, whose dispute it is; who may see the case is given links.
    """
    order = only(orders.by_ids(tx, [order_id]))
    buyer = buyer_of(tx, order)
    if not is_on_that_side(tx, Role.BUYER, order, buyer):
        raise Forbidden("you do not act as buyer here")
    if len(aftersales.evidence_of(tx, order.id)) >= MOST_FILES:
        raise TooMany(f"order {order.id} has {MOST_FILES} files already")
    wish = NewFile(
        owner_id=order.merchant_id, purpose=Purpose.RETURN_EVIDENCE, name=name, data=data
    )
    file = only(files.keep(tx, storage, [wish]))
    aftersales.keep_evidence(tx, order.id, int(file.id), buyer)
    return file


def add_evidence(tx: Tx, wishes: Sequence[Evidence]) -> list[Case | Problem]:
    """Say and show more while a case is open."""
    return sifted(tx, wishes, lambda good: aftersales.add_evidence(tx, good))


def sifted(
    tx: Tx, wishes: Sequence[WishT], do: Callable[[Sequence[WishT]], Sequence[OutcomeT | Problem]]
) -> list[OutcomeT | Problem]:
    """Do what shows only its side's own files; what shows others is refused, and harms nothing."""
    showing = [wish for wish in wishes if wish.files]
    found = aftersales.cases(tx, [wish.case_id for wish in showing])
    refused = {
        wish.case_id: foreign
        for wish, case in zip(showing, found, strict=True)
        if isinstance(case, Case)  # One that cannot be seen is refused by itself.
        for foreign in [foreign_files(tx, wish.role, (case.order_id, case.merchant_id), wish.files)]
        if foreign is not None
    }
    done = iter(do([wish for wish in wishes if wish.case_id not in refused]))
    return [refused.get(wish.case_id) or next(done) for wish in wishes]


def foreign_files(
    tx: Tx, role: Role, of: tuple[OrderId, OrganisationId], ids: Collection[int]
) -> BadInput | None:
    """Why a side cannot show these files in a case of an order and its merchant, if it cannot."""
    order_id, merchant_id = of
    if role is Role.BUYER:
        own = {*aftersales.evidence_of(tx, order_id)} if ids else set()
    else:
        seen = files.by_ids(tx, [FileId(id) for id in ids]).values()
        own = {int(file.id) for file in seen if _shows(role, file, merchant_id)}
    unknown = sorted({int(id) for id in ids} - own)
    return BadInput("files", f"files of your own; not {unknown}") if unknown else None


def _shows(role: Role, file: File, merchant_id: OrganisationId) -> bool:
    return role is Role.OPERATOR or file.owner_id == merchant_id
