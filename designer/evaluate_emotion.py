"""`python -m designer.evaluate_emotion FILE`: how well the current model feels moods; a line is `text<TAB>mood`,
or, graded, `heat<TAB>text` (0 calm to 1 furious).

Prints the confusions, precision and recall of anger by threshold, the surest mistakes, and as last line one JSON object.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from bot.emotion.files import read_sentences
from bot.emotion.lexicon import MOODS
from designer.parse import current_nlu_model

WARM_UP = 50
WORST = 20
CALM, HOT = 0.1, 0.6
"""Of graded sentences: calm up to, angry from."""
CUTS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def figures(truth: list[str], predicted: list[str], heat: list[float]) -> dict[str, Any]:
    """Accuracy, macro-F1 of the three moods, ROC AUC of the heat for anger."""
    from sklearn.metrics import accuracy_score, f1_score, roc_auc_score

    angry = [mood == "angry" for mood in truth]
    return {
        "n": len(truth),
        "accuracy": round(float(accuracy_score(truth, predicted)), 4),
        "macro_f1": round(
            float(f1_score(truth, predicted, labels=list(MOODS), average="macro", zero_division=0)), 4
        ),
        "angry_auc": round(float(roc_auc_score(angry, heat)), 4) if 0 < sum(angry) < len(angry) else None,
    }


def report(texts: list[str], truth: list[str], predicted: list[str], heat: list[float]) -> str:
    """For designers: who is taken for whom, the anger curve, the surest mistakes."""
    lines = ["应为 \\ 判为   " + "  ".join(f"{mood:>10}" for mood in MOODS)]
    for mood in MOODS:
        row = [sum(t == mood and f == said for t, f in zip(truth, predicted, strict=True)) for said in MOODS]
        lines.append(f"{mood:<12}" + "  ".join(f"{n:>10}" for n in row))
    lines.append("\n火气阈值   精确率  召回率（生气）")
    for cut in CUTS:
        called = [t for t, h in zip(truth, heat, strict=True) if h >= cut]
        hits = called.count("angry")
        precision, recall = hits / max(1, len(called)), hits / max(1, truth.count("angry"))
        lines.append(f"  {cut:.1f}      {precision:6.3f}  {recall:6.3f}")
    wrong = [row for row in zip(texts, truth, predicted, heat, strict=True) if row[1] != row[2]]
    wrong.sort(key=lambda row: abs(row[3] - (row[1] == "angry")), reverse=True)
    lines.append(f"\n错得最远的 {min(WORST, len(wrong))} 句")
    lines += [f"  {h:.2f}  {t} → {f}  {text[:60]}" for text, t, f, h in wrong[:WORST]]
    return "\n".join(lines)


def graded(file: Path) -> list[tuple[float, str]]:
    """(heat, text) of a graded file; empty when it is none."""
    rows = [
        line.split("\t")
        for line in file.read_text(encoding="utf-8").splitlines()
        if line[:1] not in ("", "#")
    ]
    try:
        return [(float(heat), text) for heat, text in rows]
    except ValueError:
        return []


def graded_report(rows: list[tuple[float, str]], heat: list[float]) -> dict[str, Any]:
    """Prints the sentences that are felt most wrongly; returns areas (calm against the rest, angry against the rest) and the mean error."""
    from sklearn.metrics import roc_auc_score

    told = sorted(zip(rows, heat, strict=True), key=lambda one: -abs(one[0][0] - one[1]))
    for (wanted, text), felt in told[:WORST]:
        print(f"  应为 {wanted:.1f} 判为 {felt:.2f}  {text[:60]}")
    areas = {}
    for name, hot in (
        ("calm_auc", [wanted > CALM for wanted, _ in rows]),
        ("angry_auc", [wanted >= HOT for wanted, _ in rows]),
    ):
        areas[name] = round(float(roc_auc_score(hot, heat)), 4) if len(set(hot)) == 2 else None
    error = sum(abs(wanted - felt) for (wanted, _), felt in told) / len(told)
    return {"n": len(rows), **areas, "mean_error": round(error, 3)}


def main(words: list[str]) -> int:
    """Command line: FILE."""
    if len(words) != 1 or not Path(words[0]).is_file():
        sys.stderr.write(
            "用法：python -m designer.evaluate_emotion 测试句.tsv（每行：句子<Tab>情绪，或 强度<Tab>句子）\n"
        )
        return 2
    if marked := graded(Path(words[0])):
        nlu = current_nlu_model()
        felt = [nlu.emotion(text)[1] for _, text in marked]
        print(json.dumps(graded_report(marked, felt), ensure_ascii=False))
        return 0
    rows = read_sentences(Path(words[0]))
    if not rows:
        sys.stderr.write(f"{words[0]} 里没有标了 {'、'.join(MOODS)} 的句子\n")
        return 2
    nlu = current_nlu_model()
    texts, truth = [text for text, _ in rows], [mood for _, mood in rows]
    for text in texts[:WARM_UP]:
        nlu.emotion(text)
    predicted, heat, times = [], [], []
    for text in texts:
        began = time.perf_counter()
        mood, warmth = nlu.emotion(text)
        times.append((time.perf_counter() - began) * 1000)
        predicted.append(mood)
        heat.append(warmth)
    times.sort()
    print(report(texts, truth, predicted, heat))
    result = figures(truth, predicted, heat)
    result |= {
        "ms_p50": round(times[len(times) // 2], 3),
        "ms_p95": round(times[int(len(times) * 0.95)], 3),
    }
    print(json.dumps(result, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
