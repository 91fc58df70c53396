"""Where turns come in and answers go out: `POST /webhooks/anke/turn`, `GET /webhooks/anke/ready`."""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    """`bot.channel.AnkeInput` for Rasa; loaded late, so that the pure modules here need no Rasa."""
    if name == "AnkeInput":
        from bot.channel.input import AnkeInput

        return AnkeInput
    raise AttributeError(name)
