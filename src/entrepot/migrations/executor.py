"""What a migration may import, and all that it may import."""

from pathlib import Path

from sqlalchemy import Connection

SQL = Path(__file__).parent / "sql"


def run_sql(revision: str, area: str) -> None:
    """Run `sql/<revision>_<area>.sql` as it stands: many statements, no parameters."""
    from alembic import op

    run_whole(op.get_bind(), (SQL / f"{revision}_{area}.sql").read_text(encoding="utf-8"))


def run_whole(sql: Connection, statements: str) -> None:
    """Run many statements in one go, past SQLAlchemy and psycopg, which look for parameters."""
    driver = sql.connection.driver_connection
    assert driver is not None
    driver.execute(statements)
