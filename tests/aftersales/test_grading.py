"""From facts to queue, order and deadlines (H9-H15, H44)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.categories import Categories, load_categories
from aftersales.grading import Grade, Known, grade, raised_by_repeat, worse
from aftersales.policy import Policy, load_policy
from tests.aftersales.conftest import ROOT

POLICY = load_policy(ROOT / "data" / "policy")
CATEGORIES = load_categories(ROOT / "data" / "categories.yml")
REASONS = [
    None,
    *("requested", "anger", "threat", "safety", "complaint", "repeat", "misunderstood"),
    *("no_progress", "out_of_policy", "unsure", "privacy", "bot_unavailable"),
]
LEVELS = ["I", "II", "III"]


def graded(facts: dict[str, Any], **more: Any) -> Grade:
    return grade(facts, policy=POLICY, categories=CATEGORIES, **more)


@pytest.mark.parametrize(
    ("facts", "more", "level", "urgency", "group", "priority"),
    [
        ({"category": "presale.product"}, {}, "I", "info", "product", 5),
        ({"category": "logistics.track"}, {"reason": "requested"}, "I", "info", "logistics", 5),
        (
            {"category": "logistics.urge"},
            {"reason": "anger", "emotion": "angry"},
            "II",
            "normal",
            "logistics",
            2,
        ),
        ({"category": "return.request"}, {"emotion": "displeased"}, "I", "normal", "ticket", 3),
        ({"category": "return.request"}, {}, "I", "normal", "ticket", 4),
        ({"category": "product.quality"}, {}, "II", "normal", "technical", 3),
        ({"category": "product.quality", "usable": False}, {}, "II", "urgent", "technical", 2),
        (
            {"category": "product.quality", "safety": True},
            {"reason": "safety"},
            "III",
            "urgent",
            "technical",
            1,
        ),
        ({"category": "product.quality", "batch_defect": True}, {}, "III", "normal", "technical", 1),
        ({"category": "return.request"}, {"reason": "threat"}, "III", "normal", "complaint", 1),
        ({"category": "complaint.escalate"}, {}, "III", "urgent", "complaint", 1),
        ({"category": "complaint.service"}, {"reason": "complaint"}, "II", "normal", "complaint", 3),
        ({"category": "complaint.result"}, {"reason": "complaint"}, "II", "normal", "complaint", 2),
        ({"category": "service.human"}, {"reason": "requested"}, "I", "normal", "online", 4),
        ({}, {"reason": "misunderstood"}, "I", "info", "online", 5),
        ({"category": "no.such"}, {"reason": "bot_unavailable"}, "I", "info", "online", 5),
    ],
)
def test_examples(
    facts: dict[str, Any], more: dict[str, Any], level: str, urgency: str, group: str, priority: int
) -> None:
    result = graded(facts, **more)
    assert (result.level, result.urgency, result.group, result.priority) == (level, urgency, group, priority)


@pytest.mark.parametrize(
    ("facts", "more", "kind", "complaint_grade", "supervisor"),
    [
        ({"category": "logistics.urge"}, {"reason": "anger", "emotion": "angry"}, None, None, False),
        ({"category": "complaint.service"}, {}, "service", "general", False),
        ({"category": "complaint.service"}, {"emotion": "angry"}, "service", "important", False),
        ({"category": "complaint.result"}, {}, "result", "important", False),
        ({"category": "complaint.result"}, {"contacts": 3}, "repeat", "important", False),
        ({"category": "return.request"}, {"reason": "complaint"}, "result", "important", False),
        ({"category": "refund.progress", "threat_channel": "12315"}, {}, "publicity", "major", True),
        ({"category": "product.quality", "safety": True}, {"reason": "threat"}, "publicity", "crisis", True),
        ({"category": "complaint.service", "complaint_kind": "repeat"}, {}, "repeat", "important", False),
    ],
)
def test_complaints(
    facts: dict[str, Any],
    more: dict[str, Any],
    kind: str | None,
    complaint_grade: str | None,
    supervisor: bool,
) -> None:
    result = graded(facts, **more)
    assert (result.complaint_kind, result.complaint_grade, result.supervisor) == (
        kind,
        complaint_grade,
        supervisor,
    )


def test_responsibility_is_what_was_found_else_what_the_category_suggests() -> None:
    assert graded({"category": "logistics.damaged"}).responsibility == "logistics"
    assert graded({"category": "product.quality"}).responsibility == "undetermined"
    assert graded({"category": "product.quality", "responsibility": "usage"}).responsibility == "usage"
    assert (
        graded({"category": "product.quality", "responsibility": "weather"}).responsibility == "undetermined"
    )


def test_level_says_why_in_chinese() -> None:
    assert graded({"category": "product.quality", "safety": True}, reason="safety").because == ("有安全隐患",)
    assert graded({"category": "return.request"}).because == ()


def test_every_category_has_its_rule_and_group(policy: Policy, categories: Categories) -> None:
    assert len(categories.by_code) == 26
    for code, category in categories.by_code.items():
        result = grade({"category": code}, policy=policy, categories=categories)
        assert (result.category, result.stage) == (code, category.stage)
    assert categories.of_intent("return_request").code == "return.request"
    assert categories.of_intent("nobody_knows").code == "service.other"


ANY_FACT = st.one_of(st.none(), st.booleans(), st.text(max_size=5), st.lists(st.text(max_size=3), max_size=2))


@given(
    category=st.sampled_from([*CATEGORIES.by_code, "x"]) | ANY_FACT,
    facts=st.dictionaries(
        st.sampled_from(
            ["safety", "usable", "batch_defect", "responsibility", "complaint_kind", "threat_channel"]
        ),
        ANY_FACT,
    ),
    reason=st.sampled_from(REASONS),
    emotion=st.sampled_from(["calm", "displeased", "angry"]),
    contacts=st.integers(0, 9),
)
def test_any_facts_can_be_graded(
    category: Any, facts: dict[str, Any], reason: Any, emotion: Any, contacts: int
) -> None:
    facts = {"category": category, **facts}
    result = graded(facts, reason=reason, emotion=emotion, contacts=contacts)
    assert 1 <= result.priority <= 5
    assert (result.complaint_kind is None) == (result.complaint_grade is None)
    if result.level == "III":
        assert result.priority == 1
    if reason in ("threat", "safety"):
        assert result.level == "III"
    angrier = graded(facts, reason=reason, emotion="angry", contacts=contacts)
    assert worse(angrier.level, result.level) == angrier.level
    assert angrier.priority <= result.priority
    dangerous = graded({**facts, "safety": True}, reason=reason, emotion=emotion, contacts=contacts)
    assert (dangerous.level, dangerous.urgency, dangerous.priority) == ("III", "urgent", 1)


@given(one=st.sampled_from(LEVELS), other=st.sampled_from(LEVELS))
def test_worse_is_the_higher_level(one: Any, other: Any) -> None:
    assert LEVELS.index(worse(one, other)) == max(LEVELS.index(one), LEVELS.index(other))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((None, None), ("repeat", "important")),
        (("service", "general"), ("service", "important")),
        (("result", "important"), ("result", "major")),
        (("publicity", "major"), ("publicity", "major")),
        (("publicity", "crisis"), ("publicity", "crisis")),
    ],
)
def test_the_same_matter_again_is_a_graver_complaint(before: Any, after: Any) -> None:
    """H13, H14; a repeat alone never makes a crisis."""
    raised = raised_by_repeat(POLICY, Known("I", *before))
    assert (raised.complaint_kind, raised.complaint_grade) == after


def test_what_is_told_now_never_makes_a_known_matter_less_serious() -> None:
    calm = {"category": "logistics.track"}
    known = graded(calm, at_least=Known("II", "result", "major"))
    assert (known.level, known.complaint_kind, known.complaint_grade) == ("II", "result", "major")
    assert (known.priority, known.supervisor) == (1, True)
    threat = graded(calm, reason="threat", at_least=Known("I", "repeat", "important"))
    assert (threat.level, threat.complaint_kind, threat.complaint_grade) == ("III", "publicity", "major")
    assert graded(calm, at_least=Known("I", None, None)) == graded(calm)
