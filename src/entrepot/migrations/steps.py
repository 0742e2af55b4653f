"""The steps as Alembic knows them. Loaded only by a start that has some to take."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def take(sql: Connection) -> None:
    """Run what is missing up to the newest step."""
    config = _config()
    config.attributes["connection"] = sql
    command.upgrade(config, "head")


def known() -> list[str]:
    """All steps, the newest first."""
    found = ScriptDirectory.from_config(_config()).walk_revisions()
    return [step.revision for step in found]


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
