"""The disk belongs to everybody: what a conversation, an address and all together may upload, and that some space stays."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from tests.handoff.conftest import client_of
from tests.handoff.uploads import sample_files as files
from tests.helpers.customer import Customer
from tests.helpers.handoff_service import running_service
from tests.helpers.scripted_bot import ScriptedBot

KILOBYTE = 1024


def film(kilobytes: int) -> bytes:
    """A video of about that size; it is kept as it is sent."""
    return files.mp4(film=secrets.token_bytes(kilobytes * KILOBYTE))


@asynccontextmanager
async def customers_of(tmp_path: Path, bot: ScriptedBot, **env: str) -> AsyncIterator[httpx.AsyncClient]:
    """A service with these settings that believes X-Forwarded-For."""
    settings = {"TRUSTED_PROXIES": "127.0.0.1", **env}
    async with running_service(tmp_path / "data", [bot.url], env=settings) as run, client_of(run) as http:
        yield http


async def send(customer: Customer, data: bytes, headers: Mapping[str, str] | None = None) -> httpx.Response:
    return await customer.http.post(
        f"{customer.path}/uploads",
        headers={**customer.headers, **(headers or {})},
        files={"file": ("a.mp4", data, "video/mp4")},
    )


def kept(tmp_path: Path) -> int:
    """Bytes of files below DATA_DIR/uploads."""
    return sum(path.stat().st_size for path in (tmp_path / "data/uploads").rglob("*") if path.is_file())


async def test_many_at_once_do_not_pass_a_conversations_quota_together(
    tmp_path: Path, bot: ScriptedBot
) -> None:
    async with customers_of(tmp_path, bot, LIMIT_UPLOAD_MB_PER_CONVERSATION="1") as http:
        customer, other = await Customer.open(http), await Customer.open(http)
        answers = await asyncio.gather(*(send(customer, film(400)) for _ in range(6)))
        assert sorted(answer.status_code for answer in answers) == [201, 201, 429, 429, 429, 429]
        assert kept(tmp_path) < KILOBYTE * KILOBYTE, "what was refused is not left behind"
        assert (await send(other, film(400))).status_code == 201


async def test_an_address_has_so_many_files_whatever_conversations_it_opens(
    tmp_path: Path, bot: ScriptedBot
) -> None:
    here, there = {"X-Forwarded-For": "203.0.113.9"}, {"X-Forwarded-For": "198.51.100.7"}
    async with customers_of(tmp_path, bot, LIMIT_UPLOADS_PER_HOUR="3") as http:
        # an hour may end in between: never more than two hours' worth
        answers = [await send(await Customer.open(http), film(1), here) for _ in range(7)]
        statuses = [answer.status_code for answer in answers]
        assert statuses[:3] == [201] * 3
        assert statuses[-1] == 429
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert (await send(await Customer.open(http), film(1), there)).status_code == 201


async def test_an_address_has_so_many_bytes_a_day_counted_before_they_are_read(
    tmp_path: Path, bot: ScriptedBot
) -> None:
    here = {"X-Forwarded-For": "203.0.113.9"}
    async with customers_of(tmp_path, bot, LIMIT_UPLOAD_MB_PER_DAY="1") as http:
        assert (await send(await Customer.open(http), film(600), here)).status_code == 201
        assert (await send(await Customer.open(http), film(1100), here)).status_code == 429
        assert kept(tmp_path) < 700 * KILOBYTE


async def test_all_together_have_so_much(tmp_path: Path, bot: ScriptedBot) -> None:
    async with customers_of(tmp_path, bot, LIMIT_UPLOAD_MB_TOTAL="1") as http:
        assert (await send(await Customer.open(http), film(600))).status_code == 201
        refused = await send(await Customer.open(http), film(600))
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "busy")
        assert kept(tmp_path) < 700 * KILOBYTE


async def test_uploads_leave_space_for_everything_else(tmp_path: Path, bot: ScriptedBot) -> None:
    """The floor is more than any disk has: files are refused, messages are not."""
    async with customers_of(tmp_path, bot, UPLOADS_MIN_FREE_MB="1000000000") as http:
        customer = await Customer.open(http)
        refused = await send(customer, film(1))
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "busy")
        assert refused.json()["error"]["message"].endswith("。")
        await customer.answer_to(await customer.say("你好"))
        assert kept(tmp_path) == 0
