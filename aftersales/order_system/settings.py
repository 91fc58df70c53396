"""Settings of the order system from the environment, with their defaults."""

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aftersales.reload import data_root

DEFAULT_TZ = "Asia/Shanghai"
#: Seconds that a turn waits for the order system before the customer hears that it does not answer: under 3 in all.
DEFAULT_PATIENCE = 2.5
#: The action has 5 seconds for a whole turn (actions/dialogue_action.py).
MOST_PATIENCE = 4.0


class OrderSettingsError(ValueError):
    """A setting cannot be used; the message is one Chinese line."""


def orders_database_url(env: Mapping[str, str]) -> str:
    """ORDERS_DATABASE_URL, or SQLite in DATA_DIR/orders.db (absolute)."""
    url = env.get("ORDERS_DATABASE_URL", "").strip()
    if url:
        return url
    return f"sqlite:///{Path(env.get('DATA_DIR') or 'var').resolve() / 'orders.db'}"


def store_tz(env: Mapping[str, str]) -> ZoneInfo:
    """STORE_TZ; fails with OrderSettingsError for an unknown zone."""
    name = env.get("STORE_TZ") or DEFAULT_TZ
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise OrderSettingsError(
            f"STORE_TZ 不是有效的时区名（现在是 {name!r}），例如 Asia/Shanghai"
        ) from None


def policy_dir(env: Mapping[str, str]) -> Path:
    """data/policy of what this process reads."""
    return data_root(env) / "data" / "policy"


def seconds(env: Mapping[str, str], name: str, default: float) -> float:
    """A positive number of seconds."""
    text = env.get(name, "").strip()
    try:
        value = float(text) if text else default
    except ValueError:
        value = -1
    if not 0 < value < 3600:
        raise OrderSettingsError(f"{name} 必须是正数（秒），现在是 {text!r}")
    return value


def patience(env: Mapping[str, str]) -> float:
    """ORDER_SYSTEM_TIMEOUT: seconds for one call with its repetitions, and for all calls of one turn together."""
    value = seconds(env, "ORDER_SYSTEM_TIMEOUT", DEFAULT_PATIENCE)
    if value > MOST_PATIENCE:
        raise OrderSettingsError(
            f"ORDER_SYSTEM_TIMEOUT 最多 {MOST_PATIENCE:.0f} 秒，再长客户就等不到回答了（现在是 {value:g}）"
        )
    return value
