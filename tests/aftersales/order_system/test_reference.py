"""`python -m aftersales.order_system.reference`: a whole store in a process of its own, true to the OpenAPI file."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest

from aftersales.order_system.http.adapter import HttpOrderSystem
from aftersales.order_system.http.openapi import OPENAPI_FILE
from aftersales.order_system.port import ReturnDraft
from tests.aftersales.conftest import ROOT

TOKEN = "from-the-test"
OPENAPI: dict[str, Any] = json.loads(OPENAPI_FILE.read_text(encoding="utf-8"))
NUMBERS = {
    "order_no": "202611010003",
    "tracking_no": "JDX011010003001",
    "request_no": "RT202611010008",
    "sku": "SDJ-R2",
    "item_id": "1",
}
BODIES = {
    "verify": {"order_no": "202611010003", "proof": "5678", "conversation": "c"},
    "orders_of": {"phone": "13900005678"},
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    env = {**os.environ, "DATA_DIR": str(tmp_path_factory.mktemp("reference")), "PYTHONPATH": str(ROOT)}
    env.pop("ORDERS_DATABASE_URL", None)
    command = [sys.executable, "-m", "aftersales.order_system.reference", "--port", "0", "--token", TOKEN]
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert "http://127.0.0.1:" in line, "it did not start"
        yield "http://" + line.partition("http://")[2].partition("（")[0]
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in OPENAPI["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def schema_of(operation: dict[str, Any], status: int) -> dict[str, Any]:
    told = operation["responses"][str(status)]["content"]["application/json"]["schema"]
    return {**told, "components": OPENAPI["components"]}


def test_every_route_answers_as_the_openapi_file_says(server: str) -> None:
    for method, path, operation in operations():
        url = server + path.format(**NUMBERS)
        body = BODIES.get(operation["operationId"], {})
        headers = {"Authorization": f"Bearer {TOKEN}"}
        answer = httpx.request(method, url, headers=headers, json=body if method == "post" else None)
        assert str(answer.status_code) in operation["responses"], (method, path, answer.text)
        jsonschema.Draft202012Validator(schema_of(operation, answer.status_code)).validate(answer.json())
        if method == "get":
            assert answer.status_code in (200, 404), path
        stranger = httpx.request(method, url, json=body if method == "post" else None)
        assert stranger.status_code == 401


async def test_the_adapter_works_with_it(server: str) -> None:
    system = HttpOrderSystem(server, token=TOKEN, deadline=10)
    await system.ready()
    made = await system.request_return("k", ReturnDraft("202611010003", "1", "quality"))
    assert (await system.withdraw("k2", made.request_no)).state == "withdrawn"
    await system.close()


def test_a_wrong_setting_is_one_line(tmp_path: Path) -> None:
    env = {**os.environ, "ORDERS_DATABASE_URL": "mysql://x", "PYTHONPATH": str(ROOT)}
    told = subprocess.run(
        [sys.executable, "-m", "aftersales.order_system.reference"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (told.returncode, told.stderr.count("\n")) == (2, 1)
