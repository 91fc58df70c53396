"""Meaning and spelling weighed together: what was learned is kept in the files, and only with the encoder it was fitted for."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from bot.encoder.reading import WATCHERS
from bot.intent.prepared import Prepared
from bot.text.normalise import normalised
from bot.watchers.files import Watched
from bot.watchers.model import WatcherModel

FIRE = (
    "插座冒烟了",
    "充电器着火了",
    "电池鼓包了",
    "插头烧焦了",
    "电线起火了",
    "一插电就冒烟",
    "壳子烧化了",
    "锅冒火星了",
)
CALM = (
    "快递到哪了",
    "烟雾报警器多少钱",
    "火锅几个人用",
    "帮我开发票",
    "什么时候发货",
    "电池能用几天",
    "颜色能换吗",
    "好的谢谢",
)
LIKELY, UNLIKELY = 0.5, 0.5


def said(text: str) -> Prepared:
    plain = normalised(text).text
    return Prepared(plain, tuple(plain))


class Heads:
    """An encoder whose heads know nothing: only spelling can tell."""

    print = "of-this-test"

    def watching(self, texts: list[str]) -> list[list[float]]:
        return [list(self.encode(text).watched.values()) for text in texts]

    def encode(self, text: str) -> Any:
        return SimpleNamespace(watched=dict.fromkeys(WATCHERS, 0.1 * (len(text) % 3)))


def rows(*, apart: bool) -> list[tuple[Prepared, Watched]]:
    hardly = frozenset(WATCHERS) - {"safety"}
    listed = [(text, 1.0) for text in FIRE] + [(text, 0.0) for text in CALM]
    return [(said(text), Watched(text, {"safety": told}, hardly, apart)) for text, told in listed]


@pytest.fixture(scope="module")
def model() -> WatcherModel:
    encoder: Any = Heads()
    ordinary = [(said(text), dict.fromkeys(WATCHERS, 0.0)) for text in CALM]
    return WatcherModel.fit(rows(apart=False) * 3 + rows(apart=True), ordinary, encoder)


def told(model: WatcherModel, text: str) -> dict[str, float]:
    return model.watch(said(text), Heads().encode(text))


def test_spelling_tells_what_the_heads_do_not(model: WatcherModel) -> None:
    assert told(model, "插座冒烟起火了")["safety"] > LIKELY
    assert told(model, "发票什么时候开")["safety"] < UNLIKELY


def test_every_watcher_is_told_between_0_and_1(model: WatcherModel) -> None:
    found = told(model, "插座冒烟了")
    assert set(found) == set(WATCHERS)
    assert all(0.0 <= chance <= 1.0 for chance in found.values())


def test_a_watcher_that_nobody_labelled_is_not_believed(model: WatcherModel) -> None:
    assert told(model, "插座冒烟了")["privacy"] < UNLIKELY


def test_what_was_saved_answers_the_same(model: WatcherModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    encoder: Any = Heads()
    again = WatcherModel.load(tmp_path, encoder)
    assert again is not None
    first, second = told(model, "充电器冒烟了"), told(again, "充电器冒烟了")
    assert np.allclose(list(first.values()), list(second.values()), atol=0.01)


def test_another_encoder_or_none_leaves_the_heads_alone(model: WatcherModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    other: Any = SimpleNamespace(print="another")
    assert WatcherModel.load(tmp_path, other) is None
    assert WatcherModel.load(tmp_path, None) is None
    assert WatcherModel.load(tmp_path / "empty", other) is None
