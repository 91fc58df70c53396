"""A waiting harness on each kind of database, and the shared running desk."""

import pytest

from handoff.records import Records
from handoff.store_rules import use_store_rules
from tests.handoff.queue.queue_harness import QueueHarness, rules
from tests.handoff.shared_desk import desk

__all__ = ["desk"]


@pytest.fixture
def harness(records: Records):
    """Always open."""
    yield QueueHarness(records, rules())
    use_store_rules(rules())


@pytest.fixture
def hours_harness(records: Records):
    """With the policy's opening hours."""
    yield QueueHarness(records, rules(always_open=False))
    use_store_rules(rules())
