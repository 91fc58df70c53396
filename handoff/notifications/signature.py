"""`X-Anke-Signature: t=<unix>,v1=<hex HMAC-SHA256 of "t.body">`: who sent this body, and when (docs/notifications.md)."""

import hashlib
import hmac

HEADER = "X-Anke-Signature"


def signature(secret: str, body: bytes, at: int) -> str:
    """The header's value for exactly these bytes, sent at that second."""
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256)
    return f"t={at},v1={mac.hexdigest()}"
