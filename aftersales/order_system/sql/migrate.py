"""Bring the order database to the newest schema: `python -m aftersales.order_system.sql.migrate` (ORDERS_DATABASE_URL)."""

import asyncio
import os
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from aftersales.order_system.settings import OrderSettingsError, orders_database_url
from aftersales.order_system.sql.database import Database

_ONE_AT_A_TIME = 0x616E6B65  # key of the PostgreSQL advisory lock


async def do_migrate(url: str) -> None:
    """Upgrade to head; safe to run at the same time from several processes."""
    database = Database(url)
    try:
        async with database.write() as connection:
            if not database.is_sqlite:
                await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
            await connection.run_sync(_upgrade)
    finally:
        await database.close()


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def main() -> int:
    try:
        asyncio.run(do_migrate(orders_database_url(os.environ)))
    except (OrderSettingsError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
