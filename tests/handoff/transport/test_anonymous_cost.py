"""What somebody without any credentials can take from everybody else: memory, time, connections. Bounds are coarse."""

import asyncio
import contextlib
import itertools
import socket
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from tests.handoff.conftest import client_of
from tests.helpers.customer import Customer, Socket
from tests.helpers.handoff_service import HandoffService, running_service
from tests.helpers.raw_http import Answer, post_until_answered
from tests.helpers.scripted_bot import ScriptedBot

MEGABYTE = 2**20
LOGIN = "/api/v1/agent/login"


def peak_memory(service: HandoffService) -> float:
    """Most MB that the worker ever held."""
    status = Path(f"/proc/{service.processes[0].pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def send_announced(port: int, megabytes: int) -> str:
    """A body whose Content-Length says how large it is; the status line of the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        head = f"POST {LOGIN} HTTP/1.1\r\nHost: x\r\nContent-Length: {megabytes * MEGABYTE}\r\n\r\n"
        connection.sendall(head.encode())
        answer = connection.recv(100).decode(errors="replace")
        with contextlib.suppress(OSError):
            for _ in range(megabytes):
                connection.sendall(b"x" * MEGABYTE)
    return answer.split("\r\n")[0]


async def test_large_bodies_are_refused_by_their_announcement_and_while_they_come(
    tmp_path: Path, bot: ScriptedBot
) -> None:
    async with running_service(tmp_path / "data", [bot.url]) as service:
        before = peak_memory(service)
        announced = await asyncio.gather(
            *(asyncio.to_thread(send_announced, service.port, 50) for _ in range(8))
        )
        assert set(announced) == {"HTTP/1.1 413 Request Entity Too Large"}

        def send_chunked(kind: str) -> Answer:
            endless = itertools.repeat(b"x" * 65536, 50 * 16)
            return post_until_answered(service.port, LOGIN, {"Content-Type": kind}, endless)

        kinds = ["application/json", "multipart/form-data; boundary=B"] * 4
        for answer in await asyncio.gather(*(asyncio.to_thread(send_chunked, kind) for kind in kinds)):
            assert answer.status == 413
            assert answer.body["error"]["code"] == "too_large"
            assert answer.sent < 20 * MEGABYTE, "cut off, not drained"
        assert peak_memory(service) - before < 80
        async with client_of(service) as http:
            large = await http.post("/api/v1/conversations", content=b" " * 300_000)
            assert large.status_code == 413
            fits = await http.post("/api/v1/conversations", content=b"{}" + b" " * 200_000)
            assert fits.status_code == 201


@pytest.fixture
async def impatient(tmp_path: Path, bot: ScriptedBot) -> AsyncIterator[HandoffService]:
    """A worker with short times for heads and bodies."""
    env = {"REQUEST_HEAD_SECONDS": "1", "REQUEST_BODY_SECONDS": "2", "UPLOAD_SECONDS": "4"}
    async with running_service(tmp_path / "data", [bot.url], env=env) as running:
        yield running


def drip(port: int, head: bytes, seconds: float = 15) -> tuple[float, bytes]:
    """A byte every tenth of a second after `head`: when the server ended it, and with which answer."""
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=0.1) as connection:
        connection.sendall(head)
        while (taken := time.monotonic() - began) < seconds:
            try:
                connection.sendall(b"a")
                return taken, connection.recv(1000)
            except TimeoutError:
                continue
            except OSError:
                return taken, b""
    raise AssertionError(f"still open after {seconds} s")


async def test_a_head_and_a_body_have_a_time_in_all_however_they_drip(impatient: HandoffService) -> None:
    customer = await opened(impatient)
    upload = (
        f"POST {customer.path}/uploads HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {customer.token}\r\n"
        "Content-Type: multipart/form-data; boundary=B\r\nContent-Length: 100000\r\n\r\n--B\r\n"
        'Content-Disposition: form-data; name="file"\r\n\r\n'
    ).encode()
    heads = [
        b"GET / HTTP/1.1\r\nX-Slow: ",
        f"POST {LOGIN} HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n".encode(),
        f"POST {LOGIN} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n186a0\r\n".encode(),
        upload,
    ]
    ended = await asyncio.gather(*(asyncio.to_thread(drip, impatient.port, head) for head in heads))
    assert all(answer.startswith(b"HTTP/1.1 408 ") for _, answer in ended)
    (head_s, _), (body_s, _), (chunked_s, _), (upload_s, _) = ended
    assert 0.9 < head_s < 4
    assert 1.9 < body_s < 5
    assert 1.9 < chunked_s < 5
    assert 3.9 < upload_s < 8
    assert "trace" not in impatient.log()


async def opened(service: HandoffService) -> Customer:
    async with client_of(service) as http:
        return await Customer.open(http)


async def test_a_connection_that_says_nothing_ends_and_one_between_two_requests_stays(
    impatient: HandoffService,
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", impatient.port)
    async with asyncio.timeout(5):
        assert await reader.read() == b""
    writer.close()
    reader, writer = await asyncio.open_connection("127.0.0.1", impatient.port)
    for _ in range(2):
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        async with asyncio.timeout(5):
            await reader.readuntil(b'{"alive":true}')
        with pytest.raises(TimeoutError):  # longer than a head may take: it is idle, not slow
            async with asyncio.timeout(2):
                await reader.read(1)
    writer.close()


async def test_sockets_and_long_polls_outlive_the_times_of_heads_and_bodies(
    impatient: HandoffService,
) -> None:
    async with client_of(impatient) as http:
        customer = await Customer.open(http)
        async with Socket.connect(impatient.ws_url, customer) as connected:
            await connected.next("welcome")
            assert (await customer.log(0, wait=4))["items"] == []
            await customer.say("你好")
            await connected.items_until(lambda items: len(items) == 2)


@contextlib.contextmanager
def half_open(port: int, count: int, source: str = "127.0.0.1") -> Iterator[list[socket.socket]]:
    """Connections whose head has begun and does not end."""
    held: list[socket.socket] = []
    try:
        for _ in range(count):
            held.append(socket.create_connection(("127.0.0.1", port), 5, source_address=(source, 0)))
            with contextlib.suppress(OSError):
                held[-1].sendall(b"GET / HT")
        yield held
    finally:
        for connection in held:
            connection.close()


def still_open(connections: list[socket.socket]) -> int:
    """How many of them the server has not closed."""
    count = 0
    for connection in connections:
        connection.settimeout(0.01)
        try:
            count += connection.recv(1) != b""
        except TimeoutError:
            count += 1
        except OSError:
            pass
    return count


async def answers(service: HandoffService, times: int = 10) -> int:
    """How many of so many new connections get an answer."""
    got = 0
    for _ in range(times):
        with contextlib.suppress(httpx.HTTPError):
            async with httpx.AsyncClient(timeout=5) as http:
                got += (await http.get(f"{service.url}/healthz")).status_code == 200
    return got


async def test_more_half_open_connections_than_files_leave_everybody_else_served(
    tmp_path: Path, bot: ScriptedBot
) -> None:
    async with running_service(tmp_path / "data", [bot.url], open_files=256) as service:
        async with client_of(service) as http:
            customer = await Customer.open(http)
            async with Socket.connect(service.ws_url, customer) as connected:
                await connected.next("welcome")
                with half_open(service.port, 400) as held:
                    assert await answers(service) == 10
                    assert still_open(held) <= 192
                    await customer.answer_to(await customer.say("你好"))
                    await connected.items_until(lambda items: len(items) == 2)
        assert "trace" not in service.log()


async def test_one_address_has_so_many_connections_and_only_its_own_waiting_ones_are_closed(
    tmp_path: Path, bot: ScriptedBot
) -> None:
    """127.0.0.2 stands for a stranger: only 127.0.0.1 itself is exempt."""
    env = {"LIMIT_CONNECTIONS_PER_ADDRESS": "20"}
    async with running_service(tmp_path / "data", [bot.url], env=env) as service:
        with half_open(service.port, 40) as own, half_open(service.port, 60, "127.0.0.2") as strange:
            assert await answers(service, 3) == 3
            assert (still_open(own), still_open(strange)) == (40, 20)
            with half_open(service.port, 5, "127.0.0.3") as other:
                assert still_open(other) == 5
        async with client_of(service) as http:
            told = (await http.get("/metrics")).text
        assert 'anke_connections_closed_total{limit="address"} 40.0' in told
