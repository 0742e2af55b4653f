"""What identity is about."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import JsonValue

from entrepot.kernel.access import OrganisationId, PersonId
from entrepot.kernel.ids import Id

IDLE = timedelta(hours=12)
SESSION_LASTS = timedelta(days=14)
TOKEN_LASTS_AT_MOST = timedelta(days=366)
GRANT_LASTS_AT_MOST = timedelta(days=366)
INVITATION_LASTS = timedelta(days=7)
SEEN_EVERY = timedelta(minutes=1)  # How exactly the last use of a session is known.

ATTEMPT_WINDOW = timedelta(minutes=15)
ATTEMPTS_PER_ACCOUNT = 10
ATTEMPTS_PER_ADDRESS = 50
NEWCOMERS_PER_PERSON = 60  # In the same window: whether an address is taken is not for sweeping.

TOKEN_MARK = "ent_"  # noqa: S105 - lets people and scanners see what a leaked string is.


class SessionId(Id):
    __slots__ = ()


class TokenId(Id):
    __slots__ = ()


class GrantId(Id):
    __slots__ = ()


class InvitationId(Id):
    __slots__ = ()


class AuditId(Id):
    __slots__ = ()


class Kind(StrEnum):
    """What an organisation is to the marketplace."""

    MERCHANT = "merchant"
    CREATOR = "creator"
    PROVIDER = "provider"
    OPERATOR = "operator"  # Its members' roles hold on the whole platform.


class Outcome(StrEnum):
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrganisation:
    kind: Kind
    name: str
    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    id: OrganisationId
    kind: Kind
    name: str
    country: str
    founded_at: datetime

    @property
    def reach(self) -> OrganisationId | None:
        """Where roles in it hold: in itself or, in an operator, on the whole platform."""
        return None if self.kind is Kind.OPERATOR else self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    name: str
    email: str
    password: str | None = field(default=None, repr=False)  # None: cannot sign in yet.
    phone: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A human being. All but the id is empty once erased."""

    id: PersonId
    name: str | None
    email: str | None
    phone: str | None
    address: str | None
    erased_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    person_id: PersonId
    organisation_id: OrganisationId
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """A new person, and the organisation and role in which they come in."""

    person: NewPerson
    organisation_id: OrganisationId
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    email: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedSession:
    """A session with its secret, which is told this one time and stored nowhere."""

    id: SessionId
    person_id: PersonId
    ends_at: datetime  # Real time.
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A link to set a password, with its secret, which is told this one time."""

    id: InvitationId
    person_id: PersonId
    ends_at: datetime  # Real time.
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    organisation_id: OrganisationId
    name: str
    scopes: tuple[str, ...]
    lasts: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """An API token as its owners see it ever after: by its prefix."""

    id: TokenId
    organisation_id: OrganisationId
    person_id: PersonId
    name: str
    prefix: str
    scopes: tuple[str, ...]
    ends_at: datetime  # Real time.
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedToken:
    """A new token with its secret, which is told this one time and stored nowhere."""

    token: Token
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGrant:
    """Members of `to_id` shall be able to do this within `from_id`, for a time."""

    from_id: OrganisationId
    to_id: OrganisationId
    permissions: tuple[str, ...]
    lasts: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegatedGrant:
    id: GrantId
    from_id: OrganisationId
    to_id: OrganisationId
    permissions: tuple[str, ...]
    starts_at: datetime  # Real time, as is the end.
    ends_at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One line for the audit trail: ids and words, never personal data."""

    action: str
    organisation_id: OrganisationId | None = None
    subject: int | None = None
    outcome: Outcome = Outcome.DONE
    detail: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    id: AuditId
    at: datetime
    happened_at: datetime  # Real time.
    actor: str
    mark: Mark


def new_secret() -> str:
    """256 random bits as text."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """What is stored of a secret. It is random, so a fast hash is as good as a slow one."""
    return hashlib.sha256(secret.encode()).digest()


def prefix_of(secret: str) -> str:
    """The part of a token that is shown: 48 of its 256 bits."""
    return secret[: len(TOKEN_MARK) + 8]


def newcomer_key(answerable: str) -> bytes:
    """The counter of people whom one lets in."""
    return digest(f"newcomers {answerable}")


def attempt_keys(email: str, address: str) -> list[tuple[bytes, int]]:
    """The two counters that a sign-in falls under, each with what it allows."""
    return [
        (digest(f"account {email.strip().lower()}"), ATTEMPTS_PER_ACCOUNT),
        (digest(f"address {address}"), ATTEMPTS_PER_ADDRESS),
    ]
