"""`entrepot apps`: who may speak the Partner API."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from .opening import opened, print_json

if TYPE_CHECKING:
    from entrepot.contexts.integrations import App, AppId
    from entrepot.kernel.access import OrganisationId
    from entrepot.surfaces.parts import Parts

app = typer.Typer(
    no_args_is_help=True, help="Apps of the Partner API: register, rotate, revoke, authorise."
)
Json = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
Key = Annotated[str, typer.Argument(help="The app's key, as `list` shows it.")]
EVERYTHING = "all"


@app.command()
def register(
    name: Annotated[str, typer.Argument(help="What merchants read when they are asked.")],
    redirect_url: Annotated[str, typer.Option(help="Where they are led after that.")],
    kind: Annotated[list[str], typer.Option(help="seller, creator or partner; repeatable.")] = [  # noqa: B006 - typer copies it.
        "seller"
    ],
    scope: Annotated[list[str], typer.Option(help="What it asks for; repeatable, or `all`.")] = [  # noqa: B006
        EVERYTHING
    ],
    *,
    as_json: Json = False,
) -> None:
    """Register an app, and show its key and secret."""
    from entrepot.contexts import integrations
    from entrepot.contexts.integrations import AppKind, NewApp
    from entrepot.kernel.problems import only

    known = {one.value: one for one in AppKind}
    if unknown := [one for one in kind if one not in known]:
        raise typer.BadParameter(f"{', '.join(unknown)}: known are {', '.join(known)}")
    wish = NewApp(
        name=name,
        redirect_url=redirect_url,
        kinds=tuple(known[one] for one in kind),
        scopes=_scopes(scope),
    )
    with opened() as parts:
        who = parts.platform("apps")
        made = parts.work.run(
            who, "apps.register", lambda tx: only(integrations.register(tx, [wish]))
        )
        _print(_shown(parts, made, with_secret=True), as_json=as_json)


@app.command("list")
def list_apps(*, as_json: Json = False) -> None:
    """List all apps."""
    from entrepot.contexts import integrations

    with opened() as parts:
        found = parts.work.run(parts.platform("apps"), "apps.list", integrations.apps)
        shown = [_shown(parts, one) for one in found]
    if as_json:
        print_json(shown)
        return
    for one in shown:
        typer.echo(f"{one['key']}  {one['state']:8} {one['name']}")
    if not shown:
        typer.echo("no app is registered")


@app.command()
def show(key: Key, *, secret: bool = False, as_json: Json = False) -> None:
    """Show an app; its secret on demand."""
    with opened() as parts:
        found = _found(parts, key)
        _print(_shown(parts, found, with_secret=secret), as_json=as_json)


@app.command()
def rotate(key: Key, *, as_json: Json = False) -> None:
    """Give an app another secret; what is signed with the old one is refused at once."""
    from entrepot.contexts import integrations
    from entrepot.kernel.problems import only

    with opened() as parts:
        id, who = _found(parts, key).id, parts.platform("apps")
        turned = parts.work.run(who, "apps.rotate", lambda tx: only(integrations.rotate(tx, [id])))
        _print(_shown(parts, turned, with_secret=True), as_json=as_json)


@app.command()
def revoke(key: Key) -> None:
    """Shut an app out for good, with all that was granted to it."""
    from entrepot.contexts import integrations
    from entrepot.kernel.problems import only

    with opened() as parts:
        id, who = _found(parts, key).id, parts.platform("apps")
        parts.work.run(who, "apps.revoke", lambda tx: only(integrations.revoke_apps(tx, [id])))
    typer.echo(f"{key} is shut out")


@app.command()
def authorise(
    key: Key,
    merchant: Annotated[str, typer.Argument(help="The merchant's id.")],
    scope: Annotated[list[str], typer.Option(help="What to grant; repeatable, or `all`.")] = [  # noqa: B006
        EVERYTHING
    ],
    *,
    as_json: Json = False,
) -> None:
    """Issue tokens for a merchant without asking anybody (sandbox)."""
    from entrepot.contexts import integrations
    from entrepot.contexts.integrations import AppKind, Grant
    from entrepot.kernel.access import OrganisationId

    with opened() as parts:
        if not parts.is_sandbox:
            raise typer.BadParameter("merchants decide themselves; only a sandbox goes around them")
        grant = Grant(
            app_id=_found(parts, key).id,
            organisation_id=OrganisationId.parse(merchant),
            kind=AppKind.SELLER,
            scopes=_scopes(scope),
        )
        who = parts.platform("apps")
        tokens = parts.work.run(who, "apps.authorise", lambda tx: integrations.authorise(tx, grant))
        shown = {
            "access_token": tokens.access,
            "access_token_ends_at": tokens.authorisation.access_ends_at.isoformat(),
            "refresh_token": tokens.refresh,
            "ends_at": tokens.authorisation.ends_at.isoformat(),
            "scopes": [*tokens.authorisation.scopes],
            "shops": _ciphers(parts, grant.app_id, grant.organisation_id),
        }
    _print(shown, as_json=as_json)


def _scopes(asked: list[str]) -> tuple[str, ...]:
    from entrepot.surfaces.partner_api.scopes import Scope

    known = [one.value for one in Scope]
    if EVERYTHING in asked:
        return tuple(known)
    if unknown := [one for one in asked if one not in known]:
        raise typer.BadParameter(f"{', '.join(unknown)}: known are {', '.join(known)}")
    return tuple(asked)


def _found(parts: "Parts", key: str) -> "App":
    from entrepot.contexts import integrations

    who = parts.platform("apps")
    found = parts.work.run(who, "apps.find", lambda tx: integrations.app_of_key(tx, key))
    if found is None:
        raise integrations.AppNotFound(key)
    return found


def _ciphers(parts: "Parts", app_id: "AppId", merchant: "OrganisationId") -> dict[str, str]:
    """Ciphers of a merchant's shops by the shops' ids."""
    from entrepot.contexts import integrations, merchants
    from entrepot.kernel.access import Actor, Grant
    from entrepot.surfaces.parts import CIPHERS

    actor = Actor("job:apps", frozenset({Grant(merchants.Permission.READ, merchant)}))
    found = parts.work.run(lambda _: actor, "apps.shops", merchants.page)
    secret = parts.keys.of(CIPHERS)
    return {str(int(shop.id)): integrations.cipher_of(secret, app_id, shop.id) for shop in found}


def _shown(parts: "Parts", one: "App", *, with_secret: bool = False) -> dict[str, Any]:
    from entrepot.contexts import integrations
    from entrepot.surfaces.parts import APP_SECRETS

    shown: dict[str, Any] = {
        "key": one.key,
        "service_id": str(int(one.id)),
        "name": one.name,
        "state": one.state.value,
        "redirect_url": one.redirect_url,
        "kinds": [kind.value for kind in one.kinds],
        "scopes": [*one.scopes],
        "generation": one.generation,
    }
    if with_secret:
        secret = parts.keys.of(APP_SECRETS)
        shown["secret"] = integrations.app_secret(secret, one.id, one.generation)
    return shown


def _print(shown: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(shown)
        return
    for name, value in shown.items():
        said = ", ".join(value) if isinstance(value, list) else value
        typer.echo(f"{name:22} {said}")
