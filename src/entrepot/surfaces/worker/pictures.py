"""Asks the engines that change pictures: one wish at a time, outside of any transaction.

Any number of these may run: a wish is leased. Whoever dies with one in hand leaves it to the next.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from entrepot.contexts import catalog
from entrepot.contexts.files import Storage
from entrepot.kernel import clock
from entrepot.kernel.access import Who
from entrepot.kernel.tx import UnitOfWork

pictures = catalog.pictures
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Darkroom:
    """Where wishes come in and pictures come out."""

    work: UnitOfWork
    who: Who
    storage: Storage
    engines: Mapping[pictures.Work, pictures.Engine]

    def alter_next(self) -> int:
        """Work on the next wish that is due; whether there was one."""
        if not self.engines:
            return 0
        taken = self.work.run(
            self.who,
            "pictures.take",
            lambda tx: pictures.take(tx, self.engines.keys(), clock.real()),
        )
        if taken is None:
            return 0
        outcome = self._outcome(taken)
        one = taken.alteration
        log.info("pictures.asked", id=one.id, work=one.work, outcome=type(outcome).__name__)
        self.work.run(
            self.who,
            "pictures.record",
            lambda tx: pictures.record(tx, self.storage, taken, outcome, clock.real()),
        )
        return 1

    def _outcome(self, taken: pictures.Taken) -> pictures.Outcome:
        one, file = taken.alteration, taken.file
        if one.attempts > pictures.MOST_ATTEMPTS:
            return pictures.Trouble("whoever took it up never came back")
        data = self.storage.fetch(file.sha256)
        if data is None:
            return pictures.Trouble("the bytes of the picture are not there")
        picture = pictures.Picture(
            key=str(one.id),
            data=data,
            content_type=file.content_type,
            language=one.language,
        )
        return self.engines[one.work].alter(picture)
