"""Where turns come in and answers go out: `POST /webhooks/anke/turn`, `GET /webhooks/anke/ready`."""

from bot.channel.input import AnkeInput

__all__ = ["AnkeInput"]
