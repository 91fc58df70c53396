"""One stack for all conversations of a session; the demo store is put back before each."""

from collections.abc import Iterator

import pytest

from tests.conversations.stack import Stack, running_stack


@pytest.fixture(scope="session")
def one_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("conversations")) as stack:
        yield stack


@pytest.fixture
def stack(one_stack: Stack) -> Stack:
    one_stack.reset_orders()
    return one_stack
