"""Draws the confusion picture for `make eval`. Reads JSON on stdin; runs where matplotlib is installed."""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import Any

CHINESE_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "SimHei",
    "Microsoft YaHei",
)


def _labels(codes: list[str], names: dict[str, str]) -> list[str]:
    """Chinese names when a font can show them, codes otherwise."""
    from matplotlib import font_manager, rcParams

    installed = {font.name for font in font_manager.fontManager.ttflist}
    for font in CHINESE_FONTS:
        if font in installed:
            rcParams["font.family"] = [font]
            return [names.get(code, code) for code in codes]
    return codes


def draw(given: dict[str, Any], target: str) -> None:
    """A square of shares per true category, numbers where something was confused."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    counts = Counter((a, b) for a, b in given["pairs"])
    codes = sorted({code for pair in counts for code in pair})
    totals = Counter(a for a, _ in given["pairs"])
    shares = [[counts[a, b] / totals[a] if totals[a] else 0.0 for b in codes] for a in codes]
    labels = _labels(codes, given["names"])
    size = max(6.0, 0.45 * len(codes))
    figure, axes = plt.subplots(figsize=(size, size))
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(codes)), labels, rotation=90)
    axes.set_yticks(range(len(codes)), labels)
    axes.set_xlabel("判为" if labels != codes else "said")
    axes.set_ylabel("应为" if labels != codes else "true")
    for y, a in enumerate(codes):
        for x, b in enumerate(codes):
            if counts[a, b]:
                dark = shares[y][x] > 0.5
                axes.text(
                    x, y, str(counts[a, b]), ha="center", va="center", fontsize=7, color="w" if dark else "k"
                )
    figure.tight_layout()
    figure.savefig(target, dpi=110)


if __name__ == "__main__":
    draw(json.load(sys.stdin), sys.argv[1])
