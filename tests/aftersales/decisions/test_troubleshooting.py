"""Troubleshooting as decisions: when it is offered, what is tried, what the record keeps (H12, H27)."""

from typing import Any

import pytest

from aftersales.decisions import CHOICES, DECISIONS, Inputs
from aftersales.order_system.port import OrderItem
from aftersales.troubleshooting import load_troubleshooting
from tests.aftersales.conftest import ROOT, START
from tests.aftersales.decisions.cases import POLICY, SHIRT, case, decide, order
from tests.aftersales.decisions.test_returns import ROBOT

TREES = load_troubleshooting(ROOT / "data" / "troubleshooting", frozenset(POLICY.returns.kinds))
NO_CHARGE = TREES.trees["robot_vacuum"].symptoms["no_charge"]


def told(
    *symptoms: str, item: OrderItem = ROBOT, facts: dict[str, Any] | None = None, **slots: Any
) -> Inputs:
    """A fault of the item, with these symptoms in the customer's words and these answers."""
    bought = order("signed", items=[item], signed_at=START)
    slots = {"reason": "quality", **slots}
    return case(bought, item=item, slots=slots, facts=facts or {}, troubleshooting=TREES, symptoms=symptoms)


OFFERS: list[tuple[Inputs, str]] = [
    (told("no_charge"), "offer"),
    (told("door", "no_charge"), "offer"),  # the first one that this kind of product knows
    (told("no_charge", solution="repair"), "offer"),
    (told(solution="repair"), "which"),
    (
        told(solution="repair", condition="used", first_look="not_told"),
        "none",
    ),  # the policy left only the repair
    (told(solution="repair", trouble="try"), "which"),
    (told("no_charge", trouble="try"), "begun"),
    (told(symptom="weak", solution="repair", trouble="try"), "begun"),
    (told(), "none"),  # nobody said what is wrong
    (told("door"), "none"),
    (told("no_charge", item=SHIRT), "none"),
    (told(solution="repair", item=SHIRT), "none"),
    (told("no_charge", solution="return"), "none"),
    (told("no_charge", solution="exchange", trouble="try"), "none"),  # changed their mind half-way
    (told("no_charge", condition="used"), "offer"),  # 用了两天就充不进电
    (told("no_charge", condition="misuse"), "none"),
    (told("no_charge", condition="misuse", trouble="try"), "none"),
    (told("no_charge", first_look="not_told"), "offer"),
    (
        told("no_charge", first_look="not_told", condition="used"),
        "none",
    ),  # 没摔过，正常用的: no answer to the offer
    (told("no_charge", first_look="used", condition="used"), "offer"),
    (told("no_charge", reason="damaged"), "none"),
    (told("no_charge", facts={"safety": True}), "none"),
    (told("no_charge", facts={"tried": ["重启过"]}), "none"),
    (told("no_charge", facts={"tried": ["擦充电触点：没好"]}, trouble="try"), "begun"),
    (told(symptom="other", solution="repair", trouble="try"), "none"),
]


@pytest.mark.parametrize(("inputs", "outcome"), OFFERS)
def test_when_it_is_offered(inputs: Inputs, outcome: str) -> None:
    found = decide("troubleshooting_offer", inputs)
    assert found.outcome == outcome
    if outcome in {"offer", "begun"}:
        assert found.slots["symptom"] in TREES.trees["robot_vacuum"].symptoms


def test_every_answer_on_the_offer_occurs() -> None:
    assert {outcome for _, outcome in OFFERS} == set(DECISIONS["troubleshooting_offer"].outcomes)


def test_the_offer_names_the_symptom_and_its_usual_causes() -> None:
    found = decide("troubleshooting_offer", told("no_charge"))
    assert found.values == {"symptom_name": NO_CHARGE.name, "often": NO_CHARGE.often}
    assert found.slots == {"symptom": "no_charge", "first_look": "not_told", "first_wish": "not_told"}


STEPS: list[tuple[dict[str, str], str]] = [
    ({}, "first"),
    ({"first": "still"}, "second"),
    ({"first": "tried", "second": "cannot"}, "third"),
    ({"first": "still", "second": "still", "third": "still"}, "failed"),
    ({"first": "solved"}, "solved"),
    ({"first": "still", "second": "still", "third": "found"}, "misuse"),
    ({"first": "all"}, "left"),
]


@pytest.mark.parametrize(("answers", "outcome"), STEPS)
def test_what_is_tried_next(answers: dict[str, str], outcome: str) -> None:
    found = decide("troubleshooting_step", told(symptom="no_charge", trouble="try", **answers))
    assert found.outcome == outcome
    if outcome in {"first", "second", "third"}:
        assert found.values["step"] == NO_CHARGE.steps[("first", "second", "third").index(outcome)].do


def test_the_next_step_tells_what_is_ruled_out() -> None:
    def after(**answers: str) -> str:
        return decide("troubleshooting_step", told(symptom="no_charge", trouble="try", **answers)).values[
            "after"
        ]

    assert after() == ""
    assert NO_CHARGE.steps[0].rules_out in after(first="still")
    assert NO_CHARGE.steps[0].rules_out not in after(first="cannot")
    assert NO_CHARGE.steps[1].rules_out in after(first="cannot", second="tried")


def test_the_record_keeps_what_was_tried_and_ruled_out() -> None:
    inputs = told(
        symptom="no_charge", trouble="try", first="still", second="cannot", facts={"tried": ["重启过"]}
    )
    found = decide("troubleshooting_step", inputs)
    assert found.facts["tried"] == [
        "重启过",
        "擦充电触点：没好，排除触点脏",
        "充电座插紧、换插座：顾客做不了",
    ]
    again = decide(
        "troubleshooting_step",
        told(symptom="no_charge", trouble="try", first="still", second="cannot", facts=dict(found.facts)),
    )
    assert again.facts["tried"] == found.facts["tried"]  # the flow is run again each turn: nothing is doubled


def test_misuse_is_the_customers_responsibility_and_the_state_of_the_goods() -> None:
    found = decide(
        "troubleshooting_step",
        told(symptom="no_charge", trouble="try", first="still", second="still", third="found"),
    )
    assert found.slots == {"condition": "misuse"}
    assert found.facts["responsibility"] == "usage"
    assert found.facts["tried"][-1] == "看触点有没有进水，再复位：发现有水渍或发绿"


@pytest.mark.parametrize(
    ("answers", "responsible"),
    [({"first": "solved"}, "usage"), ({"first": "still", "second": "solved"}, None)],
)
def test_a_fault_of_handling_that_is_solved_is_nobody_elses(
    answers: dict[str, str], responsible: str | None
) -> None:
    found = decide("troubleshooting_step", told(symptom="no_charge", trouble="try", **answers))
    assert found.facts.get("responsibility") == responsible


def test_a_tree_that_was_taken_away_ends_it() -> None:
    inputs = told(symptom="no_charge", trouble="try", item=SHIRT)
    assert decide("troubleshooting_step", inputs).outcome == "left"


def test_choices() -> None:
    symptoms = CHOICES["troubleshooting_symptoms"].run(told(solution="repair"))
    assert list(symptoms)[-1] == "other"
    assert symptoms["no_charge"] == NO_CHARGE.name
    plain = CHOICES["troubleshooting_answers"].run(told(symptom="no_charge", trouble="try"))
    assert list(plain) == ["solved", "still", "tried", "cannot"]
    looking = CHOICES["troubleshooting_answers"].run(
        told(symptom="no_charge", trouble="try", first="still", second="still")
    )
    assert looking["found"] == "有水渍或发绿"
