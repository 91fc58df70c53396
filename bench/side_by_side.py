"""Our bot and a stock Rasa in the same run: each with one process, its own action server and the same demo store."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from pathlib import Path
from typing import Any

from bench import turns
from bench.bots import BOT_PYTHON, our_bot, stock_bot
from bench.stock.model import stock_model
from launcher.settings import ROOT

SECONDS = 15.0
"""Length of each throughput scene; BENCH_SECONDS shortens it while developing."""


def measure(folder: Path) -> dict[str, Any]:
    """Both sides' figures: {"ours": …, "stock": …}."""
    seconds = float(os.environ.get("BENCH_SECONDS") or SECONDS)
    model = (ROOT / "models" / "current").resolve()
    stock = stock_model(folder)
    report: dict[str, Any] = {}
    for name, serve, file in (("ours", our_bot, model), ("stock", stock_bot, stock)):
        _say(f"{name}: starting one bot process with {file.name} …")
        load = os.getloadavg()[0]
        with serve(folder / name, file) as bot:
            _say(f"{name}: ready after {bot.ready_s:.1f} s, {bot.memory_mb():.0f} MB")
            side: dict[str, Any] = {
                "model": file.name,
                "load_at_start": round(load, 2),
                "ready_s": round(bot.ready_s, 1),
            }
            side["memory_mb_at_start"] = bot.memory_mb()
            side |= asyncio.run(
                turns.measure(
                    bot.url,
                    name == "stock",
                    seconds,
                    bot.cpu_s,
                    lambda line, name=name: _say(f"{name}: {line}"),
                )
            )
            side["memory_mb"] = bot.memory_mb()
        side["understanding"] = _understanding(file, name == "ours")
        _say(f"{name}: {side['understanding']}")
        report[name] = side
    return report


def _understanding(model: Path, parts: bool) -> dict[str, Any]:
    """Figures of bench/understanding.py, which needs the bot's environment."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "RASA_TELEMETRY_ENABLED": "false"}
    if parts:
        env |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [
        BOT_PYTHON,
        "-W",
        "ignore",
        "-m",
        "bench.understanding",
        str(model),
        *(["parts"] if parts else []),
    ]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"bench.understanding failed: {done.stderr[-500:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _say(line: str) -> None:
    print(f"[bench] {line}", flush=True)


def table(report: dict[str, Any]) -> str:
    """The comparison as Markdown, with the targets of this project beside it."""
    ours, stock = report["ours"], report["stock"]
    mine, theirs = ours["eight_senders"]["turns_per_s"], stock["eight_senders"]["turns_per_s"]
    rows: list[tuple[str, str, str, str]] = [
        (
            "turns/s, 8 senders, one bot process",
            f"{mine}",
            f"{theirs}",
            f"{mine / theirs if theirs else 0:.1f} x (target 8 x)",
        ),
        ("p50 / p95 ms, 8 senders", _pair(ours["eight_senders"]), _pair(stock["eight_senders"]), ""),
        (
            "turns/s, one sender",
            f"{ours['one_sender']['turns_per_s']}",
            f"{stock['one_sender']['turns_per_s']}",
            "",
        ),
        (
            "p50 / p95 ms, one sender, action turns",
            _pair(ours["one_sender"]),
            _pair(stock["one_sender"]),
            "target p95 < 20",
        ),
    ]
    rows.append(
        (
            "CPU ms a turn, 8 senders: bot / actions / client",
            _cpu(ours["eight_senders"]),
            _cpu(stock["eight_senders"]),
            "",
        )
    )
    for mark, mine in ours["long_ms"].items():
        note = ""
        if mark == "1000":
            note = f"{mine / ours['long_ms']['1']:.2f} x turn 1 (target 1.5 x)"
        rows.append((f"message at turn {mark}, ms", f"{mine}", f"{stock['long_ms'].get(mark, '')}", note))
    rows += [
        (
            "parse p50 / p95 ms",
            _pair(ours["understanding"]["parse"]),
            _pair(stock["understanding"]["parse"]),
            "mean ours " + str(ours["understanding"]["parse"]["mean_ms"]),
        ),
        ("emotion p50 / p95 ms", _pair(ours["understanding"]["emotion"]), "–", ""),
        ("handoff decision p50 / p95 ms", _pair(ours["understanding"]["handoff"]), "–", ""),
        (
            "memory serving (after the load), MB",
            f"{ours['memory_mb']:.0f}",
            f"{stock['memory_mb']:.0f}",
            "target 300",
        ),
        ("start to ready, s", f"{ours['ready_s']}", f"{stock['ready_s']}", "target 5"),
        ("failed turns", _failed(ours), _failed(stock), ""),
    ]
    lines = ["| one bot process with its action server | ours | stock Rasa | |", "| --- | --- | --- | --- |"]
    lines += [f"| {a} | {b} | {c} | {d} |" for a, b, c, d in rows]
    lines.append(
        "\nStock: JiebaTokenizer, Regex, LexicalSyntactic, CountVectors (word, char_wb 1-4), DIET, ResponseSelector, Fallback;"
        " Memoization, Rule, UnexpecTED, TED; REST channel, in-memory tracker store; same sentences, domain, actions and demo"
        " store. Its models saw the sentences once (epochs 1): the cost of a message does not depend on it, accuracy would."
    )
    return "\n".join(lines)


def _pair(figures: dict[str, Any]) -> str:
    return f"{figures['p50_ms']} / {figures['p95_ms']}"


def _cpu(figures: dict[str, Any]) -> str:
    return " / ".join(f"{ms}" for ms in figures["cpu_ms_a_turn"].values())


def _failed(side: dict[str, Any]) -> str:
    failed = side["one_sender"]["failures"] + side["eight_senders"]["failures"]
    return f"{failed} of {failed + side['one_sender']['turns'] + side['eight_senders']['turns']}"
