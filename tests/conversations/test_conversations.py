"""Every YAML conversation of this folder through the real bot, action server and order database."""

from pathlib import Path
from typing import Any

import pytest

from tests.conversations.script import play, read_conversations
from tests.conversations.stack import Stack

CONVERSATIONS = read_conversations(Path(__file__).parent)


def test_there_are_enough_conversations() -> None:
    assert len(CONVERSATIONS) >= 40


@pytest.mark.parametrize(("name", "conversation"), CONVERSATIONS, ids=[name for name, _ in CONVERSATIONS])
def test_conversation(stack: Stack, name: str, conversation: dict[str, Any]) -> None:
    play(stack, name, conversation)
