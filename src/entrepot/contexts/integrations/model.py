"""What integrations are about."""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from entrepot.contexts.merchants import ShopId
from entrepot.kernel.access import OrganisationId, PersonId
from entrepot.kernel.ids import Id

ACCESS_LASTS = timedelta(days=7)
AUTHORISATION_LASTS = timedelta(days=365)
CODE_LASTS = timedelta(minutes=30)
WARNED_BEFORE = timedelta(days=30)  # From then on once a day, until it is renewed.
MOST_SCOPES = 100
LONGEST_ADDRESS = 255

KEY_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
KEY_LENGTH = 13
ACCESS_MARK, REFRESH_MARK, CODE_MARK = "EAT_", "ERT_", "EAC_"  # What a leaked string is.
CIPHER_MARK, CIPHER_PROOF = "ECS_", 12
CIPHER = re.compile(rf"{CIPHER_MARK}[A-Za-z0-9_-]{{27}}", re.ASCII)


class AppId(Id):
    __slots__ = ()


class AuthorisationId(Id):
    __slots__ = ()


class AppState(StrEnum):
    ACTIVE = "active"
    REVOKED = "revoked"


class AppKind(StrEnum):
    """On whose behalf an app can act."""

    SELLER = "seller"
    CREATOR = "creator"
    PARTNER = "partner"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewApp:
    name: str
    redirect_url: str
    kinds: tuple[AppKind, ...]
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    id: AppId
    key: str
    name: str
    redirect_url: str
    kinds: tuple[AppKind, ...]
    scopes: tuple[str, ...]
    state: AppState
    generation: int  # Of the secret.
    registered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What an organisation agrees to: this app, these scopes."""

    app_id: AppId
    organisation_id: OrganisationId
    kind: AppKind
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorisation:
    """What an organisation lets an app do, and until when. All times are real time."""

    id: AuthorisationId
    app_id: AppId
    organisation_id: OrganisationId
    kind: AppKind
    scopes: tuple[str, ...]
    access_ends_at: datetime
    ends_at: datetime
    generation: int
    granted_by: PersonId | None
    granted_at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """New tokens of an authorisation; told this one time and stored nowhere."""

    authorisation: Authorisation
    access: str = field(repr=False)
    refresh: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where the facts of one kind that concern a shop are sent, for one app."""

    app_id: AppId
    shop_id: ShopId
    event: str
    address: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEndpoint:
    app_id: AppId
    shop_id: ShopId
    event: str
    address: str


def new_key() -> str:
    """An app's public name in requests."""
    return "".join(secrets.choice(KEY_LETTERS) for _ in range(KEY_LENGTH))


def new_secret(mark: str) -> str:
    """256 random bits as text, with a mark that tells what it is."""
    return mark + secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """What is stored of a secret. It is random, so a fast hash is as good as a slow one."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def app_secret(key: bytes, app_id: AppId, generation: int) -> str:
    """The secret with which an app signs. It is derived, so that nobody can steal a table of them.

    `key` is the installation's own; another generation gives a secret that has nothing in common.
    """
    said = f"{int(app_id)}.{generation}".encode()
    return hmac.digest(key, said, hashlib.sha256).hex()[:40]


def cipher_of(key: bytes, app_id: AppId, shop_id: ShopId) -> str:
    """The name under which one app knows a shop; no other app can use it."""
    said = int(shop_id).to_bytes(8, "big")
    return CIPHER_MARK + _text(said + _proof(key, app_id, said))


def claimed_shop(cipher: str) -> ShopId | None:
    """Which shop a cipher says that it names. Whether we made it, `is_cipher` tells."""
    if not CIPHER.fullmatch(cipher):
        return None
    number = int.from_bytes(_data(cipher)[:8], "big")
    return ShopId(number) if 0 < number < 2**63 else None


def is_cipher(key: bytes, app_id: AppId, cipher: str) -> bool:
    """Whether we made this cipher, and for this app."""
    if not CIPHER.fullmatch(cipher):
        return False
    data = _data(cipher)
    return hmac.compare_digest(data[8:], _proof(key, app_id, data[:8]))


def common(asked: Collection[str], allowed: Collection[str]) -> tuple[str, ...]:
    """The scopes that both name, in order."""
    return tuple(sorted({*asked} & {*allowed}))


def _proof(key: bytes, app_id: AppId, said: bytes) -> bytes:
    return hmac.digest(key, int(app_id).to_bytes(8, "big") + said, hashlib.sha256)[:CIPHER_PROOF]


def _data(cipher: str) -> bytes:
    return base64.urlsafe_b64decode(cipher.removeprefix(CIPHER_MARK) + "=")


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
