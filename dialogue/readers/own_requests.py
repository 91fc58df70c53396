"""TK261130480743这个是啥, RT… 到哪一步了: the number of a request of the customer's own, which is looked up (H26).

Reading `answer` of the look-up request_status with the number, and the order that the request is of where one has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aftersales.order_system.port import REQUEST_PREFIX
from dialogue.reading import Reading
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
    """One reading: the first number of the message; only a verified customer has requests."""
    if scene.message.is_button or scene.state.customer is None:
        return
    found = _NUMBER.search(scene.text)
    if found is None:
        return
    number = found.group().upper()
    order_no = _order_of(scene, number)
    more = {"named": [found.span()], "intent": "", "slots": {"request_no": number}}
    yield Reading(
        "answer",
        STATUS,
        None,
        _SURE,
        found.span(),
        source=SOURCE,
        more={**more, **({"of_order": order_no} if order_no else {})},
    )


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
