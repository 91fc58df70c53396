"""The store's order system: a port (port.py) and two adapters, chosen by the environment."""

from collections.abc import Mapping

from aftersales.order_system.port import OrderSystem

__all__ = ["OrderSystem", "call_figures", "open_order_system"]


def call_figures(orders: OrderSystem) -> dict[str, int | bool]:
    """How calls to it go, for an operator: `breaker_open`, `failures` in a row. A SQL one is never given up."""
    from aftersales.order_system.http.adapter import HttpOrderSystem

    if isinstance(orders, HttpOrderSystem):
        return {"breaker_open": orders.breaker.is_open, "failures": orders.breaker.failures}
    return {"breaker_open": False, "failures": 0}


def open_order_system(env: Mapping[str, str]) -> OrderSystem:
    """The adapter the environment asks for: HTTP when ORDER_SYSTEM_URL is set, else the SQL database.

    Nothing is connected yet; `ready()` tells whether it answers. Fails with OrderSettingsError or PolicyError (Chinese
    lines). Adapters are imported here, so that the port alone can be imported without a database or HTTP library.
    """
    if env.get("ORDER_SYSTEM_URL", "").strip():
        from aftersales.order_system.http.adapter import open_http

        return open_http(env)
    from aftersales.order_system.sql.open import open_sql

    return open_sql(env)
