"""`make eval-handoff TRAIN=a.jsonl TEST=b.jsonl`: train the handoff model's architecture on a, score b.

The last line of stdout is one JSON object (contract): f1, macro_f1, auc, gt1, gt2, gt3, ms_per_turn.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
from sklearn.metrics import f1_score, precision_recall_curve, roc_auc_score

from bot.handoff_model.golden_transfer import mean_golden_transfer
from bot.handoff_model.model import HandoffModel
from bot.handoff_model.sessions import Session, SessionError, labels, read_sessions
from bot.handoff_model.words import split_words

WARM_UP = 50


def per_session(sessions: list[Session], said: list[int]) -> list[tuple[list[int], list[int]]]:
    """(truth, predicted) of every session, from one flat list of predictions."""
    out, start = [], 0
    for session in sessions:
        out.append(([int(u.transfer) for u in session], said[start : start + len(session)]))
        start += len(session)
    return out


def ms_per_turn(model: HandoffModel, sessions: list[Session]) -> float:
    """Mean wall time of deciding at one more utterance with everything before it known, milliseconds."""
    calls, spent = 0, 0.0
    for session in sessions:
        scores = model.scores_of(session)
        while True:
            began = time.perf_counter()
            if next(scores, None) is None:
                break
            calls += 1
            if calls > WARM_UP:
                spent += time.perf_counter() - began
    return 1000 * spent / max(1, calls - WARM_UP)


def evaluate(train: list[Session], test: list[Session]) -> dict[str, float]:
    """Metrics of shared definition (docs/reports.md): F1 of "transfer", macro-F1, AUC, GT-I/II/III, ms a turn."""
    model = HandoffModel.fit(train)
    scores = model.score(test)
    truth = np.array(labels(test))
    said = (scores >= model.threshold).astype(int)
    pairs = per_session(test, said.tolist())
    report = {
        "f1": f1_score(truth, said, zero_division=0),
        "macro_f1": f1_score(truth, said, average="macro", labels=[0, 1], zero_division=0),
        "auc": roc_auc_score(truth, scores) if 0 < truth.sum() < len(truth) else 0.0,
        **{f"gt{t}": mean_golden_transfer(pairs, t) for t in (1, 2, 3)},
        "ms_per_turn": ms_per_turn(model, test),
    }
    print(
        f"训练 {len(train)} 个会话，测试 {len(test)} 个会话、{len(truth)} 句，其中应转人工 {int(truth.sum())} 句"
    )
    print(f"阈值 {model.threshold:.3f}（训练集折外 F1 最优）")
    precision, recall, cuts = precision_recall_curve(truth, scores)
    for wanted in (0.3, 0.5, 0.7, 0.9):
        at = int(np.abs(recall[:-1] - wanted).argmin()) if len(cuts) else 0
        if len(cuts):
            print(f"  召回 {recall[at]:.2f} 时精确率 {precision[at]:.2f}（阈值 {cuts[at]:.3f}）")
    return {name: round(float(value), 4) for name, value in report.items()}


def main(words: list[str]) -> int:
    if len(words) != 2 or not all(words):
        print("用法：make eval-handoff TRAIN=训练.jsonl TEST=测试.jsonl", file=sys.stderr)
        return 2
    try:
        train, test = (read_sessions(Path(word), split_words) for word in words)
    except SessionError as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps(evaluate(train, test)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
