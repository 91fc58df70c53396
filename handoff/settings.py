"""What an operator decides, read once from the environment; every value is described in docs/operators.md."""

import ipaddress
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aftersales.reload import data_root
from handoff.notifications.destinations import Destination, read_destinations
from handoff.uploads.bucket_settings import BucketSettings, bucket_settings
from handoff.uploads.limits import UploadLimits


class SettingsError(Exception):
    """A setting that cannot be used; the message is one clear line for the operator."""


_CHANNEL_NAME = re.compile(r"(?!(?:chat|ticket|phone)$)[a-z][a-z0-9_-]{0,39}")
"""chat, ticket and phone are channels of our own."""
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Settings:
    data_dir: Path
    database_url: str
    secret_key: str = field(repr=False)
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = "http://127.0.0.1:8000"
    demo: bool = True
    name: str = ""
    probe_port: int | None = None
    redis_url: str | None = None
    bot_urls: tuple[str, ...] = ()
    bot_secret: str = field(default="", repr=False)
    action_url: str | None = None
    identity_secret: str | None = field(default=None, repr=False)
    metrics_token: str | None = field(default=None, repr=False)
    channel_secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    allowed_origins: frozenset[str] = frozenset()
    trusted_proxies: tuple[Network, ...] = ()
    data_root: Path = Path()
    store_tz: str = "Asia/Shanghai"
    # durations in seconds; tests shorten them, operators need not
    turn_deadline: float = 10.0
    turn_patience: float = 20.0
    heartbeat_every: float = 2.0
    heartbeat_lost: float = 6.0
    catch_up_every: float = 5.0
    catch_up_without_redis: float = 1.0
    # traffic: per conversation and minute, per address and minute
    messages_per_minute: int = 60
    conversations_per_minute: int = 30
    # what a connection may cost: how many of one address (in one worker), and by when what it sends must have arrived
    connections_per_address: int = 200
    head_seconds: float = 10.0
    body_seconds: float = 30.0
    upload_seconds: float = 600.0
    # the store's own systems that are told what happens
    notify: tuple[Destination, ...] = ()
    notify_secret: str = field(default="", repr=False)
    notify_seconds: float = 5.0
    uploads: UploadLimits = field(default_factory=UploadLimits)
    # where files are kept: "" (DATA_DIR), "database", or a bucket
    uploads_at: str = ""
    bucket: BucketSettings | None = None


def read_settings(env: Mapping[str, str] = os.environ) -> Settings:
    """Settings from the environment; SettingsError names the variable that is wrong."""
    data_dir = Path(env.get("DATA_DIR") or "var").absolute()
    host, port = env.get("HOST") or "127.0.0.1", _number(env, "PORT", 8000)
    action_port = env.get("ACTION_PORT")
    return Settings(
        data_dir=data_dir,
        database_url=env.get("DATABASE_URL") or f"sqlite:///{data_dir / 'anke.db'}",
        secret_key=env.get("SECRET_KEY") or stored_secret(data_dir),
        host=host,
        port=port,
        public_url=(env.get("PUBLIC_URL") or _own_url(host, port)).rstrip("/"),
        demo=env.get("ANKE_MODE", "demo") != "production",
        name=env.get("WORKER_NAME", ""),
        probe_port=_number(env, "PROBE_PORT", 0) or None,
        redis_url=env.get("REDIS_URL") or None,
        bot_urls=tuple(url.strip().rstrip("/") for url in env.get("BOT_URLS", "").split(",") if url.strip()),
        bot_secret=env.get("BOT_SECRET", ""),
        action_url=env.get("ACTION_URL") or (f"http://127.0.0.1:{action_port}" if action_port else None),
        identity_secret=env.get("IDENTITY_SECRET") or None,
        metrics_token=env.get("METRICS_TOKEN") or None,
        channel_secrets=_channel_secrets(env.get("CHANNEL_SECRETS", "")),
        allowed_origins=frozenset(
            origin.strip().rstrip("/").lower()
            for origin in env.get("ALLOWED_ORIGINS", "").split(",")
            if origin.strip()
        ),
        trusted_proxies=_networks(env.get("TRUSTED_PROXIES", "")),
        data_root=data_root(env),
        store_tz=env.get("STORE_TZ") or "Asia/Shanghai",
        turn_deadline=_seconds(env, "TURN_DEADLINE_SECONDS", 10.0),
        turn_patience=_seconds(env, "TURN_PATIENCE_SECONDS", 20.0),
        heartbeat_every=_seconds(env, "TURN_HEARTBEAT_SECONDS", 2.0),
        heartbeat_lost=_seconds(env, "TURN_LOST_SECONDS", 6.0),
        catch_up_every=_seconds(env, "CATCH_UP_SECONDS", 5.0),
        catch_up_without_redis=_seconds(env, "CATCH_UP_WITHOUT_REDIS_SECONDS", 1.0),
        messages_per_minute=_number(env, "LIMIT_MESSAGES_PER_MINUTE", 60),
        conversations_per_minute=_number(env, "LIMIT_CONVERSATIONS_PER_MINUTE", 30),
        connections_per_address=_number(env, "LIMIT_CONNECTIONS_PER_ADDRESS", 200),
        head_seconds=_seconds(env, "REQUEST_HEAD_SECONDS", 10.0),
        body_seconds=_seconds(env, "REQUEST_BODY_SECONDS", 30.0),
        upload_seconds=_seconds(env, "UPLOAD_SECONDS", 600.0),
        notify=_destinations(
            env.get("NOTIFY_URLS", ""), env.get("NOTIFY_EVENTS", ""), env.get("NOTIFY_SECRET", "")
        ),
        notify_secret=env.get("NOTIFY_SECRET", ""),
        notify_seconds=_seconds(env, "NOTIFY_TIMEOUT_SECONDS", 5.0),
        uploads=UploadLimits(
            conversation_mb=_number(env, "LIMIT_UPLOAD_MB_PER_CONVERSATION", 500),
            files_per_hour_of_address=_number(env, "LIMIT_UPLOADS_PER_HOUR", 300),
            daily_mb_of_address=_number(env, "LIMIT_UPLOAD_MB_PER_DAY", 2000),
            total_mb=_number(env, "LIMIT_UPLOAD_MB_TOTAL", 50_000),
            min_free_mb=_number(env, "UPLOADS_MIN_FREE_MB", 1024),
        ),
        uploads_at=env.get("UPLOADS", ""),
        bucket=bucket_settings(env),
    )


def stored_secret(data_dir: Path) -> str:
    """The installation's own SECRET_KEY, made on first use; every worker reads the same file."""
    path = data_dir / "secret-key"
    data_dir.mkdir(parents=True, exist_ok=True)
    fresh = data_dir / f"secret-key.{os.getpid()}"
    if not path.exists():
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(48), encoding="ascii")
        try:
            os.link(fresh, path)  # fails when another worker was first: then its key counts
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text(encoding="ascii").strip()


def _own_url(host: str, port: int) -> str:
    """How a browser on this machine reaches us."""
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host  # noqa: S104
    return f"http://{shown}:{port}"


def _channel_secrets(listed: str) -> dict[str, str]:
    """`mail=…,weibo=…`: the secret of each signed channel by its name; no message says which one is wrong."""
    secrets_by_name: dict[str, str] = {}
    for part in filter(None, (one.strip() for one in listed.split(","))):
        name, _, secret = part.partition("=")
        if not _CHANNEL_NAME.fullmatch(name) or len(secret) < 16 or name in secrets_by_name:
            raise SettingsError(
                "CHANNEL_SECRETS must be name=secret,name=secret, secrets of 16 characters or more"
            )
        secrets_by_name[name] = secret
    return secrets_by_name


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name) or str(default)
    if not value.isascii() or not value.isdigit():
        raise SettingsError(f"{name} must be a whole number, not {value!r}")
    return int(value)


def _seconds(env: Mapping[str, str], name: str, default: float) -> float:
    value = env.get(name) or str(default)
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1.0
    if not seconds > 0:
        raise SettingsError(f"{name} must be a number of seconds above zero, not {value!r}")
    return seconds


def _destinations(listed: str, wanted: str, secret: str) -> tuple[Destination, ...]:
    try:
        found = read_destinations(listed, wanted)
    except ValueError as error:
        raise SettingsError(f"NOTIFY_URLS, NOTIFY_EVENTS: {error}") from error
    if found and not secret:
        raise SettingsError("NOTIFY_URLS needs NOTIFY_SECRET, which signs what is sent")
    return found


def _networks(listed: str) -> tuple[Network, ...]:
    try:
        return tuple(
            ipaddress.ip_network(part.strip(), strict=False) for part in listed.split(",") if part.strip()
        )
    except ValueError as error:
        raise SettingsError(f"TRUSTED_PROXIES: {error}") from error
