"""The whole product's decision to bring a person (model, mood, words, counts) on tests/nlu/handoff_sessions.jsonl.

Each customer turn is put with the session before it as history. A complaint that is first written down (H37) counts as
no handoff of that turn, so the recall here is stricter than a customer would feel it. `-s` prints the figures.
"""

import json
from pathlib import Path

from tests.conversations.stack import Customer, Stack

SESSIONS = Path(__file__).resolve().parents[1] / "nlu" / "handoff_sessions.jsonl"
LEAST_PRECISION, LEAST_RECALL = 0.78, 0.65
"""A calm customer whom only the judgement of the session would send to a person is answered, or told honestly and offered one: among
strangers who used the bot that judgement was wrong seven times of seven. Here, where no turn has a memory, it costs recall (.75 before). With
the known questions taught apart .786 / .677 was measured (44 hits, 12 false alarms, of which one sentence counts twice)."""


def test_a_person_is_brought_when_one_is_needed(one_stack: Stack) -> None:
    hits = false = missed = 0
    mistakes = []
    for line in SESSIONS.read_text(encoding="utf-8").splitlines():
        session = json.loads(line)["session"]
        for place, turn in enumerate(session):
            if turn["role"] != "customer":
                continue
            customer = Customer(one_stack)
            customer.history = [
                {
                    "sender": "customer" if one["role"] == "customer" else "bot",
                    "kind": "text",
                    "text": one["text"][:200],
                }
                for one in session[:place]
            ]
            answer = customer.say(turn["text"])
            brought = [one["reason"] for one in answer["commands"] if one["command"] == "handoff"]
            needed = bool(turn["transfer"])
            hits += bool(brought) and needed
            false += bool(brought) and not needed
            missed += needed and not brought
            if bool(brought) != needed:
                mistakes.append(f"{brought} {turn['text']}")
    precision, recall = hits / (hits + false), hits / (hits + missed)
    print(f"precision {precision:.3f} recall {recall:.3f}\n" + "\n".join(mistakes))
    assert precision >= LEAST_PRECISION, mistakes
    assert recall >= LEAST_RECALL, mistakes
