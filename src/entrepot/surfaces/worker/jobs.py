"""Jobs: rows that were written with the change that asked for them, run once each.

The queue is procrastinate's; whoever holds a job keeps it alive by a heartbeat. A job whose worker
was killed has none, and is taken up again within a minute. A job does its work in units of work
and may run twice: each is written for that.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import make_url

from entrepot.contexts import ledger
from entrepot.surfaces.parts import Parts

if TYPE_CHECKING:
    from procrastinate import App

log = structlog.get_logger()

LOOK_EVERY_S = 10.0  # For jobs of killed workers; asking for them costs one statement.
SILENT_S = 30.0  # A worker that was not heard for so long is dead.
Job = Callable[..., None]


def fold(parts: Parts) -> None:
    """Bring what was posted into the balances."""
    parts.work.run(parts.platform("ledger.fold"), "ledger.fold", ledger.fold)


JOBS: Mapping[str, Job] = {"ledger.fold": fold}


@dataclass(frozen=True, slots=True)
class JobRunner:
    """Runs jobs until it is told to stop. Many at once share the queue."""

    parts: Parts
    jobs: Mapping[str, Job]

    def run(self, stop: Callable[[], bool]) -> None:
        """Work in this thread; a running job ends before this returns."""
        asyncio.run(self._run(stop))

    async def _run(self, stop: Callable[[], bool]) -> None:
        from procrastinate import App, PsycopgConnector  # By who works; a start waits for nobody.

        app = App(connector=PsycopgConnector(conninfo=_conninfo(self.parts)))
        for name, job in self.jobs.items():
            app.task(name=name)(self._called(job))
        async with app.open_async():
            worker = asyncio.create_task(
                app.run_worker_async(
                    install_signal_handlers=False,
                    listen_notify=False,  # No NOTIFY on hot paths.
                    fetch_job_polling_interval=1.0,
                    update_heartbeat_interval=5.0,
                    stalled_worker_timeout=SILENT_S,
                    delete_jobs="successful",
                )
            )
            looked = 0.0
            while not stop() and not worker.done():
                await asyncio.sleep(0.2)
                looked += 0.2
                if looked >= LOOK_EVERY_S:
                    looked = 0.0
                    await _take_up(app)
            worker.cancel()
            await asyncio.gather(worker, return_exceptions=True)

    def _called(self, job: Job) -> Callable[..., Any]:
        async def call(**arguments: Any) -> None:
            await asyncio.to_thread(job, self.parts, **arguments)

        return call


async def _take_up(app: "App") -> None:
    """Give jobs of killed workers back to the queue."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_S):
        log.warning("jobs.taken_up", job=job.task_name, id=job.id)
        await app.job_manager.retry_job(job)


def _conninfo(parts: Parts) -> str:
    url = make_url(parts.database_url).set(drivername="postgresql")
    return url.render_as_string(hide_password=False)
