"""Every setting of the service, its default and its check; docs/operators.md lists the same (a test compares).

Values come from the environment, then from `.env` in the repository root. The launcher resolves defaults once
and hands absolute values to its children, so that no child guesses.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parent.parent


class SettingError(Exception):
    """A setting that cannot be used; the message is one line for the operator."""


@dataclass(frozen=True)
class Setting:
    """One setting: its name, default as text, what it means, and a check that raises ValueError."""

    name: str
    default: str
    meaning: str
    check: Callable[[str], object] = str
    secret: bool = False


def check_number(value: str) -> int:
    """A whole number; Python's own message about literals helps no operator."""
    if not value.strip().isdigit():
        raise ValueError("not a whole number")
    return int(value)


def check_port(value: str) -> int:
    port = check_number(value)
    if not 1 <= port <= 65535:
        raise ValueError("a port is between 1 and 65535")
    return port


def check_count(value: str) -> int:
    count = check_number(value)
    if not 1 <= count <= 64:
        raise ValueError("a number of processes is between 1 and 64")
    return count


def check_database(value: str) -> str:
    schemes = ("sqlite", "postgres://", "postgresql://", "postgresql+")
    if value and not value.startswith(schemes):
        raise ValueError("use postgresql://user:password@host/name or sqlite:///path")
    return value


def check_secret(value: str) -> str:
    if value and len(value) < 16:
        raise ValueError("a secret has at least 16 characters")
    return value


def check_log_level(value: str) -> str:
    if value not in {"debug", "info", "warning", "error"}:
        raise ValueError("one of debug, info, warning, error")
    return value


def check_url(value: str) -> str:
    if value and not value.startswith(("http://", "https://")):
        raise ValueError("an address starts with http:// or https://")
    return value


SETTINGS: tuple[Setting, ...] = (
    Setting("PORT", "8000", "port of the service", check_port),
    Setting("HOST", "127.0.0.1", "address the service binds to"),
    Setting("DATA_DIR", "var", "everything the installation keeps: databases, uploads, secrets, logs"),
    Setting("DATABASE_URL", "", "PostgreSQL of the service; empty: SQLite DATA_DIR/anke.db", check_database),
    Setting(
        "ORDERS_DATABASE_URL",
        "",
        "the order system's database; empty: SQLite DATA_DIR/orders.db",
        check_database,
    ),
    Setting(
        "ORDER_SYSTEM_URL",
        "",
        "HTTP order system instead of the SQL one (docs/order-system-api.md)",
        check_url,
    ),
    Setting("ORDER_SYSTEM_TOKEN", "", "Bearer token for ORDER_SYSTEM_URL", secret=True),
    Setting("REDIS_URL", "", "Redis or Valkey; empty: an embedded Valkey on a unix socket"),
    Setting("WORKERS", "2", "processes of the service", check_count),
    Setting("BOTS", "1", "processes of the bot", check_count),
    Setting(
        "SECRET_KEY",
        "",
        "signs tokens; empty: made on first run, kept in DATA_DIR/secrets.json",
        check_secret,
        True,
    ),
    Setting(
        "IDENTITY_SECRET",
        "",
        "verifies the store's identity tokens; empty: made on first run",
        check_secret,
        True,
    ),
    Setting(
        "ALLOWED_ORIGINS", "", "comma-separated origins of pages that may embed the widget; empty: own origin"
    ),
    Setting("TRUSTED_PROXIES", "", "comma-separated addresses whose X-Forwarded-For is believed"),
    Setting("STORE_TZ", "Asia/Shanghai", "the store's time zone for policy days", ZoneInfo),
    Setting("DEMO_PASSWORD", "", "one password for all demo accounts instead of random ones", secret=True),
    Setting("METRICS_TOKEN", "", "Bearer token for /metrics from elsewhere than loopback", secret=True),
    Setting(
        "LIMIT_CONNECTIONS_PER_ADDRESS", "200", "open connections of one address to one worker", check_number
    ),
    Setting("REQUEST_HEAD_SECONDS", "10", "a request's head must have arrived in all by then", check_number),
    Setting("REQUEST_BODY_SECONDS", "30", "the same for a body that is no upload", check_number),
    Setting("UPLOAD_SECONDS", "600", "the same for a picture or video", check_number),
    Setting("LIMIT_UPLOAD_MB_PER_CONVERSATION", "500", "MB of one conversation's files", check_number),
    Setting("LIMIT_UPLOADS_PER_HOUR", "300", "files of one address in an hour", check_number),
    Setting("LIMIT_UPLOAD_MB_PER_DAY", "2000", "MB uploaded from one address in a day", check_number),
    Setting("LIMIT_UPLOAD_MB_TOTAL", "50000", "MB of all files together", check_number),
    Setting("UPLOADS_MIN_FREE_MB", "1024", "MB that uploads leave free on the disk", check_number),
    Setting("LOG_LEVEL", "info", "debug, info, warning, error", check_log_level),
    Setting("ANKE_FAST", "1", "0 switches every wrap of Rasa internals off (bot/fast/)"),
    Setting("PYTHON310", "", "path of a Python 3.10 for the bot's environment (set-up only)"),
)
KNOWN = {setting.name for setting in SETTINGS}


def read_env_file(path: Path) -> dict[str, str]:
    """KEY=value lines of a .env file; blank lines and # comments are skipped.

    Raises SettingError naming the line that is not KEY=value.
    """
    values: dict[str, str] = {}
    if not path.exists():
        return values
    try:
        written = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"{path.name} cannot be read as UTF-8 text: {error}") from None
    for number, line in enumerate(written.splitlines(), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        key, sign, value = text.removeprefix("export ").partition("=")
        if not sign:
            raise SettingError(f"{path.name} line {number} is not KEY=value: {text[:40]}")
        values[key.strip()] = value.strip().strip("\"'")
    return values


def resolve(environ: Mapping[str, str], env_file: Path | None = None) -> dict[str, str]:
    """Every setting with its value: environment over .env over default, checked, paths absolute.

    Raises SettingError with one line naming the setting.
    """
    from_file = read_env_file(env_file or ROOT / ".env")
    values: dict[str, str] = {}
    for setting in SETTINGS:
        value = environ.get(setting.name) or from_file.get(setting.name) or setting.default
        try:
            setting.check(value)
        except (ValueError, KeyError, OSError) as error:
            shown = "***" if setting.secret else repr(value)
            raise SettingError(f"{setting.name}={shown} cannot be used: {error}") from None
        values[setting.name] = value
    data_dir = Path(values["DATA_DIR"])
    values["DATA_DIR"] = str(data_dir if data_dir.is_absolute() else (ROOT / data_dir).resolve())
    return values


def with_stored_secrets(values: dict[str, str]) -> dict[str, str]:
    """Fill SECRET_KEY and IDENTITY_SECRET from DATA_DIR/secrets.json (mode 0600), making them on first run."""
    import json

    path = Path(values["DATA_DIR"]) / "secrets.json"
    stored: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = {"SECRET_KEY", "IDENTITY_SECRET"} - set(stored)
    if missing:
        stored |= {name: secrets.token_urlsafe(32) for name in sorted(missing)}
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as out:
            json.dump(stored, out)
    return {**values, **{name: values[name] or stored[name] for name in ("SECRET_KEY", "IDENTITY_SECRET")}}
