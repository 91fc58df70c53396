"""The store's rules as the desk needs them: policy, categories and the store's time zone; a changed policy is taken over."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from aftersales.categories import Categories, load_categories
from aftersales.deadlines import is_open, next_opening
from aftersales.policy import Policy, PolicySource
from aftersales.policy.watch import PolicyInForce, in_force
from aftersales.reload import first_usable

_CATEGORIES = Path(__file__).resolve().parents[1] / "data" / "categories.yml"


@dataclass(frozen=True)
class StoreRules:
    """Everything that decides how a case is graded, queued and told. `policy` is the one in force at this moment."""

    source: PolicyInForce
    categories: Categories
    tz: ZoneInfo

    @property
    def policy(self) -> Policy:
        """The newest policy that could be loaded."""
        return self.source.current

    def is_open(self, now: datetime) -> bool:
        """Whether the desk is open at `now` (H48)."""
        return is_open(self.policy.hours, now, self.tz)

    def next_opening(self, now: datetime) -> datetime | None:
        """The next opening at or after `now`, UTC; None when none is near."""
        return next_opening(self.policy.hours, now, self.tz)

    def group_name(self, group: str | None) -> str:
        """The Chinese name of a skill group, for customers and agents (H44)."""
        known = {str(code): one.name for code, one in self.policy.groups.groups.items()}
        return known.get(group or "", "人工客服")

    def store_time(self, moment: datetime) -> str:
        """`11月22日 09:00` in store time, as sentences to customers say it."""
        local = moment.astimezone(self.tz)
        return f"{local.month}月{local.day}日 {local:%H:%M}"


def load_store_rules(policy_dir: Path, store_tz: str, last_good: Path | None = None) -> StoreRules:
    """Read and check the store's files; PolicyError / CategoryError carry one clear line for the operator when they cannot
    be used and `last_good` (a data/ folder) has none either."""
    instead = None if last_good is None else partial(load_categories, last_good / _CATEGORIES.name)
    categories = first_usable(partial(load_categories, _CATEGORIES), instead)
    policy = PolicySource(policy_dir, categories=frozenset(categories.by_code), last_good=last_good)
    return StoreRules(policy, categories, ZoneInfo(store_tz))


def rules_of(policy: Policy | PolicyInForce, store_tz: str) -> StoreRules:
    """The rules around a policy that is already loaded, or around a source of it."""
    return StoreRules(in_force(policy), load_categories(_CATEGORIES), ZoneInfo(store_tz))


_rules: StoreRules | None = None


def use_store_rules(rules: StoreRules) -> None:
    """Make `rules` those of this process: handoff/bootstrap.py at the start, tests for their own."""
    global _rules
    _rules = rules


def store_rules() -> StoreRules:
    """The rules of this process."""
    if _rules is None:
        raise RuntimeError("handoff/bootstrap.py has not started: there are no store rules yet")
    return _rules
