"""A waiting room on each kind of database, and the shared running desk."""

import pytest

from handoff.records import Records
from handoff.store_rules import use_store_rules
from tests.handoff.queue.waiting_room import WaitingRoom, rules
from tests.handoff.shared_desk import desk

__all__ = ["desk"]


@pytest.fixture
def room(records: Records):
    """Always open."""
    yield WaitingRoom(records, rules())
    use_store_rules(rules())


@pytest.fixture
def shop(records: Records):
    """With the policy's opening hours."""
    yield WaitingRoom(records, rules(always_open=False))
    use_store_rules(rules())
