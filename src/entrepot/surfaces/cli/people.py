"""`entrepot people`: the first operator, and links for who has lost a password.

Whoever may run it on the server is trusted as the platform: this is how the first one comes in,
and how somebody comes back whom nobody else may invite.
"""

from typing import TYPE_CHECKING, Annotated

import typer

from .opening import opened, print_json

if TYPE_CHECKING:
    from entrepot.contexts.identity import Invitation
    from entrepot.kernel.access import PersonId
    from entrepot.kernel.tx import Tx

app = typer.Typer(
    no_args_is_help=True, help="Organisations and people: found, let in, invite, sign out."
)
Json = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
Email = Annotated[str, typer.Option("--email", help="Whose.")]


@app.command()
def found(
    name: Annotated[str, typer.Argument(help="What it is called.")],
    *,
    kind: Annotated[str, typer.Option(help="merchant, creator, provider or operator.")],
    country: Annotated[str, typer.Option(help="Two letters, such as CN.")],
    as_json: Json = False,
) -> None:
    """Found an organisation and print its id."""
    from entrepot.contexts import identity
    from entrepot.kernel.problems import only

    if kind not in {*identity.Kind}:
        raise typer.BadParameter("merchant, creator, provider or operator", param_hint="--kind")
    wish = identity.NewOrganisation(kind=identity.Kind(kind), name=name, country=country)
    with opened() as parts:
        made = parts.work.run(
            parts.platform("people"), "people.found", lambda tx: only(identity.found(tx, [wish]))
        )
    if as_json:
        print_json({"organisation_id": str(made.id)})
    else:
        typer.echo(f"organisation {made.id}")


@app.command()
def enrol(
    name: Annotated[str, typer.Argument(help="The person's name.")],
    *,
    email: Email,
    organisation: Annotated[str, typer.Option(help="The id of where they belong.")],
    role: Annotated[str, typer.Option(help="A role, as `entrepot rules show roles` has them.")],
    as_json: Json = False,
) -> None:
    """Let a new person in, and print the link with which they set their password."""
    from entrepot.contexts import identity
    from entrepot.kernel.access import OrganisationId
    from entrepot.kernel.problems import only

    try:
        place = OrganisationId.parse(organisation)
    except ValueError as error:
        raise typer.BadParameter("an id is a number", param_hint="--organisation") from error
    newcomer = identity.Newcomer(
        person=identity.NewPerson(name=name, email=email), organisation_id=place, role=role
    )

    def let_in(tx: "Tx") -> "Invitation":
        joined = only(identity.let_in(tx, [newcomer]))
        return only(identity.invite(tx, [joined.person_id]))

    with opened() as parts:
        made = parts.work.run(parts.platform("people"), "people.enrol", let_in)
        _show(made, parts.settings.public_url, as_json=as_json)


@app.command()
def invite(*, email: Email, as_json: Json = False) -> None:
    """Print a link with which a known person sets a new password. Earlier links are dead."""
    from entrepot.contexts import identity
    from entrepot.kernel.problems import only

    with opened() as parts:
        made = parts.work.run(
            parts.platform("people"),
            "people.invite",
            lambda tx: only(identity.invite(tx, [_person(tx, email)])),
        )
        _show(made, parts.settings.public_url, as_json=as_json)


@app.command("sign-out")
def sign_out(*, email: Email) -> None:
    """End all sessions of a person at once."""
    from entrepot.contexts import identity

    with opened() as parts:
        ended = parts.work.run(
            parts.platform("people"),
            "people.sign_out",
            lambda tx: identity.sign_out_everywhere(tx, _person(tx, email)),
        )
    typer.echo(f"{ended} sessions ended")


def _person(tx: "Tx", email: str) -> "PersonId":
    from entrepot.contexts import identity

    found = identity.person_of(tx, email)
    if found is None:
        raise identity.PersonNotFound("person", email)
    return found


def _show(made: "Invitation", public_url: str, *, as_json: bool) -> None:
    url = f"{public_url.rstrip('/')}/invitation#{made.secret}"
    if as_json:
        shown = {"person_id": str(made.person_id), "url": url, "ends_at": made.ends_at.isoformat()}
        print_json(shown)
    else:
        typer.echo(f"{url}\nopens until {made.ends_at:%Y-%m-%d %H:%M} UTC, once")
