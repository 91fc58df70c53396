"""The agents' HTTP API: who may take, read and write what, and how it refuses."""

import asyncio

import pytest

from tests.handoff.shared_desk import SharedDesk
from tests.handoff.uploads.sample_files import picture
from tests.helpers.customer import Customer, ascii_json, msg_id
from tests.helpers.scripted_bot import say

pytestmark = pytest.mark.asyncio(loop_scope="module")

IDENTIFIED = {"command": "identified", "method": "order_phone", "phone": "13900005678", "name": "李小红"}
PHONE_FACTS = {"command": "case", "facts": {"order_no": "202611010003", "category": "product.quality"}}


def listed(items: list, customer: Customer) -> dict | None:  # type: ignore[type-arg]
    return next((one for one in items if one["conversation_id"] == customer.id), None)


async def test_the_owner_may_claim_again_and_others_are_told(desk: SharedDesk) -> None:
    customer = await desk.waiting("在吗")
    one, two = desk.people["agent1"], desk.people["agent2"]
    epoch = await one.claim(customer.id)
    assert await one.claim(customer.id) == epoch
    refused = await two.post(f"conversations/{customer.id}/claim")
    assert refused.status_code == 409
    assert "小林" in refused.json()["error"]["message"]
    assert (await two.try_to_say(customer.id, epoch, "我来")).status_code == 409


async def test_ten_claims_at_once_have_one_winner(desk: SharedDesk) -> None:
    customer = await desk.waiting()
    people = [desk.people[name] for name in ("agent1", "agent2", "boss")]
    answers = await asyncio.gather(*(one.post(f"conversations/{customer.id}/claim") for one in people * 3))
    won = {answer.json()["epoch"] for answer in answers if answer.status_code == 200}
    assert len(won) == 1
    owners = {index % 3 for index, answer in enumerate(answers) if answer.status_code == 200}
    assert len(owners) == 1, "only one person has it"
    assert {answer.status_code for answer in answers} <= {200, 409}


async def test_a_message_sent_twice_is_one_message(desk: SharedDesk) -> None:
    customer = await desk.waiting()
    agent = desk.people["agent1"]
    epoch = await agent.claim(customer.id)
    same = msg_id()
    first = await agent.try_to_say(customer.id, epoch, "您好", same)
    again = await agent.try_to_say(customer.id, epoch, "您好", same)
    other = await agent.try_to_say(customer.id, epoch, "别的话", same)
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert first.json() == again.json()
    assert other.json()["error"]["code"] == "conflict"
    await agent.end(customer.id, "close", epoch)
    late = await agent.try_to_say(customer.id, epoch, "您好", same)
    assert (late.status_code, late.json()) == (200, first.json())


async def test_an_old_epoch_is_stale_everywhere(desk: SharedDesk) -> None:
    customer = await desk.waiting()
    agent = desk.people["agent1"]
    epoch = await agent.claim(customer.id)
    assert (await agent.end(customer.id, "give-back", epoch)).status_code == 200
    for answer in (
        await agent.try_to_say(customer.id, epoch, "还在吗"),
        await agent.end(customer.id, "give-back", epoch),
        await agent.end(customer.id, "close", epoch),
    ):
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "stale")
    await customer.call("human")
    assert await agent.claim(customer.id) == epoch + 2, "give-back and claim each raise the epoch"


async def test_the_queue_is_by_group(desk: SharedDesk) -> None:
    desk.bot.when("机器坏了", say("抱歉", commands=[PHONE_FACTS]))
    broken = await desk.waiting("机器坏了")
    question = await desk.waiting("在吗")
    agents, tech, boss = [await desk.people[name].queue() for name in ("agent1", "tech1", "boss")]
    assert listed(agents, question)
    assert listed(boss, question)
    assert listed(boss, broken)
    assert not listed(tech, question)
    shown = listed(agents, broken) or listed(tech, broken)
    assert shown
    assert shown["preview"] == "机器坏了"
    assert shown["deadlines"]["first_response"]
    assert (shown["reason"], shown["customer"]) == ("requested", "访客")


async def test_another_group_s_conversation_does_not_exist(desk: SharedDesk) -> None:
    customer = await desk.waiting("在吗")
    tech = desk.people["tech1"]
    for answer in (
        await tech.post(f"conversations/{customer.id}/claim"),
        await tech.get(f"conversations/{customer.id}/log"),
        await tech.get(f"conversations/{customer.id}/record"),
        await tech.post(f"conversations/{customer.id}/notes", {"text": "看看"}),
        await tech.post(f"conversations/{customer.id}/reveal", {"field": "phone", "reason": "回访"}),
        await tech.get("conversations/c_nobody/log"),
        await tech.post("conversations/c_nobody/claim"),
    ):
        assert answer.status_code == 404, answer.text
        assert answer.json()["error"]["code"] == "not_found"


async def test_who_owned_it_may_still_read_it(desk: SharedDesk) -> None:
    desk.bot.when(
        "修一下", say("好", commands=[{"command": "case", "facts": {"category": "repair.request"}}])
    )
    customer = await desk.waiting("在吗")
    boss = desk.people["boss"]
    epoch = await boss.claim(customer.id)
    await boss.end(customer.id, "close", epoch)
    page = await boss.log(customer.id)
    assert page["state"] == "closed"
    recent = (await boss.get("conversations", scope="recent")).json()["items"]
    assert listed(recent, customer)


@pytest.mark.parametrize("who", ["designer1", "admin"])
async def test_designers_and_admins_have_no_customer_data(desk: SharedDesk, who: str) -> None:
    customer = await desk.waiting("在吗")
    person = desk.people[who]
    assert (await person.get("me")).json()["agent"]["role"] == person.agent["role"]
    for answer in (
        await person.get("queue"),
        await person.get("conversations"),
        await person.get(f"conversations/{customer.id}/log"),
        await person.get(f"conversations/{customer.id}/record"),
        await person.post(f"conversations/{customer.id}/claim"),
        await person.post(f"conversations/{customer.id}/reveal", {"field": "phone", "reason": "看看"}),
    ):
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")


async def test_agents_see_phones_only_when_they_reveal_them(desk: SharedDesk) -> None:
    """H7: for a reason, and audited."""
    desk.bot.when("我的电话13900005678", say("核实好了 13900005678", commands=[IDENTIFIED, PHONE_FACTS]))
    customer = await desk.waiting("我的电话13900005678")
    boss = desk.people["boss"]
    await boss.claim(customer.id)
    await boss.post(f"conversations/{customer.id}/notes", {"text": "客户电话13900005678"})
    everything = [
        (await boss.get(f"conversations/{customer.id}/log")).text,
        (await boss.get(f"conversations/{customer.id}/record")).text,
        (await boss.get("queue")).text,
    ]
    assert "13900005678" not in "".join(everything)
    assert "139****5678" in everything[0]
    revealed = await boss.post(
        f"conversations/{customer.id}/reveal", {"field": "phone", "reason": "电话回访"}
    )
    assert revealed.json() == {"value": "13900005678"}
    address = await boss.post(
        f"conversations/{customer.id}/reveal", {"field": "address", "reason": "安排上门"}
    )
    assert address.status_code == 200
    assert len(address.json()["value"]) > 5
    log = await boss.log(customer.id)
    assert {"field": "phone", "reason": "电话回访"} in [
        one["body"] for one in log["annotations"] if one["kind"] == "reveal"
    ]
    for body in (
        {"field": "phone"},
        {"field": "phone", "reason": "  "},
        {"field": "password", "reason": "好奇"},
        {},
    ):
        assert (await boss.post(f"conversations/{customer.id}/reveal", body)).status_code == 422


async def test_a_number_typed_into_a_message_can_be_revealed_too(desk: SharedDesk) -> None:
    customer = await desk.waiting()
    seq = await customer.say("改送到这个号码 13812345678")
    agent = desk.people["agent1"]
    path = f"conversations/{customer.id}/reveal"
    told = await agent.post(path, {"field": "message", "seq": seq, "reason": "改收货电话"})
    assert told.json() == {"value": "改送到这个号码 13812345678"}
    assert (await agent.post(path, {"field": "message", "seq": 1, "reason": "看看"})).status_code == 404
    assert (await agent.post(path, {"field": "message", "reason": "看看"})).status_code == 422
    (noted,) = [one for one in (await agent.log(customer.id))["annotations"] if one["kind"] == "reveal"]
    assert noted["body"] == {"field": "message", "reason": "改收货电话", "seq": seq}


async def test_the_record_is_filled_from_the_order_system(desk: SharedDesk) -> None:
    """H38."""
    desk.bot.when("核实", say("核实好了", commands=[IDENTIFIED, PHONE_FACTS]))
    customer = await Customer.open(desk.http)
    await customer.answer_to(await customer.say("核实"))
    await customer.call(
        "human"
    )  # somebody may have another conversation of this customer already: then it is theirs
    record = await desk.people["boss"].record(customer.id)
    assert record["order_system_asked"] is True
    assert record["order"]["order_no"] == "202611010003"
    assert record["order"]["items"][0]["name"] == "扫地机器人"
    assert record["customer"] == {
        "name": "李*",
        "contact": "139****5678",
        "verified": True,
        "method": "order_phone",
    }
    assert "order.total" not in record["missing"]


async def test_what_a_late_answer_wrote_outside_still_reaches_the_record(desk: SharedDesk) -> None:
    effect = {
        "effect": "urge",
        "key": "k",
        "request_no": "TK202611220009",
        "order_no": "202611010003",
        "summary": "催了发货",
    }
    desk.bot.when("催一下发货", say("已经催了", effects=[effect]))
    held = desk.bot.hold("催一下发货")
    customer = await Customer.open(desk.http)
    await customer.say("催一下发货")
    await desk.bot.asked("催一下发货")
    await customer.call("human")
    boss = desk.people["boss"]
    assert (await boss.record(customer.id))["bot_actions"] == []
    held.set()
    async with asyncio.timeout(20):
        while not (done := (await boss.record(customer.id))["bot_actions"]):
            await asyncio.sleep(0.2)
    assert [one["request_no"] for one in done] == ["TK202611220009"]
    page = await boss.log(customer.id)
    assert not [one for one in page["items"] if one["sender"] == "bot"], "its words were too late"
    assert [one["body"]["late"] for one in page["annotations"] if one["kind"] == "effect"] == [True]


async def test_notes_are_for_colleagues_only(desk: SharedDesk) -> None:
    customer = await desk.waiting()
    agent = desk.people["agent1"]
    answer = await agent.post(f"conversations/{customer.id}/notes", {"text": "老客户，语气客气点"})
    assert answer.status_code == 201
    (note,) = [one for one in (await agent.log(customer.id))["annotations"] if one["kind"] == "note"]
    assert (note["body"], note["author"]) == ({"text": "老客户，语气客气点"}, "小林")
    assert "老客户" not in str(await customer.log())
    for text in ("", "  ", "长" * 2001, 5, None):
        assert (await agent.post(f"conversations/{customer.id}/notes", {"text": text})).status_code == 422


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("messages", {"client_msg_id": "m", "kind": "text", "body": {"text": "没有编号"}}),
        ("messages", {"client_msg_id": "m", "epoch": 1, "kind": "text", "body": {"text": " "}}),
        ("messages", {"client_msg_id": "m", "epoch": 1, "kind": "button", "body": {"button_id": "b"}}),
        ("messages", {"client_msg_id": "m", "epoch": 1, "kind": "image", "body": {"upload_id": "u_foreign"}}),
        ("give-back", {"epoch": 1, "resolution": "whatever"}),
        ("give-back", {"epoch": True, "resolution": "solved"}),
        ("close", {"epoch": 1}),
        ("close", {"epoch": 1, "resolution": "solved", "summary": []}),
        ("close", {"epoch": 1, "resolution": "solved", "summary": {"category": "no.such"}}),
        ("close", {"epoch": 1, "resolution": "solved", "summary": {"demand": "长" * 501}}),
        ("close", []),
    ],
)
async def test_malformed_writes_get_one_clear_sentence(desk: SharedDesk, what: str, body: object) -> None:
    customer = await desk.waiting()
    agent = desk.people["agent1"]
    epoch = await agent.claim(customer.id)
    if isinstance(body, dict) and body.get("epoch") == 1 and body.get("epoch") is not True:
        body = {**body, "epoch": epoch}
    answer = await agent.http.post(
        f"/api/v1/agent/conversations/{customer.id}/{what}", json=body, headers={"X-CSRF-Token": agent.csrf}
    )
    assert answer.status_code == 422, answer.text
    assert answer.json()["error"]["message"].endswith("。")


async def test_the_log_pages_and_refuses_a_cursor_beyond_its_end(desk: SharedDesk) -> None:
    customer = await desk.waiting("在吗")
    agent = desk.people["agent1"]
    page = await agent.log(customer.id)
    assert [one["seq"] for one in page["items"]] == list(range(1, page["last_seq"] + 1))
    rest = await agent.log(customer.id, after=2)
    assert rest["items"][0]["seq"] == 3
    beyond = await agent.get(f"conversations/{customer.id}/log", after=page["last_seq"] + 1)
    assert (beyond.status_code, beyond.json()["error"]["code"]) == (409, "reload")


async def test_a_file_goes_both_ways(desk: SharedDesk) -> None:
    customer = await desk.waiting()
    agent = desk.people["agent1"]
    epoch = await agent.claim(customer.id)
    sent = await agent.http.post(
        f"/api/v1/agent/conversations/{customer.id}/uploads",
        files={"file": ("a.jpg", picture(), "image/jpeg")},
        headers={"X-CSRF-Token": agent.csrf},
    )
    assert sent.status_code == 201, sent.text
    body = {
        "client_msg_id": msg_id(),
        "epoch": epoch,
        "kind": "image",
        "body": {"upload_id": sent.json()["upload_id"]},
    }
    seq = (await agent.post(f"conversations/{customer.id}/messages", body)).json()["seq"]
    items = await customer.wait_for(lambda items: any(one["seq"] == seq for one in items))
    url = next(one for one in items if one["seq"] == seq)["body"]["url"]
    assert (await desk.http.get(url)).headers["content-type"] == "image/jpeg"


@pytest.mark.parametrize("nasty", ["\ud800", "\x00"])
async def test_characters_no_database_keeps_never_break_the_desk(desk: SharedDesk, nasty: str) -> None:
    customer = await desk.waiting("在吗")
    agent = desk.people["agent1"]
    epoch = await agent.claim(customer.id)
    assert (await agent.try_to_say(customer.id, epoch, f"您{nasty}好")).status_code == 201
    noted = await agent.post(f"conversations/{customer.id}/notes", {"text": f"等{nasty}回电"})
    assert noted.status_code == 201, noted.text
    empty = await agent.post(f"conversations/{customer.id}/notes", {"text": nasty})
    assert empty.status_code == 422
    assert (await agent.post("conversations/%00/claim")).status_code == 404
    assert (await agent.post("conversations/%ED%A0%80/claim")).status_code == 404
    login = ascii_json({"username": f"agent{nasty}1", "password": nasty})
    assert (await desk.http.post("/api/v1/agent/login", **login)).status_code == 422
    ended = await agent.end(customer.id, "close", epoch, note=f"好{nasty}了")
    assert ended.status_code == 200
    texts = [one["body"].get("text") for one in (await customer.log())["items"]]
    assert "您好" in texts


async def test_the_queue_is_read_on_after_its_first_page(desk: SharedDesk) -> None:
    customer = await desk.waiting("在吗")
    agent = desk.people["agent1"]
    front = (await agent.get("queue")).json()
    assert front["waiting"] == len(front["items"]) >= 1
    assert front["next"] is None
    newest = listed(front["items"], customer)
    assert newest
    mark = "waiting~III~safety~0~c_0"  # as long ago as can be: everybody stands behind it
    more = (await agent.get("queue/more", after=mark)).json()
    assert listed(more["items"], customer)
    assert more["waiting"] == front["waiting"]
    for wrong in ("", "2", "a~b~c~d~e", "waiting~I~~x~c_1", "x" * 3000):
        answer = await agent.get("queue/more", after=wrong)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")
    assert (await desk.people["designer1"].get("queue/more", after=mark)).status_code == 403
