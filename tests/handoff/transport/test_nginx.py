"""deploy/nginx.conf in a real nginx before a running service; skipped where there is no nginx (NGINX names one)."""

import asyncio
import json
import os
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
import websockets

from launcher.preflight import free_port
from launcher.settings import ROOT
from tests.helpers.agent_client import running_desk
from tests.helpers.customer import Customer
from tests.helpers.processes import Process, answers_200, wait_until_ready
from tests.helpers.scripted_bot import ScriptedBot

NGINX = os.environ.get("NGINX") or shutil.which("nginx")
pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(NGINX is None or shutil.which("openssl") is None, reason="no nginx or openssl here"),
]
HOST = "service.shop.example"


def configuration(folder: Path, service_port: int, tls_port: int, probe_port: int) -> str:
    """The sample as it is, its ports and certificate apart."""
    sample = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
    for old, new in (
        ("127.0.0.1:8000", f"127.0.0.1:{service_port}"),
        ("listen 443 ssl", f"listen 127.0.0.1:{tls_port} ssl"),
        ("/etc/ssl/", f"{folder}/"),
    ):
        assert old in sample
        sample = sample.replace(old, new)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    probe = f"server {{ listen 127.0.0.1:{probe_port}; location / {{ return 200; }} }}\n"
    return (
        f"daemon off; user root; pid {folder}/pid; error_log {folder}/error.log warn; worker_processes 1;\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{temporary}{probe}{sample}\n}}\n"
    )


def said(command: list[str]) -> tuple[int, str]:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def store(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[int]:
    """The port of nginx before a service with one worker."""
    assert NGINX
    folder = tmp_path_factory.mktemp("nginx")
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={HOST}"]
    pair = ["-keyout", f"{folder}/{HOST}.key", "-out", f"{folder}/{HOST}.pem"]
    await asyncio.to_thread(said, [*request, *pair])
    async with ScriptedBot() as bot, running_desk(folder, bot, TRUSTED_PROXIES="127.0.0.1") as service:
        tls, probe = free_port(), free_port()
        file = folder / "nginx.conf"
        file.write_text(configuration(folder, service.port, tls, probe))
        code, text = await asyncio.to_thread(said, [NGINX, "-t", "-c", str(file)])
        assert (code, "[warn]" in text) == (0, False), text
        nginx = Process([NGINX, "-c", str(file)], {"PATH": os.environ["PATH"]}, folder / "nginx.log")
        try:
            wait_until_ready(lambda: answers_200(f"http://127.0.0.1:{probe}/"), [nginx], 10)
            yield tls
        finally:
            await asyncio.to_thread(said, [NGINX, "-s", "stop", "-c", str(file)])  # its workers, too
            nginx.kill()


@pytest_asyncio.fixture(loop_scope="module")
async def http(store: int) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        base_url=f"https://127.0.0.1:{store}", verify=False, http2=False, timeout=30
    ) as client:
        client.headers["Host"] = HOST
        yield client


async def test_pages_and_a_conversation(http: httpx.AsyncClient) -> None:
    assert (await http.get("/console")).status_code == 200
    assert (await http.get("/metrics")).status_code == 404
    customer = await Customer.open(http)
    assert (await customer.answer_to(await customer.say("你好")))["sender"] == "bot"


async def test_agents_log_in_from_their_own_origin_only(http: httpx.AsyncClient) -> None:
    pair = {"username": "agent1", "password": "nobody's"}
    own = await http.post("/api/v1/agent/login", json=pair, headers={"Origin": f"https://{HOST}"})
    assert own.status_code == 401
    other = await http.post("/api/v1/agent/login", json=pair, headers={"Origin": "https://evil.example"})
    assert other.status_code == 403


async def test_a_socket_is_let_through(http: httpx.AsyncClient, store: int) -> None:
    opened = (await http.post("/api/v1/conversations", json={})).json()
    trust = ssl.create_default_context()
    trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
    url = f"wss://{HOST}:{store}/api/v1/ws"
    async with websockets.connect(url, ssl=trust, host="127.0.0.1", port=store) as socket:
        await socket.send(json.dumps({"type": "hello", "token": opened["token"], "after": 0}))
        assert json.loads(await socket.recv())["type"] == "welcome"


async def test_bodies_are_as_large_as_the_service_takes_them(http: httpx.AsyncClient) -> None:
    opened = (await http.post("/api/v1/conversations", json={})).json()
    way = f"/api/v1/conversations/{opened['conversation_id']}"
    bearer = {"Authorization": f"Bearer {opened['token']}"}
    large = await http.post(f"{way}/messages", content=b"x" * 300_000, headers=bearer)
    assert large.status_code == 413
    file = {"file": ("a.mp4", b"\0" * 3_000_000, "video/mp4")}
    upload = await http.post(f"{way}/uploads", files=file, headers=bearer)
    assert upload.status_code == 422, "the service has read it and finds that it is no video"
