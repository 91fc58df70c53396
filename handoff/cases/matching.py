"""Is this contact about a case that is there already: what counts as the same matter (H13).

Pure. The store's part of the rule, which categories are one matter, is `cases` of data/policy/service.yml.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aftersales.policy.desk import CaseRules


@dataclass(frozen=True, slots=True)
class Matter:
    """What a contact is about, as far as it was told."""

    category: str | None = None
    order_no: str | None = None
    item: str | None = None

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> "Matter":
        """From the facts of a conversation; what is no text counts as unknown."""
        return cls(*(_text(facts.get(name)) for name in ("category", "order_no", "item")))


def same_matter(rules: CaseRules, case: Matter, contact: Matter, *, goes_on: bool = False) -> bool:
    """Whether a contact of the same customer continues the case.

    Different orders or different items are different matters, always. Else the categories decide; where an order is not
    known on both sides, a category that names no issue (somebody only asks for a person) does not: it says nothing of the
    matter. `goes_on`: it was told where the case is talked about already, so that only a difference separates.
    """
    for one, other in ((case.order_no, contact.order_no), (case.item, contact.item)):
        if one and other and one != other:
            return False
    if goes_on:
        return True
    follows = any(one.category is None or one.category in rules.follows_any for one in (case, contact))
    if case.order_no and contact.order_no and follows:
        return True
    if follows:
        return _complains(contact) or (_complains(case) and not _names_no_issue(contact))
    return case.category is not None and _family(rules, case) == _family(rules, contact)


def _family(rules: CaseRules, matter: Matter) -> tuple[str, ...]:
    return next((row for row in rules.same_matter if matter.category in row), (matter.category or "",))


def _complains(matter: Matter) -> bool:
    return (matter.category or "").startswith("complaint.")


def _names_no_issue(matter: Matter) -> bool:
    return matter.category is None or matter.category.startswith("service.")


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
