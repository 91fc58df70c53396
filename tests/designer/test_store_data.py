"""Designers' commands see data/ and STORE_DIR as one; what a model is trained from asks for a training, what it is not does not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.helpers.processes import ROOT

TOLD = "from designer.inputs import inputs_fingerprint, DATA_ROOT; print(inputs_fingerprint(), DATA_ROOT)"


def ours(store: Path | str, *words: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if k != "ANKE_DATA_ROOT"}
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env={**env, "STORE_DIR": str(store), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def fingerprint(store: Path | str) -> str:
    return ours(store, "-c", TOLD).stdout.split()[0]


def test_sentences_and_ways_of_asking_ask_for_a_training_rules_and_wording_do_not(tmp_path: Path) -> None:
    def write(name: str, text: str) -> None:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")

    shipped = fingerprint("")
    write("policy/returns.yml", "no_reason:\n  window_days: 9\n")
    write("domain/ours.yml", "responses:\n  utter_greet:\n    - text: 您好\n    - text: 在的\n")
    assert fingerprint(tmp_path) == shipped
    write(
        "nlu/order.cancel/cancel_order.yml",
        "nlu:\n- intent: cancel_order\n  examples: |\n    - 这一单给我消脱嘛\n",
    )
    sentences = fingerprint(tmp_path)
    assert sentences != shipped
    write("knowledge/ours.yml", "refund_where:\n  asks+: [钱会回我的云闪付不]\n")
    assert fingerprint(tmp_path) not in (sentences, shipped)


def test_a_mistake_ends_a_command_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "polcy").mkdir()
    (tmp_path / "polcy" / "returns.yml").write_text("a: 1\n", encoding="utf-8")
    done = ours(tmp_path, "-c", TOLD)
    assert done.returncode == 1
    assert done.stderr.startswith(f"{tmp_path / 'polcy' / 'returns.yml'}:1 不会被读到")
    assert "Traceback" not in done.stderr


def test_the_check_holds_a_store_s_words_against_the_rules_of_data(tmp_path: Path) -> None:
    """One way of saying it, and a placeholder that nobody fills."""
    (tmp_path / "domain").mkdir()
    file = tmp_path / "domain" / "ours.yml"
    file.write_text(
        "responses:\n  utter_cancel_kept:\n    - text: 另一单（{kpet}）没动。\n", encoding="utf-8"
    )
    done = ours(tmp_path, "-m", "designer.check")
    assert done.returncode == 1
    assert f"{file}:3 utter_cancel_kept" in done.stdout
    assert "{kpet}" in done.stdout


def test_the_example_is_sound() -> None:
    done = ours("deploy/store-example", "-m", "designer.check")
    assert done.returncode == 0, done.stdout
