"""Settings: read once at the start, handed down as values."""

import contextlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "ENTREPOT_"
# Read by tests and tools alone; the last one a sandbox prints for whoever talks to it.
FOR_TOOLS = {"ENTREPOT_TEST_DATABASE_URL", "ENTREPOT_SHARED", "ENTREPOT_BASE_URL"}
SECRET_BYTES = 32


class SettingsRefused(RuntimeError):
    """The environment says something that cannot be; the message lists what and the cure."""


class Limits(BaseModel):
    """What a process may take of the database."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pool_size: int = Field(16, ge=1, le=200)  # Equal to the thread limiter: no thread waits.
    pool_timeout_s: int = Field(5, ge=1)
    statement_timeout_ms: int = Field(5_000, ge=0)
    lock_timeout_ms: int = Field(2_000, ge=0)
    idle_in_transaction_session_timeout_ms: int = Field(10_000, ge=0)


# Exports, settlement and replays run long, and by themselves.
WORKER = Limits(
    pool_size=8,
    pool_timeout_s=30,
    statement_timeout_ms=600_000,
    lock_timeout_ms=30_000,
    idle_in_transaction_session_timeout_ms=120_000,
)


class Database(BaseModel):
    """Which server, and how much of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str | None = Field(None, repr=False)  # None: the embedded server. May hold a password.
    owner_url: str | None = Field(None, repr=False)  # The role that migrates; None: the same.
    web: Limits = Limits()
    worker: Limits = WORKER


class StripeAccount(BaseModel):
    """The account that card payments go through."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    api_key: SecretStr
    webhook_secret: SecretStr
    api_base: str = "https://api.stripe.com"  # Another address only where Stripe is played.


class PayerAccount(BaseModel):
    """The operator's own account, from which SEPA payouts go."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    iban: str
    bic: str = ""


class TranslationEngine(BaseModel):
    """What translates words in pictures: docs/guides/change-pictures.md says how it is asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(pattern="^https?://")
    key: SecretStr | None = None  # Sent as a bearer token.
    patience_s: int = Field(60, ge=1, le=240)


class PictureEngines(BaseModel):
    """What changes pictures."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    white_background: Literal["pillow", "none"] = "pillow"
    translation: TranslationEngine | None = None  # None: words in pictures are not translated.


class Settings(BaseSettings):
    """`ENTREPOT_DATABASE__URL=…` sets `database.url`; an unknown name stops the start."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", frozen=True, extra="forbid"
    )

    home: Path = Path("var")  # Data of the embedded server, secrets, media, reports.
    database: Database = Database()
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65_535)
    public_url: str = "http://localhost:8000"
    signing_secret: SecretStr | None = Field(None, min_length=SECRET_BYTES)
    # Whether business time may be moved and providers are played; None: with the embedded server.
    sandbox: bool | None = None
    rules_overlay: Path | None = None  # An operator's own rule files.
    stripe: StripeAccount | None = None  # None: no cards.
    payer: PayerAccount | None = None  # None: no SEPA files.
    pictures: PictureEngines = PictureEngines()
    # Calls of the Partner API a second, for one app and shop, in each process; 0: as many as come.
    partner_rate: int = Field(50, ge=0)
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$")


def read(**given: Any) -> Settings:
    """The settings in force; what the command line says goes before the environment."""
    _refuse_unknown(os.environ)
    try:
        settings = Settings(**given)
    except ValidationError as error:
        raise SettingsRefused(_told(error)) from error
    if settings.sandbox is None:
        settings = settings.model_copy(update={"sandbox": settings.database.url is None})
    if settings.signing_secret is not None:
        return settings
    if settings.database.url is not None:
        raise SettingsRefused(
            "ENTREPOT_SIGNING_SECRET is missing. With a database server of your own every process "
            "must sign with the same secret: set it to 32 random characters or more"
        )
    return settings.model_copy(update={"signing_secret": _kept_secret(settings.home)})


def _kept_secret(home: Path) -> SecretStr:
    """The secret of an installation on one machine: made once, readable by its owner alone."""
    file, fresh = home / "signing_secret", home / f"signing_secret.{os.getpid()}"
    try:
        home.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_urlsafe(SECRET_BYTES), encoding="ascii")
            with contextlib.suppress(FileExistsError):
                os.link(fresh, file)  # If another process was faster, its secret counts.
            fresh.unlink()
        return SecretStr(file.read_text(encoding="ascii").strip())
    except OSError as error:
        raise SettingsRefused(
            f"the signing secret in {file} cannot be kept: {error.strerror}. Set ENTREPOT_HOME to "
            "a folder that can be written, or run as the owner of this one"
        ) from error


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | FOR_TOOLS
    unknown = sorted(
        name
        for name in environment
        if name.startswith(PREFIX) and name not in known and name.split("__", 1)[0] not in known
    )
    if unknown:
        raise SettingsRefused(
            f"unknown settings in the environment: {', '.join(unknown)}. Known are "
            f"{', '.join(sorted(known - FOR_TOOLS))} (with __ for what is inside)"
        )


def _told(error: ValidationError) -> str:
    lines = [
        f"{PREFIX}{'__'.join(map(str, problem['loc'])).upper()}: {problem['msg']}"
        for problem in error.errors(include_url=False, include_input=False)
    ]
    return "settings refused:\n" + "\n".join(lines)
