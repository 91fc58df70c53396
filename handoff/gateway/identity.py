"""Who the store says the customer is (H6): a short-lived HS256 token made by the store's own login."""

import re
import time
from typing import Any

import jwt

from handoff.edge.text import clean_name
from handoff.errors import unauthorized

LONGEST_SECONDS = 3600
CLOCK_SKEW = 30
_UNKEEPABLE = re.compile(r"[\x00\ud800-\udfff]")
_REFUSED = "身份信息无效或已过期，请刷新页面重新登录。"


def check_identity(secret: str | None, token: Any) -> dict[str, str]:
    """{"sub","name"?,"phone"?} of a valid token; ApiError 401 otherwise, never an anonymous customer instead.

    No database keeps NUL or half a surrogate pair: a token with one of them is refused. `sub` is compared, so it must be
    visible throughout; name and phone are only shown, so they are cleaned of what else does not belong there.
    """
    if not secret or not isinstance(token, str):
        raise unauthorized(_REFUSED)
    try:
        claims = jwt.decode(
            token, secret, algorithms=["HS256"], leeway=CLOCK_SKEW, options={"require": ["sub", "exp"]}
        )
    except Exception as error:  # whatever the bytes provoke: PyJWTError, UnicodeEncodeError, RecursionError …
        raise unauthorized(_REFUSED) from error
    expires = claims["exp"]
    if not isinstance(expires, int | float) or expires > time.time() + LONGEST_SECONDS + CLOCK_SKEW:
        raise unauthorized(_REFUSED)
    identity = {"sub": claims["sub"]}
    for name, longest in (("name", 100), ("phone", 30)):
        value = claims.get(name)
        if not isinstance(value, str):
            continue
        if _UNKEEPABLE.search(value):
            raise unauthorized(_REFUSED)
        if shown := clean_name(value)[:longest]:
            identity[name] = shown
    if not _is_subject(identity["sub"]):
        raise unauthorized(_REFUSED)
    return identity


def _is_subject(sub: Any) -> bool:
    """1-200 visible characters; what isprintable() refuses includes everything unkeepable."""
    return isinstance(sub, str) and 0 < len(sub) <= 200 and sub.isprintable()
