"""Where the store's own systems listen: NOTIFY_URLS, `name=https://…` or a plain address, separated by commas; and of what each
wants to hear, NOTIFY_EVENTS, `name=handoff.* conversation.rated`, separated by commas (everything without)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from handoff.notifications.outbox import EVENTS


@dataclass(frozen=True)
class Destination:
    """`name` stands in the outbox and in the administrator's list, `url` takes the POST, `events` is what it is told; None: all."""

    name: str
    url: str
    events: frozenset[str] | None = None

    def wants(self, event: str) -> bool:
        return self.events is None or event in self.events


def read_destinations(listed: str, wanted: str = "") -> tuple[Destination, ...]:
    """The destinations in their order; ValueError with one clear line for the operator."""
    chosen = _chosen(wanted)
    found = tuple(_each(listed, chosen))
    names = [one.name for one in found]
    if len(names) != len(set(names)):
        raise ValueError("two destinations have the same name; write name=https://…")
    if strangers := chosen.keys() - set(names):
        raise ValueError(f"events are chosen for {sorted(strangers)[0]!r}, which is no destination")
    return found


def _each(listed: str, chosen: Mapping[str, frozenset[str]]) -> Iterator[Destination]:
    for entry in filter(None, (part.strip() for part in listed.split(","))):
        name, sign, url = entry.partition("=")
        if not sign or "/" in name:
            name, url = "", entry
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"a destination is https://… or name=https://…, not {entry!r}")
        name = (name or parts.netloc)[:80]
        yield Destination(name, url, chosen.get(name))


def _chosen(wanted: str) -> dict[str, frozenset[str]]:
    """The events that each named destination wants. `handoff.*` is every event of that beginning."""
    found: dict[str, frozenset[str]] = {}
    for entry in filter(None, (part.strip() for part in wanted.split(","))):
        name, sign, words = entry.partition("=")
        events = [event for word in words.split() for event in _events(word)]
        if not sign or not events or name in found:
            raise ValueError(f"chosen events are name=event event, each name once, not {entry!r}")
        found[name] = frozenset(events)
    return found


def _events(word: str) -> list[str]:
    start = word.removesuffix("*")
    found = [one for one in EVENTS if one == word or (start.endswith(".") and one.startswith(start))]
    if not found:
        raise ValueError(f"there is no event {word!r}")
    return found
