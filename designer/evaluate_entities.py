"""`python -m designer.evaluate_entities FILE`: how exactly entities are found in sentences with known ones.

A line is JSON: `{"text", "entities": [{"entity", "value", "start", "end"}]}`. An entity counts as found when kind, start
and end are right. Values are compared where they have one right form (numbers, sums, sizes): lists map a way of saying
to the store's own word, which a test file need not know. Reads the lists of data/nlu/lookups; needs no trained model.
The last line is one JSON object.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from designer.inputs import DATA_ROOT
from designer.parse import input_lines

VALUES = frozenset({"order_no", "phone", "phone_tail", "email", "tax_no", "tracking_no", "amount", "size"})
REPEATS = 5

Span = tuple[str, int, int]


@dataclass
class Score:
    """Counts of one kind of entity, or of all."""

    right: int = 0
    missed: int = 0
    wrong: int = 0

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 0.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (2 * self.right + self.missed + self.wrong) if self.right else 0.0


@dataclass
class Report:
    """What an evaluation found; `problems` are lines for a designer."""

    sentences: int = 0
    whole: int = 0
    by_kind: dict[str, Score] = field(default_factory=dict)
    values_right: int = 0
    values_seen: int = 0
    problems: list[str] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)

    @property
    def total(self) -> Score:
        scores = self.by_kind.values()
        return Score(
            sum(s.right for s in scores), sum(s.missed for s in scores), sum(s.wrong for s in scores)
        )

    def summary(self) -> dict[str, Any]:
        """The last line of the command."""
        total = self.total
        kinds = [s.f1 for s in self.by_kind.values() if s.right + s.missed]
        return {
            "n": self.sentences,
            "precision": round(total.precision, 4),
            "recall": round(total.recall, 4),
            "f1": round(total.f1, 4),
            "macro_f1": round(statistics.mean(kinds), 4) if kinds else 0.0,
            "whole_sentences": round(self.whole / max(self.sentences, 1), 4),
            "values": round(self.values_right / max(self.values_seen, 1), 4),
            "ms_p50": round(statistics.median(self.milliseconds), 4) if self.milliseconds else 0.0,
            "ms_max": round(max(self.milliseconds), 4) if self.milliseconds else 0.0,
        }


def read_cases(file: Path) -> list[dict[str, Any]]:
    """The file's sentences. ValueError with one Chinese line for the first line that is not right."""
    cases = []
    for number, line in enumerate(input_lines(file), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            case = json.loads(line)
            for one in case["entities"]:
                if not 0 <= int(one["start"]) < int(one["end"]) <= len(case["text"]):
                    raise ValueError(one)
                str(one["entity"])
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{file}:{number} 不是一行合格的实体标注（{error}）") from None
        cases.append(case)
    return cases


def evaluate(cases: list[dict[str, Any]]) -> Report:
    """Score the current lists and patterns on labelled sentences; times are the best of a few runs each."""
    from bot.entities.extract import entities
    from bot.entities.lookups import Lookups, read_lists
    from bot.text.normalise import normalised

    lookups = Lookups(read_lists(DATA_ROOT / "data" / "nlu" / "lookups"))
    report = Report(sentences=len(cases))
    for case in cases:
        normal = normalised(str(case["text"]))
        best = float("inf")
        found: list[dict[str, Any]] = []
        for _ in range(REPEATS):
            began = time.perf_counter()
            found = entities(normal, lookups)
            best = min(best, time.perf_counter() - began)
        report.milliseconds.append(best * 1000)
        _compare(case, found, report)
    return report


def _compare(case: dict[str, Any], found: list[dict[str, Any]], report: Report) -> None:
    text = str(case["text"])
    wanted = {_span(one): one for one in case["entities"]}
    got = {_span(one): one for one in found}
    counts = (Counter(k[0] for k in wanted.keys() & got.keys()), Counter(k[0] for k in wanted.keys() - got))
    extra = Counter(k[0] for k in got.keys() - wanted)
    for kind in {*counts[0], *counts[1], *extra}:
        score = report.by_kind.setdefault(kind, Score())
        score.right += counts[0][kind]
        score.missed += counts[1][kind]
        score.wrong += extra[kind]
    bad_values = []
    for span in wanted.keys() & got.keys():
        if span[0] in VALUES and "value" in wanted[span]:
            report.values_seen += 1
            same = str(wanted[span]["value"]) == str(got[span]["value"])
            report.values_right += same
            if not same:
                bad_values.append(f"{span[0]} 的值是 {got[span]['value']}，应是 {wanted[span]['value']}")
    if wanted.keys() == got.keys():
        report.whole += 1
    if wanted.keys() != got.keys() or bad_values:
        missed = [f"漏 {k} {text[s:e]}" for k, s, e in sorted(wanted.keys() - got.keys(), key=lambda x: x[1])]
        wrong = [f"多 {k} {text[s:e]}" for k, s, e in sorted(got.keys() - wanted.keys(), key=lambda x: x[1])]
        report.problems.append(f"{text}\n    {'；'.join([*missed, *wrong, *bad_values])}")


def _span(one: dict[str, Any]) -> Span:
    return str(one["entity"]), int(one["start"]), int(one["end"])


def printed(report: Report) -> str:
    """The report for a designer, the JSON object as its last line."""
    lines = ["实体              准确率  召回率     F1   应有"]
    for kind, score in sorted(report.by_kind.items()):
        lines.append(
            f"{kind:16}  {score.precision:6.3f}  {score.recall:6.3f}  {score.f1:5.3f}  {score.right + score.missed:5d}"
        )
    lines += ["", f"不对的句子（{len(report.problems)}）：", *report.problems, ""]
    lines.append(json.dumps(report.summary()))
    return "\n".join(lines)


def main() -> None:
    """Command line: FILE."""
    file = Path(sys.argv[1]) if len(sys.argv) == 2 else None
    if file is None or not file.is_file():
        sys.stderr.write("用法：python -m designer.evaluate_entities 文件.jsonl\n")
        raise SystemExit(2)
    try:
        cases = read_cases(file)
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from None
    print(printed(evaluate(cases)))


if __name__ == "__main__":
    main()
