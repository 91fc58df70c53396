"""Which open request a question is about that is asked after it was made (审核要多久, 要不要寄回来)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aftersales.order_system.port import CLOSED_REQUEST_STATES, AfterSalesRequest, OrderItem
from aftersales.policy.returns import SOLUTIONS

#: Requests about goods.
_OF_ITEMS = frozenset({*SOLUTIONS, "resend"})
#: Requests whose goods come in place of others.
SENDS = frozenset({"exchange", "resend", "repair"})
#: Requests that are no form for goods: they have a result, told by when.
TASKS = frozenset({"intercept", "claim", "urge", "invoice", "ticket"})
#: What is asked of goods only: of the requests that go back.
OF_GOODS = frozenset({"back", "arrives", "address", "freight"})

#: A request's number: two letters and twelve digits.
_NUMBER = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]{2}\d{12}(?!\d)")


def request_number_in(text: str) -> str:
    """The number of a request that the words hold; empty where they hold none."""
    found = _NUMBER.search(text)
    return found[0].upper() if found else ""


def asked_about(
    requests: Sequence[AfterSalesRequest], part: object, item: OrderItem | None = None
) -> AfterSalesRequest | None:
    """The newest request of an order that is not over and that this can be asked of; of the line in hand where one is."""
    kinds = _OF_ITEMS if part is None or part in OF_GOODS else _OF_ITEMS | TASKS
    if part == "arrives":
        kinds &= SENDS  # when the money is there is another question
    found = [one for one in requests if one.kind in kinds and one.state not in CLOSED_REQUEST_STATES]
    own = [one for one in found if item is not None and one.item_id == item.item_id]
    return next(iter(own or found), None)
