"""How many connections a worker holds, in all and from one address; and who has to go when there are too many.

A connection that works on no request (idle, or its head is still arriving) can be closed at any time: browsers and proxies
open another one. So over a limit the one that waits longest makes room, and half-open connections push each other out
instead of whoever comes to say something.
"""

import ipaddress
import resource
from typing import Protocol

from handoff.settings import Network
from handoff.telemetry.metrics import CONNECTIONS_CLOSED

WANTED_OPEN_FILES = 65_536
THIS_MACHINE: tuple[Network, ...] = (ipaddress.ip_network("127.0.0.1/32"), ipaddress.ip_network("::1/128"))
"""A proxy that nobody declared, or a load test: limited in all, not by its address."""


class Connection(Protocol):
    """What the limiter needs of a connection; equal only to itself."""

    def drop(self) -> None:
        """Closes it now, without an answer."""


def raise_open_files_limit() -> int:
    """Lifts RLIMIT_NOFILE as far as the hard limit allows, at most to WANTED_OPEN_FILES; what it is then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED_OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, WANTED_OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return WANTED_OPEN_FILES if soft == resource.RLIM_INFINITY else soft


def most_connections(open_files: int) -> int:
    """Connections of a worker that may open so many files: a quarter stays for database, bots and uploads."""
    return max(1, open_files * 3 // 4)


class ConnectionLimiter:
    """The connections of one worker. `exempt` addresses (proxies, this machine) count towards the total only."""

    def __init__(self, most: int, most_per_address: int, exempt: tuple[Network, ...] = ()) -> None:
        self._most = most
        self._most_per_address = most_per_address
        self._exempt = exempt
        self._source: dict[Connection, str] = {}
        self._open: dict[str, int] = {}
        #: Those that work on no request, the one that waits longest first; in all and of each address.
        self._waiting: dict[Connection, None] = {}
        self._waiting_of: dict[str, dict[Connection, None]] = {}

    def __len__(self) -> int:
        return len(self._source)

    def admit(self, connection: Connection, address: str) -> bool:
        """Whether this new connection may stay; another one may be dropped for it."""
        source = self._key(address)
        crowded = bool(source) and self._open.get(source, 0) >= self._most_per_address
        if crowded and not self._make_room(self._waiting_of.get(source), "address"):
            return False
        if len(self._source) >= self._most and not self._make_room(self._waiting, "total"):
            return False
        self._source[connection] = source
        self._open[source] = self._open.get(source, 0) + 1
        self.waits(connection)
        return True

    def waits(self, connection: Connection) -> None:
        """It works on no request from now on."""
        source = self._source.get(connection)
        if source is not None:
            self._waiting[connection] = None
            self._waiting_of.setdefault(source, {})[connection] = None

    def works(self, connection: Connection) -> None:
        """A whole head has arrived: it is not dropped for others any more."""
        self._waiting.pop(connection, None)
        source = self._source.get(connection, "")
        waiting = self._waiting_of.get(source)
        if waiting is not None:
            waiting.pop(connection, None)
            if not waiting:
                del self._waiting_of[source]

    def gone(self, connection: Connection) -> None:
        """It is closed; once too often does no harm."""
        self.works(connection)
        source = self._source.pop(connection, None)
        if source is not None:
            self._open[source] -= 1
            if not self._open[source]:
                del self._open[source]

    def _make_room(self, waiting: dict[Connection, None] | None, limit: str) -> bool:
        CONNECTIONS_CLOSED.labels(limit).inc()
        oldest = next(iter(waiting or ()), None)
        if oldest is None:
            return False
        self.gone(oldest)
        oldest.drop()
        return True

    def _key(self, address: str) -> str:
        """What counts as one address: an IPv6 customer owns a /64. Empty: exempt."""
        try:
            parsed = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return ""  # a unix socket: whoever is behind it is a proxy of our own
        if isinstance(parsed, ipaddress.IPv6Address):
            if parsed.ipv4_mapped is None:
                exempt = any(parsed in network for network in self._exempt)
                return "" if exempt else str(ipaddress.ip_network((parsed, 64), strict=False))
            parsed = parsed.ipv4_mapped
        return "" if any(parsed in network for network in self._exempt) else str(parsed)
