"""The port of a server, taken before anything else, and the server that answers there."""

import errno
import socket
import sys
from typing import TYPE_CHECKING, Any, NoReturn

import typer

if TYPE_CHECKING:
    import uvicorn

    from entrepot.settings import Settings

# Longer than clients keep a connection that they use again: a server that is first to close it
# may do so while a request is on its way, which no client may send again by itself.
KEEP_ALIVE_S = 75

NOT_HERE = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}  # A name may have addresses of no use here.


def listening(settings: "Settings") -> list[socket.socket]:
    """Sockets on the addresses of the host, bound but not open yet; or it ends with exit code 1.

    A start that cannot end well ends at once.
    """
    host, port = settings.host, settings.port
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        made = [_bound(family, address) for family, _, _, _, address in found]
    except OSError as error:
        _stop(f"cannot listen on {host}:{port}: {error.strerror}")
    bound = [one for one in made if one is not None]
    return bound or _stop(f"cannot listen on {host}:{port}: no address of this machine")


def server_of(app: Any) -> "uvicorn.Server":
    """What answers for an application, until a signal stops it."""
    import uvicorn

    config = uvicorn.Config(
        app, log_level="warning", access_log=False, timeout_keep_alive=KEEP_ALIVE_S
    )
    return uvicorn.Server(config)


def _bound(family: socket.AddressFamily, address: Any) -> socket.socket | None:
    try:
        made = socket.socket(family, socket.SOCK_STREAM)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family is socket.AF_INET6:  # Or it would take the port of the older protocol as well.
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind(address)
    except OSError as error:
        if error.errno in NOT_HERE:
            return None
        raise
    return made


def _stop(why: str) -> NoReturn:
    cure = "stop what listens there, or choose another by ENTREPOT_PORT or --port"
    typer.echo(f"{why}; {cure}", err=True)
    sys.exit(1)
