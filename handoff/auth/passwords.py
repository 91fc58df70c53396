"""Passwords as argon2id hashes, computed in a thread so that a login never stops the chat."""

import asyncio
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP's argon2id minimum: 19 MiB, two passes, one lane. About 30 ms on the reference machine.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_AT_ONCE = 2
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
MAX_LENGTH = 200
"""Longer inputs are refused before hashing."""

_turns: dict[int, asyncio.Semaphore] = {}


def new_password() -> str:
    """A password that can be read aloud and typed: 4 groups of 4, about 79 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


def hash_password(password: str) -> str:
    """Blocking, about 30 ms."""
    return _HASHER.hash(password)


def unusable_hash() -> str:
    """What an account without a password has stored: it fits none, and no two are alike (links are signed over it)."""
    return f"!{secrets.token_hex(16)}"


def is_usable(stored: str) -> bool:
    """Whether a password has been chosen."""
    return not stored.startswith("!")


def is_password(stored: str, password: str) -> bool:
    """Blocking, about 30 ms. A stored hash that cannot be read fits no password."""
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


async def check_password(stored: str | None, password: str) -> bool:
    """Whether `password` fits; None (no such account) takes as long and is False, so names cannot be guessed by time."""
    if len(password) > MAX_LENGTH:
        return False
    async with _turn():
        fits = await asyncio.to_thread(is_password, stored or _nobody(), password)
    return fits and stored is not None


@cache
def _nobody() -> str:
    return hash_password(secrets.token_hex(16))


def _turn() -> asyncio.Semaphore:
    """At most two hashes at once in a process (19 MiB each), whatever a flood of logins wants."""
    loop = id(asyncio.get_running_loop())
    if loop not in _turns:
        _turns.clear()
        _turns[loop] = asyncio.Semaphore(_AT_ONCE)
    return _turns[loop]
