"""A follow-up harness on each kind of database, always open or with the policy's hours."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from handoff.records import Records
from handoff.store_rules import use_store_rules
from tests.handoff.followups.followup_harness import FollowUpHarness
from tests.handoff.queue.queue_harness import rules


@pytest.fixture
def harness(records: Records, tmp_path: Path) -> Iterator[FollowUpHarness]:
    """Always open."""
    yield FollowUpHarness(records, rules(), tmp_path)
    use_store_rules(rules())


@pytest.fixture
def hours_harness(records: Records, tmp_path: Path) -> Iterator[FollowUpHarness]:
    """With the policy's opening hours."""
    yield FollowUpHarness(records, rules(always_open=False), tmp_path)
    use_store_rules(rules())
