"""Build the SQL adapter from the environment."""

from collections.abc import Mapping

from aftersales.order_system.settings import OrderSettingsError, orders_database_url, policy_dir, store_tz
from aftersales.order_system.sql.adapter import SqlOrderSystem
from aftersales.policy import PolicyError, PolicySource


def open_sql(env: Mapping[str, str]) -> SqlOrderSystem:
    """`SqlOrderSystem` on ORDERS_DATABASE_URL with the store's policy and time zone (STORE_TZ)."""
    try:
        policy = PolicySource(policy_dir(env))
        return SqlOrderSystem(orders_database_url(env), policy, store_tz(env))
    except PolicyError:
        raise
    except ValueError as error:
        raise OrderSettingsError(str(error)) from None
