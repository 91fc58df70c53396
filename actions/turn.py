"""One customer turn as the actions see it: what came in, what is remembered, what goes out.

Memory lives in the domain's slots and travels with the turn (nothing is kept in this process), so an open question or a
half-filled form survives any restart. Slots are plain JSON.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import reply
from actions.heard import Heard, hear, plain
from actions.reply import Button, JsonDict
from actions.store import Store

#: Longest description (customer's own words) kept among the facts, in characters.
DESCRIPTION_LIMIT = 500


@dataclass
class Turn:
    """Input, memory and output of one turn. Topics read and call this; only `turn.py` and `reply.py` touch rasa-sdk."""

    dispatcher: CollectingDispatcher
    tracker: Tracker
    store: Store
    intent: str = ""
    text: str = ""
    entities: list[JsonDict] = field(default_factory=list)
    asked: bool = False  # this turn ends with a question of ours
    ended: bool = False  # handed off or closed: say nothing more
    consumed: bool = False  # the message answered an open question
    soothed: bool = False  # this turn has already apologised
    noted: str = ""  # another matter of this message that waits
    taken_up: bool = False  # what is answered now was put off before: it stands for itself
    order_named: bool = (
        False  # the customer gave this order's number just now: it outranks any product's name
    )
    _set: dict[str, Any] = field(default_factory=dict)
    _facts_before: JsonDict = field(default_factory=dict)
    _handed: bool = False

    def __post_init__(self) -> None:
        latest = self.tracker.latest_message or {}
        self.intent = str((latest.get("intent") or {}).get("name") or "")
        self.text = plain(str(latest.get("text") or "")).strip()
        self.entities = [one for one in latest.get("entities") or [] if isinstance(one, dict)]
        self.meta: JsonDict = dict((latest.get("metadata") or {}).get("anke") or {})
        self.input: JsonDict = dict(self.meta.get("input") or {})
        self.context: JsonDict = dict(self.meta.get("context") or {})
        self.understanding: JsonDict = dict(self.meta.get("understanding") or {})
        if self.is_button:
            self.text = plain(str(self.input.get("label") or "")).strip()
        self._facts_before = dict(self.get("facts") or {})
        self._heard: Heard | None = None

    # -- what came in ---------------------------------------------------------------------------------------------
    @property
    def is_button(self) -> bool:
        """A choice that we issued: its payload is trusted to be one of ours, not its values."""
        return self.input.get("kind") == "button" or str(
            self.tracker.latest_message.get("text") or ""
        ).startswith("/")

    @property
    def conversation_id(self) -> str:
        return str(self.meta.get("conversation_id") or self.tracker.sender_id)

    @property
    def turn_id(self) -> str:
        """Stable over retries of the same turn, hence fit for idempotency keys of one-step requests."""
        return str(self.meta.get("turn_id") or self.tracker.latest_message.get("message_id") or "local")

    @property
    def now(self) -> datetime:
        """The moment the gateway gave this turn (UTC), so that a retry computes the same dates."""
        given = self.context.get("now")
        if isinstance(given, str):
            try:
                return datetime.fromisoformat(given.replace("Z", "+00:00")).astimezone(UTC)
            except ValueError:
                pass
        return datetime.now(UTC)

    @property
    def heard(self) -> Heard:
        """Order number, phone, tail, e-mail in this message."""
        if self._heard is None:
            self._heard = hear(self.text, () if self.is_button else self.entities)
        return self._heard

    @property
    def confidence(self) -> float:
        given = self.understanding.get("confidence")
        return float(given) if isinstance(given, (int, float)) else 1.0

    @property
    def emotion(self) -> str:
        return str(self.understanding.get("emotion") or "calm")

    @property
    def uploads(self) -> list[str]:
        """Upload ids of pictures or videos in this message."""
        one = self.input.get("upload_id")
        many = self.input.get("upload_ids") or []
        return [str(each) for each in ([one] if one else []) + list(many)]

    def entity(self, name: str) -> str | None:
        """The first value of an entity (also of a button's payload), as text."""
        return next(
            (
                str(one["value"])
                for one in self.entities
                if one.get("entity") == name and one.get("value") is not None
            ),
            None,
        )

    def trouble(self, category: str | None = None) -> str:
        """What went wrong as half a sentence (data/dialogue/labels.yml), for an apology that names it (H36)."""
        names = self.store.dialogue.labels["trouble"]
        return names.get(category or str(self.facts.get("category") or ""), names["otherwise"])

    # -- memory ---------------------------------------------------------------------------------------------------
    def get(self, slot: str) -> Any:
        """A slot's value, with what this turn has already changed."""
        return self._set[slot] if slot in self._set else self.tracker.slots.get(slot)

    def set(self, slot: str, value: Any) -> None:
        self._set[slot] = value

    @property
    def customer(self) -> JsonDict | None:
        """Who was verified: {"phone","name","method"}."""
        return self._part("customer")

    @property
    def question(self) -> JsonDict | None:
        """What we asked and are waiting for: {"what", …}."""
        return self._part("question")

    @property
    def form(self) -> JsonDict | None:
        """The open form: {"name","draft","step",…}; outlives digressions."""
        return self._part("form")

    def _part(self, slot: str) -> JsonDict | None:
        value = self.get(slot)
        return dict(value) if isinstance(value, dict) and value else None

    @property
    def facts(self) -> JsonDict:
        return dict(self.get("facts") or {})

    def replay(self, earlier: Mapping[str, Any]) -> None:
        """Take up an earlier message again (what was asked before the verification)."""
        self.intent = str(earlier.get("intent") or "")
        self.text = str(earlier.get("text") or "")
        self.entities = list(earlier.get("entities") or [])
        self._heard = hear(self.text)

    def hear_again(self, heard: Heard) -> None:
        """Numbers of the whole message also count for a part of it."""
        self._heard = heard

    def say_first(self, response: str, **values: Any) -> None:
        """Say something before all that this turn has said so far."""
        self.say(response, **values)
        self.dispatcher.messages.insert(0, self.dispatcher.messages.pop())

    def learn(self, **facts: Any) -> None:
        """Merge facts of the case (docs/architecture.md); None leaves a fact as it is."""
        known = self.facts
        known.update({name: value for name, value in facts.items() if value is not None})
        self.set("facts", known)

    def forget_case(self) -> None:
        """A new episode: nothing of the old case is true of the new one. Who the customer is stays."""
        self.set("facts", dict.fromkeys(self.facts))

    def learn_issue(self, intent: str | None = None) -> None:
        """Note the issue of this message: its category and the customer's words. Small talk leaves it unchanged."""
        category = self.store.categories.of_intent(intent or self.intent)
        if not category.is_issue:
            return
        self.learn(category=category.code, category_confidence=round(self.confidence, 3))
        self.describe(self.text)
        if category.stage == "aftersale":
            self.learn(began_at=self.facts.get("began_at") or self.entity("date") or self.entity("duration"))
            tried = self.store.dialogue.hit("tried", self.text)
            known = [str(one) for one in self.facts.get("tried") or []]
            if tried and tried not in known:
                self.learn(tried=[*known, tried])

    def describe(self, words: str) -> None:
        """Add the customer's own words to the description, without doubling them."""
        before = str(self.facts.get("description") or "")
        if words and not self.is_button and words not in before:
            self.learn(description=(f"{before}；{words}" if before else words)[-DESCRIPTION_LIMIT:])

    # -- what goes out --------------------------------------------------------------------------------------------
    def say(
        self,
        response: str,
        *,
        expects: str | None = None,
        buttons: list[Button] | None = None,
        **values: Any,
    ) -> None:
        reply.say(self.dispatcher, response, expects=expects, buttons=buttons, **values)

    def ask(
        self,
        what: str,
        response: str,
        *,
        expects: str | None = None,
        buttons: list[Button] | None = None,
        keep: Mapping[str, Any] | None = None,
        **values: Any,
    ) -> None:
        """Say `response` and wait for an answer of kind `what`; `keep` is what the answer's reader will need."""
        self.say(response, expects=expects, buttons=buttons, **values)
        before = self.question or {}
        same = (
            {one: before[one] for one in ("fails", "bye") if one in before}
            if before.get("what") == what
            else {}
        )
        self.set("question", {**dict(keep or {}), "what": what, **same})
        self.asked = True

    def close_question(self) -> None:
        self.set("question", None)

    def card(self, content: JsonDict) -> None:
        reply.card(self.dispatcher, content)

    def effect(self, name: str, *, key: str, request_no: str, order_no: str, summary: str) -> None:
        reply.effect(
            self.dispatcher, name, key=key, request_no=request_no, order_no=order_no, summary=summary
        )

    def identified(self, method: str, phone: str, name: str | None) -> None:
        """Remember and announce who the customer is (H6)."""
        self.set("customer", {"method": method, "phone": phone, "name": name})
        reply.command(self.dispatcher, "identified", method=method, phone=phone, name=name)

    def hand_off(self, reason: str, evidence: list[str], response: str | None = None, **values: Any) -> None:
        """Bring a person (H43): say one sentence, send everything known. Nothing may be said after it."""
        if self.ended:
            return
        self.say(response or f"utter_handoff_{reason}", **{"trouble": self.trouble(), **values})
        self._handed = True
        self.ended = True
        self.close_question()
        self.learn(
            category=self.facts.get("category")
            or ("service.human" if reason == "requested" else "service.other"),
            description=self.facts.get("description") or self.text[:DESCRIPTION_LIMIT] or None,
        )
        shown = [one for one in evidence if one][:5]
        reply.command(self.dispatcher, "handoff", reason=reason, evidence=shown, facts=self._told())

    def ticket(self, response: str) -> None:
        """Hand the case over as a ticket: the customer does not wait."""
        self.say(response)
        self._handed = True
        self.ended = True
        self.learn(category=self.facts.get("category") or "service.other")
        reply.command(
            self.dispatcher, "ticket", facts={one: it for one, it in self.facts.items() if it is not None}
        )

    def close(self) -> None:
        """The customer said goodbye and nothing is open."""
        reply.command(self.dispatcher, "close")
        self.ended = True

    def _told(self) -> JsonDict:
        """The facts for the record; None only where the gateway must delete what it was told earlier."""
        before = self._facts_before
        return {name: value for name, value in self.facts.items() if value is not None or name in before}

    def events(self) -> list[JsonDict]:
        """End of the turn: tell the gateway the new facts, return the slots to set."""
        now_known = self.facts
        changed = {name: value for name, value in now_known.items() if self._facts_before.get(name) != value}
        if changed and not self._handed:
            reply.command(self.dispatcher, "case", facts=changed)
        if "facts" in self._set:
            self.set("facts", {name: value for name, value in now_known.items() if value is not None})
        return [SlotSet(name, value) for name, value in self._set.items()]
