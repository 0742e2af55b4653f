"""What changes pictures."""

from typing import Protocol

from .model import Outcome, Picture


class Engine(Protocol):
    """Does one kind of work. It may take long, so nobody asks it within a unit of work."""

    def alter(self, picture: Picture) -> Outcome:
        """The picture as it is wished; an engine that is out of order says so and never raises."""
