"""THE table of readers: every turn asks each of them once, in this order (the order has no meaning but in the trace)."""

from __future__ import annotations

from dialogue.readers import (
    Reader,
    address,
    answers,
    chat,
    choices,
    context,
    evidence,
    intents,
    mentions,
    moments,
    numbers,
    quantity,
    remarks,
    title,
    tracking,
    watch,
)

READERS: tuple[Reader, ...] = (
    intents.read,
    answers.read,
    watch.read,
    chat.read,
    context.read,
    choices.read,
    numbers.read,
    tracking.read,
    mentions.read,
    quantity.read,
    evidence.read,
    address.read,
    title.read,
    remarks.read,
    moments.read,
)
