"""The intent model through its own face: probabilities, persistence, augmentation, and which of two matters comes first."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.intent.augmentation import augmented
from bot.intent.categories import category_of
from bot.intent.features import phonetic_features
from bot.intent.linear import LinearIntentModel
from bot.intent.prepared import Prepared
from bot.intent.syllables import syllables

SENTENCES = {
    "greet": ["你好", "在吗", "亲在不在", "早上好", "有人吗", "哈喽"],
    "track_parcel": [
        "快递到哪了",
        "查下物流",
        "物流单号多少",
        "包裹走到哪里了",
        "我的快递到哪",
        "看下物流信息",
    ],
    "return_request": ["我要退货", "想退了这件", "退了吧不喜欢", "申请退货", "这个我要退掉", "帮我退货"],
    "refund_request": ["申请退款", "帮我退款", "我要仅退款", "退款给我", "把钱退我", "给我退款吧"],
}


def said(text: str) -> Prepared:
    return Prepared(text, tuple(text))


@pytest.fixture(scope="module")
def model() -> LinearIntentModel:
    made = LinearIntentModel(min_sentences=1)
    pairs = [(said(text), intent) for intent, texts in SENTENCES.items() for text in texts]
    made.fit([sentence for sentence, _ in pairs], [intent for _, intent in pairs])
    return made


def best(model: LinearIntentModel, text: str) -> str:
    return model.labels[int(model.probabilities(said(text)).argmax())]


@pytest.mark.parametrize("text", ["快递到哪了", "", "完全没见过的字", "你好我要退货"])
def test_probabilities_add_up_whatever_is_typed(model: LinearIntentModel, text: str) -> None:
    chances = model.probabilities(said(text))
    assert chances.sum() == pytest.approx(1.0, abs=1e-5)
    assert (chances >= 0).all()


def test_syllables_lose_tones_and_leave_other_signs_alone() -> None:
    table = syllables()
    assert table["块"] == table["快"] == "kuai"
    found = phonetic_features(said("块递3"), table, 2)
    assert found == ["^ ", "kuai ", "di ", "3 ", "$ ", "^ kuai ", "kuai di ", "di 3 ", "3 $ "]


def test_an_added_greeting_does_not_hide_the_issue(model: LinearIntentModel) -> None:
    assert best(model, "在吗快递到哪了") == "track_parcel"
    assert best(model, "你好") == "greet"


def test_a_saved_model_answers_the_same(model: LinearIntentModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    again = LinearIntentModel.load(tmp_path)
    for text in ("想退货", "查物流", "在么"):
        assert list(again.probabilities(said(text))) == pytest.approx(list(model.probabilities(said(text))))


def test_a_category_that_is_written_more_often_wins_a_close_answer() -> None:
    pairs = [(said(text), intent) for intent, texts in SENTENCES.items() for text in texts]
    with_prior = LinearIntentModel(min_sentences=1, class_prior={"service.social": 50.0})
    even = LinearIntentModel(min_sentences=1)
    for made in (with_prior, even):
        made.fit([sentence for sentence, _ in pairs], [intent for _, intent in pairs])
    column = even.labels.index("greet")
    assert with_prior.probabilities(said("嗯"))[column] > even.probabilities(said("嗯"))[column]


def test_wrong_characters_that_sound_right_are_understood(model: LinearIntentModel) -> None:
    pairs = [(said(text), intent) for intent, texts in SENTENCES.items() for text in texts]
    without_phonetics = LinearIntentModel(min_sentences=1, phonetic_ngrams=0)
    without_phonetics.fit([sentence for sentence, _ in pairs], [intent for _, intent in pairs])
    assert best(model, "块地道那了") == "track_parcel"
    column = model.labels.index("return_request")
    with_it, without = (
        model.probabilities(said("窝药腿获")),
        without_phonetics.probabilities(said("窝药腿获")),
    )
    assert with_it[column] > without[column] + 0.05
    assert without.sum() == pytest.approx(1.0, abs=1e-5)


def test_one_intent_alone_is_refused() -> None:
    with pytest.raises(ValueError, match="至少要有两个意图"):
        LinearIntentModel().fit([said("你好"), said("在吗")], ["greet", "greet"])


def test_copies_are_made_of_issues_only_and_keep_the_sentence() -> None:
    sentences = [said(text) for texts in SENTENCES.values() for text in texts]
    intents = [intent for intent, texts in SENTENCES.items() for _ in texts]
    copies, sources = augmented(sentences, intents, [category_of(i) for i in intents], 1.0)
    assert {intents[i] for i in sources} == set(SENTENCES) - {"greet"}
    for copy, source in zip(copies, sources, strict=True):
        assert sentences[source].text in copy.text
        assert copy.text != sentences[source].text
    assert augmented(sentences, intents, [category_of(i) for i in intents], 1.0) == (copies, sources)
    assert augmented(sentences, intents, [category_of(i) for i in intents], 0.0) == ([], [])
