"""What the action server opens once: the order system, and what the dialogue works with (rules, flows, words, names)."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from aftersales.categories import load_categories
from aftersales.decisions import load_decisions
from aftersales.order_number import read_order_number
from aftersales.order_system import open_order_system
from aftersales.order_system.port import OrderSystem
from aftersales.order_system.settings import DEFAULT_PATIENCE, patience
from aftersales.policy import load_policy
from aftersales.policy.names import policy_names
from aftersales.reload import LOOK_EVERY, Reloaded, data_root
from aftersales.troubleshooting import load_troubleshooting
from dialogue.arbiter import load_arbiter
from dialogue.flows import load_flows
from dialogue.knowledge import load_knowledge
from dialogue.responses import load_placeholders
from dialogue.scene import Store as DialogueStore
from dialogue.words import load_words

log = logging.getLogger("anke.actions")
ROOT = Path(__file__).resolve().parent.parent
#: Below data/: what a running process takes over when it changes.
READ_AGAIN = ("policy", "categories.yml", "flows", "dialogue", "domain", "troubleshooting", "knowledge")


@dataclass(frozen=True, slots=True)
class Store:
    """The outside world of a turn. `dialogue.tz` is the store's time zone, whatever the machine's; `patience`: seconds that
    a turn waits for the order system in all."""

    orders: OrderSystem
    dialogue: DialogueStore
    patience: float = DEFAULT_PATIENCE


_given: Store | None = None
_opened: Opened | None = None


class Opened:
    """What this process opened from the environment. The dialogue is read again when a file of data/ changed; files that
    cannot be used are refused with one line in the log, and the old ones keep serving."""

    def __init__(self, env: Mapping[str, str], *, every: float = LOOK_EVERY) -> None:
        root = data_root(env)
        self.orders = open_order_system(env)
        self.patience = patience(env)
        self.dialogue = Reloaded(
            lambda: load_dialogue(root.resolve()),  # all files of one version
            [root / "data" / one for one in READ_AGAIN],
            every=every,
        )

    @property
    def newest(self) -> Store:
        """The store of this moment; a turn asks once and keeps it to its end."""
        return Store(self.orders, self.dialogue.current, self.patience)


def use_store(store: Store | None) -> None:
    """Make `store` the one that the action sees (tests, start of the server); None forgets it."""
    global _given, _opened
    _given, _opened = store, None


def load_dialogue(root: Path = ROOT) -> DialogueStore:
    """Rules, flows and words of data/. Raises ValueError (one Chinese line with the file) when any of it is broken."""
    load_decisions()
    data = root / "data"
    categories = load_categories(data / "categories.yml")
    rules = load_policy(data / "policy", categories=frozenset(categories.by_code))
    return DialogueStore(
        policy=rules,
        categories=categories,
        flows=load_flows(data / "flows"),
        words=load_words(data / "dialogue", policy_names(rules)),
        arbiter=load_arbiter(data / "dialogue" / "arbiter.yml"),
        tz=ZoneInfo(os.environ.get("STORE_TZ") or "Asia/Shanghai"),
        responses=load_placeholders(data / "domain"),
        troubleshooting=load_troubleshooting(data / "troubleshooting", frozenset(rules.returns.kinds)),
        knowledge=load_knowledge(data / "knowledge"),
        order_number=read_order_number(os.environ),
    )


def the_store() -> Store:
    """The process's store with the newest data, opened at the first call. Raises ValueError when data is broken then."""
    global _opened
    if _given is not None:
        return _given
    if _opened is None:
        _opened = Opened(os.environ)
    return _opened.newest
