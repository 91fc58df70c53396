"""The stock model, trained once for each state of the data and kept in DATA_DIR/bench."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import time
from pathlib import Path

from bench.bots import BOT_PYTHON
from launcher.settings import ROOT

INPUTS = (
    "domain.yml",
    "data/domain",
    "data/categories.yml",
    "bench/stock/config.yml",
    "bench/stock/train.py",
    "data/nlu",
    "data/stories",
)


def data_fingerprint() -> str:
    """Fingerprint of everything that the stock model is trained from."""
    total = hashlib.sha256()
    for name in INPUTS:
        path = ROOT / name
        for file in [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file()):
            total.update(str(file.relative_to(ROOT)).encode())
            total.update(file.read_bytes())
    return total.hexdigest()[:12]


def stock_model(folder: Path) -> Path:
    """The model for the data as they are now; trained, politely and with progress, when there is none.

    RuntimeError naming the log when Rasa could not train it.
    """
    name = f"stock-{data_fingerprint()}"
    model = folder / f"{name}.tar.gz"
    if model.exists():
        print(f"[bench] stock model: {model.name} from an earlier run", flush=True)
        return model
    print("[bench] training the stock model (once for these data; minutes) …", flush=True)
    folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    log = folder / f"{name}.log"
    unfinished = folder / "unfinished"  # a run that is cut off leaves no half archive under the model's name
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    command = [
        "nice",
        "-n",
        "10",
        BOT_PYTHON,
        "-W",
        "ignore",
        "-m",
        "bench.stock.train",
        str(unfinished),
        name,
    ]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with (
        log.open("w") as told,
        subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=told, text=True
        ) as trained,
    ):
        for line in trained.stdout or ():  # Rasa's policies print every state of every rule
            if line.startswith("[bench]"):
                print(line, end="", flush=True)
    if trained.returncode or not (unfinished / model.name).exists():
        raise RuntimeError(f"the stock model could not be trained; see {log}")
    (unfinished / model.name).replace(model)
    shutil.rmtree(unfinished)
    for old in folder.glob("stock-*"):
        if not old.name.startswith(name):
            old.unlink()
    print(f"[bench] stock model trained in {time.monotonic() - began:.0f} s", flush=True)
    return model
