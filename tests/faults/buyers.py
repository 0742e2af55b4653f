"""Buyers who keep a journal of what they were promised, whatever becomes of the servers."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx

from tests.filling import Shop
from tests.surfaces.api.calling import ADDRESS, checkout_body

ASK_AGAIN_FOR_S = 120.0
PAUSE_S = 0.3
THINKS_FOR_S = 0.15  # So that processes which start again find a free moment.
MAYBE_LATER = {429, 500, 502, 503, 504}


@dataclass
class Journal:
    """What was asked for, and what was promised. Lists are appended to by all buyers."""

    asked: dict[str, int] = field(default_factory=dict)  # Units by quote.
    placed: dict[str, dict[str, Any]] = field(default_factory=dict)  # The first promise, by quote.
    changed: list[str] = field(default_factory=list)  # Quotes whose second answer was another one.
    refused: dict[str, int] = field(default_factory=dict)  # The final status, by quote.
    cancelled: dict[str, str] = field(default_factory=dict)  # Orders with their group.
    broken: list[str] = field(default_factory=list)  # Answers that nobody should get.
    unanswered: list[str] = field(default_factory=list)


@dataclass
class Buyer:
    """One client: buys, sometimes asks twice, sometimes cancels."""

    addresses: list[str]
    shops: list[Shop]
    chance: Random
    journal: Journal
    cancels: bool
    stop: threading.Event
    thinks_for_s: float = THINKS_FOR_S
    client: httpx.Client = field(init=False)

    def run(self) -> None:
        """Until the doors close."""
        with httpx.Client(timeout=15) as self.client:
            while not self.stop.wait(self.chance.uniform(0, 2 * self.thinks_for_s)):
                self.buy()

    def buy(self) -> None:
        """One basket, followed until somebody says what became of it."""
        basket = self.chance.sample(self.shops, self.chance.randint(1, min(2, len(self.shops))))
        units = self.chance.randint(1, 2)
        items = [{"sku_id": str(int(shop.skus[0])), "quantity": units} for shop in basket]
        quote = self._asked(
            "/shop/quotes", {"market": "us", "items": items, "address": ADDRESS}, {}
        )
        if quote is None or quote.status_code != 201:
            return
        id = quote.json()["quote_id"]
        self.journal.asked[id] = units * len(basket)
        body = checkout_body(id)
        answer = self._asked("/shop/checkouts", body, {})
        if answer is None:
            self.journal.unanswered.append(id)
        elif answer.status_code == 201:
            self.journal.placed[id] = answer.json()
            self._perhaps_more(id, body)
        else:
            self.journal.refused[id] = answer.status_code

    def _perhaps_more(self, id: str, body: dict[str, Any]) -> None:
        if self.chance.random() < 0.2:
            again = self._asked("/shop/checkouts", body, {})
            first = self.journal.placed[id]
            if again is not None and again.status_code == 201:
                same = again.json()["order_group_id"] == first["order_group_id"]
                if not same:
                    self.journal.changed.append(id)
        if self.cancels and self.chance.random() < 0.3:
            self._cancel(self.journal.placed[id])

    def _cancel(self, placed: dict[str, Any]) -> None:
        order = placed["orders"][0]["order_id"]
        path = f"/shop/orders/{order}/cancellation?token={placed['token']}"
        answer = self._asked(path, {}, {"Idempotency-Key": f"cancel-{order}"})
        if answer is not None and answer.status_code == 201:
            self.journal.cancelled[order] = placed["order_group_id"]

    def _asked(
        self, path: str, body: dict[str, Any], headers: dict[str, str]
    ) -> httpx.Response | None:
        """The same request again until there is an answer that says something."""
        end = time.monotonic() + ASK_AGAIN_FOR_S
        while time.monotonic() < end:
            address = self.chance.choice(self.addresses)
            try:
                answer = self.client.post(f"{address}/api/v1{path}", json=body, headers=headers)
            except httpx.HTTPError:
                time.sleep(PAUSE_S)
                continue
            if answer.status_code == 500:
                self.journal.broken.append(f"{path}: {answer.text[:200]}")
            if answer.status_code not in MAYBE_LATER:
                return answer
            time.sleep(PAUSE_S)
        return None


@contextmanager
def shopping(
    addresses: list[str], shops: list[Shop], buyers: int, seed: int, *, cancels: bool = True
) -> Iterator[Journal]:
    """Buyers at work for as long as the block runs; afterwards each has its last answer."""
    journal, stop = Journal(), threading.Event()
    threads = [
        threading.Thread(
            target=Buyer(addresses, shops, Random(seed * 1_000 + n), journal, cancels, stop).run,
            name=f"buyer-{n}",
        )
        for n in range(buyers)
    ]
    for thread in threads:
        thread.start()
    try:
        yield journal
    finally:
        stop.set()
        for thread in threads:
            thread.join()
