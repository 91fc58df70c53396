"""The samples in deploy/ agree with what the service does by itself: one that differs would refuse too much or nothing."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from handoff.app import LARGEST_UPLOAD
from handoff.routes import ROUTES
from handoff.settings import Settings, read_settings
from handoff.transport.http1 import LARGEST_BODY
from handoff.transport.limiter import WANTED_OPEN_FILES
from launcher.settings import ROOT

NGINX = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
UPLOADS = re.search(r"location ~ (\S+) \{(.*?)\n    \}", NGINX, re.S)
UNITS = {"k": 1024, "m": 1024**2, "s": 1}


def number(name: str, text: str = NGINX) -> int:
    """The first value of a directive, in bytes or seconds."""
    found = re.search(rf"^\s*{name} (\d+)([kms]?);", text, re.M)
    assert found, f"{name} is not set"
    return int(found[1]) * UNITS.get(found[2], 1)


@pytest.fixture
def defaults(tmp_path: Path) -> Settings:
    return read_settings({"DATA_DIR": str(tmp_path)})


def test_nginx_refuses_what_the_service_refuses(defaults: Settings) -> None:
    assert number("client_max_body_size") == LARGEST_BODY
    assert number("client_header_timeout") == defaults.head_seconds
    assert number("client_body_timeout") == defaults.body_seconds
    assert number("limit_conn anke_address") == defaults.connections_per_address
    assert UPLOADS
    assert number("client_max_body_size", UPLOADS[2]) == LARGEST_UPLOAD
    assert "proxy_request_buffering off;" in UPLOADS[2]


def test_nginx_lets_uploads_through_on_every_route_that_takes_them() -> None:
    assert UPLOADS
    streams = [route.path for route in ROUTES if route.stream]
    assert streams
    for route in ROUTES:
        path = re.sub(r"<[^>]+>", "c_1", route.path)
        assert bool(re.search(UPLOADS[1], path)) is route.stream, path


def test_systemd_gives_as_many_files_as_a_worker_wants() -> None:
    unit = (ROOT / "deploy/anke.service").read_text(encoding="utf-8")
    assert f"LimitNOFILE={WANTED_OPEN_FILES}\n" in unit


def test_the_unit_gives_no_more_than_is_needed() -> None:
    unit = (ROOT / "deploy/anke.service").read_text(encoding="utf-8")
    told = dict(line.partition("=")[::2] for line in unit.splitlines() if "=" in line and line[0].isupper())
    assert told["ProtectSystem"] == "strict"
    assert told["ReadWritePaths"] == "/var/lib/anke"
    assert told["CapabilityBoundingSet"] == told["AmbientCapabilities"] == ""
    for name in (
        "NoNewPrivileges",
        "PrivateTmp",
        "PrivateDevices",
        "ProtectKernelModules",
        "RestrictNamespaces",
    ):
        assert told[name] == "yes"
    assert set(told["RestrictAddressFamilies"].split()) == {"AF_UNIX", "AF_INET", "AF_INET6"}
    assert told["RestartPreventExitStatus"] == "2"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_understands_the_unit() -> None:
    unit = str(ROOT / "deploy/anke.service")
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    told = [line for line in done.stderr.splitlines() if "/opt/anke" not in line and "anke.service" in line]
    assert not told
