"""`python -m aftersales.order_system.sql.demo`: fill the order database with the demo store (idempotent)."""

import asyncio
import os
import sys

from aftersales.order_system.settings import OrderSettingsError, orders_database_url, policy_dir, store_tz
from aftersales.order_system.sql.database import Database
from aftersales.order_system.sql.demo.seed import do_seed
from aftersales.order_system.sql.reads import utc_now
from aftersales.policy import PolicyError, load_policy


async def _seed() -> int:
    policy = load_policy(policy_dir(os.environ))
    database = Database(orders_database_url(os.environ))
    try:
        return await do_seed(database, policy, store_tz(os.environ), utc_now())
    finally:
        await database.close()


def main() -> int:
    try:
        new = asyncio.run(_seed())
    except (PolicyError, OrderSettingsError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"演示店：新增 {new} 笔订单" if new else "演示店：已经就绪")
    return 0


if __name__ == "__main__":
    sys.exit(main())
