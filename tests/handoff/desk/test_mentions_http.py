"""@name in a note: the colleague is told, and may look; nobody else learns anything by it."""

from typing import Any

import pytest

from tests.handoff.shared_desk import SharedDesk
from tests.helpers.customer import Customer

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def note(desk: SharedDesk, who: str, customer: Customer, text: str, *mentions: Any) -> Any:
    body = {"text": text, "mentions": list(mentions)}
    return await desk.people[who].post(f"conversations/{customer.id}/notes", body)


async def alerts(desk: SharedDesk, who: str, customer: Customer) -> list[str]:
    told = (await desk.people[who].get("queue")).json()["alerts"]
    return [one["text"] for one in told if one["kind"] == "mention" and one["conversation_id"] == customer.id]


async def test_who_is_mentioned_is_told_and_may_look(desk: SharedDesk) -> None:
    customer = await desk.waiting("主板冒烟味")
    one, tech = desk.people["agent1"], desk.people["tech1"]
    me, them = one.agent["id"], tech.agent["id"]
    assert (await tech.get(f"conversations/{customer.id}/log")).status_code == 404
    done = await note(desk, "agent1", customer, "@周工 看看 电话13900117799\n谢谢", them, me, them)
    assert done.status_code == 201, done.text
    assert await alerts(desk, "tech1", customer) == [
        f"{one.agent['name']}在备注里提到您：@周工 看看 电话139****7799 谢谢"
    ]
    assert await alerts(desk, "agent1", customer) == [], "nobody is told of their own note"
    assert await alerts(desk, "agent2", customer) == []
    log = (await tech.get(f"conversations/{customer.id}/log")).json()
    (written,) = [one for one in log["annotations"] if one["kind"] == "note"]
    assert written["body"]["mentions"] == [tech.agent["name"]]
    assert (await note(desk, "tech1", customer, "先断电")).status_code == 201, "and may answer"
    assert "断电" not in str(await customer.log())


@pytest.mark.parametrize("mentions", [["a_nobody"], ["designer1"], ["x"] * 11, [5], ["\x00"]])
async def test_who_cannot_be_mentioned(desk: SharedDesk, mentions: list[Any]) -> None:
    customer = await desk.waiting("在吗")
    ids = [desk.people[one].agent["id"] if one == "designer1" else one for one in mentions]
    refused = await note(desk, "agent1", customer, "看看", *ids)
    assert refused.status_code == 422
    assert refused.json()["error"]["message"].endswith("。")
    notes = (await desk.people["agent1"].log(customer.id))["annotations"]
    assert not any(one["kind"] == "note" for one in notes), "nothing was written"


async def test_who_is_mentioned_in_a_note_of_a_case_is_told_and_may_look_there(desk: SharedDesk) -> None:
    customer, one, tech = await desk.waiting("个案里提到人"), desk.people["agent1"], desk.people["tech1"]
    await one.claim(customer.id)
    case_no = (await one.record(customer.id))["case_no"]
    assert (await tech.get(f"cases/{case_no}")).status_code == 404, "another group's"
    body = {"text": "@小马 帮看下型号，电话 13900112299", "mentions": [tech.agent["id"]]}
    assert (await one.post(f"cases/{case_no}/notes", body)).status_code == 201
    alerts = (await tech.get("queue")).json()["alerts"]
    (told,) = [alert for alert in alerts if alert["case_no"] == case_no]
    assert (told["kind"], told["conversation_id"]) == ("mention", None)
    assert "13900112299" not in told["text"]
    read = (await tech.get(f"cases/{case_no}")).json()
    assert read["timeline"][-1]["body"]["mentions"] == [tech.agent["name"]]
    wrong = {"text": "@谁", "mentions": ["designer1"]}
    assert (await one.post(f"cases/{case_no}/notes", wrong)).status_code == 422
