"""`python -m handoff.records.migrate`: brings DATABASE_URL to the shape this code needs; run before any worker starts.

Safe to run again, and by several processes at once (SQLite: one writer; PostgreSQL: an advisory lock).
"""

import asyncio
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from handoff.records.engine import async_url, sqlite_engine
from handoff.settings import SettingsError, read_settings

HISTORY = Path(__file__).parent / "migrations"


def alembic_config(connection: Connection) -> Config:
    """Alembic without an ini file: the history beside this module, on that connection."""
    config = Config()
    config.set_main_option("script_location", str(HISTORY))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    command.upgrade(alembic_config(connection), "heads")  # lines of work that grew side by side, too


async def migrate(url: str) -> None:
    """Upgrades the database at `url` to the newest shape."""
    address = async_url(url)
    sqlite = address.startswith("sqlite")
    # SQLite: the migration holds the write lock from its first look on, like every other writer
    engine = sqlite_engine(address, "BEGIN IMMEDIATE", size=1) if sqlite else create_async_engine(address)
    try:
        async with engine.begin() as connection:
            if not sqlite:
                await connection.execute(text("SELECT pg_advisory_xact_lock(7034551)"))
            await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


def main() -> int:
    try:
        settings = read_settings()
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        asyncio.run(migrate(settings.database_url))
    except (SettingsError, OSError, ValueError) as error:
        print(f"database: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
