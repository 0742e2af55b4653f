"""Pools of connections to any server, embedded or not."""

from typing import Any

import orjson
from psycopg import Connection
from sqlalchemy import Engine, create_engine, event, make_url

from entrepot.settings import Limits

from .arrays import Lists

# Holds on every server, whoever runs it.
SESSION = {"timezone": "UTC", "jit": "off"}


def engine_of(url: str, limits: Limits, name: str = "entrepot") -> Engine:
    """A pool that never gives more connections than it has, with timeouts on the server's side."""
    timeouts = {
        "statement_timeout": limits.statement_timeout_ms,
        "lock_timeout": limits.lock_timeout_ms,
        "idle_in_transaction_session_timeout": limits.idle_in_transaction_session_timeout_ms,
    }
    options = " ".join(f"-c {name}={value}" for name, value in {**SESSION, **timeouts}.items())
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=limits.pool_size,
        max_overflow=0,
        pool_timeout=limits.pool_timeout_s,
        hide_parameters=True,  # An error's text goes to logs, and parameters hold addresses.
        pool_use_lifo=True,  # A quiet process keeps few connections busy, and their caches warm.
        connect_args={"options": options, "application_name": name, "connect_timeout": 10},
        json_deserializer=orjson.loads,
    )
    event.listen(engine, "connect", _adapt)
    return engine


def _adapt(connection: Connection[Any], _: object) -> None:
    connection.adapters.register_dumper(list, Lists)
