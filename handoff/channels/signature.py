"""The signature of a message between programs: `t=<unix>,v1=<hex HMAC-SHA256 of "t.body">` (docs/protocol.md).

Pure. It stands in the header `X-Anke-Signature` and is checked before a word of the body is read.
"""

import hashlib
import hmac
import re

HEADER = "X-Anke-Signature"
WINDOW_SECONDS = 300
"""How far a signature's time may be from ours, either way: what was overheard is worth nothing later."""
_HEADER = re.compile(r"t=([0-9]{1,12})((?:,v1=[0-9a-fA-F]{64}){1,5})")


def is_signed(secret: str, body: bytes, header: str | None, now: float) -> bool:
    """Whether the header is by somebody who knows the secret, over this very body, and of the last five minutes.

    Several `v1` are allowed, so that a secret can be changed without a gap. Compared in constant time.
    """
    found = _HEADER.fullmatch((header or "").replace(" ", ""))
    if found is None or abs(now - int(found[1])) > WINDOW_SECONDS:
        return False
    expected = _digest(secret, body, found[1])
    given = found[2].lower().removeprefix(",v1=").split(",v1=")
    return any(hmac.compare_digest(expected, one) for one in given)


def _digest(secret: str, body: bytes, at: str) -> str:
    return hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
