"""What deliveries need of the outside."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from .model import Answer


class Post(Protocol):
    """Posts bodies to addresses that apps gave. Where it may not go it says so; it never raises."""

    async def send(self, address: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """One attempt, without following where it is led."""


class PostOffice(Protocol):
    """Opens connections for one event loop."""

    def open(self) -> AbstractAsyncContextManager[Post]:
        """Until it is closed."""
