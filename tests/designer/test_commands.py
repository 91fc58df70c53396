"""`make parse`, `make eval` and the stamp of `make train`, as run by people and tools, on the current model."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from designer.inputs import bot_environment, inputs_fingerprint
from tests.bot.conftest import BOT_PYTHON, ROOT

CATEGORIES = set(yaml.safe_load((ROOT / "data" / "categories.yml").read_text(encoding="utf-8"))["categories"])


def run(module: str, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(BOT_PYTHON), "-W", "ignore", "-m", f"designer.{module}", *words],
        cwd=ROOT,
        env=bot_environment() | settings,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


@pytest.fixture(scope="session")
def trained() -> None:
    done = run("train")
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.usefixtures("trained")
def test_unchanged_inputs_reuse_the_model_at_once() -> None:
    for _ in range(3):  # somebody may be editing the data in this very checkout
        before = inputs_fingerprint()
        done = run("train")
        if before == inputs_fingerprint() and "没有变化" in done.stdout:
            break
    assert done.returncode == 0
    assert "没有变化" in done.stdout
    assert "完成" not in done.stdout, "it trained again"


@pytest.mark.usefixtures("trained")
@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"", []),
        (b"\n", [""]),
        ("你好\n\n什么时候发货".encode(), ["你好", "", "什么时候发货"]),
        ("你好\r\n  \r\n".encode(), ["你好", "  "]),
        ("一\u2028二\x0b三\x85四\n".encode(), ["一\u2028二\x0b三\x85四"]),
        (b"\xff\xfe\n", ["\ufffd\ufffd"]),
        (("退" * 10000 + "\n").encode(), ["退" * 10000]),
    ],
)
def test_parse_gives_one_line_per_line(tmp_path: Path, content: bytes, lines: list[str]) -> None:
    source, target = tmp_path / "in.txt", tmp_path / "out.jsonl"
    source.write_bytes(content)
    done = run("parse", str(source), str(target))
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in target.read_text(encoding="utf-8").split("\n")[:-1]]
    assert [a["text"] for a in answers] == lines
    for answer in answers:
        assert answer["category"] in CATEGORIES
        assert answer["emotion"] in ("calm", "displeased", "angry")
        assert 0 <= answer["confidence"] <= 1
        assert 0 <= answer["emotion_score"] <= 1
        for entity in answer["entities"]:
            assert 0 <= entity["start"] < entity["end"] <= len(answer["text"])


def test_parse_without_a_file_says_how() -> None:
    done = run("parse", "", "")
    assert done.returncode == 2
    assert "make parse" in done.stderr
    assert run("parse", "/nowhere.txt", "/tmp/x").returncode == 2


@pytest.mark.usefixtures("trained")
def test_eval_ends_with_one_json_object(tmp_path: Path) -> None:
    file = tmp_path / "x.tsv"
    file.write_text(
        "你好\tservice.social\tcalm\n垃圾店骗子\tcomplaint.service\tangry\n转人工\tservice.human\n",
        encoding="utf-8",
    )
    done = run("evaluate", str(file), DATA_DIR=str(tmp_path))
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout.strip().split("\n")[-1])
    assert figures["n"] == 3
    assert {"accuracy", "macro_f1", "ms_p50", "ms_p95"} <= set(figures)
    assert figures["angry_auc"] == 1.0
    assert (tmp_path / "eval" / "confusion.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("line", ["你好", "你好\tnope", "你好\tservice.social\tsad"])
def test_eval_names_the_line_that_is_wrong(tmp_path: Path, line: str) -> None:
    file = tmp_path / "x.tsv"
    file.write_text(f"好的\tservice.social\n{line}\n", encoding="utf-8")
    done = run("evaluate", str(file), DATA_DIR=str(tmp_path))
    assert done.returncode == 2
    assert "x.tsv:2" in done.stderr
