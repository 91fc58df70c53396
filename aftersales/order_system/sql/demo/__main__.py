"""`python -m aftersales.order_system.sql.demo`: fill the order database with the demo store (idempotent); `--reset`: bring its
orders back as on the first day, whatever was done to them (`make demo-reset`)."""

import asyncio
import os
import sys

from aftersales.order_system.settings import OrderSettingsError, orders_database_url, policy_dir, store_tz
from aftersales.order_system.sql.database import Database
from aftersales.order_system.sql.demo.seed import do_reset, do_seed
from aftersales.order_system.sql.reads import utc_now
from aftersales.policy import PolicyError, load_policy


async def _seed(reset: bool) -> int:
    policy = load_policy(policy_dir(os.environ))
    database = Database(orders_database_url(os.environ))
    try:
        return await (do_reset if reset else do_seed)(database, policy, store_tz(os.environ), utc_now())
    finally:
        await database.close()


def main() -> int:
    """Exit code 2 with one line when it cannot be done."""
    reset = sys.argv[1:] == ["--reset"]
    if reset and os.environ.get("ORDER_SYSTEM_URL", "").strip():
        print("订单在 ORDER_SYSTEM_URL 的系统里，这里没有演示订单可以恢复", file=sys.stderr)
        return 2
    try:
        new = asyncio.run(_seed(reset))
    except (PolicyError, OrderSettingsError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    if reset:
        print(f"演示店：{new} 笔订单恢复成了第一天的样子，第一天就是今天")
        return 0
    print(f"演示店：新增 {new} 笔订单" if new else "演示店：已经就绪")
    return 0


if __name__ == "__main__":
    sys.exit(main())
