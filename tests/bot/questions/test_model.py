"""Known questions: with the encoder by meaning, an entry younger than it by a head of its own, without it by spelling."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.encoder.encoder import Encoder
from bot.encoder.reading import encoder_text
from bot.intent.prepared import Prepared
from bot.questions.files import read_questions
from bot.questions.model import QuestionModel
from bot.text.normalise import normalised
from designer.inputs import ROOT

ENGRAVING = [
    *(
        "刻字要不要另外收费",
        "刻名字多少钱一个字",
        "在杯子上刻字贵不贵",
        "刻字服务免费的吗",
        "那刻个日期加钱不",
    ),
    *("刻英文和刻中文一个价吗", "我想刻女儿的名字 要加多少", "镌刻是送的还是要钱", "刻两行字收几块"),
]
ORDINARY = [
    "我要退货",
    "快递到哪了",
    "帮我开张发票",
    "在吗",
    "这个手机多少钱",
    "冰箱不制冷了",
    "转人工",
    "好的谢谢",
]


def said(text: str) -> Prepared:
    plain = normalised(text).text
    return Prepared(plain, tuple(plain))


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder()


@pytest.fixture(scope="module")
def shipped() -> list[tuple[str, Prepared]]:
    return [(entry, said(text)) for entry, text in read_questions(ROOT / "data" / "knowledge")]


def asked(model: QuestionModel, encoder: Encoder | None, text: str) -> str:
    """The likeliest entry that is likelier than not; empty when there is none."""
    encoded = encoder.encode(encoder_text(text)) if encoder else None
    found = model.known(said(text), encoded, least=0.5)
    return found[0].entry if found else ""


def test_the_encoder_knows_what_ships(encoder: Encoder, shipped: list[tuple[str, Prepared]]) -> None:
    model = QuestionModel.fit(shipped, [said(one) for one in ORDINARY], encoder)
    assert asked(model, encoder, "拒收之后钱要几天才退给我") == "refusal_refund"
    assert asked(model, encoder, "退货的盒子被我扔掉了 还给退吗") == "return_box_missing"
    assert asked(model, encoder, "我要退货") == ""
    assert asked(model, encoder, "在吗") == ""


def test_an_entry_younger_than_the_encoder_is_found_at_once(
    encoder: Encoder, shipped: list[tuple[str, Prepared]]
) -> None:
    questions = [*shipped, *(("engraving_fee", said(one)) for one in ENGRAVING)]
    model = QuestionModel.fit(questions, [said(one) for one in ORDINARY], encoder)
    assert asked(model, encoder, "刻个名字另收钱吗") == "engraving_fee"
    assert asked(model, encoder, "快递到哪了") == ""


def test_an_entry_that_was_taken_out_is_never_told(
    encoder: Encoder, shipped: list[tuple[str, Prepared]]
) -> None:
    left = [(entry, one) for entry, one in shipped if entry != "refusal_refund"]
    model = QuestionModel.fit(left, [said(one) for one in ORDINARY], encoder)
    assert asked(model, encoder, "拒收之后钱要几天才退给我") != "refusal_refund"


def test_without_the_encoder_nearly_the_same_words_are_found(shipped: list[tuple[str, Prepared]]) -> None:
    model = QuestionModel.fit(shipped, [said(one) for one in ORDINARY], None)
    entry, words = next((entry, one.text) for entry, one in shipped if len(one.text) > 8)
    assert asked(model, None, words + "呀") == entry
    assert asked(model, None, "今天天气不错") == ""


def test_what_was_fitted_is_what_is_loaded(
    encoder: Encoder, shipped: list[tuple[str, Prepared]], tmp_path: Path
) -> None:
    questions = [*shipped[:200], *(("engraving_fee", said(one)) for one in ENGRAVING)]
    model = QuestionModel.fit(questions, [said(one) for one in ORDINARY], encoder)
    model.save(tmp_path)
    again = QuestionModel.load(tmp_path, encoder)
    for text in ("刻个名字另收钱吗", "拒收了钱几天退", "转人工"):
        encoded = encoder.encode(encoder_text(text))
        assert again.known(said(text), encoded) == model.known(said(text), encoded)
        plain = [(one.entry, one.score) for one in model.known(said(text), None)]
        assert [(one.entry, one.score) for one in again.known(said(text), None)] == [
            (entry, pytest.approx(score, abs=0.01)) for entry, score in plain
        ]


def test_no_questions_no_answers(encoder: Encoder) -> None:
    model = QuestionModel.fit([], [], encoder)
    assert asked(model, encoder, "拒收了钱几天退") == ""
    assert asked(model, None, "拒收了钱几天退") == ""
