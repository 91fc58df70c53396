"""`python -m aftersales.order_system.reference`: the demo store behind docs/order-system-api.md, in a process of its own.

For integrators: point ORDER_SYSTEM_URL of an Anke installation at it, and compare your own system's answers with its. Its
data is the order database of the environment (ORDERS_DATABASE_URL, else DATA_DIR/orders.db), filled with the demo store.
"""

import argparse
import asyncio
import os
import signal
import sys

from aftersales.order_system.reference.server import ReferenceServer
from aftersales.order_system.reference.serving import serving
from aftersales.order_system.settings import OrderSettingsError, orders_database_url, policy_dir, store_tz
from aftersales.order_system.sql.database import Database
from aftersales.order_system.sql.demo.seed import do_seed
from aftersales.order_system.sql.migrate import do_migrate
from aftersales.order_system.sql.open import open_sql
from aftersales.order_system.sql.reads import utc_now
from aftersales.policy import PolicyError, load_policy


async def _serve(port: int, token: str) -> None:
    url = orders_database_url(os.environ)
    await do_migrate(url)
    database = Database(url)
    try:
        await do_seed(database, load_policy(policy_dir(os.environ)), store_tz(os.environ), utc_now())
    finally:
        await database.close()
    system = open_sql(os.environ)
    try:
        async with serving(ReferenceServer(system, token).handle, port=port) as base:
            print(f"订单系统示例：{base}（ORDER_SYSTEM_TOKEN={token}），按 Ctrl-C 结束", flush=True)
            await _interrupted()
    finally:
        await system.close()


async def _interrupted() -> None:
    """Returns at Ctrl-C or SIGTERM, also where a shell started us in the background and has SIGINT ignored."""
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await ended.wait()


def main() -> int:
    """Serve until interrupted. Exit code 2 with one line when it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m aftersales.order_system.reference", description=__doc__)
    parser.add_argument("--port", type=int, default=8900, help="端口，0 表示随便一个空着的")
    parser.add_argument("--token", default=os.environ.get("ORDER_SYSTEM_TOKEN") or "a-shared-secret")
    told = parser.parse_args()
    try:
        asyncio.run(_serve(told.port, told.token))
    except (PolicyError, OrderSettingsError, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
