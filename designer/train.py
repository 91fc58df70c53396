"""`make train`: all models from data/ into models/, with progress; unchanged inputs reuse the model at once.

Runs in the bot's environment. Rasa is imported only when there is something to train.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from bot.encoder.shared import encoder_problem, shared_encoder
from designer import models_folder
from designer.encoder.fingerprint import YOUNG, young_share
from designer.inputs import DATA_ROOT, inputs_fingerprint
from designer.nlu_files import read_examples


def say(line: str) -> None:
    """One progress line, at once, even while Rasa's own output goes to the log."""
    _screen.write(line + "\n")
    _screen.flush()


_screen = os.fdopen(os.dup(1), "w", encoding="utf-8")
LOG = "train.log"


@contextmanager
def _output_in(log: Path) -> Iterator[None]:
    """Rasa and its libraries print hundreds of progress bars and warnings: into the log, for the day it fails."""
    sys.stdout.flush()
    sys.stderr.flush()
    kept = os.dup(1), os.dup(2)
    with log.open("w", encoding="utf-8") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        try:
            yield
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os.dup2(kept[0], 1)
            os.dup2(kept[1], 2)
            os.close(kept[0])
            os.close(kept[1])


class _Progress(logging.Handler):
    """Turns Rasa's training log into one Chinese line per component."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self._began = time.monotonic()

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if text.startswith("Starting to train component"):
            name = text.split("'")[1].rsplit(".", 1)[-1]
            say(f"  {time.monotonic() - self._began:5.1f} 秒  训练 {name}")
        elif record.name.startswith("bot."):
            say(f"            {text}")


def train(force: bool = False) -> Path:
    """The model for the inputs as they are now; trains only when they changed. Raises SystemExit(1) when it fails."""
    began = time.monotonic()
    with models_folder.locked():
        stamp = inputs_fingerprint()
        before = models_folder.current()
        known = models_folder.facts(before)
        if before is not None and known.get("inputs") == stamp and not force:
            say(f"模型没有变化，继续用 {before.name}")
            return before
        say("训练模型 …")
        name = f"{datetime.now(timezone.utc):%Y%m%d-%H%M%S}-{stamp[:8]}"
        log = models_folder.MODELS / LOG
        try:
            with _output_in(log):
                model = _trained(name)
        except Exception as error:
            sys.stderr.write("".join(log.read_text(encoding="utf-8").splitlines(keepends=True)[-15:]))
            sys.stderr.write(f"训练失败：{error}（完整记录：{log}）\n")
            raise SystemExit(1) from error
        counts = dict(Counter(example.intent for example in read_examples()))
        noted = {
            "inputs": stamp,
            "model": name,
            "sentences": counts,
            "seconds": round(time.monotonic() - began, 1),
        }
        models_folder.facts_file(model).write_text(
            json.dumps(noted, ensure_ascii=False, indent=1), encoding="utf-8"
        )
        models_folder.make_current(model)
        models_folder.forget_old_models()
        _summary(noted, known, model)
        _about_encoder()
        return model


def _trained(name: str) -> Path:
    os.environ.update(
        RASA_TELEMETRY_ENABLED="false", LOG_LEVEL="ERROR", TF_CPP_MIN_LOG_LEVEL="3", RASA_MAX_CACHE_SIZE="0"
    )
    os.environ.setdefault(
        "OMP_NUM_THREADS", "1"
    )  # small trees: threads that wait for each other cost minutes beside other work
    warnings.simplefilter("ignore")
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    from bot import fast

    fast.install_for_training(DATA_ROOT / "config.yml")
    from rasa.model_training import train as rasa_train
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.WARNING)
    progress = _Progress()
    for source in ("rasa.engine.training.hooks", "bot"):
        logger = logging.getLogger(source)
        logger.setLevel(logging.INFO)
        logger.addHandler(progress)
        logger.propagate = False
    os.chdir(DATA_ROOT)
    folders = [str(p) for p in (DATA_ROOT / "data" / part for part in ("nlu", "stories")) if p.exists()]
    result = rasa_train(
        domain=str(DATA_ROOT / "domain.yml"),
        config=str(DATA_ROOT / "config.yml"),
        training_files=folders,
        output=str(models_folder.MODELS),
        fixed_model_name=name,
        force_training=True,
    )
    if result.code != 0 or not result.model:
        raise RuntimeError("Rasa 没有给出模型")
    return Path(result.model)


def _about_encoder() -> None:
    """One line when the sentence encoder is missing or older than the sentences it should know."""
    encoder = shared_encoder()
    if encoder is None:
        say(f"注意：{encoder_problem()}")
    elif (young := young_share(encoder.folder)) > YOUNG:
        say(
            f"注意：训练句里有 {young:.0%} 比句子编码器（data/encoder）新；请 make encoder（约半小时），再训练一次"
        )


def _summary(noted: dict[str, Any], before: dict[str, Any], model: Path) -> None:
    new, old = noted["sentences"], before.get("sentences") or {}
    say(
        f"完成：{model.name}，{len(new)} 个意图，{sum(new.values())} 句，"
        f"{model.stat().st_size / 1e6:.1f} MB，用时 {noted['seconds']} 秒"
    )
    if not old:
        return
    changes = [
        f"{intent} {old.get(intent, 0)}→{new.get(intent, 0)}"
        for intent in sorted({*old, *new})
        if old.get(intent, 0) != new.get(intent, 0)
    ]
    say("与上一个模型相比：" + ("，".join(changes) if changes else "训练句数量没有变化"))


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="训练模型")
    parser.add_argument("--force", action="store_true", help="即使没有变化也重新训练")
    train(parser.parse_args().force)


if __name__ == "__main__":
    main()
