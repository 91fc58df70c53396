"""How often several matters of one turn are noticed, measured on our own sentences with the current model."""

from __future__ import annotations

import json

from designer.evaluate_multi_intent import Line, figures
from tests.bot.conftest import ROOT
from tests.designer.test_commands import run


def test_figures_count_other_matters_and_needless_ones() -> None:
    lines = [
        Line("甲", "logistics.track", frozenset({"order.invoice"})),
        Line("乙", "order.invoice", frozenset()),
    ]
    answers = {
        "甲": ("order.invoice", [("logistics.track", "到哪了")]),
        "乙": ("order.invoice", [("presale.promo", "券")]),
    }
    wrong: list[str] = []
    found = figures(lines, lambda text: answers[text], wrong.append)
    assert found["recall"] == 1, "both matters were seen, whichever came first"
    assert found["main_accuracy"] == 0.5
    assert found["precision"] == 0.5
    assert found["singles_split"] == 1
    assert len(wrong) == 2


def test_own_sentences() -> None:
    """Floors a few points below what was measured; the measured figures are in docs/reports/intent.md."""
    done = run("evaluate_multi_intent", str(ROOT / "tests" / "nlu" / "multi_intent_development.tsv"))
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.strip().splitlines()[-1])
    assert found["recall"] >= 0.85, done.stdout
    assert found["precision"] >= 0.85, done.stdout
    assert found["singles_split"] <= 0.1, done.stdout
    assert found["main_accuracy"] >= 0.8, done.stdout
