"""The handoff model on sessions with a known answer, and its golden-transfer scores by hand."""

from __future__ import annotations

import json
import math
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.handoff_model.golden_transfer import golden_transfer
from bot.handoff_model.model import HandoffModel, best_threshold, folds
from bot.handoff_model.session_features import NAMES, SessionFeatures
from bot.handoff_model.sessions import Session, SessionError, Utterance, labels, read_sessions
from bot.handoff_model.trees import Trees
from bot.handoff_model.utterance_model import (
    VIEWS,
    Memory,
    Table,
    UtteranceModel,
    inverse_document_frequencies,
)
from bot.handoff_model.utterance_scorer import UtteranceScorer

CALM = ["thanks order please", "where parcel", "size colour", "ok good"]
SHOP = ["dear wait", "checking order", "sent parcel"]


def made_sessions(count: int, seed: int) -> list[Session]:
    """Sessions in which customers who say "useless" twice should be handed over from the second time on."""
    draw = random.Random(seed)
    sessions = []
    for number in range(count):
        angry = number % 2 == 0
        said, session = 0, []
        for turn in range(draw.randint(6, 12)):
            if turn % 2:
                session.append(Utterance("shop", tuple(draw.choice(SHOP).split())))
                continue
            words = draw.choice(CALM).split()
            if angry and turn >= 2:
                words.append("useless")
                said += 1
            session.append(Utterance("customer", tuple(words), transfer=said >= 2))
        sessions.append(tuple(session))
    return sessions


@pytest.fixture(scope="module")
def model() -> HandoffModel:
    return HandoffModel.fit(made_sessions(60, seed=1))


def test_it_learns_what_needs_more_than_one_utterance(model: HandoffModel) -> None:
    """ "useless" once is no handoff, twice is: only the context can tell."""
    right = total = 0
    for session in made_sessions(30, seed=2):
        for utterance, score in zip(session, model.scores_of(session), strict=True):
            right += (score >= model.threshold) == utterance.transfer
            total += 1
    assert right / total > 0.95


def test_scores_use_only_the_past(model: HandoffModel) -> None:
    session = made_sessions(1, seed=3)[0]
    whole = list(model.scores_of(session))
    for end in range(1, len(session)):
        assert list(model.scores_of(session[:end])) == pytest.approx(whole[:end], abs=1e-12)
        assert model.score_last(session[:end]) == pytest.approx(whole[end - 1], abs=1e-12)


def test_serving_scores_are_the_sums_of_the_named_weights() -> None:
    """What `Memory` spells out name by name for the training, `UtteranceScorer` works out on arrays."""
    sessions = made_sessions(40, seed=5)
    idf = inverse_document_frequencies(sessions)
    local = UtteranceModel.fit(Table.of(sessions, idf), idf, np.array(labels(sessions)))
    scorer = UtteranceScorer.of(local)
    for session in made_sessions(20, seed=6):
        memory = Memory()
        for utterance, served in zip(session, scorer.scores(session), strict=True):
            rows = memory.rows(utterance, idf)
            named = {name: value for row in rows for name, value in row.items()}
            for view, bias in enumerate(local.bias):
                spelled_out = bias + sum(
                    local.weights[name][view] * value
                    for name, value in named.items()
                    if name in local.weights
                )
                assert served[view] == pytest.approx(spelled_out, abs=1e-9)
    assert scorer.scores(()) == []


def test_a_loaded_model_cannot_be_saved_again(model: HandoffModel, tmp_path: Path) -> None:
    model.save(tmp_path / "handoff.json.gz")
    with pytest.raises(ValueError, match="no named weights"):
        HandoffModel.load(tmp_path / "handoff.json.gz").save(tmp_path / "again.json.gz")


def test_a_saved_model_scores_the_same(model: HandoffModel, tmp_path: Path) -> None:
    model.save(tmp_path / "handoff.json.gz")
    again = HandoffModel.load(tmp_path / "handoff.json.gz")
    sessions = made_sessions(5, seed=4)
    assert np.allclose(model.score(sessions), again.score(sessions), atol=1e-12)
    assert again.threshold == model.threshold


def test_flat_trees_agree_with_the_library_also_on_unknown_values() -> None:
    from sklearn.ensemble import HistGradientBoostingClassifier

    from bot.handoff_model.trees import SETTINGS

    draw = np.random.default_rng(0)
    rows = draw.normal(size=(900, 6))
    rows[draw.random(rows.shape) < 0.15] = np.nan
    y = (np.nan_to_num(rows[:, 0]) + np.nan_to_num(rows[:, 1]) ** 2 > 0.7).astype(int)
    ours = Trees.fit(rows, y)
    theirs = HistGradientBoostingClassifier(**SETTINGS).fit(rows, y).predict_proba(rows)[:, 1]
    assert np.allclose(ours.probabilities(rows), theirs, atol=1e-9)


def test_features_have_the_promised_order() -> None:
    assert len(SessionFeatures().add(Utterance("customer", ("a",)), [0.5] * len(VIEWS))) == len(NAMES)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("not json", "第 1 行"),
        ('{"session":[{"role":"bot","text":"x"}]}', "role"),
        ('{"session":[{"role":"shop"}]}', "text 或 tokens"),
        ('{"session":[{"role":"shop","text":"x","transfer":3}]}', "transfer"),
        ("", "没有会话"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, says: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(SessionError, match=says):
        read_sessions(path, str.split)


def test_tokens_are_taken_as_they_are_and_text_is_split(tmp_path: Path) -> None:
    turns = [{"role": "customer", "tokens": ["12", "7"], "transfer": 1}, {"role": "shop", "text": "a b"}]
    (tmp_path / "s.jsonl").write_text(json.dumps({"session": turns}) + "\n\n", encoding="utf-8")
    ((first, second),) = read_sessions(tmp_path / "s.jsonl", str.split)
    assert first.tokens == ("12", "7")
    assert first.transfer
    assert second.tokens == ("a", "b")
    assert not second.transfer


def test_golden_transfer_by_hand() -> None:
    assert golden_transfer([0, 0, 0], [0, 0, 0], 1) == 1
    assert golden_transfer([0, 1, 0], [0, 0, 0], 1) == 0
    assert golden_transfer([0, 0, 0], [0, 1, 0], 1) == 0
    assert golden_transfer([0, 1, 0], [0, 1, 0], 1) == 1
    assert golden_transfer([0, 1, 0], [0, 0, 1], 1) == pytest.approx(math.exp(-0.5))
    assert golden_transfer([0, 1, 0], [1, 0, 1], 2) == pytest.approx(math.exp(-1 / 8))
    # λ > 0 makes a late handoff (p after q) count less near than an early one
    assert golden_transfer([0, 1, 0], [0, 0, 1], 1, 0.5) == pytest.approx(math.exp(-1))
    assert golden_transfer([0, 1, 0], [1, 0, 0], 1, 0.5) == pytest.approx(math.exp(-1 / 3))


@given(st.lists(st.integers(0, 1), max_size=12), st.data())
def test_golden_transfer_is_a_share_and_grows_with_tolerance(truth: list[int], data: st.DataObject) -> None:
    predicted = data.draw(st.lists(st.integers(0, 1), min_size=len(truth), max_size=len(truth)))
    scores = [golden_transfer(truth, predicted, t) for t in (1, 2, 3)]
    assert all(0 <= s <= 1 for s in scores)
    assert scores == sorted(scores)
    assert golden_transfer(truth, truth, 1) == 1


@given(st.integers(1, 40))
def test_folds_keep_sessions_whole_and_use_each_once(count: int) -> None:
    tested = [i for _, test in folds(count) for i in test]
    assert sorted(tested) == list(range(count))
    assert all(not set(train) & set(test) for train, test in folds(count))


def test_the_threshold_is_where_f1_is_best() -> None:
    y = np.array([0, 0, 1, 0, 1, 1])
    score = np.array([0.1, 0.2, 0.6, 0.3, 0.7, 0.9])
    assert 0.3 < best_threshold(y, score) < 0.6
