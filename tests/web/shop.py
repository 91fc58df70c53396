"""A shop's own pages on another origin, as strict and as rude as real ones: what the widget is embedded in."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Shop:
    url: str = ""
    service: str = ""
    pages: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)

    def page(
        self, path: str, *, tag: str = "async", data: str = "", head: str = "", body: str = "", csp: str = ""
    ) -> str:
        """Puts a page there; its address. `{service}` and `{socket}` in `csp` are the service's origin by HTTP and by WebSocket."""
        script = f'<script src="{self.service}/widget.js" {tag} data-store="山茶小店" {data}></script>'
        html = (
            '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>山茶小店</title>{head}</head><body>{body or '<main><h1>山茶小店</h1></main>'}{script}</body></html>"
        )
        headers = (
            {
                "Content-Security-Policy": csp.format(
                    service=self.service, socket=self.service.replace("http", "ws", 1)
                )
            }
            if csp
            else {}
        )
        self.pages[path] = (html, headers)
        return self.url + path


@contextmanager
def running_shop(port: int) -> Iterator[Shop]:
    shop = Shop(url=f"http://127.0.0.1:{port}")

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = shop.pages.get(self.path.partition("?")[0])
            self.send_response(200 if found else 404)
            html, headers = found or ("", {})
            for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Pages)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield shop
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
