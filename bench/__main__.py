"""`make bench`: measure, print a table, keep JSON and Markdown under bench/results/."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import sys
from pathlib import Path
from typing import Any

from bench import desk, load, side_by_side
from launcher.env_file import SettingError
from launcher.settings import ROOT, resolve

RESULTS = ROOT / "bench" / "results"


def machine() -> dict[str, Any]:
    """What the figures were measured on, and how busy it was."""
    return {
        "at": dt.datetime.now(dt.timezone.utc).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "load_before": os.getloadavg(),
    }


def _circumstances(told: dict[str, Any]) -> str:
    before, after = (" ".join(f"{one:.1f}" for one in told[name]) for name in ("load_before", "load_after"))
    return (
        f"Measured {told['at']} on {told['cores']} cores ({told['system']}, Python {platform.python_version()}); "
        f"load average of the machine before {before}, after {after} (1, 5, 15 min; the bench itself adds to it)."
    )


def main(words: list[str]) -> int:
    only = words[0] if words else ""
    if only not in ("", "load", "stock", "desk"):
        print(
            "anke: make bench, or make bench ONLY=load (the load scenes), ONLY=stock (beside stock) or ONLY=desk (console and queue)",
            file=sys.stderr,
        )
        return 2
    try:
        folder = Path(resolve(os.environ)["DATA_DIR"]) / "bench"
    except SettingError as error:
        print(f"anke: {error}", file=sys.stderr)
        return 2
    report: dict[str, Any] = {"machine": machine()}
    tables: list[str] = []
    try:
        if only in ("", "stock"):
            report["side_by_side"] = side_by_side.measure(folder)
            tables.append(side_by_side.table(report["side_by_side"]))
        if only in ("", "load"):
            report["load"] = load.measure(folder / "load")
            tables.append(load.table(report["load"]))
        if only == "desk":
            report["desk"] = desk.measure(folder / "desk")
            tables.append(desk.table(report["desk"]))
    except RuntimeError as error:
        print(f"anke: {error}", file=sys.stderr)
        return 1
    report["machine"]["load_after"] = os.getloadavg()
    text = "\n\n".join([*tables, _circumstances(report["machine"])])
    RESULTS.mkdir(parents=True, exist_ok=True)
    stamp = dt.datetime.now(dt.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    (RESULTS / f"{stamp}.json").write_text(json.dumps(report, ensure_ascii=False, indent=1))
    (RESULTS / f"{stamp}.md").write_text(text + "\n")
    print("\n" + text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
