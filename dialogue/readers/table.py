"""THE table of readers: every turn asks each of them once, in this order (the order has no meaning but in the trace)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace

from dialogue.readers import (
    address,
    answers,
    chat,
    choices,
    context,
    corrections,
    disowns,
    evidence,
    faults,
    intents,
    kept,
    known,
    leaving,
    mentions,
    moments,
    not_sold,
    note,
    numbers,
    others_stay,
    own_requests,
    parts,
    quantity,
    record_facts,
    remarks,
    symptoms,
    takes_back,
    times,
    title,
    tracking,
    watch,
    which_meant,
    wished_times,
    written,
)
from dialogue.reading import Reading
from dialogue.scene import Scene

Reader = Callable[[Scene], Iterator[Reading]]

#: What the readers found in this turn (Outside.worked_out).
_READ = "read"

READERS: tuple[Reader, ...] = (
    intents.read,
    answers.read,
    kept.read,
    watch.read,
    chat.read,
    note.read,
    context.read,
    known.read,
    choices.read,
    numbers.read,
    own_requests.read,
    others_stay.read,
    tracking.read,
    mentions.read,
    not_sold.read,
    quantity.read,
    parts.read,
    evidence.read,
    address.read,
    title.read,
    remarks.read,
    symptoms.read,
    faults.read,
    moments.read,
    times.read,
    record_facts.read,
    written.read,
    takes_back.read,
    corrections.read,
    disowns.read,
    wished_times.read,
    which_meant.read,
    leaving.read,
)


def read_all(scene: Scene) -> Iterator[Reading]:
    """The readings of every reader, in the order of the table.

    A reader is asked once in a turn: it looks at the message, at the state as the turn began and at what was fetched, so that
    what it found still holds when the turn is taken again with more from outside.
    """
    found: list[tuple[Reading, ...]] = scene.outside.once(_READ, scene.message, list)
    for place, read in enumerate(READERS):
        if place == len(found):
            found.append(tuple(read(scene)))
        for one in found[place]:
            kept = any(isinstance(value, dict | list) for value in one.more.values())
            yield replace(one, more=deepcopy(one.more)) if kept else one
