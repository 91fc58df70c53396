"""A question about one part of what was just told (退到哪里的 after a refund, 什么快递 after the timeline): only that part
is answered, the whole is not said again. Words of the parts: data/dialogue/triggers.yml.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from actions.repeats import is_no_progress
from actions.turn import Turn

#: A longer sentence has a matter of its own, in characters.
_SHORT = 12


@dataclass(frozen=True, slots=True)
class Parts:
    told: frozenset[str]  # intents whose answer has these parts
    group: str  # trigger words, one list a part
    never: frozenset[str]  # intents that are another matter even when short
    answer: Callable[[Turn, str], Awaitable[bool]]


_PARTS: list[Parts] = []


def register(
    *told: str,
    group: str,
    answer: Callable[[Turn, str], Awaitable[bool]],
    never: frozenset[str] = frozenset(),
) -> None:
    """Called once at import by the topic that tells the whole; `answer` returns False when it cannot tell the part."""
    _PARTS.append(Parts(frozenset(told), group, never, answer))


async def answered_part(turn: Turn) -> bool:
    """True when the message asked for a part of the last answer and got it."""
    last, _, order_no = str((list(turn.get("asked") or []) or [""])[-1]).partition("@")
    if turn.is_button or turn.heard.order_no or len(turn.text) > _SHORT or turn.customer is None:
        return False
    of_order_in_hand = order_no.partition("#")[0] in {"", turn.get("order_no") or ""}
    for parts in _PARTS:
        part = turn.store.dialogue.code_for(parts.group, turn.text) if last in parts.told else None
        if part is None or turn.intent in parts.never or not of_order_in_hand:
            continue
        turn.intent = last
        return is_no_progress(turn, part=part) or await parts.answer(turn, part)
    return False
