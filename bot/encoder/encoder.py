"""The exported encoder in use: a message in, its vector and what the heads say out. onnxruntime, one thread, no download."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.encoder.blocks import scaled, unpacked
from bot.encoder.reading import WATCHERS, masked_text
from bot.encoder.tokens import Tokens

FOLDER = Path(__file__).parents[2] / "data" / "encoder"
GRAPH, ASKING, TABLE, HEADS, SEEN, MANIFEST = (
    "encoder.onnx",
    "asking.onnx",
    "pieces.npz",
    "heads.npz",
    "sentences.npy",
    "manifest.json",
)
"""`ASKING`: the last layers once more, taught for the known questions alone; it reads what `GRAPH` has in the middle."""
FILES = (GRAPH, ASKING, TABLE, HEADS, SEEN)
FORMAT = 2
MOST_PIECES = 64
Floats = npt.NDArray[np.float32]


class EncoderError(Exception):
    """data/encoder is missing, incomplete or not what its manifest says; one Chinese line."""


@dataclass(frozen=True)
class Encoded:
    """What the encoder says of a message. `vector`: 384 numbers. `intents`: a probability for each of `Encoder.intents`.
    `mood`: 0 calm to 1 furious. `watched`: watcher -> log odds. `asking`: 384 numbers in which known questions lie apart;
    `questions`: a probability for each of `Encoder.questions`; what is left of 1 is that none of them is asked."""

    vector: Floats
    asking: Floats
    intents: Floats
    mood: float
    watched: Mapping[str, float]
    questions: Floats

    @property
    def watch(self) -> dict[str, float]:
        """Probability of each watcher."""
        return {
            name: round(1 / (1 + math.exp(-max(-30.0, min(30.0, one)))), 4)
            for name, one in self.watched.items()
        }


class Encoder:
    """`encode(text)` for texts as `Prepared.text` has them. `print`: fingerprint of the exported files."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """Raises EncoderError when the files cannot be used."""
        self.folder = folder
        self.manifest = read_manifest(folder)
        try:
            import onnxruntime

            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            options.enable_cpu_mem_arena = False
            options.log_severity_level = 3
            self._graph, self._last = (
                onnxruntime.InferenceSession(str(folder / name), options, providers=["CPUExecutionProvider"])
                for name in (GRAPH, ASKING)
            )
            with np.load(folder / TABLE, allow_pickle=False) as kept:
                self._table, self._scales = unpacked(kept["blocks"])
                texts = str(kept["texts"]).split("\n")
                folds = json.loads(str(kept["folds"]))
                self._tokens = Tokens(list(zip(texts, map(float, kept["scores"]), strict=True)), folds)
            with np.load(folder / HEADS, allow_pickle=False) as kept:
                self._heads = {name: np.asarray(kept[name], np.float32) for name in kept.files}
        except ImportError as error:
            raise EncoderError("没有安装 onnxruntime：句子编码器不用，只用线性模型") from error
        except Exception as error:  # any broken file: the bot must come up without it
            raise EncoderError(f"{folder} 读不出来（{type(error).__name__}: {error}）") from error
        self.intents: list[str] = list(self.manifest["intents"])
        known = self.manifest.get("questions") or {
            "entries": [],
            "temperature": 1.0,
        }  # none before data/knowledge
        self.questions: list[str] = list(known["entries"])
        self._temperature = float(known["temperature"])
        self.print: str = str(self.manifest["print"])

    def vectors(self, texts: Sequence[str]) -> Floats:
        """A row of 384 numbers for each text; texts of one call should be alike in length."""
        return self._read(texts, "vector")[0]

    def asking(self, texts: Sequence[str]) -> Floats:
        """The same in the numbers in which known questions lie apart."""
        return self._asking(*self.middle(texts))

    def middle(self, texts: Sequence[str]) -> tuple[Floats, Floats]:
        """What the last layers for the known questions read: texts x pieces x 384 numbers, and 1 where a piece is."""
        middle, present = self._read(texts, "middle")
        return middle, present

    def _read(self, texts: Sequence[str], *wanted: str) -> list[Floats]:
        """What is wanted of the graph, and where a piece is."""
        embedded, present = self._embedded(texts)
        return [*self._graph.run(list(wanted), {"embedded": embedded, "present": present}), present]

    def _embedded(self, texts: Sequence[str]) -> tuple[Floats, Floats]:
        """The graph's input: texts x pieces x 384 numbers, and 1 where a piece is."""
        ids = [self._tokens.ids(masked_text(text), MOST_PIECES) for text in texts]
        longest = max(map(len, ids))
        padded = np.full((len(ids), longest), Tokens.PADDING, np.int64)
        present = np.zeros((len(ids), longest), np.float32)
        for row, one in enumerate(ids):
            padded[row, : len(one)] = one
            present[row, : len(one)] = 1.0
        return scaled(self._table[padded], self._scales[padded]), present

    def _asking(self, middle: Floats, present: Floats) -> Floats:
        result: Floats = self._last.run(None, {"middle": middle, "present": present})[0]
        return result

    def _asked(self, asking: Floats) -> Floats:
        """A row of chances of the known questions for each vector."""
        if not self.questions:
            return np.zeros((len(asking), 0), np.float32)
        scores = asking @ self._heads["question.weight"].T + self._heads["question.bias"]
        return _softmax(scores / self._temperature)[:, : len(self.questions)]

    def watching(self, texts: Sequence[str]) -> Floats:
        """A row of log odds for each text, a column for each of WATCHERS; texts of one call should be alike in length."""
        return self._watch(self.vectors(texts))

    def _watch(self, vectors: Floats) -> Floats:
        result: Floats = vectors @ self._heads["watch.weight"].T + self._heads["watch.bias"]
        return result

    def encode(self, text: str) -> Encoded:
        """Everything about one message."""
        return self.encode_all([text])[0]

    def encode_all(self, texts: Sequence[str]) -> list[Encoded]:
        """Everything about each text, in one run of the graph; none for none."""
        if not texts:
            return []
        vectors, middle, present = self._read(texts, "vector", "middle")
        asking, heads = self._asking(middle, present), self._heads
        intents = _softmax(vectors @ heads["intent.weight"].T + heads["intent.bias"])
        moods = 1 / (1 + np.exp(-(vectors @ heads["mood.weight"].T + heads["mood.bias"])))
        watch = self._watch(vectors)
        questions = self._asked(asking)
        return [
            Encoded(
                vectors[i],
                asking[i],
                intents[i],
                float(moods[i, 0]),
                dict(zip(WATCHERS, map(float, watch[i]), strict=True)),
                questions[i],
            )
            for i in range(len(texts))
        ]


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest, after the files were found to be the ones that it describes. Raises EncoderError."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files = {name: folder.joinpath(name).read_bytes() for name in FILES}
    except (OSError, ValueError) as error:
        raise EncoderError(f"{folder} 里缺少文件或清单读不出来（{error}）") from error
    if manifest.get("format") != FORMAT:
        raise EncoderError(f"{folder / MANIFEST} 的格式是 {manifest.get('format')}，这个版本要 {FORMAT}")
    for name, content in files.items():
        if hashlib.sha256(content).hexdigest() != manifest.get("files", {}).get(name):
            raise EncoderError(
                f"{folder / name} 和清单 {MANIFEST} 对不上：请从 git 取回，或重新 make encoder"
            )
    return manifest


def _softmax(scores: Floats) -> Floats:
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    result: Floats = shifted / shifted.sum(axis=-1, keepdims=True)
    return result
