"""A group's customers are opened to other groups when it has nobody at the desk, or only busy people for too long (H44)."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, insert, select

from handoff.conversation import State
from handoff.notifications import notify
from handoff.queue.alerts import alert, supervisors
from handoff.queue.people import Person, people_now, staff_of
from handoff.records import Reader, Records, lock_conversation, update_conversation
from handoff.records.desk_tables import desk_openings
from handoff.records.tables import conversations
from handoff.store_rules import StoreRules

_WAITING = (State.WAITING.value, State.TICKET.value)


def opened_to(groups: Sequence[str]) -> ColumnElement[bool]:
    """Conversations whose current handoff was opened to one of these groups."""
    return exists().where(
        desk_openings.c.conversation_id == conversations.c.id,
        desk_openings.c.handoff_id == conversations.c.handoff_id,
        desk_openings.c.skill_group.in_(groups),
    )


async def opened_groups(reader: Reader) -> dict[tuple[str, str], set[str]]:
    """(conversation, handoff) -> the groups that it was opened to, for who waits now."""
    found: dict[tuple[str, str], set[str]] = {}
    statement = select(desk_openings).join(
        conversations, conversations.c.id == desk_openings.c.conversation_id
    )
    for row in await reader.execute(statement.where(conversations.c.state.in_(_WAITING))):
        found.setdefault((row.conversation_id, row.handoff_id), set()).add(row.skill_group)
    return found


class OpeningWatch:
    """Part of the queue's sweep: `sweep()` is one round, which writes only for those who need it now."""

    def __init__(self, records: Records, rules: StoreRules) -> None:
        self._records = records
        self._rules = rules

    async def sweep(self) -> None:
        async with self._records.read() as reader:
            people = list((await people_now(reader)).values())
            rows = (
                await reader.execute(
                    select(
                        conversations.c.id,
                        conversations.c.handoff_id,
                        conversations.c.skill_group,
                        conversations.c.level,
                        conversations.c.waiting_since,
                        conversations.c.noticed,
                    ).where(conversations.c.state.in_(_WAITING), conversations.c.handoff_id.is_not(None))
                )
            ).all()
            opened = await opened_groups(reader)
            now = reader.now()
        for row in rows:
            known = opened.get((row.id, row.handoff_id), set())
            group, why = self._next(row, people, known, now - (row.waiting_since or now))
            if group is not None:
                await self._open(row, group, why)
            elif (
                row.level == "III"
                and not self._anybody(row, people)
                and not (row.noticed or {}).get("nobody")
            ):
                await self._tell_nobody(row)

    def _next(
        self, row: Any, people: Sequence[Person], known: Collection[str], waited: timedelta
    ) -> tuple[str | None, str]:
        """The group to open it to now, and why; None: it is served, or nobody further is there."""
        routing = self._rules.policy.routing
        if any(staff_of(people, group) for group in known):
            return None, ""
        staff = staff_of(people, row.skill_group)
        if staff and (any(one.available for one in staff) or waited < timedelta(seconds=routing.relax)):
            return None, ""
        further = (
            group
            for group in routing.chain(row.skill_group)
            if group not in known and staff_of(people, group)
        )
        return next(further, None), "busy" if staff else "empty"

    def _anybody(self, row: Any, people: Sequence[Person]) -> bool:
        groups = (row.skill_group, *self._rules.policy.routing.chain(row.skill_group))
        return any(staff_of(people, group) for group in groups) or any(
            one.oversees and one.at_desk for one in people
        )

    async def _open(self, row: Any, group: str, why: str) -> None:
        async with self._records.write() as tx:
            conversation = await lock_conversation(tx, row.id)
            if conversation.state.value not in _WAITING or conversation.handoff_id != row.handoff_id:
                return
            mine = (desk_openings.c.conversation_id == row.id, desk_openings.c.skill_group == group)
            if (await tx.execute(select(desk_openings.c.why).where(*mine))).first() is not None:
                await tx.execute(
                    desk_openings.update()
                    .where(*mine)
                    .values(handoff_id=row.handoff_id, why=why, at=tx.now())
                )
            else:
                await tx.execute(
                    insert(desk_openings).values(
                        conversation_id=row.id,
                        skill_group=group,
                        handoff_id=row.handoff_id,
                        why=why,
                        at=tx.now(),
                    )
                )
            tx.touch(row.id)
            tx.touch_queue()

    async def _tell_nobody(self, row: Any) -> None:
        """A level III case and nobody for it anywhere: every supervisor is told, here or not, and the store's systems."""
        async with self._records.write() as tx:
            conversation = await lock_conversation(tx, row.id)
            if conversation.noticed.get("nobody") or conversation.state.value not in _WAITING:
                return
            text = self._rules.policy.routing.notes.nobody.format(
                group=self._rules.group_name(conversation.skill_group)
            )
            await alert(tx, await supervisors(tx), "nobody", text, conversation.id)
            await notify(
                tx,
                "handoff.nobody",
                conversation.id,
                handoff_id=conversation.handoff_id,
                level=conversation.level,
                group=conversation.skill_group,
            )
            await update_conversation(tx, row.id, noticed={**conversation.noticed, "nobody": True})
