"""Apps, authorisations, tokens and what is told of them."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from entrepot.contexts import identity, integrations
from entrepot.contexts.identity import Kind
from entrepot.contexts.integrations import (
    App,
    AppKind,
    AppNotFound,
    AppRevoked,
    AppState,
    AuthorisationExpiring,
    AuthorisationNotFound,
    AuthorisationRevoked,
    CodeRefused,
    Grant,
    NewApp,
    NothingGranted,
    RefreshRefused,
    Tokens,
)
from entrepot.kernel import clock
from entrepot.kernel.access import Actor, OrganisationId
from entrepot.kernel.access import Grant as Allowed
from entrepot.kernel.problems import BadInput, Forbidden, Problem, each, only
from entrepot.kernel.tx import Tx
from tests import filling

SCOPES = ("seller.order.info", "seller.product.basic")
FACTS = text("select name, payload from events.fresh where name like 'integrations.%' order by 1")
STORED = text("select access, refresh from integrations.authorisations")


def wish(**changed: object) -> NewApp:
    given = NewApp(
        name="An ERP",
        redirect_url="https://erp.example.com/callback",
        kinds=(AppKind.SELLER,),
        scopes=SCOPES,
    )
    return replace(given, **changed)  # type: ignore[arg-type]


@pytest.fixture
def app(tx: Tx) -> App:
    return only(integrations.register(tx, [wish()]))


@pytest.fixture
def merchant(tx: Tx) -> OrganisationId:
    return filling.organisation(tx, Kind.MERCHANT)


def grant(app: App, merchant: OrganisationId, *scopes: str) -> Grant:
    return Grant(
        app_id=app.id,
        organisation_id=merchant,
        kind=AppKind.SELLER,
        scopes=scopes or SCOPES,
    )


def owner_of(tx: Tx, merchant: OrganisationId) -> Tx:
    """The same work, as somebody who may decide for the merchant and for nobody else."""
    person = identity.NewPerson(name="Owner", email=f"owner-{merchant}@example.org")
    rights = {
        Allowed(one, merchant)
        for one in (
            integrations.Permission.AUTHORISATION_EDIT,
            integrations.Permission.AUTHORISATION_READ,
        )
    }
    actor = Actor("person:1", frozenset(rights), only(identity.enrol(tx, [person])).id)
    return replace(tx, actor=actor)


@pytest.fixture
def real_time(monkeypatch: pytest.MonkeyPatch) -> "Hands":
    """Real time that a test moves."""
    hands = Hands(clock.real())
    monkeypatch.setattr(clock, "real", lambda: hands.at)
    return hands


class Hands:
    """The hands of a clock."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def move(self, **by: int) -> None:
        self.at += timedelta(**by)


def test_an_app_is_registered(app: App) -> None:
    assert len(app.key) == 13
    assert (app.state, app.generation, app.scopes) == (AppState.ACTIVE, 1, SCOPES)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"redirect_url": "javascript:alert(1)"},
        {"kinds": ()},
        {"scopes": ()},
    ],
)
def test_apps_that_are_refused(tx: Tx, wrong: dict[str, object]) -> None:
    [outcome] = integrations.register(tx, [wish(**wrong)])

    assert isinstance(outcome, BadInput)


def test_only_operators_register_apps(tx: Tx, merchant: OrganisationId) -> None:
    with pytest.raises(Forbidden):
        integrations.register(owner_of(tx, merchant), [wish()])


def test_a_secret_is_of_one_app_and_one_generation(tx: Tx, app: App) -> None:
    key, other = b"k" * 32, only(integrations.register(tx, [wish()]))
    first = integrations.app_secret(key, app.id, 1)

    assert first == integrations.app_secret(key, app.id, 1)
    assert (
        len(
            {
                first,
                integrations.app_secret(key, app.id, 2),
                integrations.app_secret(key, other.id, 1),
                integrations.app_secret(b"x" * 32, app.id, 1),
            }
        )
        == 4
    )
    assert [one.generation for one in each(integrations.rotate(tx, [app.id]))] == [2]


def test_tokens_are_stored_as_hashes(tx: Tx, app: App, merchant: OrganisationId) -> None:
    tokens = integrations.authorise(tx, grant(app, merchant))

    [row] = tx.sql.execute(STORED).all()
    assert row.access == integrations.digest(tokens.access)
    assert row.refresh == integrations.digest(tokens.refresh)
    assert tokens.access not in repr(tokens) and tokens.refresh not in repr(tokens)


def test_no_more_is_granted_than_was_asked_for(tx: Tx, app: App, merchant: OrganisationId) -> None:
    wide = integrations.authorise(tx, grant(app, merchant, "seller.finance.info", SCOPES[0]))

    assert wide.authorisation.scopes == (SCOPES[0],)
    with pytest.raises(NothingGranted):
        integrations.authorise(tx, grant(app, merchant, "seller.finance.info"))


def test_a_kind_that_does_not_fit(tx: Tx, app: App) -> None:
    creator = filling.organisation(tx, Kind.CREATOR)

    with pytest.raises(BadInput):
        integrations.authorise(tx, grant(app, creator))
    with pytest.raises(AppNotFound):
        integrations.authorise(tx, replace(grant(app, creator), kind=AppKind.CREATOR))


def test_nobody_decides_for_others(tx: Tx, app: App, merchant: OrganisationId) -> None:
    stranger = owner_of(tx, filling.organisation(tx, Kind.MERCHANT))

    with pytest.raises(Forbidden):
        integrations.consent(stranger, grant(app, merchant))


def test_a_code_works_once_and_for_half_an_hour(
    tx: Tx, app: App, merchant: OrganisationId, real_time: Hands
) -> None:
    owner = owner_of(tx, merchant)
    late = integrations.consent(owner, grant(app, merchant))
    real_time.move(minutes=31)
    with pytest.raises(CodeRefused):
        integrations.redeem(tx, app.id, late)

    code = integrations.consent(owner, grant(app, merchant))
    tokens = integrations.redeem(tx, app.id, code)
    assert tokens.authorisation.granted_by == owner.actor.person
    with pytest.raises(CodeRefused):
        integrations.redeem(tx, app.id, code)


def test_letting_in_again_takes_the_place_of_before(
    tx: Tx, app: App, merchant: OrganisationId
) -> None:
    first = integrations.authorise(tx, grant(app, merchant))
    second = integrations.authorise(tx, grant(app, merchant, SCOPES[1]))

    assert second.authorisation.id == first.authorisation.id
    assert second.authorisation.scopes == (SCOPES[1],)
    with pytest.raises(RefreshRefused):
        integrations.refresh(tx, app.id, first.refresh)


def test_refreshing_keeps_the_end(
    tx: Tx, app: App, merchant: OrganisationId, real_time: Hands
) -> None:
    first = integrations.authorise(tx, grant(app, merchant))
    real_time.move(days=300)
    second = integrations.refresh(tx, app.id, first.refresh)

    assert second.authorisation.ends_at == first.authorisation.ends_at
    assert second.authorisation.access_ends_at == real_time.at + integrations.ACCESS_LASTS
    real_time.move(days=66)
    with pytest.raises(RefreshRefused):
        integrations.refresh(tx, app.id, second.refresh)


def test_shutting_out_is_told(tx: Tx, app: App, merchant: OrganisationId) -> None:
    tokens = integrations.authorise(tx, grant(app, merchant))
    stranger = owner_of(tx, filling.organisation(tx, Kind.MERCHANT))
    id = tokens.authorisation.id

    [hidden] = integrations.revoke(stranger, [id])
    assert isinstance(hidden, AuthorisationNotFound)
    [ended] = each(integrations.revoke(owner_of(tx, merchant), [id]))
    assert ended.revoked_at is not None
    again = each(integrations.revoke(owner_of_same(tx, merchant), [id]))
    assert again == [ended]
    assert [row.name for row in tx.sql.execute(FACTS)] == [
        "integrations.app_authorised",
        AuthorisationRevoked.name,
    ]
    with pytest.raises(RefreshRefused):
        integrations.refresh(tx, app.id, tokens.refresh)


def owner_of_same(tx: Tx, merchant: OrganisationId) -> Tx:
    rights = frozenset(Allowed(one, merchant) for one in integrations.Permission)
    return replace(tx, actor=Actor("person:2", rights))


def test_a_revoked_app_takes_its_authorisations_along(
    tx: Tx, app: App, merchant: OrganisationId
) -> None:
    tokens = integrations.authorise(tx, grant(app, merchant))
    [gone] = each(integrations.revoke_apps(tx, [app.id]))

    assert gone.state is AppState.REVOKED
    [ended] = each(integrations.by_ids(tx, [tokens.authorisation.id]))
    assert ended.revoked_at is not None
    with pytest.raises(AppRevoked):
        integrations.authorise(tx, grant(app, merchant))
    [again] = integrations.rotate(tx, [app.id])
    assert isinstance(again, Problem)


def test_the_end_is_told_once_a_day_in_the_last_thirty_days(
    tx: Tx, app: App, merchant: OrganisationId, real_time: Hands
) -> None:
    tokens = integrations.authorise(tx, grant(app, merchant))
    told = []
    for _ in range(364 * 2 + 4):
        told.append(integrations.warn(tx))
        real_time.move(hours=12)

    assert sum(told) == 30 or sum(told) == 31, "31 days of the calendar, if it begins at noon"
    assert sum(told[: 334 * 2]) == 0
    facts = [row for row in tx.sql.execute(FACTS) if row.name == AuthorisationExpiring.name]
    assert len(facts) == sum(told)
    assert datetime.fromisoformat(facts[0].payload["ends_at"]) == tokens.authorisation.ends_at


def test_letting_in_again_ends_the_warnings(
    tx: Tx, app: App, merchant: OrganisationId, real_time: Hands
) -> None:
    integrations.authorise(tx, grant(app, merchant))
    real_time.move(days=350)
    assert integrations.warn(tx) == 1
    integrations.authorise(tx, grant(app, merchant))
    real_time.move(days=1)
    assert integrations.warn(tx) == 0


def test_each_sees_the_own(tx: Tx, app: App, merchant: OrganisationId) -> None:
    other = filling.organisation(tx, Kind.MERCHANT)
    mine, theirs = (integrations.authorise(tx, grant(app, one)) for one in (merchant, other))

    found = integrations.page(owner_of(tx, merchant))
    assert [one.id for one in found] == [mine.authorisation.id]
    [hidden] = integrations.by_ids(owner_of_same(tx, merchant), [theirs.authorisation.id])
    assert isinstance(hidden, AuthorisationNotFound)


def test_unused_codes_are_forgotten(
    tx: Tx, app: App, merchant: OrganisationId, real_time: Hands
) -> None:
    integrations.consent(owner_of(tx, merchant), grant(app, merchant))
    assert integrations.forget(tx) == 0
    real_time.move(days=2)
    assert integrations.forget(tx) == 1


def test_tokens_say_what_they_are(tx: Tx, app: App, merchant: OrganisationId) -> None:
    tokens: Tokens = integrations.authorise(tx, grant(app, merchant))

    assert tokens.access.startswith("EAT_") and tokens.refresh.startswith("ERT_")
