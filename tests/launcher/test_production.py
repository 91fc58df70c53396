"""A store in production, from its first start to an agent at the desk: no demo, one-time links, accounts from the command line."""

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from tests.helpers.agent_client import AgentClient
from tests.helpers.installation import Installation, running_installation
from tests.helpers.processes import ROOT

pytestmark = pytest.mark.asyncio(loop_scope="module")
LINK = re.compile(r"(http://\S+)/console#invitation=(\S+)")


async def anke(installation: Installation, *words: str) -> tuple[int, str]:
    """The `anke` command with this installation's settings; exit code and everything it said."""
    command = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "launcher.anke",
        *words,
        cwd=ROOT,
        env=installation.env,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await command.communicate()
    return command.returncode or 0, said.decode()


def link_in(text: str) -> str:
    """The code of the one-time link."""
    found = LINK.search(text)
    assert found, text
    return found.group(2)


async def choose(installation: Installation, code: str, password: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=installation.url) as http:
        return await http.post("/api/v1/agent/password", json={"code": code, "password": password})


async def until_said(installation: Installation, words: str) -> str:
    for _ in range(100):
        text = installation.launcher_log.read_text()
        if words in text:
            return text
        await asyncio.sleep(0.1)
    raise AssertionError(text)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def store(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    """Its own orders database, which is what makes it one; nothing else is set."""
    folder = tmp_path_factory.mktemp("store")
    env = {"ORDERS_DATABASE_URL": f"sqlite:///{folder / 'own-orders.db'}", "WORKERS": "1"}
    async with running_installation(folder / "data", env) as running:
        yield running


async def test_nothing_of_the_demo_is_there(store: Installation) -> None:
    banner = await until_said(store, "Ctrl-C")
    assert "(production)" in banner
    assert "demo" not in banner
    assert not (store.data_dir / "demo-accounts.json").exists()
    async with httpx.AsyncClient(base_url=store.url) as http:
        shop = await http.get("/")
        assert (shop.status_code, shop.headers["location"]) == (302, "/console")
        for path in ("/index.html", "/store/index.js"):
            assert (await http.get(path)).status_code == 404
        assert (await http.get("/widget.js")).status_code == 200
        opened = (await http.post("/api/v1/conversations", json={})).json()
        assert opened["token"]
    code, said = await anke(store, "users", "list")
    assert code == 0
    assert [line.split()[0] for line in said.splitlines()] == ["user", "admin"]
    code, said = await anke(store, "demo", "reset")
    assert (code, said.count("\n")) == (2, 1)


async def test_the_first_admin_comes_by_a_link_that_works_once(store: Installation) -> None:
    code = link_in(await until_said(store, "One-time link"))
    assert (await choose(store, code, "kurz")).status_code == 422, "the link stays good"
    done = await choose(store, code, "a password of my own")
    assert done.json() == {"username": "admin"}
    again = await choose(store, code, "somebody else's password")
    assert again.status_code == 404
    assert "链接" in again.json()["error"]["message"]
    async with AgentClient.logged_in(store.url, "admin", "a password of my own") as admin:
        assert admin.agent["role"] == "admin"


async def test_an_agent_is_added_works_and_is_disabled(store: Installation) -> None:
    code, said = await anke(store, "users", "add", "lin", "--name", "小林", "--groups", "online,logistics")
    assert code == 0, said
    assert (await choose(store, link_in(said), "the password of lin")).status_code == 200
    code, listed = await anke(store, "users", "list")
    assert re.search(r"lin +agent +active +online,logistics +小林", listed)
    async with AgentClient.logged_in(store.url, "lin", "the password of lin") as lin:
        assert lin.agent["groups"] == ["online", "logistics"]
        assert (await anke(store, "users", "groups", "lin", "online"))[0] == 0
        assert (await lin.get("me")).json()["agent"]["groups"] == ["online"]
        code, said = await anke(store, "users", "disable", "lin")
        assert code == 0, said
        assert (await lin.get("me")).status_code == 401
    async with httpx.AsyncClient(base_url=store.url) as http:
        pair = {"username": "lin", "password": "the password of lin"}
        assert (await http.post("/api/v1/agent/login", json=pair)).status_code == 401
    code, said = await anke(store, "users", "password", "lin")
    assert (await choose(store, link_in(said), "another password of lin")).status_code == 200


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("add", "admin", "--role", "admin"), "exists already"),
        (("add", "Lin Lin", "--groups", "online"), "user name"),
        (("add", "wu", "--role", "boss"), "supervisor"),
        (("add", "wu"), "--groups"),
        (("add", "wu", "--groups", "online,sales"), "sales"),
        (("disable", "nobody"), "there is no user nobody"),
    ],
)
async def test_what_cannot_be_done_is_one_line(
    store: Installation, words: tuple[str, ...], hint: str
) -> None:
    code, said = await anke(store, "users", *words)
    assert (code, said.count("\n")) == (2, 1)
    assert hint in said


async def test_the_doctor_says_what_is_still_to_be_set(store: Installation) -> None:
    code, said = await anke(store, "doctor")
    assert code == 0, said
    for name in ("ALLOWED_ORIGINS", "PUBLIC_URL", "TRUSTED_PROXIES", "no backup"):
        assert name in said
    assert f"ready at {store.url}" in said
    assert said.count("answers and is up to date") == 2, said


async def test_demo_orders_keep_a_store_from_starting(tmp_path: Path) -> None:
    """One tried the demo, then made the same DATA_DIR production: its demo orders are named, its demo accounts closed."""
    demo = Installation(tmp_path / "data", {"WORKERS": "1"})
    await demo.start()
    passwords = json.loads((demo.data_dir / "demo-accounts.json").read_text())
    await demo.stop()
    store = Installation(tmp_path / "data", {"WORKERS": "1", "ANKE_MODE": "production"})
    with pytest.raises(AssertionError, match="anke demo remove"):
        await store.start()
    code, said = await anke(store, "doctor")
    assert (code, "demo orders are in the store's orders" in said) == (1, True)
    assert (await anke(store, "demo", "remove"))[0] == 0
    await store.start()
    try:
        assert not (store.data_dir / "demo-accounts.json").exists()
        async with httpx.AsyncClient(base_url=store.url) as http:
            pair = {"username": "boss", "password": passwords["boss"]}
            assert (await http.post("/api/v1/agent/login", json=pair)).status_code == 401
        assert link_in(await until_said(store, "One-time link"))
    finally:
        await store.stop()
