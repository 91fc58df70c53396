"""Where a request comes from: the customer's address behind trusted proxies, and whether its Origin is welcome."""

import ipaddress
from urllib.parse import urlsplit

from sanic import Request

from handoff.settings import Network, Settings


def client_address(request: Request, settings: Settings) -> str:
    """The nearest address that is not one of TRUSTED_PROXIES; X-Forwarded-For from anybody else is ignored."""
    address: str = request.ip or "unknown"
    if not _within(address, settings.trusted_proxies):
        return address
    forwarded = request.headers.getall("x-forwarded-for", [])
    hops = [hop.strip() for line in forwarded for hop in line.split(",") if hop.strip()]
    for hop in reversed(hops):
        try:
            parsed = ipaddress.ip_address(hop)
        except ValueError:
            return address
        if isinstance(parsed, ipaddress.IPv6Address) and parsed.scope_id is not None:
            return address  # a zone means something on one machine only, and is any text
        address = hop
        if not _within(address, settings.trusted_proxies):
            break
    return address


def is_loopback(request: Request, settings: Settings) -> bool:
    """Called from this very machine; a forwarded request is not, whoever forwards it."""
    forwarded = "x-forwarded-for" in request.headers or "forwarded" in request.headers
    if forwarded and not settings.trusted_proxies:
        return False
    try:
        return ipaddress.ip_address(client_address(request, settings)).is_loopback
    except ValueError:
        return False


def origin_is_welcome(request: Request, settings: Settings) -> bool:
    """No Origin (not a browser page), our own, or one of ALLOWED_ORIGINS."""
    origin = request.headers.get("origin")
    if origin is None:
        return True
    return origin.lower() in settings.allowed_origins or is_own_origin(request, origin)


def is_own_origin(request: Request, origin: str) -> bool:
    """Whether the page was served by this very host and port (a proxy passes Host on)."""
    try:
        host = urlsplit(origin).netloc.lower()
    except ValueError:  # http://[ and the like
        return False
    return bool(host) and host == request.headers.get("host", "").lower()


def _within(address: str, networks: tuple[Network, ...]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)
