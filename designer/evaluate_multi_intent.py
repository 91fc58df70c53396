"""`python -m designer.evaluate_multi_intent FILE`: are all matters of a turn noticed, and one matter not taken for two?

A line is `sentence<TAB>main category<TAB>other categories, comma separated` (no third column: one matter). Prints each line that
is wrong and, as last line, one JSON object; `precision` and `recall` are of the other matters, `singles_split` the share of
one-matter lines in which a second was seen.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.intent.categories import category_of
from designer.nlu_files import read_tsv
from designer.parse import current_nlu_model


@dataclass(frozen=True)
class Line:
    """One turn, what it is about and what else."""

    text: str
    main: str
    others: frozenset[str]


Understand = Callable[[str], tuple[str, list[tuple[str, str]]]]
"""Main category, and (category, the customer's words) of every other matter."""


def read_lines(file: Path) -> Iterator[Line]:
    """The lines of such a file; blanks and a lone dash in the third column mean none; `\\n` is a line break."""
    for _, columns in read_tsv(file):
        others = columns[2] if len(columns) > 2 else ""
        named = {one.strip() for one in others.replace("，", ",").split(",")} - {"", "-"}
        yield Line(columns[0].replace("\\n", "\n"), columns[1].strip(), frozenset(named))


def figures(lines: Iterable[Line], understand: Understand, say: Callable[[str], None]) -> dict[str, Any]:
    """All figures; `say` is told each line that was judged otherwise."""
    n = main_right = found = wrong = missed = singles = split = 0
    for line in lines:
        main, others = understand(line.text)
        n += 1
        main_right += main == line.main
        seen = {category for category, _ in others}
        all_seen, all_told = {main, *seen}, {line.main, *line.others}
        common = len(all_seen & all_told)
        if line.others:
            right = max(0, min(common - 1, len(line.others)))
            found += right
            missed += len(line.others) - right
            wrong += len(all_seen - all_told - {main})
        else:
            singles += 1
            split += bool(others)
            wrong += len(others)
        if all_seen != all_told or main != line.main:
            told = "，".join([line.main, *sorted(line.others)])
            seen_as = "，".join([main, *(f"{category}“{words}”" for category, words in others)])
            say(f"{line.text}\n    应为 {told}\n    判为 {seen_as}")
    return {
        "n": n,
        "main_accuracy": round(main_right / max(n, 1), 4),
        "precision": round(found / max(found + wrong, 1), 4),
        "recall": round(found / max(found + missed, 1), 4),
        "others": found + missed,
        "singles": singles,
        "singles_split": round(split / max(singles, 1), 4),
    }


def main() -> None:
    """Command line."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_file():
        sys.stderr.write("用法：python -m designer.evaluate_multi_intent 文件.tsv\n")
        raise SystemExit(2)
    nlu = current_nlu_model()

    def parse(text: str) -> tuple[str, list[tuple[str, str]]]:
        told = nlu.parse(text)
        return told.category, [(category_of(one["intent"]), one["text"]) for one in told.also]

    print(json.dumps(figures(read_lines(Path(sys.argv[1])), parse, print), ensure_ascii=False))


if __name__ == "__main__":
    main()
