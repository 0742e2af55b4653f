"""What the demo adds to its replay: people who can sign in, and a server that has answered."""

import json
import threading
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from socket import socket

    from entrepot.contexts.identity import Kind
    from entrepot.kernel.access import OrganisationId
    from entrepot.kernel.tx import Tx
    from entrepot.settings import Settings
    from entrepot.surfaces.parts import Parts

PASSWORD = "entrepot-demo-2024"  # noqa: S105 - of a demo on the own machine, shown on its page.
OPERATOR, PROVIDER = "Specimen operator", "Specimen service provider"
WAIT_S = 30
Person = dict[str, str]


def enrol(parts: "Parts", file: Path) -> list[Person]:
    """People of every role, once; their sign-ins stand in a file of this home."""
    if file.exists():
        kept: list[Person] = json.loads(file.read_text(encoding="utf-8"))
        return kept
    made = parts.work.run(parts.platform("demo"), "demo.enrol", _enrolled)
    file.write_text(json.dumps(made, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return made


def _enrolled(tx: "Tx") -> list[Person]:
    from entrepot.contexts import identity
    from entrepot.contexts.identity import Kind, NewOrganisation
    from entrepot.kernel.problems import each

    wishes = [
        NewOrganisation(kind=Kind.OPERATOR, name=OPERATOR, country="GB"),
        NewOrganisation(kind=Kind.PROVIDER, name=PROVIDER, country="GB"),
    ]
    operator, provider = each(identity.found(tx, wishes))
    places = {Kind.OPERATOR: operator.id, Kind.PROVIDER: provider.id}
    wanted = _roles(tx, places)
    people = each(
        identity.enrol(
            tx,
            [
                identity.NewPerson(name=f"Demo {name}", email=_email(name), password=PASSWORD)
                for name, _, _, _ in wanted
            ],
        )
    )
    each(
        identity.join(
            tx,
            [
                identity.Membership(person_id=person.id, organisation_id=place, role=role)
                for person, (_, role, place, _) in zip(people, wanted, strict=True)
                if role
            ],
        )
    )
    return [
        {"role": role or "shopper", "email": _email(name), "password": PASSWORD, "about": where}
        for name, role, _, where in wanted
    ]


def _roles(
    tx: "Tx", places: "dict[Kind, OrganisationId]"
) -> "list[tuple[str, str, OrganisationId, str]]":
    """Name, role, organisation and what that is: merchants of every mode, creators, everybody."""
    from entrepot.contexts import identity, merchants
    from entrepot.contexts.identity import Kind
    from entrepot.kernel import replayed
    from entrepot.kernel.access import OrganisationId
    from entrepot.rulebook import of as rules_of

    found: list[tuple[str, str, OrganisationId, str]] = []
    modes: dict[str, merchants.Shop] = {}
    for shop in merchants.page(tx):
        modes.setdefault(shop.mode, shop)
    for mode, shop in sorted(modes.items()):
        found.append((f"owner of {mode}", "merchant-owner", shop.merchant_id, shop.name))
    any_shop = next(iter(modes.values()))
    names = replayed.known(tx.sql)["organisation"]
    known = identity.known(tx, [OrganisationId(id) for id in names.values()])
    creators = [one for one in known.values() if one.kind is Kind.CREATOR]
    for role in sorted(identity.roles_on(rules_of(tx), tx.now.date())):
        if role == "merchant-owner":
            continue
        if role.startswith("merchant"):
            found.append((role, role, any_shop.merchant_id, any_shop.name))
        elif role == "creator":
            found += [(role, role, one.id, one.name) for one in creators[:1]]
        elif role.startswith("provider"):
            found.append((role, role, places[Kind.PROVIDER], PROVIDER))
        else:
            found.append((role, role, places[Kind.OPERATOR], OPERATOR))
    found.append(("shopper", "", OrganisationId(0), "buys"))
    return found


def _email(name: str) -> str:
    return f"{name.replace(' ', '-')}@example.org"


def show_people(people: list[Person], settings: "Settings") -> None:
    """Who can sign in, and where."""
    from rich.console import Console
    from rich.table import Column, Table

    names = ("role", "e-mail", "password", "where")
    table = Table(*(Column(name, overflow="fold") for name in names), title="Demo sign-ins")
    for one in people:
        table.add_row(one["role"], one["email"], one["password"], one["about"])
    console = Console()
    console.print(table)
    console.print(f"Entrepot is at {settings.public_url}")


def serve(settings: "Settings", at: "list[socket]", *, stop: bool) -> None:
    """Serve until stopped; with `stop`, until the server has answered once."""
    from .serving import run_server

    if not stop:
        run_server(settings, at, with_worker=True)
        return
    answered: list[bool] = []
    asker = threading.Thread(target=lambda: answered.append(_asked(settings)), daemon=True)
    asker.start()
    run_server(settings, at, with_worker=True)
    if not any(answered):
        typer.echo("the server did not answer", err=True)
        raise typer.Exit(1)


def _asked(settings: "Settings") -> bool:
    """Ask until there is an answer, then ask this process to stop."""
    import os
    import signal

    url, ends = f"http://{settings.host}:{settings.port}/healthz", time.monotonic() + WAIT_S
    answered = False
    while not answered and time.monotonic() < ends:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                answered = answer.status == 200
        except OSError:
            time.sleep(0.2)
    os.kill(os.getpid(), signal.SIGINT)
    return answered
