"""NOTIFY_URLS: where the store's own systems listen, `name=https://…` or a plain address, separated by commas."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Destination:
    """`name` stands in the outbox and in the administrator's list, `url` takes the POST."""

    name: str
    url: str


def read_destinations(listed: str) -> tuple[Destination, ...]:
    """The destinations in their order; ValueError with one clear line for the operator."""
    found = tuple(_each(listed))
    names = [one.name for one in found]
    if len(names) != len(set(names)):
        raise ValueError("two destinations have the same name; write name=https://…")
    return found


def _each(listed: str) -> Iterator[Destination]:
    for entry in filter(None, (part.strip() for part in listed.split(","))):
        name, sign, url = entry.partition("=")
        if not sign or "/" in name:
            name, url = "", entry
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"a destination is https://… or name=https://…, not {entry!r}")
        yield Destination((name or parts.netloc)[:80], url)
