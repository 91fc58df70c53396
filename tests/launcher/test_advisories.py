"""`anke advisories` against an index of our own: what it tells, what was judged, and one line when it cannot be asked."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from launcher import advisories
from launcher.advisories import LOCKS, REQUIREMENTS, NotAsked, json_api, read_judged, read_pins
from launcher.anke import main
from launcher.preflight import free_port

PUBLISHED = {
    "id": "GHSA-aaaa-bbbb-cccc",
    "aliases": ["CVE-2026-1"],
    "summary": "A request head\nmay be smuggled",
    "details": "…",
    "fixed_in": ["2.0.1"],
    "withdrawn": None,
}
LOCK = """\
good==1.0 \\
    --hash=sha256:0000
    # via -r x.in
old-thing[extra]==2.0.0 ; python_version < '4' \\
    --hash=sha256:1111
"""


class Index:
    """A package index's JSON API; `pages` by name and version."""

    def __init__(self) -> None:
        self.pages: dict[str, Any] = {
            "/pypi/good/1.0/json": {"info": {}, "vulnerabilities": []},
            "/pypi/old-thing/2.0.0/json": {"info": {}, "vulnerabilities": [PUBLISHED]},
        }
        self.status = 200
        index = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = index.pages.get(self.path)
                body = json.dumps(page).encode()
                self.send_response(index.status if page is not None else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}/simple"


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    running = Index()
    monkeypatch.setattr(advisories, "REQUIREMENTS", tmp_path)
    monkeypatch.setenv("PIP_INDEX_URL", running.address)
    for name in LOCKS:
        (tmp_path / f"{name}.txt").write_text("good==1.0 \\\n    --hash=sha256:0\n")
    (tmp_path / "service.txt").write_text(LOCK)
    yield running
    running.server.shutdown()
    running.server.server_close()


def test_what_is_published_is_told_with_what_mends_it(
    index: Index, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["advisories"]) == 1
    first, last = capsys.readouterr().out.splitlines()
    assert first == (
        "anke: service: old-thing 2.0.0: GHSA-aaaa-bbbb-cccc CVE-2026-1: A request head may be smuggled (mended in 2.0.1)"
    )
    assert last == "anke: 4 releases checked, 1 advisories to judge, 0 judged before"
    assert main(["advisories", "bot", "dev"]) == 0


@pytest.mark.parametrize("number", ["GHSA-aaaa-bbbb-cccc", "CVE-2026-1"])
def test_what_was_judged_or_withdrawn_is_told_no_more(
    index: Index, number: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = tmp_path / "judged.txt"
    judged.write_text(f"# why\n{number}  # never reached from outside\n")
    monkeypatch.setattr(advisories, "read_judged", lambda: read_judged(judged))
    assert main(["advisories", "service"]) == 0
    judged.write_text("# nothing\n")
    assert main(["advisories", "service"]) == 1
    index.pages["/pypi/old-thing/2.0.0/json"]["vulnerabilities"] = [PUBLISHED | {"withdrawn": "2026-11-01"}]
    assert main(["advisories", "service"]) == 0


def test_a_release_that_the_index_does_not_know_is_counted_and_not_called_fine(
    index: Index, capsys: pytest.CaptureFixture[str]
) -> None:
    del index.pages["/pypi/old-thing/2.0.0/json"]
    assert main(["advisories", "service"]) == 0
    assert "1 releases checked" in (said := capsys.readouterr().out)
    assert "does not tell of 1 releases" in said
    del index.pages["/pypi/good/1.0/json"]
    assert main(["advisories", "service"]) == 2
    assert capsys.readouterr().out.count("nothing was checked") == 1


@pytest.mark.parametrize(
    ("page", "status", "told"),
    [
        ({"info": {}}, 200, "tells no advisories"),
        ([], 200, "tells no advisories"),
        ({"vulnerabilities": []}, 503, "answers 503"),
    ],
)
def test_an_index_that_cannot_help_is_one_line(
    index: Index, page: Any, status: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    index.pages["/pypi/good/1.0/json"], index.status = page, status
    assert main(["advisories"]) == 2
    said = capsys.readouterr()
    assert told in said.err
    assert (said.out, said.err.count("\n")) == ("", 1)


def test_offline_is_one_line(index: Index, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["advisories", "--index", f"http://127.0.0.1:{free_port()}/simple"]) == 2
    said = capsys.readouterr()
    assert "cannot be reached" in said.err
    assert (said.out, said.err.count("\n")) == ("", 1)


def test_the_index_is_that_of_the_installer() -> None:
    for given in ("https://index.example/root/simple/", "https://index.example/root/pypi"):
        assert json_api({"UV_INDEX_URL": given}) == "https://index.example/root/pypi"
    with pytest.raises(NotAsked, match="--index"):
        json_api({"PIP_INDEX_URL": "file:///srv/wheels"})
    assert json_api({}).startswith("http"), "pip's own, of the Python below the environment"


@pytest.mark.parametrize("name", LOCKS)
def test_every_line_of_a_lock_that_pins_is_read(name: str) -> None:
    text = (REQUIREMENTS / f"{name}.txt").read_text(encoding="utf-8")
    assert len(read_pins(REQUIREMENTS / f"{name}.txt")) == text.count("==") - text.count(" == ") > 20


def test_the_old_pins_of_the_page_are_those_of_the_lock() -> None:
    page = (REQUIREMENTS.parent / "docs" / "supply-chain.md").read_text(encoding="utf-8").lower()
    pins = {pin.name: pin.version for pin in read_pins(REQUIREMENTS / "bot.txt")}
    for name in (
        "sanic",
        "sanic-cors",
        "sanic-jwt",
        "aiohttp",
        "tensorflow",
        "protobuf",
        "redis",
        "pydantic",
    ):
        major_minor = ".".join(pins[name].split(".")[:2])
        assert name in page
        assert major_minor in page, f"{name} {pins[name]} is another one on the page"
