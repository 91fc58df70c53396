"""What every action needs from the store, opened once per process: order system, policy, categories, dialogue data."""

import os
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from actions.dialogue_data import DialogueData, load_dialogue_data
from aftersales.categories import Categories, load_categories
from aftersales.order_system import open_order_system
from aftersales.order_system.port import OrderSystem
from aftersales.policy import Policy, load_policy

_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Store:
    """The outside world of a turn. `tz` is the store's time zone, whatever the machine's."""

    orders: OrderSystem
    policy: Policy
    categories: Categories
    dialogue: DialogueData
    tz: ZoneInfo


_open: Store | None = None


def use_store(store: Store | None) -> None:
    """Make `store` the one that actions see (tests, start of the server); None forgets it."""
    global _open
    _open = store


def the_store() -> Store:
    """The process's store, opened from the environment at the first call.

    Raises PolicyError, CategoryError or DialogueDataError (one Chinese line) when data is broken.
    """
    global _open
    if _open is None:
        data = _ROOT / "data"
        _open = Store(
            orders=open_order_system(os.environ),
            policy=load_policy(Path(os.environ.get("ANKE_POLICY_DIR") or data / "policy")),
            categories=load_categories(data / "categories.yml"),
            dialogue=load_dialogue_data(data / "dialogue"),
            tz=ZoneInfo(os.environ.get("STORE_TZ") or "Asia/Shanghai"),
        )
    return _open
