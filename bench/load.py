"""Load on a whole installation: how a hundred customers at once are served on this machine."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from bench.chat import Pace, crowd
from bench.installation import running
from bench.turns import per_turn

SECONDS = 20.0
SCENES: tuple[tuple[str, int, Pace], ...] = (
    ("1 customer, no thinking", 1, Pace()),
    ("8 customers, no thinking", 8, Pace()),
    ("100 customers at a person's pace (reads 3-9 s)", 100, Pace(3, 9)),
    ("100 customers, no thinking", 100, Pace()),
)


def measure(folder: Path) -> dict[str, Any]:
    """Every scene on one installation, with a progress line each; memory before and after."""
    with running(folder) as installation:
        print(f"[bench] installation ready after {installation.ready_s:.1f} s", flush=True)
        report: dict[str, Any] = {
            "ready_s": round(installation.ready_s, 1),
            "memory_mb_at_start": installation.memory_mb(),
            "scenes": {},
        }
        asyncio.run(crowd(installation.url, 4, 4, Pace()))  # warm caches
        for name, customers, pace in SCENES:
            print(f"[bench] {name}, {SECONDS:.0f} s …", flush=True)
            before = installation.cpu_s()
            summary: dict[str, Any] = asyncio.run(crowd(installation.url, customers, SECONDS, pace)).summary()
            summary["cpu_ms_a_turn"] = per_turn(before, installation.cpu_s(), summary["turns"])
            report["scenes"][name] = summary
            print(f"[bench]   {summary}", flush=True)
        report["memory_mb_after"] = installation.memory_mb()
    return report


def table(report: dict[str, Any]) -> str:
    """The figures as Markdown."""
    lines = [
        "| load on a whole installation | turns/s | p50 ms | p95 ms | p99 ms | CPU ms a turn | failures |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, s in report["scenes"].items():
        cpu = ", ".join(f"{kind} {ms}" for kind, ms in s["cpu_ms_a_turn"].items() if ms >= 0.1)
        lines.append(
            f"| {name} | {s['turns_per_s']} | {s['p50_ms']} | {s['p95_ms']} | {s['p99_ms']} | {cpu} | {s['failures']} of {s['turns'] + s['failures']} |"
        )
    memory = ", ".join(f"{name} {mb:.0f}" for name, mb in report["memory_mb_after"].items())
    lines.append(f"\nReady after {report['ready_s']} s. Resident memory after the load, MB: {memory}.")
    return "\n".join(lines)
