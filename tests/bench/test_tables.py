"""The bench counts honestly and says so: failures are never successes, and the table names the targets."""

from __future__ import annotations

from typing import Any

import pytest

from bench.__main__ import main
from bench.chat import Figures
from bench.side_by_side import table
from bench.stock import model


def side(turns_per_s: float, long_ms: dict[str, float], failures: int = 0) -> dict[str, Any]:
    scene: dict[str, Any] = {
        "turns": 100,
        "failures": failures,
        "turns_per_s": turns_per_s,
        "p50_ms": 5.0,
        "p95_ms": 9.0,
    }
    scene["cpu_ms_a_turn"] = {"bot": 4.5, "actions": 2.0, "client": 1.0}
    part = {"p50_ms": 1.0, "p95_ms": 2.0, "mean_ms": 1.2}
    return {
        "one_sender": scene,
        "eight_senders": scene,
        "long_ms": long_ms,
        "understanding": {"parse": part, "emotion": part, "handoff": part},
        "memory_mb": 280.0,
        "ready_s": 3.0,
    }


def test_a_failed_turn_is_counted_and_no_success() -> None:
    figures = Figures(seconds=[0.01, 0.02], wall=2.0)
    figures.fail("502")
    figures.fail("timeout")
    told = figures.summary()
    assert told["turns"] == 2
    assert told["turns_per_s"] == 1.0
    assert told["failures"] == 2
    assert told["first_failure"] == "502"


def test_quantiles_are_milliseconds_of_the_answered_turns() -> None:
    figures = Figures(seconds=[n / 1000 for n in range(1, 101)], wall=1.0)
    told = figures.summary()
    assert (told["p50_ms"], told["p95_ms"], told["max_ms"]) == (51.0, 96.0, 100.0)


def test_the_table_compares_and_names_the_targets() -> None:
    shown = table(
        {
            "ours": side(160.0, {"1": 8.0, "1000": 9.6}),
            "stock": side(20.0, {"1": 50.0, "1000": 1000.0}, failures=3),
        }
    )
    assert "| 160.0 | 20.0 | 8.0 x (target 8 x) |" in shown
    assert "| 4.5 / 2.0 / 1.0 |" in shown
    assert "1.20 x turn 1 (target 1.5 x)" in shown
    assert "| failed turns | 0 of 200 | 6 of 206 |" in shown


def test_the_stock_model_is_trained_anew_only_when_its_inputs_change() -> None:
    assert model.data_fingerprint() == model.data_fingerprint()
    assert len(model.data_fingerprint()) == 12


def test_an_unknown_scene_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lod"]) == 2
    assert "ONLY=load" in capsys.readouterr().err
