"""The token by which a store signs its customer in, as its login would make it."""

import time
from typing import Any

import jwt

IDENTITY_SECRET = "test-identity-secret-long-enough-000000"


def identity(secret: str = IDENTITY_SECRET, **claims: Any) -> str:
    return jwt.encode({"sub": "u1", "exp": int(time.time()) + 600, **claims}, secret, algorithm="HS256")
