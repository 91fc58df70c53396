"""The policy of a running process: a changed data/policy is used from the next message on, a broken one is refused."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from aftersales.policy.load import load_policy
from aftersales.policy.model import Policy
from aftersales.reload import LOOK_EVERY, UNPUBLISHED, Reloaded, data_version


class PolicyInForce(Protocol):
    """Where a long-lived part of a process asks for the rules, each time it needs them."""

    @property
    def current(self) -> Policy:
        """The rules of this moment."""

    @property
    def version(self) -> str:
        """The state of the store's data that `current` was last read from."""


class PolicySource(Reloaded[Policy]):
    """The policy of `folder`, read again when a file changed. Raises PolicyError when it is broken from the start."""

    def __init__(
        self,
        folder: Path | str,
        *,
        categories: frozenset[str] | None = None,
        every: float = LOOK_EVERY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        def load() -> Policy:
            there = Path(folder).resolve()  # all files of one version
            policy = load_policy(there, categories=categories)
            self._version = data_version(there.parents[1])
            return policy

        super().__init__(load, [Path(folder)], every=every, clock=clock)

    @property
    def version(self) -> str:
        return self._version


@dataclass(frozen=True)
class FixedPolicy:
    """A policy that never changes: for one-off commands and tests."""

    current: Policy
    version: str = UNPUBLISHED


def in_force(policy: Policy | PolicyInForce) -> PolicyInForce:
    """A loaded policy as something to ask; a source as it is."""
    return FixedPolicy(policy) if isinstance(policy, Policy) else policy
