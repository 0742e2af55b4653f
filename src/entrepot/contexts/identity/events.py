"""What is told of identity: ids, never names."""

from dataclasses import dataclass

from entrepot.kernel.access import OrganisationId, PersonId
from entrepot.kernel.events import Event

from .model import GrantId


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationFounded(Event):
    name = "identity.organisation_founded"

    organisation_id: OrganisationId
    kind: str
    country: str

    @property
    def subject(self) -> OrganisationId:
        return self.organisation_id


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonErased(Event):
    name = "identity.person_erased"

    person_id: PersonId

    @property
    def subject(self) -> PersonId:
        return self.person_id


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantGiven(Event):
    name = "identity.grant_given"

    grant_id: GrantId
    from_id: OrganisationId
    to_id: OrganisationId
    permissions: tuple[str, ...]

    @property
    def subject(self) -> GrantId:
        return self.grant_id


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRevoked(Event):
    name = "identity.grant_revoked"

    grant_id: GrantId
    from_id: OrganisationId
    to_id: OrganisationId

    @property
    def subject(self) -> GrantId:
        return self.grant_id
