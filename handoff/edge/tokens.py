"""Conversation tokens: HMAC over the conversation id with SECRET_KEY. A new SECRET_KEY revokes them all."""

import base64
import hashlib
import hmac

from handoff.errors import unauthorized

_PURPOSE = b"anke-conversation-token-1|"


def issue_token(secret: str, conversation_id: str) -> str:
    """The token of a conversation: `<id>.<mac>`, always the same for one key."""
    return f"{conversation_id}.{_mac(secret, conversation_id)}"


def read_token(secret: str, token: str) -> str:
    """The conversation a token is for; ApiError 401 for anything we did not issue."""
    conversation_id, _, mac = token.rpartition(".")
    expected = _mac(secret, conversation_id)
    if not conversation_id or not hmac.compare_digest(expected.encode(), mac.encode("utf-8", "replace")):
        raise unauthorized()
    return conversation_id


def _mac(secret: str, conversation_id: str) -> str:
    digest = hmac.new(
        secret.encode(), _PURPOSE + conversation_id.encode("utf-8", "replace"), hashlib.sha256
    ).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
