"""The shared running desk and a queue with a clock, for the tests of this folder."""

from collections.abc import Iterator

import pytest

from handoff.records import Records
from handoff.store_rules import use_store_rules
from tests.handoff.queue.queue_harness import QueueHarness, rules
from tests.handoff.shared_desk import desk

__all__ = ["desk"]


@pytest.fixture
def harness(records: Records) -> Iterator[QueueHarness]:
    yield QueueHarness(records, rules())
    use_store_rules(rules())
