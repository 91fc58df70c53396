"""Who may offer how much (H39): the bot only what the policy lets it, an agent up to the level's amount, above that a person."""

from decimal import Decimal
from typing import Any

import pytest

from aftersales.advice import advice_values
from aftersales.compensation import most_by_agent, most_by_bot
from aftersales.decisions import Inputs
from aftersales.policy import Policy
from tests.aftersales.decisions.cases import LABELS, POLICY, START, TZ, decide


def with_bot(amount: int) -> Policy:
    rule = POLICY.store.compensation.model_copy(update={"bot_max": Decimal(amount)})
    return POLICY.model_copy(update={"store": POLICY.store.model_copy(update={"compensation": rule})})


def told(policy: Policy, *, facts: dict[str, Any] | None = None, **slots: str) -> Inputs:
    return Inputs(policy=policy, now=START, tz=TZ, labels=LABELS, facts=facts or {}, slots=slots)


def test_amounts_by_level() -> None:
    assert [most_by_agent(POLICY, one) for one in ("I", "II", "III")] == [Decimal(50), Decimal(300), None]
    assert [most_by_bot(POLICY, one) for one in ("I", "II", "III")] == [0, 0, 0]
    assert [most_by_bot(with_bot(80), one) for one in ("I", "II", "III")] == [50, 80, 0]


def test_a_bot_that_may_promise_nothing_says_nothing_of_it() -> None:
    assert decide("complaint_compensation", told(POLICY, demand="compensation")).outcome == "none"


def test_a_promise_goes_into_the_record_once() -> None:
    facts: dict[str, Any] = {"category": "complaint.service", "promises": ["24小时内回电"]}
    found = decide("complaint_compensation", told(with_bot(20), facts=facts, demand="compensation"))
    assert (found.outcome, found.values) == ("offered", {"amount": "20元"})
    assert found.facts["promises"] == ["24小时内回电", "补偿：最多 20元，由同事核实后发放"]
    again = decide(
        "complaint_compensation", told(with_bot(20), facts={**facts, **found.facts}, demand="compensation")
    )
    assert again.facts["promises"] == found.facts["promises"]


@pytest.mark.parametrize(
    ("facts", "slots"),
    [
        ({"category": "complaint.service"}, {"demand": "apology"}),
        ({"category": "complaint.service"}, {}),
        ({"category": "complaint.escalate"}, {"demand": "compensation"}),
        ({"category": "product.quality", "safety": True}, {"demand": "compensation"}),
    ],
)
def test_nothing_is_promised_unasked_or_in_a_grave_case(facts: dict[str, Any], slots: dict[str, str]) -> None:
    assert decide("complaint_compensation", told(with_bot(20), facts=facts, **slots)).outcome == "none"


@pytest.mark.parametrize(
    ("level", "channel", "said"),
    [
        ("I", "", ("小额优惠券，最多 50元", "对外投诉或曝光", "1440")),
        ("II", "heimao", ("部分退款或补偿，最多 300元", "黑猫投诉", "720")),
        ("III", "12315", ("由主管和专项小组定", "12315 消费者投诉热线", "15")),
        ("III", "火星", ("由主管和专项小组定", "对外投诉或曝光", "15")),
    ],
)
def test_advice_names_the_policys_own_numbers(level: Any, channel: str, said: tuple[str, str, str]) -> None:
    values = advice_values(POLICY, level=level, others="", threat_channel=channel)
    assert (values["compensation"], values["threat_channel"], values["answer_minutes"]) == said
    assert (values["stalled_hours"], values["quality_days"], values["diagnose_hours"]) == ("48", "15", "2")
