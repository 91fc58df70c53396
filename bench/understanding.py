"""Milliseconds of the learned parts in a warm process: `.venv-bot/bin/python -m bench.understanding MODEL [parts]`.

Prints one JSON line: p50 and p95 of parsing a message with MODEL (ours or stock) over at least 500 calls after 50
warm-ups; with `parts` also of the emotion model and of the handoff decision (metrics: one thread, wall time per call).
"""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import os
import sys
import tarfile
import tempfile
import time
import warnings
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
WARM_UP, CALLS = 50, 600


def sentences() -> list[str]:
    """The test sentences that training never sees."""
    rows: list[str] = []
    for file in sorted((ROOT / "tests" / "nlu").glob("*.tsv")):
        lines = file.read_text(encoding="utf-8").splitlines()
        rows += [line.split("\t")[0] for line in lines if line and not line.startswith("#")]
    return rows


def quantiles(seconds: list[float]) -> dict[str, float]:
    """p50 and p95 in milliseconds, and how many calls they rest on."""
    ordered = sorted(seconds[WARM_UP:])
    pick = {"p50_ms": 0.5, "p95_ms": 0.95}
    told = {name: round(1000 * ordered[int(share * len(ordered))], 3) for name, share in pick.items()}
    return {**told, "mean_ms": round(1000 * sum(ordered) / len(ordered), 3), "calls": len(ordered)}


async def parse_times(model: Path) -> dict[str, float]:
    """Through Rasa's own processor, as a message goes."""
    from rasa.core.agent import load_agent
    from rasa.core.channels.channel import UserMessage

    agent = await load_agent(model_path=str(model))

    async def parse(text: str) -> None:
        await agent.processor.parse_message(UserMessage(text))

    return quantiles(await _timed(parse))


async def _timed(call: Callable[[str], Awaitable[None]]) -> list[float]:
    spent: list[float] = []
    for text in itertools.islice(itertools.cycle(sentences()), WARM_UP + CALLS):
        began = time.perf_counter()
        await call(text)
        spent.append(time.perf_counter() - began)
    return spent


def emotion_times() -> dict[str, float]:
    """The emotion model on text that is already normalised and split (parsing does that once for all parts)."""
    from bot.emotion.lexicon import Lexicon, read_lexicon
    from bot.emotion.model import EmotionModel, read_sentences
    from bot.text.normalise import normalised
    from bot.text.prepare import prepared
    from bot.text.words import Words, dictionary_lines

    words = Words(dictionary_lines(ROOT / "data" / "nlu" / "jieba"))
    model = EmotionModel(Lexicon(read_lexicon(ROOT / "data" / "emotion" / "lexicon.yml")))
    rows = read_sentences(ROOT / "data" / "emotion" / "train.tsv")
    if rows:
        model.fit([prepared(normalised(text), words) for text, _ in rows], [mood for _, mood in rows])
        with (
            tempfile.TemporaryDirectory() as folder
        ):  # as it is loaded, which may differ from as it is trained
            model.save(Path(folder))
            model = EmotionModel.load(Path(folder))
    ready = [prepared(normalised(text), words) for text in sentences()]
    spent: list[float] = []
    for one in itertools.islice(itertools.cycle(ready), WARM_UP + CALLS):
        began = time.perf_counter()
        model.classify(one)
        spent.append(time.perf_counter() - began)
    return quantiles(spent)


def handoff_times(model_file: Path) -> dict[str, float]:
    """One decision of the served model with the dozen utterances before it, splitting the new one included."""
    from bot.handoff_model.model import HandoffModel
    from bot.handoff_model.session_history import HISTORY_ITEMS
    from bot.handoff_model.sessions import read_sessions
    from bot.handoff_model.words import split_words

    with tempfile.TemporaryDirectory() as folder, tarfile.open(model_file) as archive:
        member = next(one for one in archive if one.name.endswith("/handoff.json.gz"))
        content = archive.extractfile(member)
        assert content is not None
        (Path(folder) / "handoff.json.gz").write_bytes(content.read())
        model = HandoffModel.load(Path(folder) / "handoff.json.gz")
    file = ROOT / "data" / "handoff" / "sessions.jsonl"
    texts = [
        [turn["text"] for turn in json.loads(line)["session"] if "text" in turn]
        for line in file.read_text(encoding="utf-8").splitlines()
        if line
    ]
    sessions = read_sessions(file, split_words)
    asked = [
        (session[max(0, end - HISTORY_ITEMS) : end], said[end - 1])
        for session, said in zip(sessions, texts, strict=True)
        for end in range(1, len(session) + 1)
        if len(said) == len(session)
    ]
    spent: list[float] = []
    for session, text in itertools.islice(itertools.cycle(asked), WARM_UP + CALLS):
        began = time.perf_counter()
        split_words(text)
        model.score_last(session)
        spent.append(time.perf_counter() - began)
    return quantiles(spent)


def main(words: list[str]) -> int:
    """One JSON line on stdout."""
    os.environ.update(RASA_TELEMETRY_ENABLED="false", TF_CPP_MIN_LOG_LEVEL="3", LOG_LEVEL="ERROR")
    warnings.simplefilter("ignore")
    os.chdir(ROOT)
    model = Path(words[0])
    from bot import fast

    if "parts" in words:
        fast.install_for_serving(model)
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.ERROR)  # else every message is printed, which a server does not do
    report: dict[str, Any] = {"parse": asyncio.run(parse_times(model))}
    if "parts" in words:
        report["emotion"] = emotion_times()
        report["handoff"] = handoff_times(model)
    print(json.dumps(report))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
