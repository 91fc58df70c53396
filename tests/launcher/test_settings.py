"""Settings: environment over .env over default, each mistake one line, every setting documented."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from launcher.env_file import SettingError
from launcher.settings import ROOT, SETTINGS, resolve, unknown_names, with_stored_secrets


def test_defaults_work_with_nothing_set(tmp_path: Path) -> None:
    values = resolve({}, tmp_path / "none.env")
    assert values["PORT"] == "8000"
    assert values["HOST"] == "127.0.0.1"
    assert values["DATA_DIR"] == str((ROOT / "var").resolve())
    assert set(values) == {s.name for s in SETTINGS}


def test_environment_wins_over_env_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text('# comment\n\nexport PORT=9000\nWORKERS="3"\n')
    assert resolve({}, file)["PORT"] == "9000"
    assert resolve({"PORT": "9001"}, file)["PORT"] == "9001"
    assert resolve({}, file)["WORKERS"] == "3"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "70000"),
        ("WORKERS", "0"),
        ("DATABASE_URL", "mysql://x/y"),
        ("ORDER_SYSTEM_URL", "orders.example"),
        ("STORE_TZ", "Mars/Olympus"),
        ("LOG_LEVEL", "loud"),
        ("REDIS_URL", "localhost:6379"),
        ("REDIS_URL", "http://localhost:6379"),
        ("REDIS_URL", "redis://"),
        ("REDIS_URL", "redis://cache:port/0"),
        ("ALLOWED_ORIGINS", "shop.example"),
        ("ALLOWED_ORIGINS", "https://shop.example, ftp://shop.example"),
        ("ALLOWED_ORIGINS", "https://shop.example/path"),
        ("ALLOWED_ORIGINS", "https://shop.example:port"),
        ("TRUSTED_PROXIES", "proxy.example"),
        ("LIMIT_MESSAGES_PER_MINUTE", "0"),
        ("LIMIT_CONVERSATIONS_PER_MINUTE", "many"),
        ("TURN_DEADLINE_SECONDS", "-1"),
        ("TURN_PATIENCE_SECONDS", "soon"),
        ("CATCH_UP_SECONDS", "nan"),
        ("ORDER_SYSTEM_TIMEOUT", "0"),
        ("STORE_DIR", "data/policy"),
        ("ANKE_MODE", "live"),
        ("PUBLIC_URL", "service.example"),
        ("PUBLIC_URL", "https://service.example/anke"),
        ("ORDER_NO_PATTERN", "(a+)+"),
        ("UPLOADS", "bucket"),
        ("UPLOADS", "s3://"),
        ("UPLOADS", "https://minio.example/bucket"),
        ("S3_ENDPOINT", "minio.example"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingError) as caught:
        resolve({name: value}, tmp_path / "none.env")
    assert name in str(caught.value)
    assert value in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("SECRET_KEY", "tiny-secret", "tiny-secret"),
        ("DEMO_PASSWORD", "abc", "abc"),
        ("CHANNEL_SECRETS", "mail=tiny-secret", "tiny-secret"),
        ("CHANNEL_SECRETS", "mail", "mail="),
        ("CHANNEL_SECRETS", "phone=0123456789abcdef", "0123456789abcdef"),
        ("CHANNEL_SECRETS", "mail=0123456789abcdef,mail=0123456789abcdef", "0123456789abcdef"),
        ("DATABASE_URL", "mysql://user:of-mysql@host/name", "of-mysql"),
        ("REDIS_URL", "rediss:/user:of-redis@host", "of-redis"),
    ],
)
def test_a_wrong_secret_is_never_shown(tmp_path: Path, name: str, value: str, secret: str) -> None:
    with pytest.raises(SettingError, match=name) as caught:
        resolve({name: value}, tmp_path / "none.env")
    assert secret not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"ANKE_MODE": "production", "DEMO_PASSWORD": "long-enough-word"}, ("ANKE_MODE", "DEMO_PASSWORD")),
        ({"NOTIFY_URLS": "https://hooks.example"}, ("NOTIFY_URLS", "NOTIFY_SECRET")),
        ({"ORDER_SYSTEM_TOKEN": "a-token-of-the-store"}, ("ORDER_SYSTEM_TOKEN", "ORDER_SYSTEM_URL")),
        ({"UPLOADS": "s3://photos", "S3_KEY_ID": "anke"}, ("UPLOADS", "S3_SECRET_KEY")),
        ({"ORDER_NO_PATTERN": r"AH\d{10}"}, ("ORDER_NO_PATTERN", "ORDER_NO_EXAMPLE")),
    ],
)
def test_settings_that_do_not_fit_each_other_are_both_named(
    tmp_path: Path, given: dict[str, str], named: tuple[str, str]
) -> None:
    with pytest.raises(SettingError) as caught:
        resolve(given, tmp_path / "none.env")
    said = str(caught.value)
    assert all(one in said for one in named)
    assert "\n" not in said
    assert not any(
        value in said for name, value in given.items() if name in ("DEMO_PASSWORD", "ORDER_SYSTEM_TOKEN")
    )


@pytest.mark.parametrize(
    ("given", "mode"),
    [
        ({}, "demo"),
        ({"DATABASE_URL": "postgresql://a:b@db/anke"}, "demo"),
        ({"ORDERS_DATABASE_URL": "postgresql://a:b@db/orders"}, "production"),
        ({"ORDER_SYSTEM_URL": "https://orders.example"}, "production"),
        ({"ORDERS_DATABASE_URL": "sqlite:////x/o.db", "DEMO_PASSWORD": "long-enough-word"}, "demo"),
        ({"ORDER_SYSTEM_URL": "https://orders.example", "ANKE_MODE": "demo"}, "demo"),
        ({"ANKE_MODE": "production"}, "production"),
    ],
)
def test_a_configured_store_is_in_production(tmp_path: Path, given: dict[str, str], mode: str) -> None:
    assert resolve(given, tmp_path / "none.env")["ANKE_MODE"] == mode


def test_names_in_the_env_file_that_are_no_setting_are_named(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("PORT=8001\nLIMIT_MESAGES_PER_MINUTE=5\nSHOE_SIZE=42\n")
    first, second = unknown_names(file)
    assert "LIMIT_MESAGES_PER_MINUTE" in first
    assert "is LIMIT_MESSAGES_PER_MINUTE meant?" in first
    assert "SHOE_SIZE" in second
    assert "meant" not in second
    assert unknown_names(tmp_path / "none.env") == []


def test_damaged_secrets_are_told_and_not_made_anew(tmp_path: Path) -> None:
    """Made anew, every token would be void; the operator decides that."""
    (tmp_path / "secrets.json").write_text("")
    values = {**resolve({}, tmp_path / "none.env"), "DATA_DIR": str(tmp_path)}
    with pytest.raises(SettingError, match=r"secrets\.json is damaged"):
        with_stored_secrets(values)
    assert (tmp_path / "secrets.json").read_text() == ""


def test_secrets_that_find_no_space_leave_no_half_file(tmp_path: Path) -> None:
    """Where the fresh file would lie, a link leads to a device that is always full."""
    (tmp_path / "secrets.json.new").symlink_to("/dev/full")
    values = {**resolve({}, tmp_path / "none.env"), "DATA_DIR": str(tmp_path)}
    with pytest.raises(OSError, match="No space left"):
        with_stored_secrets(values)
    assert list(tmp_path.iterdir()) == []
    assert with_stored_secrets(values)["SECRET_KEY"]


def test_a_line_of_the_env_file_that_is_no_setting_is_named(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("PORT=1\nnonsense\n")
    with pytest.raises(SettingError, match="line 2"):
        resolve({}, file)


def test_an_env_file_that_is_no_text_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"PORT=8000\n\xff\xfe\n")
    with pytest.raises(SettingError, match="UTF-8") as caught:
        resolve({}, file)
    assert "\n" not in str(caught.value)


def test_secrets_are_made_once_and_readable_only_by_the_owner(tmp_path: Path) -> None:
    values = {**resolve({}, tmp_path / "none.env"), "DATA_DIR": str(tmp_path)}
    first = with_stored_secrets(values)
    second = with_stored_secrets(values)
    assert first["SECRET_KEY"] == second["SECRET_KEY"]
    assert len(first["SECRET_KEY"]) >= 32
    assert first["SECRET_KEY"] != first["IDENTITY_SECRET"]
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
    assert (
        with_stored_secrets({**values, "SECRET_KEY": "given-by-operator"})["SECRET_KEY"]
        == "given-by-operator"
    )
