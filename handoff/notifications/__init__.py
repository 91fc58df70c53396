"""What the store's own systems are told (H24): an outbox, written in the transaction of what it tells."""

from handoff.notifications.outbox import EVENTS, notify

__all__ = ["EVENTS", "notify"]
