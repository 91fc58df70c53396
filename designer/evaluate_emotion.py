"""`python -m designer.evaluate_emotion FILE`: how well the current model feels moods; a line is `text<TAB>mood`.

Prints the confusions, precision and recall of anger by threshold, the surest mistakes, and as last line one JSON object.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from bot.emotion.lexicon import MOODS
from bot.emotion.model import read_sentences
from designer.parse import current_nlu_model

WARM_UP = 50
WORST = 20
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


def main(words: list[str]) -> int:
    """Command line: FILE."""
    if len(words) != 1 or not Path(words[0]).is_file():
        sys.stderr.write("用法：python -m designer.evaluate_emotion 测试句.tsv（每行：句子<Tab>情绪）\n")
        return 2
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
