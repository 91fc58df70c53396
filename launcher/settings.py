"""Every setting of the service, its default and its check; docs/operators.md lists the same (a test compares).

Values come from the environment, then from `.env` in the repository root. The launcher resolves defaults once
and hands absolute values to its children, so that no child guesses.
"""

from __future__ import annotations

import ipaddress
import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from redis.asyncio.connection import parse_url

from aftersales.order_number import check_pattern, read_order_number
from launcher.env_file import SettingError, read_env_file
from launcher.files import write_whole

ROOT = Path(__file__).resolve().parent.parent


WORKER, ACTIONS, BOT, SEED = "worker", "actions", "bot", "seed"
#: Who works with the order system.
ORDERS = (WORKER, ACTIONS)


@dataclass(frozen=True)
class Setting:
    """One setting: its name, default as text, what it means, a check that raises ValueError, and which processes are
    told of it: a secret goes to those that need it and to no other."""

    name: str
    default: str
    meaning: str
    check: Callable[[str], object] = str
    readers: tuple[str, ...] = ()
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


def check_limit(value: str) -> int:
    limit = check_number(value)
    if limit < 1:
        raise ValueError("at least 1")
    return limit


def check_seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        raise ValueError("not a number of seconds") from None
    if not 0 < seconds < 3600:
        raise ValueError("a number of seconds is above 0 and below 3600")
    return seconds


def check_patience(value: str) -> float:
    seconds = check_seconds(value)
    if seconds > 4:
        raise ValueError("a turn waits at most 4 seconds for the order system")
    return seconds


def check_database(value: str) -> str:
    schemes = ("sqlite", "postgres://", "postgresql://", "postgresql+")
    if value and not value.startswith(schemes):
        raise ValueError("use postgresql://user:password@host/name or sqlite:///path")
    return value


def check_redis(value: str) -> str:
    if value:
        wanted = "use redis://host:6379/0, rediss://… or unix:///path"
        parts = urlsplit(value)
        if not value.startswith(("redis://", "rediss://", "unix://")) or not (parts.hostname or parts.path):
            raise ValueError(wanted)
        try:
            parse_url(value)
        except ValueError:
            raise ValueError(wanted) from None
    return value


def check_secret(value: str) -> str:
    if value and len(value) < 16:
        raise ValueError("a secret has at least 16 characters")
    return value


def check_channels(value: str) -> str:
    seen: set[str] = set()
    for part in filter(None, (one.strip() for one in value.split(","))):
        name, _, secret = part.partition("=")
        if not re.fullmatch(r"[a-z][a-z0-9_-]{0,39}", name) or name in {"chat", "ticket", "phone", *seen}:
            raise ValueError(
                "name=secret,name=secret; names in small letters, each once, not chat, ticket or phone"
            )
        check_secret(secret or "-")
        seen.add(name)
    return value


def check_password(value: str) -> str:
    if value and len(value) < 8:
        raise ValueError("a password has at least 8 characters")
    return value


def check_log_level(value: str) -> str:
    if value not in {"debug", "info", "warning", "error"}:
        raise ValueError("one of debug, info, warning, error")
    return value


def check_mode(value: str) -> str:
    if value not in {"", "demo", "production"}:
        raise ValueError("demo or production")
    return value


def check_public_url(value: str) -> str:
    if value:
        parts = urlsplit(value)
        if (
            parts.scheme not in ("http", "https")
            or not parts.hostname
            or parts.path.strip("/")
            or parts.query
        ):
            raise ValueError("an address is https://host or https://host:port, without a path")
        _ = parts.port
    return value


def check_order_number(value: str) -> str:
    return check_pattern(value) if value else value


def check_url(value: str) -> str:
    if value and not value.startswith(("http://", "https://")):
        raise ValueError("an address starts with http:// or https://")
    return value


def check_origins(value: str) -> str:
    for origin in filter(None, map(str.strip, value.split(","))):
        parts = urlsplit(origin)
        if (
            parts.scheme not in ("http", "https")
            or not parts.hostname
            or parts.path.strip("/")
            or parts.query
        ):
            raise ValueError(f"an origin is https://host or https://host:port, not {origin!r}")
        _ = parts.port  # raises ValueError for one that is no port
    return value


def check_destinations(value: str) -> str:
    for entry in filter(None, map(str.strip, value.split(","))):
        url = entry.partition("=")[2] if re.match(r"[^/=]+=", entry) else entry
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"a destination is https://… or name=https://…, not {entry!r}")
    return value


def check_events(value: str) -> str:
    for entry in filter(None, map(str.strip, value.split(","))):
        if not re.fullmatch(r"[^=]+=\s*[a-z]+\.([a-z]+|\*)(\s+[a-z]+\.([a-z]+|\*))*", entry):
            raise ValueError(f"chosen events are name=event event, not {entry!r}")
    return value


def check_networks(value: str) -> str:
    for network in filter(None, map(str.strip, value.split(","))):
        ipaddress.ip_network(network, strict=False)
    return value


def check_uploads(value: str) -> str:
    parts = urlsplit(value)
    if value not in ("", "database") and not (
        parts.scheme == "s3" and re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,62}", parts.netloc) and not parts.query
    ):
        raise ValueError("database, s3://bucket or s3://bucket/folder")
    return value


def check_store_dir(value: str) -> str:
    folder = (ROOT / value).resolve()
    if value and (folder == ROOT or folder.is_relative_to(ROOT / "data")):
        raise ValueError("a folder of your own, outside the checkout")
    return value


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "ANKE_MODE",
        "",
        "demo or production; empty: production as soon as a store is configured",
        check_mode,
        (WORKER, SEED),
    ),
    Setting(
        "PUBLIC_URL",
        "",
        "the service's address as browsers reach it, for the links of `anke users`; empty: http://HOST:PORT",
        check_public_url,
        (WORKER,),
    ),
    Setting("PORT", "8000", "port of the service", check_port, (WORKER,)),
    Setting("HOST", "127.0.0.1", "address the service binds to", str, (WORKER,)),
    Setting(
        "DATA_DIR", "var", "everything the installation keeps: databases, uploads, secrets, logs", str, ORDERS
    ),
    Setting(
        "DATABASE_URL",
        "",
        "PostgreSQL of the service; empty: SQLite DATA_DIR/anke.db",
        check_database,
        (WORKER,),
    ),
    Setting(
        "ORDERS_DATABASE_URL",
        "",
        "the order system's database; empty: SQLite DATA_DIR/orders.db",
        check_database,
        ORDERS,
    ),
    Setting(
        "ORDER_SYSTEM_URL",
        "",
        "HTTP order system instead of the SQL one (docs/order-system-api.md)",
        check_url,
        ORDERS,
    ),
    Setting("ORDER_SYSTEM_TOKEN", "", "Bearer token for ORDER_SYSTEM_URL", str, ORDERS, True),
    Setting(
        "ORDER_SYSTEM_TIMEOUT",
        "2.5",
        "seconds a turn waits for the order system in all, at most 4; then the customer hears that it does not answer",
        check_patience,
        ORDERS,
    ),
    Setting(
        "REDIS_URL",
        "",
        "Redis or Valkey; empty: an embedded Valkey on a unix socket",
        check_redis,
        (WORKER,),
    ),
    Setting("WORKERS", "2", "processes of the service", check_count),
    Setting("BOTS", "1", "processes of the bot", check_count),
    Setting(
        "SECRET_KEY",
        "",
        "signs tokens; empty: made on first run, kept in DATA_DIR/secrets.json",
        check_secret,
        (WORKER,),
        True,
    ),
    Setting(
        "IDENTITY_SECRET",
        "",
        "verifies the store's identity tokens; empty: made on first run",
        check_secret,
        (WORKER,),
        True,
    ),
    Setting(
        "ALLOWED_ORIGINS",
        "",
        "comma-separated origins of pages that may embed the widget; empty: own origin",
        check_origins,
        (WORKER,),
    ),
    Setting(
        "TRUSTED_PROXIES",
        "",
        "comma-separated addresses whose X-Forwarded-For is believed",
        check_networks,
        (WORKER,),
    ),
    Setting(
        "NOTIFY_URLS",
        "",
        "comma-separated addresses (https://… or name=https://…) that are told what happens (docs/notifications.md)",
        check_destinations,
        (WORKER,),
        True,
    ),
    Setting(
        "NOTIFY_EVENTS",
        "",
        "what each is told, name=handoff.* conversation.rated, comma-separated; empty: everything",
        check_events,
        (WORKER,),
    ),
    Setting(
        "NOTIFY_SECRET",
        "",
        "signs what is sent to NOTIFY_URLS; needed with them",
        check_secret,
        (WORKER,),
        True,
    ),
    Setting(
        "NOTIFY_TIMEOUT_SECONDS",
        "5",
        "by when a destination must have taken a notification",
        check_seconds,
        (WORKER,),
    ),
    Setting(
        "ORDER_NO_PATTERN",
        "",
        "what the store's order numbers look like; empty: 20\\d{10}",
        check_order_number,
        (ACTIONS, BOT),
    ),
    Setting(
        "ORDER_NO_EXAMPLE",
        "",
        "a number that fits ORDER_NO_PATTERN and is nobody's, shown to customers who do not find theirs",
        str,
        (ACTIONS,),
    ),
    Setting("STORE_TZ", "Asia/Shanghai", "the store's time zone for policy days", ZoneInfo, ORDERS),
    Setting(
        "STORE_DIR",
        "",
        "a folder of your own with what your store changes in data/ or adds to it; empty: data/ as it is",
        check_store_dir,
    ),
    Setting(
        "DEMO_PASSWORD",
        "",
        "one password for all demo accounts instead of random ones",
        check_password,
        (SEED,),
        True,
    ),
    Setting(
        "CHANNEL_SECRETS",
        "",
        "signed channels and their secrets, name=secret,name=secret (mail, social platforms)",
        check_channels,
        (WORKER,),
        True,
    ),
    Setting(
        "METRICS_TOKEN", "", "Bearer token for /metrics from elsewhere than loopback", str, (WORKER,), True
    ),
    Setting(
        "PROMETHEUS_MULTIPROC_DIR",
        "",
        "where workers add up their numbers for /metrics; empty: a folder in memory",
        str,
        (WORKER,),
    ),
    Setting("LIMIT_MESSAGES_PER_MINUTE", "60", "messages of one conversation", check_limit, (WORKER,)),
    Setting(
        "LIMIT_CONVERSATIONS_PER_MINUTE",
        "30",
        "new conversations of one address (loopback is exempt)",
        check_limit,
        (WORKER,),
    ),
    Setting(
        "LIMIT_CONNECTIONS_PER_ADDRESS",
        "200",
        "open connections of one address to one worker",
        check_number,
        (WORKER,),
    ),
    Setting(
        "REQUEST_HEAD_SECONDS",
        "10",
        "a request's head must have arrived in all by then",
        check_number,
        (WORKER,),
    ),
    Setting("REQUEST_BODY_SECONDS", "30", "the same for a body that is no upload", check_number, (WORKER,)),
    Setting("UPLOAD_SECONDS", "600", "the same for a picture or video", check_number, (WORKER,)),
    Setting(
        "LIMIT_UPLOAD_MB_PER_CONVERSATION", "500", "MB of one conversation's files", check_number, (WORKER,)
    ),
    Setting("LIMIT_UPLOADS_PER_HOUR", "300", "files of one address in an hour", check_number, (WORKER,)),
    Setting(
        "LIMIT_UPLOAD_MB_PER_DAY", "2000", "MB uploaded from one address in a day", check_number, (WORKER,)
    ),
    Setting("LIMIT_UPLOAD_MB_TOTAL", "50000", "MB of all files together", check_number, (WORKER,)),
    Setting("UPLOADS_MIN_FREE_MB", "1024", "MB that uploads leave free on the disk", check_number, (WORKER,)),
    Setting(
        "UPLOADS",
        "",
        "where pictures and videos are kept: database, s3://bucket or s3://bucket/folder; empty: DATA_DIR/uploads",
        check_uploads,
        (WORKER,),
    ),
    Setting(
        "S3_ENDPOINT", "", "address of the object store; empty: Amazon's of S3_REGION", check_url, (WORKER,)
    ),
    Setting("S3_REGION", "us-east-1", "region of the bucket", str, (WORKER,)),
    Setting("S3_KEY_ID", "", "whom the object store knows us as", str, (WORKER,)),
    Setting("S3_SECRET_KEY", "", "the secret of S3_KEY_ID", str, (WORKER,), True),
    Setting("TURN_DEADLINE_SECONDS", "10", "one attempt at the bot", check_seconds, (WORKER,)),
    Setting(
        "TURN_PATIENCE_SECONDS",
        "20",
        "after that a person is brought (bot_unavailable)",
        check_seconds,
        (WORKER,),
    ),
    Setting(
        "TURN_HEARTBEAT_SECONDS",
        "2",
        "how often a worker says that it still runs its turns",
        check_seconds,
        (WORKER,),
    ),
    Setting(
        "TURN_LOST_SECONDS",
        "6",
        "without a heartbeat for so long, another worker takes a turn over",
        check_seconds,
        (WORKER,),
    ),
    Setting(
        "CATCH_UP_SECONDS",
        "5",
        "how often live listeners are compared with the database",
        check_seconds,
        (WORKER,),
    ),
    Setting(
        "CATCH_UP_WITHOUT_REDIS_SECONDS",
        "1",
        "the same while Redis cannot be reached",
        check_seconds,
        (WORKER,),
    ),
    Setting("LOG_LEVEL", "info", "debug, info, warning, error", check_log_level, (WORKER, ACTIONS, BOT)),
    Setting("ANKE_FAST", "1", "0 switches every wrap of Rasa internals off (bot/fast/)", str, (BOT,)),
    Setting(
        "ANKE_ENCODER",
        "",
        "off: without the sentence encoder; a path: another one than data/encoder",
        str,
        (BOT,),
    ),
    Setting("ANKE_MODELS_DIR", "models", "the folder of the trained models"),
    Setting("PYTHON310", "", "path of a Python 3.10 for the bot's environment (set-up only)"),
)
#: Paths that children must read alike wherever they are started.
FOLDERS = ("DATA_DIR", "STORE_DIR", "ANKE_MODELS_DIR", "PROMETHEUS_MULTIPROC_DIR")
KNOWN = {setting.name for setting in SETTINGS}


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
            shown = "***" if setting.secret else repr(re.sub(r"[^/@]*@", "***@", value))
            raise SettingError(f"{setting.name}={shown} cannot be used: {error}") from None
        values[setting.name] = value
    for name in FOLDERS:
        if values[name]:
            values[name] = str((ROOT / values[name]).resolve())
    values["ANKE_MODE"] = mode(values)
    check_together(values)
    return values


def mode(values: Mapping[str, str]) -> str:
    """ANKE_MODE where it is set. Otherwise a store is configured, and its demo over, when ORDERS_DATABASE_URL or
    ORDER_SYSTEM_URL names its orders, unless DEMO_PASSWORD asks for the demo accounts."""
    if values["ANKE_MODE"]:
        return values["ANKE_MODE"]
    configured = values["ORDERS_DATABASE_URL"] or values["ORDER_SYSTEM_URL"]
    return "production" if configured and not values["DEMO_PASSWORD"] else "demo"


def check_together(values: Mapping[str, str]) -> None:
    """Settings that fit each other; SettingError names both."""
    if values["ANKE_MODE"] == "production" and values["DEMO_PASSWORD"]:
        raise SettingError(
            "DEMO_PASSWORD is for demo accounts, which ANKE_MODE=production has not: remove one of them."
        )
    try:
        read_order_number(values)
    except ValueError as error:
        raise SettingError(f"{error}.") from None
    if values["NOTIFY_URLS"] and not values["NOTIFY_SECRET"]:
        raise SettingError("NOTIFY_URLS needs NOTIFY_SECRET, which signs what is sent.")
    if values["UPLOADS"].startswith("s3://") and not (values["S3_KEY_ID"] and values["S3_SECRET_KEY"]):
        raise SettingError("UPLOADS names a bucket: it needs S3_KEY_ID and S3_SECRET_KEY.")
    if values["ORDER_SYSTEM_TOKEN"] and not values["ORDER_SYSTEM_URL"]:
        raise SettingError("ORDER_SYSTEM_TOKEN is set and ORDER_SYSTEM_URL is not: whose token is it?")


def unknown_names(env_file: Path | None = None) -> list[str]:
    """One line for each name in `.env` that is no setting, with the one that was probably meant."""
    path = env_file or ROOT / ".env"
    lines = []
    for name in read_env_file(path):
        if name not in KNOWN:
            near = get_close_matches(name, KNOWN, 1)
            lines.append(
                f"{path.name}: {name} is no setting and changes nothing{f' (is {near[0]} meant?)' if near else ''}"
            )
    return lines


def told_to(process: str, values: Mapping[str, str]) -> dict[str, str]:
    """What a kind of process is told of the resolved settings: those that name it among their readers."""
    return {s.name: values[s.name] for s in SETTINGS if process in s.readers and values[s.name]}


def with_stored_secrets(values: dict[str, str]) -> dict[str, str]:
    """Fill SECRET_KEY and IDENTITY_SECRET from DATA_DIR/secrets.json (mode 0600), making them on first run.

    Raises SettingError when the file is damaged (made anew, every token would be invalid: the operator decides that)
    and OSError when it cannot be read or written.
    """
    path = Path(values["DATA_DIR"]) / "secrets.json"
    stored: dict[str, str] = {}
    if path.exists():
        try:
            stored = {str(name): str(word) for name, word in json.loads(path.read_text()).items()}
        except (ValueError, AttributeError):
            raise SettingError(
                f"{path} is damaged: restore it from a backup, or delete it (everybody is signed out then)."
            ) from None
    missing = {"SECRET_KEY", "IDENTITY_SECRET"} - set(stored)
    if missing:
        stored |= {name: secrets.token_urlsafe(32) for name in sorted(missing)}
        write_whole(path, json.dumps(stored))
    return {**values, **{name: values[name] or stored[name] for name in ("SECRET_KEY", "IDENTITY_SECRET")}}
