"""From the tuned network to the files of data/encoder: int8 graph, int8 table of pieces, heads, manifest."""

from __future__ import annotations

import hashlib
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch

from bot.encoder.encoder import FILES, FORMAT, GRAPH, HEADS, MANIFEST, TABLE
from bot.encoder.tokens import Tokens
from designer.encoder.fine_tune import Network
from designer.encoder.network import arrays

OPSET = 17


def export_graph(network: Network, file: Path) -> None:
    """The encoder as ONNX with 8-bit weights, one scale a column; activations are quantised while it runs."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    network.eval()
    hidden = network.encoder.hidden
    with tempfile.TemporaryDirectory() as temporary:
        whole = Path(temporary) / "whole.onnx"
        torch.onnx.export(
            network.encoder,
            (torch.zeros(1, 8, hidden), torch.ones(1, 8)),
            str(whole),
            input_names=["embedded", "present"],
            output_names=["vector"],
            dynamic_axes={name: {0: "sentences", 1: "pieces"} for name in ("embedded", "present")},
            opset_version=OPSET,
            dynamo=False,
        )
        quantize_dynamic(str(whole), str(file), weight_type=QuantType.QInt8, per_channel=True)


def export_table(tokens: Tokens, folds: dict[str, str], embeddings: Any, file: Path) -> None:
    """Pieces with their scores, and their embeddings as bytes with a scale a row."""
    scales = np.abs(embeddings).max(axis=1) / 127 + 1e-12
    table = np.round(embeddings / scales[:, None]).astype(np.int8)
    np.savez(
        file,
        table=table,
        scales=scales.astype(np.float32),
        texts=np.array("\n".join(text for text, _ in tokens.pieces)),
        scores=np.array([score for _, score in tokens.pieces], np.float32),
        folds=np.array(json.dumps(folds, ensure_ascii=False)),
    )


def export_heads(network: Network, file: Path) -> None:
    """The heads' weights by name: intent, mood, watch, and the command head with its tables."""
    kept = {name.removeprefix("maps."): value for name, value in arrays(network.heads).items()}
    kept |= {f"command.{name}": value for name, value in arrays(network.command).items()}
    kept |= {
        "asked.weight": arrays(network.asked)["weight"],
        "situation.weight": arrays(network.situation)["weight"],
    }
    np.savez(file, **kept)


def write_manifest(folder: Path, facts: dict[str, Any]) -> None:
    """`facts` with the hashes of the files, and `print` over them."""
    files = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES}
    stamp = hashlib.sha256("".join(files.values()).encode()).hexdigest()[:12]
    manifest = {"format": FORMAT, "print": stamp, **facts, "files": files}
    (folder / MANIFEST).write_text(
        json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )


__all__ = ["GRAPH", "HEADS", "TABLE", "export_graph", "export_heads", "export_table", "write_manifest"]
