"""One-time links on which the owner of an account chooses a password: the first administrator, a new agent, a forgotten one.

Nothing is stored: the code is signed over the account's password hash as it is now, so that it is void as soon as a
password was chosen, and as soon as a newer link, a disabled account or another password changed that hash.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta

from sqlalchemy import select

from handoff.auth.accounts import LONGEST_PASSWORD, SHORTEST_PASSWORD, do_choose_password
from handoff.errors import ApiError, invalid
from handoff.records import Reader, Records
from handoff.records.tables import agents

LIVES = timedelta(hours=24)
PATH = "/console#invitation="
"""The code stands behind #, which browsers send to nobody: no log and no Referer has it."""


def void() -> ApiError:
    return ApiError(404, "not_found", "这个链接已经用过或过期了，请向管理员要一个新的。")


async def new_code(reader: Reader, username: str, secret: str) -> str:
    """A code for this account, good for LIVES and for one use."""
    row = (await reader.execute(select(agents).where(agents.c.username == username))).one()
    until = int((reader.now() + LIVES).timestamp())
    return f"{row.id}.{until}.{_signature(row.id, until, row.password_hash, secret)}"


async def do_accept(records: Records, secret: str, code: object, password: object) -> str:
    """Choose the password; the account's user name. 404 void link, 422 a password that will not do (the link stays good)."""
    agent_id, until, signature = _parts(code)
    chosen = check_new_password(password)
    async with records.read() as reader:
        row = (await reader.execute(select(agents).where(agents.c.id == agent_id, agents.c.active))).first()
        now: datetime = reader.now()
    if row is None or now.timestamp() > until:
        raise void()
    if not hmac.compare_digest(signature, _signature(row.id, until, row.password_hash, secret)):
        raise void()
    if not await do_choose_password(records, row.id, row.password_hash, chosen):
        raise void()
    return str(row.username)


def check_new_password(password: object) -> str:
    """A password somebody may choose; 422 with a sentence for them otherwise."""
    if not isinstance(password, str) or len(password) < SHORTEST_PASSWORD:
        raise invalid(f"密码至少 {SHORTEST_PASSWORD} 个字符。")
    if len(password) > LONGEST_PASSWORD:
        raise invalid("密码太长了。")
    if not password.isprintable():
        raise invalid("密码里有无法识别的字符。")
    if len(set(password)) < 4:
        raise invalid("密码太简单了，请换一个。")
    return password


def _parts(code: object) -> tuple[str, int, str]:
    if not isinstance(code, str) or len(code) > 200 or not code.isascii():
        raise void()
    agent_id, _, rest = code.partition(".")
    until, _, signature = rest.partition(".")
    if not until.isdigit() or len(until) > 12:
        raise void()
    return agent_id, int(until), signature


def _signature(agent_id: str, until: int, password_hash: str, secret: str) -> str:
    signed = f"invitation\n{agent_id}\n{until}\n{password_hash}".encode()
    return urlsafe_b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).rstrip(b"=").decode()
