"""取消哪个, 单号多少, 别给我都取消了, 手机不会也取消吧, to something that is read back: which one it is (answers.which_meant).

Reading `which`: neither a yes nor a no, no other matter; the order is named again and that nothing else is touched.
"""

from __future__ import annotations

from collections.abc import Iterator

from dialogue.reading import Reading
from dialogue.scene import Scene

SOURCE = "which_meant"
WHICH = "which"
_SURE = 0.95
#: Watchers whose words ask what the order says of colour, size and address.
_OF_ITS_PARTS = ("order_details", "delivery_address")


def read(scene: Scene) -> Iterator[Reading]:
    """One reading a message, while a write for an order waits for its yes."""
    top, flow, asked = scene.top, scene.top_flow, scene.asked_slot
    if scene.message.is_button or not scene.text or top is None or flow is None or asked is None:
        return
    if asked.kind != "confirm" or not flow.is_write or top.order_no is None:
        return
    words = scene.store.words
    if any(words.hit(f"watchers.{one}", scene.text) for one in _OF_ITS_PARTS):
        return  # 颜色没给我动吧: of the order itself
    for hit in words.find("answers.which_meant", scene.text)[:1]:
        yield Reading(WHICH, flow.id, None, _SURE, hit.span, source=SOURCE)
