"""`entrepot webhooks`: the log by app, state, event and time, dead letters, and endpoints."""

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from tests import filling
from tests.conftest import Installation
from tests.listening import EVENT, Ears, ears
from tests.surfaces.installing import CommandLine

pytestmark = pytest.mark.slow  # Each command is a process that starts from nothing.

HOOKS = "https://erp.example.com/hooks"


@pytest.fixture
def entrepot(installation: Installation, tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path / "home", installation.url, installation.owner_url)


def states(listener: Ears) -> list[str]:
    return [one.state.value for one in listener.log()]


def test_the_log_its_dead_letters_and_their_replay(
    entrepot: CommandLine, installation: Installation
) -> None:
    mine = ears(installation.work, filling.shop(installation.work).shop)
    theirs = ears(installation.work, filling.shop(installation.work).shop)
    mine.told(HOOKS, "a", "b")
    theirs.told(HOOKS, "c")
    first, second = mine.log()
    with installation.engine.begin() as sql:
        dead = "update integrations.deliveries set state = 'dead' where id <> :id"
        sql.execute(text(dead), {"id": int(second.id)})

    def found(*words: str) -> list[str]:
        shown: list[dict[str, str]] = json.loads(entrepot.run("webhooks", *words, "--json").stdout)
        return [one["id"] for one in shown]

    [other] = theirs.log()
    of_mine = ("--app", mine.app.key)
    assert found("log") == [str(int(one.id)) for one in (other, second, first)]
    assert found("log", *of_mine, "--state", "pending") == [str(int(second.id))]
    assert found("log", "--event", "PACKAGE_UPDATE") == []
    assert found("log", "--since", "2099-01-01") == []
    assert found("dead") == [str(int(one.id)) for one in (other, first)]
    assert entrepot.run("webhooks", "log", "--state", "lost").returncode == 2

    one = entrepot.run("webhooks", "replay", str(int(first.id)), str(int(second.id)))
    assert one.stdout == "1 are sent again\n" and str(int(second.id)) in one.stderr
    assert states(mine) == ["pending", "pending"] and states(theirs) == ["dead"]
    assert entrepot.run("webhooks", "replay", "--all").stdout == "1 are sent again\n"
    assert states(theirs) == ["pending"]


def test_where_an_app_listens(entrepot: CommandLine, installation: Installation) -> None:
    mine = ears(installation.work, filling.shop(installation.work).shop)
    asked = "select event, address from integrations.app_endpoints where app_id = :id"

    def heard() -> dict[str, str]:
        with installation.engine.connect() as sql:
            return {row.event: row.address for row in sql.execute(text(asked), {"id": mine.app.id})}

    one = entrepot.run("webhooks", "listen", mine.app.key, HOOKS, "--event", EVENT)
    assert one.stdout == f"1 events go to {HOOKS}\n" and heard() == {EVENT: HOOKS}
    assert entrepot.run("webhooks", "listen", mine.app.key, HOOKS).returncode == 0
    assert len(heard()) > 10 and {*heard().values()} == {HOOKS}
    assert entrepot.run("webhooks", "listen", mine.app.key).returncode == 0
    assert heard() == {}
    assert entrepot.run("webhooks", "listen", "nobody", HOOKS).returncode == 1
    wrong = entrepot.run("webhooks", "listen", mine.app.key, HOOKS, "--event", "NO_SUCH")
    assert wrong.returncode == 2
