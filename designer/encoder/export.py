"""From the tuned network to the files of data/encoder: int8 graph, int8 table of pieces, heads, manifest."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from bot.encoder.encoder import FILES, FORMAT, MANIFEST
from bot.encoder.tokens import Tokens
from designer.encoder.fine_tune import Network
from designer.encoder.network import Last, arrays

OPSET = 17


def export_graph(network: Network, file: Path) -> None:
    """The encoder as ONNX."""
    network.eval()
    _export(network.encoder, file, (torch.zeros(1, 8, network.encoder.hidden), torch.ones(1, 8)), "embedded")


def export_asking(last: Last, file: Path) -> None:
    """The known questions' last layers as ONNX."""
    last.eval()
    hidden = last.layers[0].query.in_features
    _export(last, file, (torch.zeros(1, 8, hidden), torch.ones(1, 8)), "middle")


def _export(module: torch.nn.Module, file: Path, example: tuple[torch.Tensor, ...], read: str) -> None:
    """8-bit weights, one scale a column; activations are quantised while it runs."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with tempfile.TemporaryDirectory() as temporary:
        whole = Path(temporary) / "whole.onnx"
        torch.onnx.export(
            module,
            example,
            str(whole),
            input_names=[read, "present"],
            output_names=["vector"],
            dynamic_axes={name: {0: "sentences", 1: "pieces"} for name in (read, "present")},
            opset_version=OPSET,
            dynamo=False,
        )
        quantize_dynamic(str(whole), str(file), weight_type=QuantType.QInt8, per_channel=True)


def export_table(tokens: Tokens, folds: dict[str, str], blocks: Any, file: Path) -> None:
    """Pieces with their scores, and their embeddings in the blocks of the public weights, which are not tuned."""
    np.savez(
        file,
        blocks=blocks,
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
    write_heads(kept, file)


def write_heads(kept: Mapping[str, Any], file: Path) -> None:
    """In half precision: a head's three digits are enough, and git carries what is written here."""
    half: dict[str, Any] = {name: np.asarray(one, np.float16) for name, one in kept.items()}
    np.savez(file, **half)


def write_manifest(folder: Path, facts: dict[str, Any]) -> None:
    """`facts` with the hashes of the files, and `print` over them."""
    files = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES}
    stamp = hashlib.sha256("".join(files.values()).encode()).hexdigest()[:12]
    manifest = {"format": FORMAT, "print": stamp, **facts, "files": files}
    (folder / MANIFEST).write_text(
        json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
