"""立正的立 不是力气的力, 弓长张: how a name is written is explained; the words that explain are no name themselves.

Words: data/dialogue/invoice.yml, `spelt` (the last character is the one that is explained) and `misspelt` (what stands
before one that is wrong).
"""

from __future__ import annotations

from dataclasses import dataclass

from dialogue.reading import Span
from dialogue.words import Words


@dataclass(frozen=True, slots=True)
class Spelt:
    """A character that is explained; `wrong`: it is the one that does not belong there. `span`: all words that say so."""

    char: str
    wrong: bool
    span: Span


def explained(text: str, words: Words) -> list[Spelt]:
    """Every character that the text explains, from left to right."""
    found: list[Spelt] = []
    wrong = words.pattern("invoice.misspelt")
    for one in words.pattern("invoice.spelt").finditer(text):
        before = wrong.search(text[: one.start()])
        start = before.start() if before else one.start()
        found.append(Spelt(one.group()[-1], bool(before), (start, one.end())))
    return found


def written_right(name: str, spelt: list[Spelt]) -> str | None:
    """The name as it is explained: itself where it has those characters already, else with the wrong one replaced; None where
    it cannot be told which character is meant."""
    right = [one.char for one in spelt if not one.wrong]
    wrong = [one.char for one in spelt if one.wrong and one.char in name]
    lacking = [one for one in right if one not in name]
    if not lacking and not [one for one in wrong if one not in right]:
        return name
    if len(lacking) == len(wrong) == 1:
        return name.replace(wrong[0], lacking[0])
    return None
