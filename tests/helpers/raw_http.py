"""A request whose body is still being sent when the server answers: what the answer was, and how much had gone out.

An HTTP client library fails on such a request as soon as the server closes, before it has read the answer. A plain socket
keeps what was received before the close.
"""

import json
import select
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    sent: int
    """Bytes of the request's body that had gone out when the answer began or the connection broke."""


def post_until_answered(port: int, path: str, headers: dict[str, str], body: Iterable[bytes]) -> Answer:
    """Sends `body` in chunks until the server answers; a server that closes without an answer fails the test."""
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Transfer-Encoding: chunked", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    sent = 0
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        try:
            connection.sendall("\r\n".join([*lines, "", ""]).encode())
            for part in body:
                if select.select([connection], [], [], 0)[0]:
                    break
                connection.sendall(b"%x\r\n%s\r\n" % (len(part), part))
                sent += len(part)
            else:
                connection.sendall(b"0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass  # closed while we sent: the answer, if any, was received before that
        received = b""
        try:
            while part := connection.recv(65536):
                received += part
        except ConnectionResetError:
            pass  # unread data of ours was thrown away at the close
    head, _, rest = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 "), f"closed without an answer after {sent} bytes"
    return Answer(int(head.split()[1]), json.loads(rest), sent)
