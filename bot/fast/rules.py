"""Which rules fit a dialogue is worked out once per dialogue shape.

Reason: RulePolicy compares every rule with every past state in Python, twice a turn. What it compares (intents, actions,
form, slots that influence) takes few values; the answer for the same states is the same.
"""

from __future__ import annotations

import json
from typing import Any

KEPT = 4096
"""Different dialogue shapes remembered; then all are forgotten (about 2 kB each)."""


def install() -> None:
    """Remember the answers of `RulePolicy._get_possible_keys` per policy."""
    from rasa.core.policies.rule_policy import RulePolicy

    stock = RulePolicy._get_possible_keys

    def possible_keys(self: Any, lookup: dict[str, str], states: list[Any]) -> set[str]:
        known: dict[Any, frozenset[str]] = self.__dict__.setdefault("_anke_rule_keys", {})
        key = (id(lookup), json.dumps(states, ensure_ascii=False))
        if key not in known:
            if len(known) >= KEPT:
                known.clear()
            known[key] = frozenset(stock(self, lookup, states))
        return set(known[key])

    RulePolicy._get_possible_keys = possible_keys
