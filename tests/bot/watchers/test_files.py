"""data/watchers as read: own labels, those of other files behind + and ?, and the guesses for all others."""

from __future__ import annotations

from pathlib import Path

from bot.encoder.reading import WATCHERS
from bot.watchers.files import BLOCK, PARTS, read_watched, told_by_intent, watched_labels


def test_a_label_says_its_own_watchers_and_those_behind_a_sign() -> None:
    assert watched_labels("human", "yes") == ({"human": 1.0}, frozenset())
    assert watched_labels("complaint", "repeat") == ({"complaint": 1.0, "repeat": 1.0}, frozenset())
    assert watched_labels("privacy", "others") == ({"privacy": 0.0, "others": 1.0}, frozenset())
    told, unknown = watched_labels("threat", "no+repeat?human")
    assert told == {"threat": 0.0, "repeat": 1.0}
    assert unknown == {"human"}


def test_what_nobody_said_is_hardly_a_no_but_for_what_stays_open(tmp_path: Path) -> None:
    (tmp_path / "threat.tsv").write_text(
        "# 威胁\nyes\t我去告你们\nno?human\t找你们经理谈合作\n", encoding="utf-8"
    )
    sued, dealt = read_watched(tmp_path)
    assert "complaint" not in {*sued.told, *sued.hardly}  # who threatens mostly complains
    assert sued.hardly == set(WATCHERS) - {"threat", "complaint"}
    assert "human" not in dealt.hardly


def test_blocks_of_neighbours_are_kept_apart_together(tmp_path: Path) -> None:
    lines = [f"no\t句子{number}" for number in range(2 * BLOCK * PARTS)]
    (tmp_path / "safety.tsv").write_text("\n".join(lines), encoding="utf-8")
    apart = [one.apart for one in read_watched(tmp_path)]
    assert sum(apart) == 2 * BLOCK
    assert all(len(set(apart[i : i + BLOCK])) == 1 for i in range(0, len(apart), BLOCK))


def test_an_intent_says_yes_no_or_nothing() -> None:
    assert told_by_intent("ask_human")["human"] == 1.0
    assert told_by_intent("safety_hazard")["safety"] == 1.0
    assert told_by_intent("usage_howto")["privacy"] == 0.0
    assert "human" not in told_by_intent("complain_attitude")
