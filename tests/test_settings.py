"""What stops the start, what is made up and what is kept."""

import stat
from pathlib import Path

import pytest
from pydantic import ValidationError

from entrepot import settings
from entrepot.settings import SettingsRefused

SECRET = "s" * 32


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("ENTREPOT_TEST_DATABASE_URL", raising=False)
    monkeypatch.setenv("ENTREPOT_HOME", str(tmp_path / "home"))


def test_a_name_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENTREPOT_DATABASE__URL", "postgresql://app@db/shop")
    monkeypatch.setenv("ENTREPOT_DATABASE__WEB__POOL_SIZE", "7")
    monkeypatch.setenv("ENTREPOT_SIGNING_SECRET", SECRET)
    read = settings.read()

    assert read.database.url == "postgresql://app@db/shop"
    assert read.database.web.pool_size == 7
    assert read.database.web.statement_timeout_ms == 5_000
    assert read.database.worker == settings.WORKER
    assert read.sandbox is False


def test_an_unknown_name_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENTREPOT_DATABSE__URL", "postgresql://app@db/shop")
    with pytest.raises(SettingsRefused, match=r"ENTREPOT_DATABSE__URL.*ENTREPOT_DATABASE"):
        settings.read()


def test_an_unknown_name_inside_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENTREPOT_DATABASE__ULR", "postgresql://app@db/shop")
    with pytest.raises(SettingsRefused, match="ENTREPOT_DATABASE__ULR"):
        settings.read()


def test_a_wrong_value_is_named_but_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENTREPOT_SIGNING_SECRET", "too short")
    with pytest.raises(SettingsRefused, match="ENTREPOT_SIGNING_SECRET") as refused:
        settings.read()
    assert "too short" not in str(refused.value).replace("is too short", "")


def test_a_server_of_ones_own_needs_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENTREPOT_DATABASE__URL", "postgresql://app@db/shop")
    with pytest.raises(SettingsRefused, match="ENTREPOT_SIGNING_SECRET is missing"):
        settings.read()


def test_a_secret_is_made_once_and_kept_private(tmp_path: Path) -> None:
    first, second = settings.read().signing_secret, settings.read().signing_secret
    file = tmp_path / "home" / "signing_secret"

    assert first is not None
    assert first == second
    assert len(first.get_secret_value()) >= 32
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert first.get_secret_value() not in repr(settings.read())


def test_settings_do_not_change() -> None:
    read = settings.read()
    assert read.sandbox is True
    with pytest.raises(ValidationError):
        read.port = 1  # type: ignore[misc]
