"""As much of Zammad's REST API as the bridge uses, over real HTTP; it can be down, or forget to answer after it did the work."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "token-of-the-bridge"


class FakeZammad:
    """`tickets` by id, each with its articles. `down`: everything is 503; `mute`: the next creation is done and answered 500."""

    def __init__(self) -> None:
        self.tickets: dict[int, dict[str, Any]] = {}
        self.down = self.mute = False
        zammad = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                query = (
                    parse_qs(urlsplit(self.path).query)["query"][0].removeprefix('title:"').removesuffix('"')
                )
                self.answer(200, [one for one in zammad.tickets.values() if query in one["title"]])

            def do_POST(self) -> None:
                ticket = {"id": len(zammad.tickets) + 1, "state": "new", **self.told()}
                ticket["articles"] = [ticket.pop("article")]
                if not zammad.down:
                    zammad.tickets[ticket["id"]] = ticket
                mute, zammad.mute = zammad.mute, False
                self.answer(500 if mute else 201, ticket)

            def do_PUT(self) -> None:
                ticket, told = zammad.tickets[int(self.path.rpartition("/")[2])], self.told()
                if not zammad.down:
                    ticket["articles"] += [told.pop("article")] if "article" in told else []
                    ticket.update(told)
                self.answer(200, ticket)

            def told(self) -> dict[str, Any]:
                found: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                return found

            def answer(self, status: int, body: Any) -> None:
                if zammad.down:
                    status = 503
                elif self.headers["Authorization"] != f"Token token={TOKEN}":
                    status = 401
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
