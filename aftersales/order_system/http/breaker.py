"""Circuit breaker and retry budget: a store's system that is down is not asked again by every turn of every customer.

Closed: calls go through. After `failures` calls in a row without a usable answer it is open for `rest` seconds: calls fail at
once. Then one call is let through to try; its answer closes it, its failure opens it again. The budget bounds repetitions:
each costs one token, each answered call gives a tenth back, so a system in trouble gets at most a tenth more requests.
"""

from collections.abc import Callable
from time import monotonic

_FAILURES, _REST_SECONDS = 4, 10.0
_TOKENS, _EARNED = 10.0, 0.1


class CircuitBreaker:
    """Whether to call at all, and whether to repeat. `clock`: seconds that only grow."""

    def __init__(
        self,
        *,
        failures: int = _FAILURES,
        rest: float = _REST_SECONDS,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._limit, self._rest, self._clock = failures, rest, clock
        self._failed = 0
        self._open_until: float | None = None
        self._tokens = _TOKENS

    @property
    def is_open(self) -> bool:
        return self._open_until is not None

    @property
    def failures(self) -> int:
        """Calls in a row without a usable answer."""
        return self._failed

    def may_call(self) -> bool:
        """False while open. True for one call after the rest, which then decides."""
        if self._open_until is None:
            return True
        if self._clock() < self._open_until:
            return False
        self._open_until = self._clock() + self._rest  # the others wait for this one's answer
        return True

    def may_repeat(self) -> bool:
        """Takes a token of the budget; False when there is none, or when the breaker is open."""
        if self._open_until is not None or self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def answered(self) -> None:
        """A usable answer came, a refusal included."""
        self._failed, self._open_until = 0, None
        self._tokens = min(_TOKENS, self._tokens + _EARNED)

    def failed(self) -> None:
        """No usable answer came."""
        self._failed += 1
        if self._failed >= self._limit:
            self._open_until = self._clock() + self._rest
