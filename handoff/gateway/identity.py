"""Who the store says the customer is (H6): a short-lived HS256 token made by the store's own login."""

import time
from typing import Any

import jwt

from handoff.errors import unauthorized

LONGEST_SECONDS = 3600
CLOCK_SKEW = 30
_REFUSED = "身份信息无效或已过期，请刷新页面重新登录。"


def check_identity(secret: str | None, token: Any) -> dict[str, str]:
    """{"sub","name"?,"phone"?} of a valid token; ApiError 401 otherwise, never an anonymous customer instead."""
    if not secret or not isinstance(token, str):
        raise unauthorized(_REFUSED)
    try:
        claims = jwt.decode(
            token, secret, algorithms=["HS256"], leeway=CLOCK_SKEW, options={"require": ["sub", "exp"]}
        )
    except jwt.PyJWTError as error:
        raise unauthorized(_REFUSED) from error
    expires = claims["exp"]
    if not isinstance(expires, int | float) or expires > time.time() + LONGEST_SECONDS + CLOCK_SKEW:
        raise unauthorized(_REFUSED)
    identity = {"sub": claims["sub"]}
    for name, longest in (("name", 100), ("phone", 30)):
        value = claims.get(name)
        if isinstance(value, str) and value.strip():
            identity[name] = value.strip()[:longest]
    if not isinstance(identity["sub"], str) or not 0 < len(identity["sub"]) <= 200:
        raise unauthorized(_REFUSED)
    return identity
