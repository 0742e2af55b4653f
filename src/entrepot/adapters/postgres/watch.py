"""Looks after the embedded server while a process serves."""

import threading
from types import TracebackType
from typing import Self

import structlog

from .embedded import Embedded
from .troubles import DatabaseTrouble

EVERY_S = 0.5

log = structlog.get_logger()


class Watch:
    """Starts a killed server again, within a second: `with Watch(server): serve()`."""

    def __init__(self, server: Embedded) -> None:
        self._server = server
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, name="database-watch", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._done.wait(EVERY_S):
            try:
                if self._server.revive():
                    log.warning("database.revived")
            except DatabaseTrouble as error:
                log.error("database.not_revived", reason=str(error))  # noqa: TRY400
