"""Addresses of files that a page can put into <img src>: signed, valid for ten minutes, for one file only."""

import base64
import hashlib
import hmac
import re
import time

VALID_SECONDS = 600
_PURPOSE = b"anke-upload-url-1"
_UNTIL = re.compile(r"[0-9a-f]{1,12}")


def sign(secret: str, upload_id: str, now: float | None = None) -> str:
    """The value of `?s=` for this upload."""
    until = int((time.time() if now is None else now) + VALID_SECONDS)
    return f"{until:x}.{_mac(secret, upload_id, until)}"


def signed_url(secret: str, upload_id: str, now: float | None = None) -> str:
    """The address that items carry as `url`."""
    return f"/api/v1/uploads/{upload_id}?s={sign(secret, upload_id, now)}"


def is_signed(secret: str, upload_id: str, signature: str, now: float | None = None) -> bool:
    """Whether `signature` was made for this upload and has not run out."""
    head, _, mac = signature.partition(".")
    if not _UNTIL.fullmatch(head):
        return False
    until = int(head, 16)
    fresh = (time.time() if now is None else now) <= until
    return (
        hmac.compare_digest(_mac(secret, upload_id, until).encode(), mac.encode("utf-8", "replace")) and fresh
    )


def _mac(secret: str, upload_id: str, until: int) -> str:
    message = b"|".join((_PURPOSE, upload_id.encode(), str(until).encode()))
    digest = hmac.new(secret.encode(), message, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:24]).decode().rstrip("=")
