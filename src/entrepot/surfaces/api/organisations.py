"""Organisations, who belongs to them, and how people come to their passwords without any mail."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import Field, SecretStr, StringConstraints

from entrepot.contexts import identity
from entrepot.contexts.identity import (
    GrantId,
    Invitation,
    Kind,
    Membership,
    Newcomer,
    NewPerson,
    OrganisationId,
    PersonId,
)
from entrepot.flows import erasing
from entrepot.kernel.problems import Forbidden, Unauthenticated, only
from entrepot.kernel.tx import Tx

from .calls import Call, ThisCall, demand
from .problems import refusals
from .routing import noun
from .sessions import UNKNOWN_ADDRESS, Email, SessionView, opened_of, set_cookie
from .views import (
    Asked,
    CountryCode,
    Page,
    Paging,
    Slug,
    Text,
    View,
    after_id,
    cursor_id,
    example,
    page,
)

router = noun(tag="people")

Password = Annotated[SecretStr, Field(max_length=1_000)]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[\w-]+$")]


class AskOrganisation(Asked):
    model_config = example({"kind": "merchant", "name": "Lantern Works", "country": "CN"})

    kind: Kind
    name: Text
    country: CountryCode


class OrganisationView(View):
    id: OrganisationId
    kind: Kind
    name: str
    country: str
    founded_at: datetime


class AskMember(Asked):
    """Somebody in a role: a new person by name and e-mail address, or a known one by id."""

    model_config = example({"role": "merchant-staff", "name": "Ann", "email": "ann@example.org"})

    role: Slug
    person_id: PersonId | None = None
    name: Text | None = None
    email: Email | None = None


class MemberView(View):
    """Who belongs there. `name` and `email` are empty once a person is erased."""

    person_id: PersonId
    role: str
    name: str | None
    email: str | None


class InvitationView(View):
    """A link to set a password. It is told this one time: hand it on to whom it is for."""

    person_id: PersonId
    url: str
    ends_at: datetime


class JoinedView(View):
    """A new member; `invitation` is there for a new person."""

    organisation_id: OrganisationId
    person_id: PersonId
    role: str
    invitation: InvitationView | None = None


class AskAcceptance(Asked):
    model_config = example(
        {"secret": "from-the-link-after-the-hash", "password": "correct horse battery"}
    )

    secret: Secret
    password: Password


class AskPassword(Asked):
    model_config = example({"old": "correct horse battery", "new": "battery staple correct"})

    old: Password
    new: Password


class EndedView(View):
    sessions: int


class ErasedView(View):
    person_id: PersonId
    erased_at: datetime


class AskGrant(Asked):
    """Members of `to_id` shall be able to do this within `from_id`, for so many days."""

    model_config = example(
        {
            "from_id": "144115188075855873",
            "to_id": "144115188075855874",
            "permissions": ["order:read"],
            "days": 30,
        }
    )

    from_id: OrganisationId
    to_id: OrganisationId
    permissions: Annotated[list[Text], Field(min_length=1, max_length=100)]
    days: Annotated[int, Field(ge=1, le=366)]


class GrantView(View):
    id: GrantId
    from_id: OrganisationId
    to_id: OrganisationId
    permissions: list[str]
    starts_at: datetime
    ends_at: datetime
    revoked_at: datetime | None


@router.get("/organisations")
def list_organisations(ask: Annotated[Paging, Query()], call: ThisCall) -> Page[OrganisationView]:
    """The organisations that one may see, oldest first."""
    after = after_id(ask.after, OrganisationId)
    rows = call.signed_in(lambda tx: identity.organisation_page(tx, after, ask.limit))
    return page(rows, ask.limit, OrganisationView.model_validate, lambda row: cursor_id(row.id))


@router.post("/organisations", status_code=201, responses=refusals(Forbidden))
def found_organisation(body: AskOrganisation, call: ThisCall) -> OrganisationView:
    """Found a merchant, creator, service provider or operator."""
    wish = identity.NewOrganisation(**body.model_dump())

    def found(tx: Tx) -> OrganisationId:
        demand(tx, identity.Permission.ORGANISATION_FOUND)
        return only(identity.found(tx, [wish])).id

    return call.once(OrganisationId, found, _organisation)


@router.get("/organisations/{organisation_id}", responses=refusals(identity.OrganisationNotFound))
def read_organisation(organisation_id: OrganisationId, call: ThisCall) -> OrganisationView:
    """One organisation."""
    return call.signed_in(lambda tx: _organisation(tx, organisation_id))


@router.get(
    "/organisations/{organisation_id}/members", responses=refusals(identity.OrganisationNotFound)
)
def list_members(organisation_id: OrganisationId, call: ThisCall) -> list[MemberView]:
    """Who belongs to an organisation, and in which roles."""

    def show(tx: Tx) -> list[MemberView]:
        only(identity.organisations(tx, [organisation_id]))
        members = identity.members(tx, [organisation_id])
        people = identity.people(tx, [one.person_id for one in members])
        return [
            MemberView(
                person_id=one.person_id,
                role=one.role,
                name=people[one.person_id].name,
                email=people[one.person_id].email,
            )
            for one in members
        ]

    return call.signed_in(show)


@router.post(
    "/organisations/{organisation_id}/members",
    status_code=201,
    responses=refusals(
        identity.OrganisationNotFound,
        identity.NotYours,
        identity.EmailTaken,
        identity.TooManyNewcomers,
    ),
)
def add_member(organisation_id: OrganisationId, body: AskMember, call: ThisCall) -> JoinedView:
    """Let somebody in. A new person is shown with a link, once, so no key repeats this call.

    A known person is one whom you see as a member somewhere, unless you let people in everywhere.
    """
    known = body.person_id
    if known is not None:
        one = Membership(person_id=known, organisation_id=organisation_id, role=body.role)
        return call.signed_in(lambda tx: JoinedView.model_validate(only(identity.join(tx, [one]))))
    person = NewPerson(name=body.name or "", email=body.email or "")
    newcomer = Newcomer(person=person, organisation_id=organisation_id, role=body.role)

    def let_in(tx: Tx) -> JoinedView:
        joined = only(identity.let_in(tx, [newcomer]))
        invitation = _invitation(call, only(identity.invite(tx, [joined.person_id])))
        return JoinedView.model_validate(joined).model_copy(update={"invitation": invitation})

    refusal = call.signed_in(identity.count_newcomer)
    if refusal is not None:
        raise refusal
    return call.signed_in(let_in)


@router.delete(
    "/organisations/{organisation_id}/members/{person_id}/{role}",
    responses=refusals(identity.PersonNotFound, identity.LastOwner),
)
def remove_member(
    organisation_id: OrganisationId, person_id: PersonId, role: Slug, call: ThisCall
) -> JoinedView:
    """Take a role away, or lay one's own down."""
    wish = Membership(person_id=person_id, organisation_id=organisation_id, role=role)
    return call.signed_in(lambda tx: JoinedView.model_validate(only(identity.leave(tx, [wish]))))


@router.post(
    "/people/{person_id}/invitations",
    status_code=201,
    responses=refusals(identity.PersonNotFound, identity.NotYours),
)
def invite_person(person_id: PersonId, call: ThisCall) -> InvitationView:
    """Make a link to set a password: for a newcomer, or for who has lost theirs.

    It is shown once, so no key repeats this call; an earlier link of the person is dead.
    """
    return call.signed_in(lambda tx: _invitation(call, only(identity.invite(tx, [person_id]))))


@router.post(
    "/invitations/acceptance", status_code=201, responses=refusals(identity.InvitationEnded)
)
def accept_invitation(body: AskAcceptance, response: Response, call: ThisCall) -> SessionView:
    """Set a password by a link, and be signed in. All earlier sessions of the person end."""

    def accept(tx: Tx) -> SessionView:
        secret, password = body.secret, body.password.get_secret_value()
        return opened_of(tx, identity.accept(tx, secret, password))

    opened = call.parts.work.run(lambda _: identity.GUEST, "invitations.accept", accept)
    set_cookie(response, call, opened.token, opened.ends_at)
    return opened


@router.put(
    "/me/password",
    status_code=204,
    responses=refusals(identity.WrongCredentials, identity.TooManySignIns),
)
def change_password(body: AskPassword, request: Request, call: ThisCall) -> None:
    """Change one's own password. All one's other sessions end."""
    address = request.client.host if request.client else UNKNOWN_ADDRESS
    email = call.signed_in(_my_email)
    refusal = call.run(lambda tx: identity.count_attempt(tx, email, address))
    if refusal is not None:
        raise refusal
    old, new = body.old.get_secret_value(), body.new.get_secret_value()
    call.signed_in(lambda tx: identity.change_password(tx, old, new, call.visitor.credential or ""))


@router.delete("/people/{person_id}/sessions", responses=refusals(identity.PersonNotFound))
def end_sessions(person_id: PersonId, call: ThisCall) -> EndedView:
    """End all sessions of a person: one's own, or anybody's with the permission."""
    return call.signed_in(
        lambda tx: EndedView(sessions=identity.sign_out_everywhere(tx, person_id))
    )


@router.post(
    "/people/{person_id}/erasure", status_code=201, responses=refusals(identity.PersonNotFound)
)
def erase_person(person_id: PersonId, call: ThisCall) -> ErasedView:
    """Forget a person for good: name, addresses, sign-ins, memberships. The books stay."""

    def show(tx: Tx, id: PersonId) -> ErasedView:
        erased_at = identity.people(tx, [id])[id].erased_at
        assert erased_at is not None
        return ErasedView(person_id=id, erased_at=erased_at)

    return call.once(PersonId, lambda tx: only(erasing.erase(tx, [person_id])).id, show)


@router.get("/grants")
def list_grants(ask: Annotated[Paging, Query()], call: ThisCall) -> Page[GrantView]:
    """What organisations let each other do, given or received, oldest first."""
    after = after_id(ask.after, GrantId)
    rows = call.signed_in(lambda tx: identity.grants(tx, after, ask.limit))
    return page(rows, ask.limit, GrantView.model_validate, lambda row: cursor_id(row.id))


@router.post(
    "/grants",
    status_code=201,
    responses=refusals(identity.OrganisationNotFound, identity.NotYours),
)
def give_grant(body: AskGrant, call: ThisCall) -> GrantView:
    """Let members of another organisation work in one's own, for a time."""
    wish = identity.NewGrant(
        from_id=body.from_id,
        to_id=body.to_id,
        permissions=tuple(body.permissions),
        lasts=timedelta(days=body.days),
    )
    return call.once(GrantId, lambda tx: only(identity.give_grants(tx, [wish])).id, _grant)


@router.delete("/grants/{grant_id}", responses=refusals(identity.GrantNotFound))
def revoke_grant(grant_id: GrantId, call: ThisCall) -> GrantView:
    """End a grant at once, from either side."""
    return call.signed_in(
        lambda tx: GrantView.model_validate(only(identity.revoke_grants(tx, [grant_id])))
    )


def _my_email(tx: Tx) -> str:
    person = tx.actor.in_person
    if person is None:
        raise Unauthenticated("sign in with the password that shall be changed")
    return identity.people(tx, [person])[person].email or ""


def _organisation(tx: Tx, id: OrganisationId) -> OrganisationView:
    return OrganisationView.model_validate(only(identity.organisations(tx, [id])))


def _grant(tx: Tx, id: GrantId) -> GrantView:
    return next(
        GrantView.model_validate(one) for one in identity.grants(tx, GrantId(int(id) - 1), 1)
    )


def _invitation(call: Call, made: Invitation) -> InvitationView:
    # After the hash: browsers send that to no server and servers write it into no log.
    url = f"{call.parts.settings.public_url.rstrip('/')}/invitation#{made.secret}"
    return InvitationView(person_id=made.person_id, url=url, ends_at=made.ends_at)
