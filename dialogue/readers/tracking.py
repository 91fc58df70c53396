"""A carrier's number, by the patterns of data/policy/store.yml (H25): for the request that waits for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dialogue.readers.digits import EMAIL
from dialogue.readers.wanted import asked_name
from dialogue.reading import Reading
from dialogue.scene import Scene

SOURCE = "tracking"
_GROUPED = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{0,3}\d{2,}(?:[ -]\d{1,})+(?![A-Za-z0-9])")
_TOKEN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{10,24}(?![A-Za-z0-9])")
_SHORTEST = 10
#: A label stands so close before the number, in characters.
_BEFORE = 12


def carrier_of(scene: Scene, number: str) -> str | None:
    """The carrier whose numbers look like this one, or None."""
    return next(
        (
            one.name
            for one in scene.store.policy.store.carriers
            if re.fullmatch(one.tracking_pattern, number, re.IGNORECASE)
        ),
        None,
    )


def looks_like_tracking(scene: Scene, number: str) -> bool:
    """Could it be a carrier's number?"""
    return carrier_of(scene, number) is not None


def read(scene: Scene) -> Iterator[Reading]:
    """Numbers that look like a carrier's, or are called one; not those called an order's, not those of this store."""
    if scene.message.is_button:
        return
    words = scene.store.words
    text = EMAIL.sub(lambda found: " " * len(found.group()), scene.text)
    flow = next((one.id for one in scene.store.flows.by_id.values() if _takes_tracking(one.slots)), "")
    asked = asked_name(scene) == "tracking_no"
    for found in [*_TOKEN.finditer(text), *(_GROUPED.finditer(text) if asked else ())]:
        number = re.sub(r"[ -]", "", found.group()).upper()
        before = text[max(0, found.start() - _BEFORE) : found.start()]
        carrier = carrier_of(scene, number)
        called = words.hit("tracking.called", before) is not None
        here = scene.store.order_number.here.fullmatch(number)
        if here or words.hit("tracking.not_called", before) or not any(one.isdigit() for one in number):
            continue
        if len(number) < _SHORTEST or (carrier is None and not called and not asked):
            continue
        sure = 0.97 if carrier and (called or asked) else 0.9 if carrier and not number.isdigit() else 0.7
        more = {"flow": flow, "carrier": carrier}
        yield Reading("slot", "tracking_no", number, sure, found.span(), source=SOURCE, more=more)
        if asked_name(scene) == "order_no" and carrier:  # 快递单号YT…: where the order's number is
            yield Reading("explain", "order_no", None, sure, found.span(), source=SOURCE)


def _takes_tracking(slots: object) -> bool:
    return isinstance(slots, dict) and any(one.kind == "tracking_no" for one in slots.values())
