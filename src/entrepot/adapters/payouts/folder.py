"""Payout files in a folder, from which the operator takes them to a bank.

Each batch is a folder of its own, put in place by one rename: the file for the bank and, beside
it, the keys that it pays. So a payout is in one file or in none, whatever fails when; the file may
be taken away, the keys stay. What the bank answers is written by the operator into `answers.csv`
(key, paid or failed, reference, reason).
"""

import csv
import fcntl
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Protocol

from entrepot.contexts.settlement import Answer, Outcome, Sending

KEYS, ANSWERS, VOID, DRAFT = "keys.txt", "answers.csv", "void-", "draft-"
FINAL = {"paid": Answer.PAID, "failed": Answer.FAILED}


class Layout(Protocol):
    """What a file looks like, and which payouts cannot stand in it."""

    @property
    def file(self) -> str:
        """The name of the file within its batch."""

    def refusal(self, sending: Sending) -> str | None:
        """Why this payout cannot be paid by such a file, if that is so."""

    def content(self, batch: Sequence[Sending]) -> bytes:
        """The file that pays these."""


@dataclass(frozen=True, slots=True)
class Folder:
    """Implements `settlement.PayoutProvider` by files of one layout."""

    path: Path
    layout: Layout

    def send(self, batch: Sequence[Sending]) -> list[Outcome]:
        """Write what is in no file yet; a payout that is in one stays there alone."""
        try:
            with self._mine():
                return self._sent(batch)
        except OSError as error:
            return [_outcome(sending, Answer.UNKNOWN, reason=str(error)) for sending in batch]

    def look_up(self, batch: Sequence[Sending]) -> list[Outcome]:
        """What the bank answered. What is in no file never will be, and failed."""
        try:
            with self._mine():
                return self._found(batch)
        except OSError as error:
            return [_outcome(sending, Answer.UNKNOWN, reason=str(error)) for sending in batch]

    def _sent(self, batch: Sequence[Sending]) -> list[Outcome]:
        places = self._places()
        refusals = {
            sending.payout.key: self.layout.refusal(sending)
            for sending in batch
            if sending.payout.key not in places
        }
        fresh = [sending for sending in batch if refusals.get(sending.payout.key, "") is None]
        if fresh:
            name = f"{fresh[0].payout.changed_at:%Y-%m-%d}-{_digest(fresh)}"
            self._put(name, fresh, self.layout.content(fresh))
            places |= {sending.payout.key: name for sending in fresh}
        return [_accepted(sending, places, refusals) for sending in batch]

    def _found(self, batch: Sequence[Sending]) -> list[Outcome]:
        places, answers = self._places(), self._answers()
        nowhere = [sending for sending in batch if sending.payout.key not in places]
        if nowhere:  # Who asks for one of these later is told what we tell now.
            name = f"{VOID}{_digest(nowhere)}"
            self._put(name, nowhere, b"")
            places |= {sending.payout.key: name for sending in nowhere}
        return [
            answers[sending.payout.key].of(sending)
            if sending.payout.key in answers
            else _accepted(sending, places, {})
            for sending in batch
        ]

    @contextmanager
    def _mine(self) -> Iterator[None]:
        """One at a time, over all processes."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _places(self) -> dict[str, str]:
        """The batch in which each key is."""
        return {
            key: keys.parent.name
            for keys in self.path.glob(f"*/{KEYS}")
            if not keys.parent.name.startswith(DRAFT)
            for key in keys.read_text("utf-8").splitlines()
        }

    def _put(self, name: str, batch: Sequence[Sending], content: bytes) -> None:
        draft = Path(mkdtemp(prefix=DRAFT, dir=self.path))
        try:
            keys = "".join(f"{sending.payout.key}\n" for sending in batch)
            _write(draft / KEYS, keys.encode())
            if content:
                _write(draft / self.layout.file, content)
            draft.rename(self.path / name)
        except OSError:
            rmtree(draft, ignore_errors=True)
            raise
        folder = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _answers(self) -> dict[str, "Told"]:
        file = self.path / ANSWERS
        if not file.exists():
            return {}
        with file.open(encoding="utf-8", newline="") as lines:
            rows = [Told(**row) for row in csv.DictReader(lines)]
        return {row.key: row for row in rows if row.answer in FINAL}


@dataclass(frozen=True, slots=True)
class Told:
    """One row of what the bank answered."""

    key: str
    answer: str
    reference: str
    reason: str

    def of(self, sending: Sending) -> Outcome:
        """The answer as settlement takes it."""
        return _outcome(
            sending, FINAL[self.answer], reference=self.reference or None, reason=self.reason
        )


def _accepted(
    sending: Sending, places: Mapping[str, str], refusals: Mapping[str, str | None]
) -> Outcome:
    key = sending.payout.key
    place = places.get(key)
    if place is None:
        return _outcome(sending, Answer.FAILED, reason=refusals[key] or "")
    if place.startswith(VOID):
        return _outcome(sending, Answer.FAILED, reason="it is in no file")
    return _outcome(sending, Answer.ACCEPTED, reference=place)


def _outcome(
    sending: Sending, answer: Answer, *, reference: str | None = None, reason: str = ""
) -> Outcome:
    return Outcome(payout=sending.payout, answer=answer, reference=reference, reason=reason)


def _digest(batch: Sequence[Sending]) -> str:
    keys = "\n".join(sending.payout.key for sending in batch)
    return sha256(keys.encode()).hexdigest()[:16]


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
