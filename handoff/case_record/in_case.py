"""A handoff and its case (H42): what was known of the matter before counts in the grade, and the record says its number."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from aftersales.order_system.port import CLOSED_REQUEST_STATES
from handoff.case_record.build import Assessment, deadlines_part, describe
from handoff.case_record.material import CaseMaterial
from handoff.cases.contact import Contact, find_earlier
from handoff.cases.following import add_requests, case_became_ticket, case_learned, case_of
from handoff.cases.opening import Graded, do_open_or_join
from handoff.cases.rows import free_case_no
from handoff.records import Conversation, Tx
from handoff.records.customers import customer_keys, surely
from handoff.store_rules import StoreRules, store_rules

BOT = "bot"
_COMPLAINTS = frozenset({"complaint", "threat", "repeat"})


async def describe_in_case(
    tx: Tx, conversation: Conversation, case: CaseMaterial, rules: StoreRules
) -> tuple[Assessment, dict[str, Any]]:
    """Assessment and record of a handoff that begins now, with its case: opened, or the open one joined (H13, H14)."""
    contact = Contact(
        channel=case.channel,
        origin=_origin(case),
        who="customer",
        keys=keys_of(conversation),
        facts=case.facts,
        customer=_known(conversation.customer),
        why="；".join(case.evidence) or None,
        conversation=conversation,
        handoff_id=case.handoff_id,
        requests=requests_of(case),
        evidence=_evidence(case),
        body={"reason": case.reason, "handoff_id": case.handoff_id},
    )
    earlier = await find_earlier(tx, contact)
    case_no = await free_case_no(tx) if earlier is None else earlier.case.case_no
    if earlier is not None:
        contacts = max(case.contacts, earlier.contacts)
        case = replace(case, contacts=contacts, at_least=earlier.at_least)
    assessment, record = describe(replace(case, case_no=case_no), rules, now=tx.now())
    graded = Graded(assessment.grade, deadlines_part(assessment.due), record)
    contact = replace(contact, words=record["description"])
    await do_open_or_join(tx, contact, earlier, graded, case_no=case_no)
    return assessment, record


async def with_case(tx: Tx, conversation: Conversation, case: CaseMaterial) -> CaseMaterial:
    """The material of a handoff that is older, with what its case adds to it: number, contacts, grade as a complaint."""
    found = await case_of(tx, conversation)
    if found is None:
        return case
    contacts = max(case.contacts, found.contacts)
    return replace(case, case_no=found.case_no, contacts=contacts, at_least=found.known)


async def case_learns(
    tx: Tx, conversation: Conversation, case: CaseMaterial, record: Mapping[str, Any]
) -> None:
    """The case takes over what the newer record of its conversation knows."""
    await case_learned(
        tx,
        conversation,
        record=record,
        facts=case.facts,
        keys=keys_of(conversation),
        requests=requests_of(case),
        evidence=_evidence(case),
    )


async def case_is_ticket(tx: Tx, conversation: Conversation, assessment: Assessment) -> None:
    """The case's first response is due by the ticket's clock."""
    await case_became_ticket(tx, conversation, deadlines_part(assessment.due))


async def keep_effects(tx: Tx, conversation: Conversation, effects: Iterable[Mapping[str, Any]]) -> None:
    """What the bot wrote outside goes into the matter's case; a claim opens one when there is none (H30, H42)."""
    opening = store_rules().policy.service.cases.opened_by_effects
    for effect in effects:
        number, order_no = _text(effect.get("request_no")), _text(effect.get("order_no"))
        if effect.get("effect") in opening:
            await _open_claim(tx, conversation, effect, [number] if number else [], order_no)
        elif number:
            case = await case_of(tx, conversation)
            if case is not None and (order_no is None or case.order_no in (None, order_no)):
                await add_requests(tx, case, [number])


async def _open_claim(
    tx: Tx, conversation: Conversation, effect: Mapping[str, Any], numbers: list[str], order_no: str | None
) -> None:
    rules, now = store_rules(), tx.now()
    facts = {**conversation.facts, **({"order_no": order_no} if order_no else {})}
    contact = Contact(
        channel="chat",
        origin="claim",
        who=BOT,
        keys=keys_of(conversation),
        facts=facts,
        customer=_known(conversation.customer),
        why=_text(effect.get("summary")),
        words=_text(facts.get("description")),
        conversation=conversation,
        requests=numbers,
        asks=False,
        body={"effect": effect.get("effect")},
    )
    earlier = await find_earlier(tx, contact)
    case = CaseMaterial(
        handoff_id=None,
        conversation_id=conversation.id,
        created_at=now,
        channel="ticket",  # nobody waits in the chat: people take it up by a ticket's clock
        reason="requested",
        evidence=[],
        customer=conversation.customer,
        facts=facts,
        items=[],
        effects=[],
        emotions=[],
        uploads=[],
        contacts=1 if earlier is None else earlier.contacts,
        at_least=None if earlier is None else earlier.at_least,
    )
    assessment, _ = describe(case, rules, now=now)
    await do_open_or_join(
        tx, contact, earlier, Graded(assessment.grade, deadlines_part(assessment.due), None)
    )
    if earlier is not None:
        await add_requests(tx, earlier.case, numbers)


def keys_of(conversation: Conversation) -> tuple[str, ...]:
    """How the customer of a conversation is recognised: never by what somebody only typed (H6)."""
    own = customer_keys(conversation_id=conversation.id)
    return (*own, *surely(conversation.customer_sub, conversation.identity, conversation.customer))


def is_filled(conversation: Conversation, facts: Mapping[str, Any]) -> bool:
    """Whether the order system has nothing to add: no order is known, nor whose orders to ask for."""
    return not facts.get("order_no") and not conversation.customer.get("verified")


def requests_of(case: CaseMaterial) -> list[str]:
    """Numbers of the requests of this matter: what the bot made here, and what is open for the order."""
    made = [effect.get("request_no") for effect in case.effects]
    running = [one.request_no for one in case.order_data.requests if one.state not in CLOSED_REQUEST_STATES]
    return [str(one) for one in dict.fromkeys([*made, *running]) if one]


def _origin(case: CaseMaterial) -> str:
    if case.reason in _COMPLAINTS or str(case.facts.get("category") or "").startswith("complaint."):
        return "complaint"
    return "ticket" if case.channel == "ticket" else "handoff"


def _evidence(case: CaseMaterial) -> list[dict[str, Any]]:
    return [
        {"upload_id": one["upload_id"], "kind": one["kind"], "conversation_id": case.conversation_id}
        for one in case.uploads
    ]


def _known(customer: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: customer[name]
        for name in ("name", "contact", "phone", "email", "verified")
        if customer.get(name)
    }


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
