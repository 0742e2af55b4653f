"""`entrepot apps`: from a key to a token with which the unmodified SDK is let in."""

import json
from pathlib import Path

import pytest

from entrepot.contexts import integrations
from entrepot.contexts.integrations import claimed_shop
from tests import filling
from tests.conftest import Installation
from tests.surfaces.installing import CommandLine

pytestmark = pytest.mark.slow  # Each command is a process that starts from nothing.

REDIRECT = "https://erp.example.com/callback"


@pytest.fixture
def entrepot(installation: Installation, tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path / "home", installation.url, installation.owner_url)


def test_the_life_of_an_app(entrepot: CommandLine, installation: Installation) -> None:
    of = filling.shop(installation.work)
    merchant, shop = str(int(of.merchant_id)), str(int(of.shop.id))

    made = json.loads(
        entrepot.run("apps", "register", "An ERP", "--redirect-url", REDIRECT, "--json").stdout
    )
    assert len(made["secret"]) == 40 and made["kinds"] == ["seller"]
    listed = entrepot.run("apps", "list").stdout
    assert made["key"] in listed and made["secret"] not in listed
    assert "secret" not in json.loads(entrepot.run("apps", "show", made["key"], "--json").stdout)

    wide = entrepot.run("apps", "authorise", made["key"], merchant, "--json")
    given = json.loads(wide.stdout)
    assert claimed_shop(given["shops"][shop]) == of.shop.id
    with installation.engine.connect() as sql:
        stored = sql.exec_driver_sql("select access from integrations.authorisations").scalar()
    assert stored == integrations.digest(given["access_token"])

    turned = json.loads(entrepot.run("apps", "rotate", made["key"], "--json").stdout)
    assert turned["generation"] == 2 and turned["secret"] != made["secret"]
    assert entrepot.run("apps", "revoke", made["key"]).returncode == 0
    assert entrepot.run("apps", "authorise", made["key"], merchant).returncode == 1
    assert entrepot.run("apps", "show", "nobody").returncode == 1
    assert (
        entrepot.run(
            "apps", "register", "x", "--redirect-url", REDIRECT, "--scope", "made.up"
        ).returncode
        == 2
    )
