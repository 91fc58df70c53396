"""Settings of the order system from the environment, with their defaults."""

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DEFAULT_TZ = "Asia/Shanghai"


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
    """ANKE_POLICY_DIR, or data/policy of this checkout."""
    told = env.get("ANKE_POLICY_DIR")
    return Path(told) if told else Path(__file__).resolve().parents[2] / "data" / "policy"


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
