"""What a migration may import, and all that it may import."""

from pathlib import Path

from alembic import op

SQL = Path(__file__).parent / "sql"


def run_sql(revision: str, area: str) -> None:
    """Run `sql/<revision>_<area>.sql` as it stands: many statements, no parameters."""
    statements = (SQL / f"{revision}_{area}.sql").read_text(encoding="utf-8")
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    # Past SQLAlchemy, which would look for parameters; without any, psycopg sends the file whole.
    driver.execute(statements)
