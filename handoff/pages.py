"""The built pages: demo store, widget script, agents' console. handoff/static is made by the set-up from web/."""

from pathlib import Path

from sanic import HTTPResponse, Request
from sanic.response import html, redirect

from handoff.errors import not_found
from handoff.openapi import Media, described
from handoff.service import service_of
from handoff.static_files import ASK_AGAIN, IMMUTABLE, is_variant, send_file

STATIC = Path(__file__).parent / "static"
HASHED = "/assets/"
_STUB = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>安客</title>
<p>页面还没有构建。请在项目目录运行 <code>make run</code>，或先构建 web/。</p></html>"""


@described(
    "The demo store; elsewhere the way to the console",
    answers={200: Media("text/html", {"type": "string"}), 302: None},
)
async def get_store(request: Request) -> HTTPResponse:
    """The demo shop; a store in production has its own, and people who come here want the console."""
    if not service_of(request).settings.demo:
        return redirect("/console")
    return await _page(request, STATIC / "index.html")


@described("The agents' console", answers={200: Media("text/html", {"type": "string"})})
async def get_console(request: Request, **_path: str) -> HTTPResponse:
    """Every address below /console that is no file is a view of the console's own."""
    return await _page(request, STATIC / "console" / "index.html")


@described(
    "What a store's page embeds", answers={200: Media("text/javascript", {"type": "string"})}, refuses=(404,)
)
async def get_widget(request: Request) -> HTTPResponse:
    """What a store embeds: always asked for again, so that an update reaches every page at once."""
    found = STATIC / "widget.js"
    if not _exists(found):
        raise not_found("组件还没有构建。")
    return await send_file(request, found, ASK_AGAIN)


@described("A file or a view of the console", answers={200: Media("*/*")})
async def get_console_file(request: Request, path: str) -> HTTPResponse:
    found = _below(STATIC / "console", path)
    return await _file(found, request) if found is not None else await get_console(request)


@described("A file of the built pages", answers={200: Media("*/*")}, refuses=(404,))
async def get_static_file(request: Request, path: str) -> HTTPResponse:
    found = _below(STATIC, path)
    if found is None or (not service_of(request).settings.demo and _is_demo(found)):
        raise not_found("没有这个页面。")
    return await _file(found, request)


def _is_demo(found: Path) -> bool:
    """The demo shop's page and what belongs to it."""
    return found == STATIC / "index.html" or found.is_relative_to(STATIC / "store")


def _below(folder: Path, path: str) -> Path | None:
    """The file, only if it really lies inside the folder."""
    try:
        found = (folder / path).resolve()
        inside = found.is_file() and found.is_relative_to(folder.resolve()) and not is_variant(found)
        return found if inside else None
    except (OSError, ValueError):  # a name longer than any file's, NUL in it
        return None


def _exists(found: Path) -> bool:
    return found.is_file()


async def _page(request: Request, found: Path) -> HTTPResponse:
    if not _exists(found):
        return html(_STUB, status=200)
    return await send_file(request, found, ASK_AGAIN)


async def _file(found: Path, request: Request) -> HTTPResponse:
    return await send_file(request, found, IMMUTABLE if HASHED in request.path else ASK_AGAIN)
