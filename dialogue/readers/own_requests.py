"""TK261130480743这个是啥, RT… 到哪一步了: the number of a request of the customer's own, which is looked up (H26).

Reading `answer` of the look-up request_status with the number, and the order that the request is of where one has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aftersales.order_system.port import REQUEST_PREFIX
from dialogue.readers.sentence import sentences
from dialogue.reading import Reading, Span
from dialogue.scene import Scene
from dialogue.state import RECORDS

SOURCE = "own_requests"
#: The look-up of one request by its number.
STATUS = "request_status"
_SURE = 0.97
_NUMBER = re.compile(
    rf"(?<![A-Za-z0-9])({'|'.join(sorted(set(REQUEST_PREFIX.values())))})\d{{6,14}}(?!\d)", re.IGNORECASE
)


def read(scene: Scene) -> Iterator[Reading]:
    """One reading: the first number of the message, else what was written of the kind that it names (那个催单怎么样了); only a
    verified customer has requests."""
    if scene.message.is_button or scene.state.customer is None:
        return
    told = _by_number(scene) or _by_kind(scene)
    if told is None:
        return
    number, span = told
    order_no = _order_of(scene, number)
    more = {"named": [span], "intent": "", "slots": {"request_no": number}}
    yield Reading(
        "answer",
        STATUS,
        None,
        _SURE,
        span,
        source=SOURCE,
        more={**more, **({"of_order": order_no} if order_no else {})},
    )


def _by_number(scene: Scene) -> tuple[str, Span] | None:
    found = _NUMBER.search(scene.text)
    return (found.group().upper(), found.span()) if found is not None else None


def _by_kind(scene: Scene) -> tuple[str, Span] | None:
    """The newest request of the named kind that this conversation wrote and that is asked about."""
    words, records = scene.store.words, scene.state.told.get(RECORDS) or ()
    for part in sentences(scene.text):
        if not words.codes("questions.how_it_goes")["yes"].search(part.text):
            continue
        for kind, pattern in words.codes("questions.own_request").items():
            if (hit := pattern.search(part.text)) is None:
                continue
            for one in reversed(records):
                if one.get("kind") == kind and not one.get("taken_back"):
                    return str(one["request_no"]), (part.start + hit.start(), part.end)
    return None


def _order_of(scene: Scene, number: str) -> str | None:
    """The customer's order that this request is of: one that this conversation wrote, else one that has it."""
    for one in scene.state.told.get(RECORDS) or ():
        if one.get("request_no") == number:
            return str(one["order_no"])
    own = scene.orders()
    return next(
        (
            one.order_no
            for one in own
            if any(made.request_no == number for made in scene.outside.requests(one.order_no))
        ),
        None,
    )
