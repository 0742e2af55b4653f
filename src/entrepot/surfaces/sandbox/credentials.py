"""What a developer pastes into the own tool."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from entrepot.contexts import integrations
from entrepot.contexts.integrations import AppId, Tokens
from entrepot.kernel import clock
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.problems import only
from entrepot.kernel.tx import Tx
from entrepot.surfaces.partner_api.keys import APP_SECRETS, CIPHERS
from entrepot.surfaces.parts import Parts
from entrepot.views import partners

from .staging import Stage, let_in

FILE, BEGINNING = "sandbox.json", "sandbox.beginning.json"


@dataclass(frozen=True, slots=True)
class Credentials:
    """An app, a seller's tokens, and the shop that they open."""

    app_id: int
    merchant_id: int
    shop_id: int
    app_key: str
    app_secret: str
    cipher: str
    access_token: str
    refresh_token: str
    base_url: str = ""  # Where the server listens, or did last.

    def lines(self) -> Iterator[str]:
        """As a shell and an `.env` file take them."""
        told = {
            "ENTREPOT_BASE_URL": self.base_url,
            "TTS_APP_KEY": self.app_key,
            "TTS_APP_SECRET": self.app_secret,
            "TTS_ACCESS_TOKEN": self.access_token,
            "TTS_REFRESH_TOKEN": self.refresh_token,
            "TTS_SHOP_CIPHER": self.cipher,
        }
        return (f"{name}={value}" for name, value in told.items())


def issue(parts: Parts, stage: Stage) -> Credentials:
    """Let the app into the merchant's shops for the first time."""
    who = parts.platform("sandbox")
    app = parts.work.run(
        who, "sandbox.app", lambda tx: only(integrations.apps_by_ids(tx, [stage.app_id]))
    )
    cipher = integrations.cipher_of(parts.keys.of(CIPHERS), app.id, stage.shop.id)
    return _with(
        Credentials(
            app_id=int(app.id),
            merchant_id=int(stage.merchant_id),
            shop_id=int(stage.shop.id),
            app_key=app.key,
            app_secret=integrations.app_secret(parts.keys.of(APP_SECRETS), app.id, app.generation),
            cipher=cipher,
            access_token="",
            refresh_token="",
        ),
        _let_in(parts, app.id, stage.merchant_id),
    )


def renewed(parts: Parts, told: Credentials) -> Credentials:
    """The same while their token is good; else with new tokens."""

    def good(tx: Tx) -> bool:
        _, caller = partners.caller(tx.sql, told.app_key, told.access_token, None)
        return caller is not None and not caller.revoked and caller.access_ends_at > clock.real()

    who = parts.platform("sandbox")
    if parts.work.run(who, "sandbox.token", good):
        return told
    return _with(told, _let_in(parts, AppId(told.app_id), OrganisationId(told.merchant_id)))


def keep(home: Path, told: Credentials, name: str = FILE) -> None:
    """Remember them; they are secrets, so the file is its owner's alone."""
    fresh = home / f"{name}.{os.getpid()}"
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(asdict(told), indent=2) + "\n", encoding="utf-8")
    fresh.replace(home / name)


def kept(home: Path, name: str = FILE) -> Credentials | None:
    """Those of a home that was set up."""
    file = home / name
    if not file.exists():
        return None
    return Credentials(**json.loads(file.read_text(encoding="utf-8")))


def _let_in(parts: Parts, app: AppId, merchant: OrganisationId) -> Tokens:
    who = parts.platform("sandbox")
    return parts.work.run(who, "sandbox.let_in", lambda tx: let_in(tx, app, merchant))


def _with(told: Credentials, tokens: Tokens) -> Credentials:
    return replace(told, access_token=tokens.access, refresh_token=tokens.refresh)
