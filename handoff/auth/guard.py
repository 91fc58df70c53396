"""Authorisation of agents' requests: whose session it is, and whether it may write (cookie, CSRF token, Origin)."""

from dataclasses import dataclass

from sanic import Request

from handoff.addresses import is_own_origin
from handoff.auth.roles import Right
from handoff.auth.sessions import COOKIE, Session, do_note_presence, find_session, is_csrf
from handoff.errors import ApiError, unauthorized
from handoff.service import service_of

CSRF_HEADER = "x-csrf-token"
_READING = ("GET", "HEAD", "OPTIONS")


def forbidden(message: str = "您的账号没有这项权限。") -> ApiError:
    return ApiError(403, "forbidden", message)


def logged_out() -> ApiError:
    return unauthorized("登录已失效，请重新登录。")


async def check_session(request: Request, *rights: Right) -> Session:
    """The session of this request; 401 none or over, 403 a role with none of these rights, foreign page, or a write without CSRF
    token.

    Being asked for anything shows that the person is there (promise 9).
    """
    service = service_of(request)
    check_origin(request)
    async with service.records.read() as reader:
        session = await find_session(reader, request.cookies.get(COOKIE))
    if session is None:
        raise logged_out()
    if request.method not in _READING and not is_csrf(session, request.headers.get(CSRF_HEADER)):
        raise forbidden("页面已过期，请刷新后再试。")
    if rights and not any(session.agent.may(one) for one in rights):
        raise forbidden()
    await do_note_presence(service.records, session)
    return session


def check_origin(request: Request) -> None:
    """The console is used from our own pages only, ALLOWED_ORIGINS are for the widget; programs send no Origin."""
    origin = request.headers.get("origin")
    if origin is not None and not is_own_origin(request, origin):
        raise forbidden("请在客服工作台页面操作。")


@dataclass(frozen=True)
class Needs:
    """Permission of the route table: somebody who is logged in and has one of these rights; without any, whatever the role."""

    rights: tuple[Right, ...]

    async def __call__(self, request: Request) -> None:
        request.ctx.desk_session = await check_session(request, *self.rights)


def needs(*rights: Right) -> Needs:
    return Needs(rights)


person = needs()
server_of_customers = needs("serve")
reader_of_conversations = needs("serve", "read_all")


def session_of(request: Request) -> Session:
    """The session that the route's permission has checked."""
    session: Session = request.ctx.desk_session
    return session
