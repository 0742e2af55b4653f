"""Who may do what, and which rows that opens."""

from enum import StrEnum

from sqlalchemy import column, select, table, text

from entrepot.kernel.access import Actor, Grant, OrganisationId, platform
from entrepot.kernel.ids import IdType
from entrepot.kernel.tx import Tx

HERE, THERE = OrganisationId(1), OrganisationId(2)
ROWS = table("mine", column("n"), column("owner", IdType(OrganisationId)))


class May(StrEnum):
    READ = "thing:read"
    WRITE = "thing:write"


def opened(tx: Tx, actor: Actor, permission: May) -> list[int]:
    query = select(ROWS.c.n).where(actor.reach(permission, ROWS.c.owner)).order_by(ROWS.c.n)
    return [*tx.sql.scalars(query)]


def test_a_grant_opens_its_place_and_no_other(tx: Tx) -> None:
    tx.sql.execute(text("create temp table mine (n int, owner bigint) on commit drop"))
    tx.sql.execute(text("insert into mine values (1, 1), (2, 2), (3, 1), (4, null)"))
    clerk = Actor("person:1", frozenset({Grant(May.READ, HERE)}))
    auditor = Actor("person:2", frozenset({Grant(May.READ)}))
    broker = Actor("person:3", frozenset({Grant(May.READ, THERE), Grant(May.READ, HERE)}))

    assert clerk.may(May.READ, HERE)
    assert not clerk.may(May.READ, THERE)
    assert not clerk.may(May.READ)
    assert not clerk.may(May.WRITE, HERE)
    assert auditor.may(May.READ, THERE) and auditor.may(May.READ)
    assert broker.places(May.READ) == [HERE, THERE]
    assert opened(tx, clerk, May.READ) == [1, 3]
    assert opened(tx, broker, May.READ) == [1, 2, 3]
    assert opened(tx, auditor, May.READ) == [1, 2, 3, 4]
    assert opened(tx, clerk, May.WRITE) == []
    assert opened(tx, Actor("guest"), May.READ) == []
    assert opened(tx, platform("sweep"), May.WRITE) == [1, 2, 3, 4]


def test_the_platform_has_a_name() -> None:
    assert platform("orders.expire").name == "job:orders.expire"
