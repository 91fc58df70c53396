"""The store's rules as the desk needs them: policy, categories and the store's time zone; a changed policy is taken over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from aftersales.categories import Categories, load_categories
from aftersales.deadlines import is_open, next_opening
from aftersales.lined_yaml import read_lined
from aftersales.policy import Policy, PolicySource
from aftersales.policy.names import policy_names
from aftersales.policy.watch import PolicyInForce, in_force
from aftersales.reload import Reloaded, data_root

Names = Mapping[str, Mapping[str, str]]
#: Of data/dialogue/labels.yml, for the console.
_SHOWN = ("order_state", "parcel_state", "refund_state")


@dataclass(frozen=True)
class StoreRules:
    """Everything that decides how a case is graded, queued and told. `policy` is the one in force at this moment."""

    source: PolicyInForce
    known: Reloaded[Categories]
    labels: Reloaded[Names]
    tz: ZoneInfo
    root: Path

    @property
    def policy(self) -> Policy:
        """The newest policy that could be loaded."""
        return self.source.current

    @property
    def version(self) -> str:
        """Which state of the store's data the policy is of, as /readyz and the record tell it."""
        _ = self.source.current  # what was published meanwhile is in force from here on
        return self.source.version

    @property
    def categories(self) -> Categories:
        """The newest categories that could be loaded."""
        return self.known.current

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

    def names(self) -> Names:
        """Group -> code -> Chinese name, for whoever shows codes to agents."""
        labels = self.labels.current
        return {
            "category": {code: one.name for code, one in self.categories.by_code.items()},
            "group": {str(code): one.name for code, one in self.policy.groups.groups.items()},
            **policy_names(self.policy),
            **{group: labels.get(group, {}) for group in _SHOWN},
        }

    def store_time(self, moment: datetime) -> str:
        """`11月22日 09:00` in store time, as sentences to customers say it."""
        local = moment.astimezone(self.tz)
        return f"{local.month}月{local.day}日 {local:%H:%M}"

    def store_clock(self, moment: datetime) -> str:
        """`09:00` in store time: of today, as sentences at the desk say it."""
        return f"{moment.astimezone(self.tz):%H:%M}"


def load_store_rules(root: Path, store_tz: str) -> StoreRules:
    """Read and check the store's files in the data/ below `root`; PolicyError / CategoryError carry one clear line for the
    operator when they cannot be used."""
    known = _categories(root)
    policy = PolicySource(root / "data" / "policy", categories=frozenset(known.current.by_code))
    return StoreRules(policy, known, _labels(root), ZoneInfo(store_tz), root)


def _categories(root: Path) -> Reloaded[Categories]:
    file = root / "data" / "categories.yml"
    return Reloaded(lambda: load_categories(file), [file])


def rules_of(policy: Policy | PolicyInForce, store_tz: str) -> StoreRules:
    """The rules around a policy that is already loaded, or around a source of it."""
    root = data_root({})
    return StoreRules(in_force(policy), _categories(root), _labels(root), ZoneInfo(store_tz), root)


def _labels(root: Path) -> Reloaded[Names]:
    file = root / "data" / "dialogue" / "labels.yml"

    def load() -> Names:
        read, wrong = read_lined(file)
        if wrong:
            raise ValueError(f"data/dialogue/labels.yml:{wrong[0][0]} {wrong[0][1]}")
        return read

    return Reloaded(load, [file])


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
