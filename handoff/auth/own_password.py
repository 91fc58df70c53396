"""A person changes their own password: the old one is asked for, so that an unattended console is not enough."""

from sqlalchemy import select

from handoff.auth.accounts import do_replace_password
from handoff.auth.invitation import check_new_password
from handoff.auth.login import WINDOW, do_note_wrong, wrong_lately
from handoff.auth.passwords import check_password
from handoff.auth.sessions import Session
from handoff.errors import ApiError, invalid, too_many
from handoff.records import Records
from handoff.records.tables import agents

_LONGEST = 200


async def do_change_password(
    records: Records, session: Session, old: object, new: object, address: str | None
) -> None:
    """The new one counts at once; this session stays, every other one of the account ends. 403 `wrong_password` the old one is not it
    (counted like a wrong login), 422 a new one that will not do, 429 too many wrong ones."""
    if not isinstance(old, str) or not 0 < len(old) <= _LONGEST or not old.isprintable():
        raise invalid("请输入现在的密码。")
    chosen = check_new_password(new)
    if chosen == old:
        raise invalid("新密码和现在的一样，请换一个。")
    agent_id = session.agent.id
    async with records.read() as reader:
        stored = (
            await reader.execute(select(agents.c.password_hash).where(agents.c.id == agent_id))
        ).scalar_one()
        locked = await wrong_lately(reader, agent_id, address)
    if locked:
        raise too_many(int(WINDOW.total_seconds()))
    wrong = ApiError(403, "wrong_password", "现在的密码不对，请再试一次。")
    if not await check_password(stored, old):
        await do_note_wrong(records, agent_id, address)
        raise wrong
    if not await do_replace_password(records, agent_id, stored, chosen, keep=session.id):
        raise wrong  # it was changed elsewhere meanwhile
