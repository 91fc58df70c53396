"""`make bench`: measure, print a table, keep JSON and Markdown under bench/results/."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import sys
from pathlib import Path

from bench import load
from launcher.settings import ROOT, SettingError, resolve

RESULTS = ROOT / "bench" / "results"


def machine() -> dict[str, object]:
    """What the figures were measured on, and how busy it was."""
    return {
        "at": dt.datetime.now(dt.timezone.utc).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "load_before": os.getloadavg(),
    }


def main(words: list[str]) -> int:
    only = words[0] if words else ""
    if only not in ("", "load"):
        print("anke: make bench, or make bench ONLY=load", file=sys.stderr)
        return 2
    if not only:
        print(
            "anke: the side-by-side bench with the stock configuration is not built yet; use ONLY=load",
            file=sys.stderr,
        )
        return 3
    try:
        folder = Path(resolve(os.environ)["DATA_DIR"]) / "bench"
    except SettingError as error:
        print(f"anke: {error}", file=sys.stderr)
        return 2
    report = {"machine": machine(), "load": load.measure(folder / "load")}
    text = load.table(report["load"])  # type: ignore[arg-type]
    RESULTS.mkdir(parents=True, exist_ok=True)
    stamp = dt.datetime.now(dt.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    (RESULTS / f"{stamp}.json").write_text(json.dumps(report, ensure_ascii=False, indent=1))
    (RESULTS / f"{stamp}.md").write_text(text + "\n")
    print("\n" + text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
