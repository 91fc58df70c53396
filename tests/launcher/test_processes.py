"""What each process is told: every setting reaches who reads it, and a secret nobody else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from launcher.processes import Plan, plan
from launcher.settings import ACTIONS, BOT, ROOT, SEED, SETTINGS, WORKER, Setting, resolve

#: A value for each setting that differs from its default and passes its check.
VALUES = {
    "ANKE_MODE": "demo",
    "PUBLIC_URL": "https://service.example",
    "PORT": "8123",
    "HOST": "127.0.0.2",
    "DATABASE_URL": "postgresql://a:password-of-anke@db/anke",
    "ORDERS_DATABASE_URL": "postgresql://o:password-of-orders@db/orders",
    "ORDER_SYSTEM_URL": "https://orders.example",
    "ORDER_SYSTEM_TOKEN": "token-of-the-order-system",
    "ORDER_SYSTEM_TIMEOUT": "3.5",
    "REDIS_URL": "redis://:password-of-redis@cache:6379/1",
    "WORKERS": "3",
    "BOTS": "2",
    "SECRET_KEY": "secret-key-0123456789",
    "IDENTITY_SECRET": "identity-secret-0123456789",
    "ALLOWED_ORIGINS": "https://shop.example,http://localhost:3000",
    "TRUSTED_PROXIES": "10.0.0.0/8, ::1",
    "ORDER_NO_PATTERN": r"AH\d{8,10}",
    "ORDER_NO_EXAMPLE": "AH00001234",
    "STORE_TZ": "Asia/Urumqi",
    "DEMO_PASSWORD": "demo-password",
    "METRICS_TOKEN": "token-of-metrics",
    "LIMIT_MESSAGES_PER_MINUTE": "61",
    "LIMIT_CONVERSATIONS_PER_MINUTE": "31",
    "LIMIT_CONNECTIONS_PER_ADDRESS": "201",
    "REQUEST_HEAD_SECONDS": "11",
    "REQUEST_BODY_SECONDS": "31",
    "UPLOAD_SECONDS": "601",
    "LIMIT_UPLOAD_MB_PER_CONVERSATION": "501",
    "LIMIT_UPLOADS_PER_HOUR": "301",
    "LIMIT_UPLOAD_MB_PER_DAY": "2001",
    "LIMIT_UPLOAD_MB_TOTAL": "50001",
    "UPLOADS_MIN_FREE_MB": "1025",
    "UPLOADS": "s3://photos/anke",
    "S3_ENDPOINT": "https://minio.example",
    "S3_REGION": "cn-north-1",
    "S3_KEY_ID": "anke",
    "S3_SECRET_KEY": "secret-of-the-bucket",
    "TURN_DEADLINE_SECONDS": "11",
    "TURN_PATIENCE_SECONDS": "21",
    "TURN_HEARTBEAT_SECONDS": "3",
    "TURN_LOST_SECONDS": "7",
    "CATCH_UP_SECONDS": "6",
    "CATCH_UP_WITHOUT_REDIS_SECONDS": "2",
    "NOTIFY_URLS": "https://hooks.example/anke",
    "NOTIFY_EVENTS": "hooks.example=handoff.*",
    "NOTIFY_SECRET": "secret-of-notifications",
    "NOTIFY_TIMEOUT_SECONDS": "6",
    "CHANNEL_SECRETS": "mail=secret-of-the-mail-channel",
    "LOG_LEVEL": "debug",
    "ANKE_FAST": "0",
    "ANKE_ENCODER": "off",
    "PYTHON310": "/opt/python3.10",
}
FOLDERS = ("DATA_DIR", "STORE_DIR", "ANKE_MODELS_DIR", "PROMETHEUS_MULTIPROC_DIR")
#: Read by the launcher or the set-up and told to no process.
OF_THE_LAUNCHER = {"STORE_DIR", "WORKERS", "BOTS", "ANKE_MODELS_DIR", "PYTHON310"}
#: What nobody but its readers may learn: each value is searched for in whole environments.
SECRETS = {
    "secret-of-notifications": {WORKER},
    "secret-of-the-bucket": {WORKER},
    "secret-of-the-mail-channel": {WORKER},
    "password-of-anke": {WORKER},
    "password-of-orders": {WORKER, ACTIONS},
    "token-of-the-order-system": {WORKER, ACTIONS},
    "password-of-redis": {WORKER},
    "secret-key-0123456789": {WORKER},
    "identity-secret-0123456789": {WORKER},
    "token-of-metrics": {WORKER},
    "demo-password": set(),
}


@pytest.fixture
def values(tmp_path: Path) -> dict[str, str]:
    given = dict(VALUES)
    for name in FOLDERS:
        (tmp_path / name).mkdir()
        given[name] = str(tmp_path / name)
    return given


@pytest.fixture
def planned(values: dict[str, str], tmp_path: Path) -> Plan:
    return plan(resolve(values, tmp_path / "none.env"), tmp_path / "model.tar.gz")


def environments(planned: Plan) -> dict[str, dict[str, str]]:
    seed = next(env for module, env in planned.migrations if module == "handoff.auth.seed")
    return {
        WORKER: planned.workers[0].env,
        ACTIONS: planned.actions.env,
        BOT: planned.bots[0].env,
        SEED: seed,
    }


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda one: one.name)
def test_every_setting_reaches_the_processes_that_read_it(
    setting: Setting, values: dict[str, str], planned: Plan
) -> None:
    assert values[setting.name] != setting.default, "the test would prove nothing"
    assert bool(setting.readers) != (setting.name in OF_THE_LAUNCHER)
    for process in setting.readers:
        assert environments(planned)[process].get(setting.name) == values[setting.name]


def test_the_launchers_own_settings_count(planned: Plan) -> None:
    assert (len(planned.workers), len(planned.bots), planned.valkey) == (3, 2, None)


@pytest.mark.parametrize("word", SECRETS)
def test_a_secret_is_told_to_those_who_need_it_and_to_no_other(word: str, planned: Plan) -> None:
    told = {one for one, env in environments(planned).items() if any(word in value for value in env.values())}
    assert told - {SEED} == SECRETS[word]
    assert SEED in told or word != "demo-password"


def test_valkey_is_told_nothing(
    tmp_path: Path, values: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of-somebody-else")
    started = plan(resolve({**values, "REDIS_URL": ""}, tmp_path / "none.env"), tmp_path / "model.tar.gz")
    assert started.valkey
    for child in started.all:
        assert "of-somebody-else" not in child.env.values()
    assert not set(started.valkey.env) & {one.name for one in SETTINGS}


def test_whatever_the_code_reads_from_its_environment_is_given_or_known(planned: Plan) -> None:
    """A variable that code reads and that neither is a setting nor set by the launcher would be dropped on its way."""
    read = re.compile(
        r"""(?:environ|env|environment)(?:\.get\(|\[)\s*["']([A-Z][A-Z0-9_]+)["']|_(?:number|seconds)\(env, "([A-Z_]+)\""""
    )
    given = {name for env in environments(planned).values() for name in env}
    #: Defaults stand in code: tests and designers' tools alone set them.
    aside = {"ACTION_URL", "BOT_HOST"}
    dropped = {}
    for folder in ("handoff", "actions", "aftersales", "dialogue", "bot"):
        for path in (ROOT / folder).rglob("*.py"):
            for names in read.findall(path.read_text(encoding="utf-8")):
                name = names[0] or names[1]
                if name not in given | aside:
                    dropped[name] = str(path.relative_to(ROOT))
    assert not dropped
