"""Where we post to: public addresses by https; in a sandbox also what runs on the same machine.

Names are resolved here and nowhere else, and connections go to what was looked at: a name that
leads elsewhere a moment later leads nobody there.
"""

import asyncio
import ipaddress
import socket
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network

from yarl import URL

# Addresses of IPv6 that are one of IPv4 in truth: NAT64, and 6to4.
NAT64, SIX_TO_FOUR = IPv6Network("64:ff9b::/96"), IPv6Network("2002::/16")
KNOWN_S, MOST_KNOWN = 10.0, 4_096  # How long addresses are kept, and of how many names.


class Unreachable(OSError):
    """Nothing is sent there, whatever answers."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What may be reached; with `at_home`, this machine itself and by plain http, too."""

    at_home: bool = False

    @lru_cache(maxsize=4_096)  # noqa: B019 - there are two of them at most.
    def check(self, address: str) -> URL:
        """The address, if it is one that we post to; names are looked at when they are resolved."""
        try:
            url = URL(address)
            port = url.port
        except ValueError as error:
            raise Unreachable("this is no address") from error
        if url.host is None or port is None or url.user or url.password:
            raise Unreachable("this is no address")
        if url.scheme != "https" and not (self.at_home and url.scheme == "http"):
            raise Unreachable("https only")
        try:
            literal = ipaddress.ip_address(url.host)
        except ValueError:
            return url
        self.check_ip(literal)
        return url

    def check_ip(self, ip: IPv4Address | IPv6Address) -> None:
        """Refuse what is not public."""
        meant = _meant(ip)
        if self.at_home and meant.is_loopback:
            return
        if not meant.is_global or meant.is_multicast or meant.is_reserved:
            raise Unreachable("not a public address")


@dataclass(slots=True)
class Addresses:
    """The system's resolver, with all that may not be reached refused."""

    reach: Reach
    _known: dict[str, tuple[float, list[str]]] = field(default_factory=dict)

    async def of(self, host: str, port: int) -> list[str]:
        """Every address of a name; if one of them is not public, none."""
        loop = asyncio.get_running_loop()
        until, known = self._known.get(host, (0.0, []))
        if loop.time() < until:
            return known
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        places = [*dict.fromkeys(str(place[0]) for *_, place in found)]
        for place in places:
            self.reach.check_ip(ipaddress.ip_address(place.partition("%")[0]))
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[host] = (loop.time() + KNOWN_S, places)
        return places


def _meant(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The address of IPv4 that one of IPv6 stands for."""
    if isinstance(ip, IPv4Address):
        return ip
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip in NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    if ip in SIX_TO_FOUR and ip.sixtofour is not None:
        return ip.sixtofour
    return ip
