"""Domain, rules, topics and dialogue data fit together."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions import topics
from actions.dialogue_data import DialogueDataError, load_dialogue_data
from actions.topic import all_intents
from aftersales.categories import load_categories
from aftersales.policy import load_policy
from tests.actions.conftest import DOMAIN, ROOT

topics.load()


def _rules() -> dict[str, str]:
    found: dict[str, str] = {}
    for file in (ROOT / "data" / "rules").glob("*.yml"):
        for rule in yaml.safe_load(file.read_text(encoding="utf-8"))["rules"]:
            steps: list[dict[str, Any]] = rule["steps"]
            found[steps[0]["intent"]] = steps[1]["action"]
    return found


def test_every_rule_leads_to_the_topic_that_answers_the_intent() -> None:
    assert _rules() == all_intents()


def test_domain_knows_every_intent_and_action() -> None:
    intents = {next(iter(one)) if isinstance(one, dict) else one for one in DOMAIN["intents"]}
    assert intents == set(all_intents())
    assert set(DOMAIN["actions"]) == set(all_intents().values())


def test_every_listed_intent_of_the_categories_is_answered() -> None:
    categories = load_categories(ROOT / "data" / "categories.yml")
    assert set(categories.by_intent) <= set(all_intents())


def test_every_response_that_actions_name_exists_and_every_response_is_used() -> None:
    code = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "actions").rglob("*.py"))
    named = set(re.findall(r'"(utter_\w+)"', code))
    patterns = [f"^{one}\\w+$" for one in re.findall(r'f"(utter_[a-z_]*)\{', code)]
    known = set(DOMAIN["responses"])
    assert named <= known, named - known
    unused = {one for one in known - named if not any(re.match(pattern, one) for pattern in patterns)}
    assert unused <= {"utter_state_lost"}, unused


def test_repeatable_responses_have_two_wordings_that_differ() -> None:
    for name, variations in DOMAIN["responses"].items():
        texts = [one["text"] for one in variations]
        assert len(texts) == len(set(texts))
        assert len(texts) >= 2 or texts[0].startswith("{"), name
        assert not any("公司规定" in text for text in texts), name


def test_variations_of_a_response_offer_the_same() -> None:
    for name, variations in DOMAIN["responses"].items():
        if name in {"utter_verify_wrong", "utter_not_understood"}:  # the last wording also offers a person
            continue
        offered = {tuple(button["payload"] for button in one.get("buttons", [])) for one in variations}
        waits = {(one.get("custom") or {}).get("expects") for one in variations}
        assert len(offered) == 1, name
        assert len(waits) == 1, name


def test_issue_intents_have_a_name_for_the_choice_between_two() -> None:
    categories = load_categories(ROOT / "data" / "categories.yml")
    names = load_dialogue_data(ROOT / "data" / "dialogue").labels["intent"]
    issues = {intent for intent, category in categories.by_intent.items() if category.is_issue}
    assert issues <= set(names)


def test_choices_of_the_form_are_codes_of_the_policy() -> None:
    data = load_dialogue_data(ROOT / "data" / "dialogue")
    returns = load_policy(ROOT / "data" / "policy").returns
    for group, codes in {
        "reason": returns.reasons,
        "condition": returns.conditions,
        "solution": returns.solutions,
    }.items():
        named = {one.split(".", 1)[1] for one in data.triggers if one.startswith(f"{group}.")}
        assert named == set(codes), group


@pytest.mark.parametrize(
    ("group", "text", "code"),
    [
        ("reason", "质量有问题", "quality"),
        ("reason", "发错颜色了", "wrong"),
        ("reason", "不想要了", "no_reason"),
        ("reason", "尺码偏小", "size"),
        ("reason", "少发了一件", "missing"),
        ("condition", "没拆", "unopened"),
        ("condition", "拆了没用过", "opened"),
        ("condition", "用过几次", "used"),
        ("solution", "换一个吧", "exchange"),
        ("solution", "退款", "return"),
        ("solution", "仅退款", "refund_only"),
    ],
)
def test_own_words_are_read_as_codes(group: str, text: str, code: str) -> None:
    assert load_dialogue_data(ROOT / "data" / "dialogue").code_for(group, text) == code


def test_broken_dialogue_data_is_one_clear_line(tmp_path: Path) -> None:
    for name in ("labels", "counts", "triggers"):
        (tmp_path / f"{name}.yml").write_text(
            (ROOT / "data" / "dialogue" / f"{name}.yml").read_text("utf-8"), "utf-8"
        )
    (tmp_path / "triggers.yml").write_text("agree: ['(']\n", "utf-8")
    with pytest.raises(DialogueDataError, match="agree"):
        load_dialogue_data(tmp_path)
    (tmp_path / "triggers.yml").write_text("agree: [好]\n", "utf-8")
    (tmp_path / "counts.yml").write_text("misses_before_person: 零\n", "utf-8")
    with pytest.raises(DialogueDataError, match="正整数"):
        load_dialogue_data(tmp_path)
