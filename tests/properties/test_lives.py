"""Whole random lives of orders, in every mode and market, end with every cent accounted for."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, event, given, settings

from tests.databases import Server
from tests.properties import stories, worlds
from tests.properties.stories import Act, Basket
from tests.properties.worlds import MARKETS, World

LIVES = int(os.environ.get("LIVES", "0"))  # `make soak` asks for more of them, and other ones.
PLACES = (*MARKETS,) if LIVES else ("us", "gb", "de")
BEGINS = datetime(2024, 10, 1, 12, tzinfo=UTC)  # Rules change and clocks do within five weeks.
Plan = tuple[list[Basket], list[Act]]


@pytest.fixture(scope="module")
def world(server: Server, rules: object) -> Iterator[World]:
    with worlds.world(server, rules, BEGINS, PLACES) as made:
        yield made


@pytest.mark.slow
@settings(
    max_examples=LIVES or 20,
    derandomize=not LIVES,
    deadline=None,
    suppress_health_check=[*HealthCheck],
)
@given(stories.plans(PLACES))
def test_whole_lives(server: Server, world: World, plan: Plan) -> None:
    with worlds.living(server, world) as life:
        story = stories.live(life, world, plan)
    for refusal in story.refused:
        event(refusal.split(":")[0])
