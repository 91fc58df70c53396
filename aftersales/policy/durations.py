"""A duration has one home: requests.yml may name the rule that holds the hours of a step instead of writing them again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aftersales.lined_yaml import Lined
from aftersales.policy.checks import Place

_HOURS_OF = {"_hours": 1, "_days": 24}


def put_durations(raw: Mapping[str, Lined]) -> Iterator[tuple[Place, str]]:
    """Replace every `hours: returns.flow.review_hours` of the read requests.yml by its number of hours.

    Yields place and Chinese message of a name that is no duration; a name that ends in `_days` counts 24 hours a day.
    """
    tables: list[tuple[Place, object]] = [(("requests", "otherwise"), _at(raw, "requests.otherwise"))]
    by_kind = _at(raw, "requests.next")
    if isinstance(by_kind, Lined):
        tables += [(("requests", "next", kind), table) for kind, table in by_kind.items()]
    for place, table in tables:
        for state, step in table.items() if isinstance(table, Lined) else ():
            named = step.get("hours") if isinstance(step, Lined) else None
            if not isinstance(named, str):
                continue
            unit = next((hours for ending, hours in _HOURS_OF.items() if named.endswith(ending)), 0)
            value = _at(raw, named)
            if unit and isinstance(value, int) and not isinstance(value, bool):
                step["hours"] = value * unit
            else:
                shown = ".".join(str(one) for one in (*place[1:], state, "hours"))
                yield (
                    (*place, state, "hours"),
                    f"{shown} 要写小时数，或一项规则的名字，如 returns.flow.review_hours（现在是 {named}）",
                )
                step["hours"] = None


def _at(raw: Mapping[str, Lined], dotted: str) -> object:
    here: object = raw
    for one in dotted.split("."):
        here = here.get(one) if isinstance(here, Mapping) else None
    return here
