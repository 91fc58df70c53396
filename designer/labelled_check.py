"""Sentences with a label in front: data/watchers (what is watched for), data/emotion/graded.tsv (how displeased), and their tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.encoder.reading import WATCHERS
from bot.text.normalise import bare
from bot.watchers.files import NOT_TOLD, SO_TOO

GRADES = tuple(f"{i / 10:.1f}" for i in range(11))
LABELS: Mapping[str, tuple[str, ...]] = {
    "complaint": ("complaint", "repeat", "no"),
    "privacy": ("yes", "others", "no"),
    "human": ("yes", "no"),
    "safety": ("yes", "no"),
    "threat": ("yes", "no"),
}
"""File of data/watchers -> its labels."""


def check_labelled(root: Path) -> Iterator[str]:
    """Two columns, known labels, nothing twice, no test sentence in training. One Chinese line each, with file and line."""
    for name in sorted({file.stem for file in (root / "data" / "watchers").glob("*.tsv")} - set(LABELS)):
        yield f"data/watchers/{name}.tsv:1 没有这件要留意的事，可以有：{'、'.join(LABELS)}"
    if (root / "data" / "watchers").is_dir():
        for name, labels in LABELS.items():
            yield from _pair(root, f"data/watchers/{name}.tsv", f"tests/watchers/{name}.tsv", labels)
    if (root / "data" / "emotion" / "graded.tsv").is_file():
        yield from _pair(root, "data/emotion/graded.tsv", "tests/emotion/graded.tsv", GRADES)


def _pair(root: Path, trained: str, tested: str, labels: tuple[str, ...]) -> Iterator[str]:
    seen: dict[str, int] = {}
    for name in (trained, tested):
        file = root / name
        if not file.is_file():
            if name == trained:
                yield f"{name}:1 没有这个文件"
            continue
        here: dict[str, int] = {}
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            label, tab, text = line.partition("\t")
            if not tab or not text.strip() or "\t" in text:
                yield f"{name}:{number} 要写成 标签<Tab>句子"
            elif not _known(label, labels):
                yield (
                    f"{name}:{number} 标签“{label}”不认识，可以写：{'、'.join(labels)}；也是别的事写 +threat，说不准写 ?human"
                )
            elif (key := bare(text) or text) in here:
                yield f"{name}:{number} “{text}”与第 {here[key]} 行相同"
            else:
                here[key] = number
                if key in seen:
                    yield f"{name}:{number} 测试句“{text}”在训练里（{trained}:{seen[key]}）"
        seen = here


def _known(label: str, labels: tuple[str, ...]) -> bool:
    """A label of the file, behind it other watchers that the sentence is of as well, or may be of."""
    first, *others = label.replace(SO_TOO, NOT_TOLD).split(NOT_TOLD)
    return first in labels and set(others) <= set(WATCHERS)
