"""The linear model's belief and the encoder's as one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.encoder.encoder import Encoder
from bot.encoder.shared import encoder_problem
from bot.intent.categories import category_of
from bot.intent.mixed import EncoderMix
from bot.intent.prepared import Prepared

LABELS = ["invoice_request", "refund_progress", "return_request", "track_parcel"]
YOUNG = [
    *(
        "帮我把表带刻上名字",
        "能刻字吗 刻我女儿的名字",
        "杯子上刻两个字行不",
        "刻字要多久",
        "名字刻错了能改么",
        "想在戒指里面刻日期",
    ),
    *("刻字收费不", "可以刻英文吗", "钢笔刻名字", "给奖牌刻一行字"),
]
KNOWN = [
    *(
        ("我要退货", "return_request"),
        ("不想要了给我退了吧", "return_request"),
        ("快递到哪了", "track_parcel"),
    ),
    *(
        ("物流怎么不动", "track_parcel"),
        ("开一张发票", "invoice_request"),
        ("发票抬头写公司", "invoice_request"),
    ),
    *(("退款到哪一步了", "refund_progress"), ("钱还没到账", "refund_progress")),
]


def said(text: str) -> Prepared:
    return Prepared(text, tuple(text))


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder()


def even(count: int) -> np.ndarray:
    return np.full(count, 1 / count)


def test_the_mix_is_a_distribution_and_hears_the_encoder(encoder: Encoder) -> None:
    mix = EncoderMix.fit([said(t) for t, _ in KNOWN], [i for _, i in KNOWN], LABELS, encoder)
    found = mix.mixed(even(4), encoder.encode("我要退货"))
    assert found.sum() == pytest.approx(1.0)
    assert LABELS[int(found.argmax())] == "return_request"


def test_one_model_alone_rules_nothing_out(encoder: Encoder) -> None:
    mix = EncoderMix.fit([said(t) for t, _ in KNOWN], [i for _, i in KNOWN], LABELS, encoder)
    sure = np.array([0.0, 0.0, 0.0, 1.0])
    assert mix.mixed(sure, encoder.encode("我要退货"))[LABELS.index("return_request")] > 0


def test_an_intent_younger_than_the_encoder_gets_a_head_of_its_own(
    encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = sorted([*LABELS, "engraving"])
    sentences = [*((t, "engraving") for t in YOUNG), *KNOWN]
    mix = EncoderMix.fit([said(t) for t, _ in sentences], [i for _, i in sentences], labels, encoder)
    mix.save(tmp_path)
    kept = EncoderMix.load(tmp_path, labels, encoder)
    assert kept is not None
    found = kept.mixed(even(5), encoder.encode("能不能刻个名字上去"))
    assert labels[int(found.argmax())] == "engraving"
    again = kept.mixed(even(5), encoder.encode("我的快递到哪了"))
    assert category_of(labels[int(again.argmax())]) == "logistics.track"


def test_a_model_trained_with_another_encoder_does_without_and_says_so(
    encoder: Encoder, tmp_path: Path
) -> None:
    EncoderMix.fit([said(t) for t, _ in KNOWN], [i for _, i in KNOWN], LABELS, encoder).save(tmp_path)
    (tmp_path / "encoder.json").write_text('{"print": "another", "young": {}}', encoding="utf-8")
    assert EncoderMix.load(tmp_path, LABELS, encoder) is None
    assert "make train" in (encoder_problem() or "")
    EncoderMix.fit([said(t) for t, _ in KNOWN], [i for _, i in KNOWN], LABELS, encoder).save(tmp_path)
    assert EncoderMix.load(tmp_path, LABELS, encoder) is not None
    assert encoder_problem() is None


def test_without_an_encoder_there_is_no_mix(tmp_path: Path) -> None:
    assert EncoderMix.load(tmp_path, LABELS, None) is None
