"""Random identifiers: unguessable, short, with a prefix that says what they name."""

import secrets


def new_id(prefix: str) -> str:
    """`prefix` + `_` + 128 random bits (c conversation, t turn, h handoff, n annotation, u upload, a agent, d audit)."""
    return f"{prefix}_{secrets.token_urlsafe(16).replace('-', 'A').replace('_', 'B')}"
