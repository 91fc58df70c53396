"""Is there a case already that a contact belongs to, and does its customer come again with it (H13)?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import or_, select

from aftersales.grading import Known, raised_by_repeat
from handoff.cases.matching import Matter, same_matter
from handoff.cases.rows import Case, as_case, lock_case
from handoff.cases.states import CaseMove, CaseState
from handoff.records import Conversation, Tx, lock_name
from handoff.records.case_tables import case_conversations, case_customers, cases
from handoff.store_rules import store_rules

ENDED: Final = {CaseState.FEEDBACK: CaseMove.UNSOLVED, CaseState.ARCHIVED: CaseMove.REOPENED}
"""What it is to a case that seemed done when its customer comes again."""


@dataclass(frozen=True)
class Contact:
    """A customer comes with a matter. `keys`: how they can be recognised; `facts`: docs/architecture.md; `who`: of the
    timeline; `words`: what they said; `asks`: a person is wanted (not so for what the bot settled by itself)."""

    channel: str
    origin: str
    who: str
    keys: Sequence[str]
    facts: Mapping[str, Any]
    customer: Mapping[str, Any]
    why: str | None = None
    words: str | None = None
    conversation: Conversation | None = None
    handoff_id: str | None = None
    requests: Sequence[str] = ()
    evidence: Sequence[Mapping[str, Any]] = ()
    asks: bool = True
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Earlier:
    """The case that the contact belongs to, locked. `again`: the customer comes anew with it, rather than going on."""

    case: Case
    again: bool
    revives: CaseMove | None = None
    """The move that a contact makes when the case seemed done."""

    @property
    def contacts(self) -> int:
        """How often the customer came with it, this time included."""
        return self.case.contacts + (1 if self.again else 0)

    @property
    def at_least(self) -> Known:
        """How serious the matter is from now on, at least."""
        known = self.case.known
        return raised_by_repeat(store_rules().policy, known) if self.again else known


async def find_earlier(tx: Tx, contact: Contact) -> Earlier | None:
    """The case of the same customer and matter that is open, or was archived a few days ago; None when there is none.

    Others who come with one of the same keys wait until this transaction ends: two contacts never open two cases.
    """
    for key in contact.keys:
        await lock_name(tx, f"case:{key}")
    matter, talk = Matter.of(contact.facts), await _cases_of_talk(tx, contact.conversation)
    rules = store_rules().policy.service.cases
    for case in await _candidates(tx, contact.keys, timedelta(days=rules.reopen_days)):
        goes_on = case.case_no in talk or _same_sender(contact, case)
        known = Matter(case.category, case.order_no, case.item)
        if same_matter(rules, known, matter, goes_on=goes_on):
            locked = await lock_case(tx, case.case_no)
            again = _comes_again(contact, locked, case.case_no in talk, tx.now())
            return Earlier(locked, again, _revives(contact, locked))
    return None


async def _cases_of_talk(tx: Tx, conversation: Conversation | None) -> set[str]:
    """Cases that the running episode of this conversation belongs to already."""
    if conversation is None:
        return set()
    statement = select(case_conversations.c.case_no).where(
        case_conversations.c.conversation_id == conversation.id,
        case_conversations.c.episode == conversation.episode,
    )
    return set((await tx.execute(statement)).scalars())


async def _candidates(tx: Tx, keys: Sequence[str], reopening: timedelta) -> list[Case]:
    """This customer's cases that a contact may continue: open ones first, those changed last first."""
    theirs = select(case_customers.c.case_no).where(case_customers.c.key.in_(keys))
    archived = cases.c.state == CaseState.ARCHIVED.value
    wanted = ~archived if not reopening else or_(~archived, cases.c.state_since >= tx.now() - reopening)
    statement = select(cases).where(cases.c.case_no.in_(theirs), wanted)
    found = [as_case(row) for row in await tx.execute(statement)]
    found.sort(key=lambda one: (one.updated_at, one.case_no), reverse=True)
    return sorted(found, key=lambda one: one.state is CaseState.ARCHIVED)


def _same_sender(contact: Contact, case: Case) -> bool:
    """Whoever writes on by the channel that an open case came by goes on with it: a mail names its order only once."""
    by_message = contact.origin == "message" and case.channel == contact.channel
    return by_message and case.state is not CaseState.ARCHIVED


def _comes_again(contact: Contact, case: Case, same_talk: bool, now: datetime) -> bool:
    """A new try with an old matter, in contrast to going on: another conversation or call, or after the result was told.

    A further mail is one when nobody answered the last in time, or the case was over; else it is the customer's next
    sentence, and only people can tell whether it thanks or complains.
    """
    if not contact.asks:
        return False
    if contact.origin == "message":
        unanswered = case.first_response_at is None and _overdue(case, now)
        return unanswered or case.state is CaseState.ARCHIVED
    people_had_it = case.owner is not None or case.first_response_at is not None
    return (case.state in ENDED and people_had_it) or not same_talk


def _revives(contact: Contact, case: Case) -> CaseMove | None:
    if not contact.asks or (contact.origin == "message" and case.state is CaseState.FEEDBACK):
        return None
    return ENDED.get(case.state)


def _overdue(case: Case, now: datetime) -> bool:
    due = case.deadlines.get("first_response")
    return isinstance(due, str) and datetime.fromisoformat(due) < now
