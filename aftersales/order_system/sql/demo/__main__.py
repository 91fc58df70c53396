"""`python -m aftersales.order_system.sql.demo`: fill the order database with the demo store (idempotent); `--reset`: bring its
orders back as on the first day, whatever was done to them (`anke demo reset`); `--remove`: take them out (`anke demo remove`);
`--absent`: refuse while they are there (what a start in production mode asks)."""

import asyncio
import os
import sys

from aftersales.order_system.settings import OrderSettingsError, orders_database_url, policy_dir, store_tz
from aftersales.order_system.sql.database import Database
from aftersales.order_system.sql.demo.seed import (
    ForeignOrdersError,
    demo_orders,
    do_remove,
    do_reset,
    do_seed,
)
from aftersales.order_system.sql.reads import utc_now
from aftersales.policy import PolicyError, load_policy


async def _run(wish: str) -> tuple[int, str]:
    """Exit code and the line to print."""
    policy = load_policy(policy_dir(os.environ))
    database = Database(orders_database_url(os.environ))
    seeding = database, policy, store_tz(os.environ), utc_now()
    try:
        match wish:
            case "--reset":
                new = await do_reset(*seeding)
                return 0, f"演示店：{new} 笔订单恢复成了第一天的样子，第一天就是今天"
            case "--remove":
                return 0, f"演示店：{await do_remove(database)} 笔演示订单已经清除"
            case "--absent":
                left = await demo_orders(database)
                told = f"订单库里还有 {len(left)} 笔演示订单（{left[0] if left else ''} 等）"
                way = "请用 anke demo remove 清除，或用 ORDERS_DATABASE_URL、ORDER_SYSTEM_URL 指向店铺自己的订单"
                return (2, f"{told}，正式店铺不能带着它们开始：{way}") if left else (0, "没有演示订单")
        new = await do_seed(*seeding)
        return 0, f"演示店：新增 {new} 笔订单" if new else "演示店：已经就绪"
    finally:
        await database.close()


def main() -> int:
    """Exit code 2 with one line when it cannot be done."""
    wish = sys.argv[1] if len(sys.argv) > 1 else ""
    if wish in ("--reset", "--remove") and os.environ.get("ORDER_SYSTEM_URL", "").strip():
        print("订单在 ORDER_SYSTEM_URL 的系统里，这里没有演示订单", file=sys.stderr)
        return 2
    try:
        code, line = asyncio.run(_run(wish))
    except (PolicyError, OrderSettingsError, ForeignOrdersError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    print(line, file=sys.stderr if code else sys.stdout)
    return code


if __name__ == "__main__":
    sys.exit(main())
