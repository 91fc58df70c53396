"""A head that two servers in a row could read differently is refused, and nothing behind it is taken for a request."""

import asyncio

import pytest

from handoff.transport.head import is_strict_head, strict_int
from tests.helpers.handoff_service import HandoffService

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(
    ("lines", "strict"),
    [
        (b"", True),
        (b"Host: x", True),
        (b"Host:x", True),
        (b"X-Empty:", True),
        (b"X: \xe4\xb8\xad\xe6\x96\x87", True),
        (b"X: a\tb", True),
        (b"Transfer-Encoding : chunked", False),
        (b"Content-Length\t: 2", False),
        (b" Folded: a", False),
        (b"X: a\r\n folded", False),
        (b"No colon", False),
        (b": no name", False),
        (b"X: a\nContent-Length: 2", False),
        (b"X: a\rContent-Length: 2", False),
        (b"X: a\0", False),
        (b"X: a\x7f", False),
        ("Ⅹ: a".encode(), False),
    ],
)
async def test_heads(lines: bytes, strict: bool) -> None:
    head = b"GET / HTTP/1.1" + (b"\r\n" + lines if lines else b"")
    assert is_strict_head(head) is strict


@pytest.mark.parametrize(
    ("text", "base", "number"),
    [
        ("0", 10, 0),
        ("42", 10, 42),
        ("42 ", 10, 42),
        ("1f", 16, 31),
        ("FF", 16, 255),
        ("４２", 10, None),
        ("٤٢", 10, None),
        ("4２", 16, None),
        ("+2", 10, None),
        ("-2", 10, None),
        ("1_0", 10, None),
        ("", 10, None),
        ("0x2", 16, None),
        (" 2", 16, None),
        ("9" * 5000, 10, None),
        ("f" * 5000, 16, None),
    ],
)
async def test_numbers(text: str, base: int, number: int | None) -> None:
    if number is None:
        with pytest.raises(ValueError, match="plain number"):
            strict_int(text, base)
    else:
        assert strict_int(text, base) == number


SMUGGLED = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize(
    ("lines", "body"),
    [
        ("Transfer-Encoding : chunked", b"2\r\n{}\r\n0\r\n\r\n"),
        ("Content-Length : 2", b"{}"),
        ("Content-Length: ２", b"{}"),
        ("Content-Length: 2\r\nContent-Length: 2", b"{}"),
        ("Content-Length: 2\r\nTransfer-Encoding: chunked", b"{}"),
        ("Transfer-Encoding: chunked, identity", b"2\r\n{}\r\n0\r\n\r\n"),
        ("Transfer-Encoding: chunked", "２\r\n{}\r\n0\r\n\r\n".encode()),
        ("Transfer-Encoding: chunked", b"0x2\r\n{}\r\n0\r\n\r\n"),
    ],
)
async def test_what_is_ambiguous_is_answered_400_and_closed(
    plain_service: HandoffService, lines: str, body: bytes
) -> None:
    before = len(plain_service.log())
    reader, writer = await asyncio.open_connection("127.0.0.1", plain_service.port)
    head = f"POST /api/v1/conversations HTTP/1.1\r\nHost: x\r\n{lines}\r\n\r\n"
    writer.write(head.encode() + body + SMUGGLED)
    async with asyncio.timeout(8):
        answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 400 "), answer[:100]
    assert answer.count(b"HTTP/1.1 ") == 1, "nothing behind it was taken for a request"
    assert "trace" not in plain_service.log()[before:]


async def test_two_requests_in_one_packet_are_two_requests(plain_service: HandoffService) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", plain_service.port)
    first = b"POST /api/v1/agent/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    writer.write(first + SMUGGLED.replace(b"Host: x", b"Host: x\r\nConnection: close"))
    async with asyncio.timeout(8):
        answer = await reader.read()
    writer.close()
    assert answer.count(b"HTTP/1.1 ") == 2
    assert answer.startswith(b"HTTP/1.1 422 ")
    assert b'{"alive":true}' in answer
