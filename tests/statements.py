"""What a connection is asked to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import psycopg
from psycopg.abc import Params
from sqlalchemy import Connection


@contextmanager
def statements(sql: Connection) -> Iterator[list[str]]:
    """Every statement in its order, whether SQLAlchemy has written it or a file."""
    seen: list[str] = []

    class Noting(psycopg.Cursor[Any]):
        def execute(self, query: Any, params: Params | None = None, **options: Any) -> Any:
            seen.append(query.decode() if isinstance(query, bytes) else str(query))
            return super().execute(query, params, **options)

    driver = cast("psycopg.Connection[Any]", sql.connection.driver_connection)
    before, driver.cursor_factory = driver.cursor_factory, Noting
    try:
        yield seen
    finally:
        driver.cursor_factory = before
