"""What has happened between apps and those who let them in."""

from dataclasses import dataclass
from datetime import datetime

from entrepot.kernel.access import OrganisationId
from entrepot.kernel.events import Event

from .model import AppId, AppKind, AuthorisationId


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorisationFact(Event):
    authorisation_id: AuthorisationId
    app_id: AppId
    organisation_id: OrganisationId
    kind: AppKind

    @property
    def subject(self) -> AuthorisationId:
        return self.authorisation_id


@dataclass(frozen=True, slots=True, kw_only=True)
class AppAuthorised(AuthorisationFact):
    """An organisation let an app in, or did so again; `ends_at` is real time."""

    name = "integrations.app_authorised"

    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorisationRevoked(AuthorisationFact):
    """The app is out at once; `revoked_at` is real time."""

    name = "integrations.authorisation_revoked"

    revoked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorisationExpiring(AuthorisationFact):
    """Told once a day in the last thirty days; `ends_at` is real time."""

    name = "integrations.authorisation_expiring"

    ends_at: datetime
