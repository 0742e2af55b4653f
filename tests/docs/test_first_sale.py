"""The first sale works as its page says: every call is made, every answer is compared."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise, zip_longest
from pathlib import Path
from typing import Any

import httpx
import pytest

from entrepot import main, rulebook
from entrepot.adapters.datasets.online_retail import OVERLAYS
from entrepot.contexts import catalog, identity, inventory, merchants, settlement
from entrepot.contexts.catalog import CategoryId
from entrepot.contexts.identity import Kind, Membership, NewPerson
from entrepot.contexts.settlement import PayoutAccount, PayoutAccountId
from entrepot.kernel import clock
from entrepot.kernel.access import OrganisationId, platform
from entrepot.kernel.money import Currency
from entrepot.kernel.problems import each, only
from entrepot.kernel.tx import Tx, UnitOfWork
from entrepot.surfaces.cli.opening import bring_rules
from entrepot.surfaces.parts import Parts
from entrepot.surfaces.worker import Cashier, sweep_all
from tests import filling
from tests.conftest import Installation
from tests.surfaces.api.serving import served, told

PAGE = (Path(__file__).parents[2] / "docs" / "start" / "first-sale.md").read_text("utf-8")
ID = re.compile(r"\b\d{18}\b")
UNLIKE = re.compile(r"…|^\d{4}-\d\d-\d\dT")  # Shortened, or an instant.
BEGINS = datetime(2024, 10, 3, 3, 4, tzinfo=UTC)
PASSWORD, CATEGORY = "entrepot-demo-2024", CategoryId("lb-13")
PEOPLE = {
    "owner-of-self-operated": "merchant-owner",
    "operator-admin": "operator-admin",
    "operator-finance": "operator-finance",
}


def steps() -> Iterator[tuple[str, Any]]:
    """Each command of the page, with the answer that the page shows."""
    blocks = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    for (kind, text), (after, shown) in zip_longest(blocks, blocks[1:], fillvalue=("", "")):
        if kind == "sh":
            commands = re.findall(r"^curl .*?(?=^curl |^\.venv|\Z)", text, re.MULTILINE | re.DOTALL)
            yield from zip_longest(commands, documents(shown) if after == "json" else [])


def documents(text: str) -> list[Any]:
    found, rest = [], text.strip()
    while rest:
        one, end = json.JSONDecoder().raw_decode(rest)
        found.append(one)
        rest = rest[end:].strip()
    return found


@dataclass
class Reader:
    """Somebody who does what the page says, with the ids of this installation."""

    address: str
    ids: dict[str, str]
    headers: dict[str, str] = field(default_factory=dict)

    def does(self, command: str) -> Any:
        """What the call answers."""
        line = ID.sub(lambda found: self.ids[found[0]], command)
        line = line.replace("$B", f"{self.address}/api/v1")
        for name, value in self.headers.items():
            line = line.replace(f"${name}", value)
        words = shlex.split(line, comments=True)
        sent = dict(header.split(": ", 1) for header in after(words, "-H"))
        url = next(word for word in words if word.startswith("http"))
        body = after(words, "-d")
        answer = httpx.request(
            "POST" if body else "GET", url, headers=sent, content="".join(body), timeout=30
        )
        assert answer.is_success, f"{line}\n{answer.text}"
        return answer.json()

    def compares(self, shown: Any, answer: Any) -> None:
        """Everything that is shown is there; an id that is new to us is learnt."""
        match shown:
            case dict():
                for key, value in shown.items():
                    self.compares(value, answer[key])
            case list():
                for one, other in zip(shown, answer, strict=True):
                    self.compares(one, other)
            case str() if ID.fullmatch(shown):
                assert self.ids.setdefault(shown, answer) == answer
            case str() if UNLIKE.search(shown):
                assert isinstance(answer, str)
            case _:
                assert answer == shown


def after(words: list[str], option: str) -> list[str]:
    return [value for word, value in pairwise(words) if word == option]


@pytest.fixture
def parts(installation: Installation, tmp_path: Path) -> Parts:
    """A sandbox with the rules that the demo leaves behind: its history is over."""
    yesterday = BEGINS.date() - timedelta(days=1)
    settings = bring_rules(told(tmp_path), (OVERLAYS,), yesterday)
    rules = rulebook.load(settings.rules_overlay)
    return main.assemble(settings, installation.engine, rules, (installation.url, None))


def stage(work: UnitOfWork) -> str:
    """What the demo has: a shop in Germany, its shelf, its account, people. The shelf's id."""

    def set_up(tx: Tx) -> str:
        shop = only(merchants.open_shops(tx, [opened_by(filling.organisation(tx, Kind.MERCHANT))]))
        catalog.load_categories(tx, [category(id) for id in ("lb", "lb-13")])
        shelf = inventory.NewLocation(
            code="S", name="S", country="CN", keeper_id=shop.merchant_id, markets=("de",)
        )
        account = PayoutAccount(
            id=PayoutAccountId(0),
            payee_id=shop.merchant_id,
            currency=Currency.CNY,
            method="sandbox",
            holder="S",
            number="1",
            bank_code="",
            state="active",
            changed_at=tx.now,
            changed_by="test",
        )
        only(settlement.set_accounts(tx, [account]))
        operator = filling.organisation(tx, Kind.OPERATOR)
        for name, role in PEOPLE.items():
            wish = NewPerson(name=name, email=f"{name}@example.org", password=PASSWORD)
            place = shop.merchant_id if role == "merchant-owner" else operator
            person = only(identity.enrol(tx, [wish]))
            member = Membership(person_id=person.id, organisation_id=place, role=role)
            each(identity.join(tx, [member]))
        return str(int(only(inventory.locate(tx, [shelf])).id))

    return work.run(lambda _: platform("test"), "test.stage", set_up)


def opened_by(merchant_id: OrganisationId) -> merchants.NewShop:
    return merchants.NewShop(
        merchant_id=merchant_id,
        name="Specimen Bags (Shiling)",
        market="de",
        mode="self-operated",
        seller_type=merchants.SellerType.CROSS_BORDER,
    )


def category(id: str) -> catalog.Category:
    leaf = id == CATEGORY
    return catalog.Category(id=CategoryId(id), name_en=id, name_zh_cn=id, is_leaf=leaf)


def test_every_call_answers_as_shown(parts: Parts) -> None:
    with parts.engine.begin() as sql:
        clock.start_at(sql, BEGINS)
    who = parts.platform("test")
    cashier = Cashier(parts.work, who, parts.providers, parts.payout_providers)
    [shelf] = re.findall(r'"location_id":"(\d+)"', PAGE)
    ids = {shelf: stage(parts.work)}
    done = 0
    with served(main.app(parts)) as address:
        reader = Reader(address, ids, {"J": "content-type: application/json"})
        for name, header in (("operator-admin", "A"), ("operator-finance", "F")):
            reader.headers[header] = signed_in(reader, name)
        for command, shown in steps():
            sweep_all(parts.work, who, parts.rates)  # As the worker does all the time.
            cashier.send_payouts()
            answer = reader.does(command.replace('"authorization: bearer …"', '"$F"'))
            if shown is not None:
                reader.compares(shown, answer)
            if "owner-of" in command:
                reader.headers["M"] = f"authorization: bearer {answer['token']}"
            done += 1
    assert done >= 15, "the page has lost its commands"
    assert answer["differences"] == [], "the last call is the trial balance"


def signed_in(reader: Reader, name: str) -> str:
    body = json.dumps({"email": f"{name}@example.org", "password": PASSWORD})
    token = reader.does(f"curl -s $B/sessions -H \"$J\" -d '{body}'")["token"]
    return f"authorization: bearer {token}"
