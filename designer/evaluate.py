"""`make eval FILE=x.tsv`: how well the current model does on sentences with known answers.

A line is `text<TAB>category` with an optional third column emotion. Prints a report for designers, draws the confusions,
and prints one JSON object as its last line (shared definitions: scikit-learn, zero_division 0).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from designer.inputs import DATA_ROOT, ROOT
from designer.nlu_files import read_tsv
from designer.parse import current_nlu_model

WARM_UP = 50
TIMED = 500
WORST = 20
MOODS = ("calm", "displeased", "angry")


@dataclass
class Row:
    """A sentence, what it is, and what the model said."""

    text: str
    category: str
    emotion: str | None
    said: str = ""
    confidence: float = 0.0
    predicted_emotion: str = ""
    heat: float = 0.0


def read_rows(file: Path, known: set[str]) -> list[Row]:
    """The file's rows. Exits with one line for the first row that is not right."""
    rows = []
    for number, columns in read_tsv(file):
        if len(columns) < 2 or columns[1].strip() not in known:
            sys.stderr.write(f"{file}:{number} 第二列不是 26 个类别代码之一\n")
            raise SystemExit(2)
        emotion = columns[2].strip() if len(columns) > 2 and columns[2].strip() else None
        if emotion is not None and emotion not in MOODS:
            sys.stderr.write(f"{file}:{number} 第三列要是 calm、displeased 或 angry\n")
            raise SystemExit(2)
        rows.append(Row(columns[0], columns[1].strip(), emotion))
    return rows


def answer(rows: list[Row], nlu: Any) -> list[float]:
    """Fill in what the model says; milliseconds per sentence, single thread, after a warm-up."""
    for row in rows[:WARM_UP]:
        nlu.parse(row.text)
    times = []
    for row in rows:
        began = time.perf_counter()
        understood = nlu.parse(row.text)
        times.append((time.perf_counter() - began) * 1000)
        row.said, row.confidence = understood.category, understood.confidence
        row.predicted_emotion, row.heat = understood.emotion, understood.emotion_score
    for i in range(max(0, TIMED - len(times))):
        began = time.perf_counter()
        nlu.parse(rows[i % len(rows)].text)
        times.append((time.perf_counter() - began) * 1000)
    return times


def figures(rows: list[Row], times: list[float]) -> dict[str, Any]:
    """The JSON object of the last line."""
    from sklearn.metrics import accuracy_score, f1_score, roc_auc_score

    true, said = [r.category for r in rows], [r.said for r in rows]
    times = sorted(times)
    result: dict[str, Any] = {
        "n": len(rows),
        "accuracy": round(float(accuracy_score(true, said)), 4),
        "macro_f1": round(
            float(f1_score(true, said, labels=sorted(set(true)), average="macro", zero_division=0)), 4
        ),
        "ms_p50": round(times[len(times) // 2], 3),
        "ms_p95": round(times[int(len(times) * 0.95)], 3),
        "ms_mean": round(sum(times) / len(times), 3),
    }
    labelled = [r for r in rows if r.emotion]
    if labelled:
        moods = [str(r.emotion) for r in labelled]
        result["emotion_accuracy"] = round(
            float(accuracy_score(moods, [r.predicted_emotion for r in labelled])), 4
        )
        angry = [m == "angry" for m in moods]
        if any(angry) and not all(angry):
            result["angry_auc"] = round(float(roc_auc_score(angry, [r.heat for r in labelled])), 4)
    return result


def report(rows: list[Row], names: dict[str, str]) -> str:
    """Per category precision, recall, F1; the pairs that are confused most; the surest mistakes."""
    from sklearn.metrics import precision_recall_fscore_support

    codes = sorted({r.category for r in rows})
    scores = precision_recall_fscore_support(
        [r.category for r in rows], [r.said for r in rows], labels=codes, zero_division=0
    )
    lines = ["类别                    准确率  召回率    F1   句数"]
    for code, p, r, f, n in zip(codes, *scores, strict=True):
        lines.append(f"{code:<22} {p:6.3f} {r:6.3f} {f:6.3f} {int(n):5d}  {names.get(code, '')}")
    wrong = [r for r in rows if r.said != r.category]
    lines.append("\n最常混的类别（应为 → 判为）")
    lines += [
        f"  {n:4d}  {a} → {b}" for (a, b), n in Counter((r.category, r.said) for r in wrong).most_common(15)
    ]
    lines.append(f"\n错得最肯定的 {min(WORST, len(wrong))} 句")
    for row in sorted(wrong, key=lambda r: -r.confidence)[:WORST]:
        lines.append(f"  {row.confidence:.2f}  {row.category} → {row.said}  {row.text[:60]}")
    return "\n".join(lines)


def draw(rows: list[Row], names: dict[str, str]) -> Path | None:
    """The confusion picture below DATA_DIR/eval, drawn in the other environment (matplotlib is a tool, not product)."""
    folder = Path(os.environ.get("DATA_DIR") or ROOT / "var") / "eval"
    folder.mkdir(parents=True, exist_ok=True)
    target = (folder / "confusion.png").resolve()
    python = ROOT / ".venv" / "bin" / "python"
    pairs = [[r.category, r.said] for r in rows]
    if not python.exists():
        return None
    done = subprocess.run(
        [str(python), "-m", "designer.drawing", str(target)],
        input=json.dumps({"pairs": pairs, "names": names}, ensure_ascii=False),
        text=True,
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    return target if done.returncode == 0 else None


def category_names() -> dict[str, str]:
    """Code -> Chinese name of the 26 categories."""
    import yaml

    read = yaml.safe_load((DATA_ROOT / "data" / "categories.yml").read_text(encoding="utf-8"))
    return {code: str(entry["name"]) for code, entry in read["categories"].items()}


def main() -> None:
    """Command line: FILE."""
    if len(sys.argv) != 2:
        sys.stderr.write("用法：make eval FILE=测试句.tsv（每行：句子<Tab>类别[<Tab>情绪]）\n")
        raise SystemExit(2)
    file = Path(sys.argv[1])
    if not file.is_file():
        sys.stderr.write(f"找不到文件：{file}\n")
        raise SystemExit(2)
    names = category_names()
    rows = read_rows(file, set(names))
    if not rows:
        sys.stderr.write(f"{file} 里没有句子\n")
        raise SystemExit(2)
    nlu = current_nlu_model()
    times = answer(rows, nlu)
    print(report(rows, names))
    picture = draw(rows, names)
    print(f"\n混淆图：{picture}" if picture else "\n混淆图没有画（需要开发环境里的 matplotlib）")
    print(json.dumps(figures(rows, times), ensure_ascii=False))


if __name__ == "__main__":
    main()
