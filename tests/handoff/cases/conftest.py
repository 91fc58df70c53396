"""A desk with a clock that tests move, on each kind of database; and the shared running desk."""

import pytest

from handoff.records import Records
from handoff.store_rules import use_store_rules
from tests.handoff.cases.case_harness import CaseHarness
from tests.handoff.queue.queue_harness import rules
from tests.handoff.shared_desk import desk

__all__ = ["desk"]


@pytest.fixture
def cases(records: Records):
    yield CaseHarness(records, rules())
    use_store_rules(rules())
