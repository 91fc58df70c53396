"""The format of tests/conversations/*.yml, readable by designers, and the checks behind its words.

- 对话: 名称
  登录: {sub: u1, phone: "13800001234"}    # 可选，店铺登录的身份
  过程:
    - 顾客: 我的快递到哪了                  # 或 按钮: 确认取消 / 图片: u_1 / 交回: {结果: solved, 说明: …}
      说: [订单号, 后四位]                 # 回复里必须出现的词，“A|B” 表示任一个
      不说: [13800001234]
      一遍: [运费险]                       # 这些词只说一次，不多不少
      等: order_no                         # 机器人在等什么（expects）
      选项: [确认取消]                      # 必须有的按钮
      卡片: {card: order, state: paid}
      转: anger                            # 转人工的原因；不写就是不许转
      知道: {category: order.cancel}        # 到这一步为止已经交给坐席服务的情况
      办: order_cancelled                  # 写到外部的事（effect），几样写成列表
      身份: order_phone
      结束: true
    - 排队: 不排队了 我就问…               # 转了人工、还在等时说的话：机器人只听；说不排了，余下的接着答
      出队: true                           # true 退出了排队 · ask 先问一句 · 不写就是还在等
"""

import uuid
from pathlib import Path
from typing import Any, Protocol

import yaml

from tests.conversations.stack import Customer, Stack

KEYS = {
    "顾客",
    "按钮",
    "图片",
    "交回",
    "说",
    "不说",
    "一遍",
    "等",
    "选项",
    "卡片",
    "转",
    "知道",
    "办",
    "身份",
    "结束",
    "排队",
    "出队",
}
EXPECTS = {
    *(
        "order_no",
        "phone_tail",
        "item",
        "reason",
        "condition",
        "evidence",
        "solution",
        "confirm",
        "clarify",
        "rating",
    ),
    *("address", "invoice_title", "tax_no", "email", "tracking_no"),
}
REASONS = {
    *("requested", "anger", "threat", "safety", "complaint", "repeat", "misunderstood", "no_progress"),
    *("out_of_policy", "unsure", "privacy", "bot_unavailable"),
}
NEVER_SAID = ("公司规定", "{", "None", "utter_", "Traceback")


def read_conversations(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """(file: name, conversation) of every YAML file; fails when a name is missing or doubled, or a word is unknown."""
    found: dict[str, dict[str, Any]] = {}
    for file in sorted(folder.glob("*.yml")):
        for one in yaml.safe_load(file.read_text(encoding="utf-8")):
            name = f"{file.stem}: {one['对话']}"
            assert name not in found, f"{name} 写了两次"
            for step in one["过程"]:
                assert set(step) <= KEYS, f"{name} 里有不认识的词 {set(step) - KEYS}"
            found[name] = one
    return list(found.items())


class Speaker(Protocol):
    """Who plays the customer: against the real services (stack.Customer) or in one process (designer.local_bot.Talk)."""

    @property
    def facts(self) -> dict[str, Any]: ...

    def say(self, text: str) -> dict[str, Any]: ...

    def press(self, label: str) -> dict[str, Any]: ...

    def picture(self, upload_id: str, text: str | None = None) -> dict[str, Any]: ...

    def given_back(self, resolution: str, note: str | None = None) -> dict[str, Any]: ...

    def send(self, content: dict[str, Any]) -> dict[str, Any]: ...


def play(stack: Stack, name: str, conversation: dict[str, Any]) -> None:
    """Talk through one conversation with the real services and check every step. The conversation's id, from which the bot
    chooses among the wordings of a response, comes from its name: a failure is the same failure the next time."""
    known = f"c_{uuid.uuid5(uuid.NAMESPACE_URL, name).hex}"
    play_with(Customer(stack, identity=conversation.get("登录"), conversation_id=known), conversation)


def play_with(customer: Speaker, conversation: dict[str, Any]) -> None:
    """Talk through one conversation and check every step."""
    last_said = ""
    for number, step in enumerate(conversation["过程"], 1):
        answer = _do(customer, step)
        said = [reply["text"] for reply in answer["replies"] if reply["kind"] == "text"]
        where = f"第 {number} 步 {step}\n回复：{said}\n命令：{answer['commands']}\n理解：{answer['understanding']}"
        assert said or "排队" in step, where
        _check_always(answer, said, last_said, where)
        _check_step(customer, answer, said, step, where)
        last_said = said[-1] if said else ""


def _do(customer: Speaker, step: dict[str, Any]) -> dict[str, Any]:
    if "按钮" in step:
        return customer.press(step["按钮"])
    if "图片" in step:
        return customer.picture(step["图片"], step.get("顾客"))
    if "交回" in step:
        return customer.given_back(step["交回"]["结果"], step["交回"].get("说明"))
    if "排队" in step:
        return _wait(customer, str(step["排队"]))
    return customer.say(str(step["顾客"]))


def _wait(customer: Speaker, text: str) -> dict[str, Any]:
    """A message of who waits for a person: listened to; the rest of one that leaves the queue is said as on the desk."""
    heard = customer.send({"kind": "text", "text": text, "listen": True})
    left = next((one for one in heard["commands"] if one["command"] == "leave_queue"), {})
    if not left.get("rest"):
        return heard
    answer = customer.say(left["rest"])
    return {**answer, "commands": [*heard["commands"], *answer["commands"]]}


def _check_always(answer: dict[str, Any], said: list[str], last_said: str, where: str) -> None:
    """What holds in every turn of every conversation."""
    for text in said:
        assert not [one for one in NEVER_SAID if one in text], where
    for one, following in zip([last_said, *said], said, strict=False):
        assert one != following, f"同一句连着说了两遍\n{where}"
    for reply in answer["replies"]:
        assert reply.get("expects", "order_no") in EXPECTS, where
    for command in answer["commands"]:
        assert command["command"] != "handoff" or (
            command["reason"] in REASONS and command["facts"].get("category")
        ), where
    for effect in answer["effects"]:
        assert effect["key"], where
        assert effect["request_no"][:2].isalpha(), where
        assert len(effect["request_no"]) == 14, where


def _check_step(
    customer: Speaker, answer: dict[str, Any], said: list[str], step: dict[str, Any], where: str
) -> None:
    text = "\n".join(said)
    for words in step.get("说", []):
        assert any(one in text for one in str(words).split("|")), f"没说 {words}\n{where}"
    for words in step.get("不说", []):
        assert str(words) not in text, f"不该说 {words}\n{where}"
    for words in step.get("一遍", []):
        assert text.count(str(words)) == 1, f"{words} 说了 {text.count(str(words))} 遍\n{where}"
    expects = [reply["expects"] for reply in answer["replies"] if reply.get("expects")]
    if "等" in step:
        assert expects[-1:] == [step["等"]], f"等的是 {expects}\n{where}"
    for label in step.get("选项", []):
        assert any(label in one for one in customer.payloads), f"没有按钮 {label}\n{where}"
    cards = [reply["card"] for reply in answer["replies"] if reply["kind"] == "card"]
    if "卡片" in step:
        wanted = step["卡片"]
        assert any(all(card.get(key) == value for key, value in wanted.items()) for card in cards), (
            f"卡片 {cards}\n{where}"
        )
    left = [one for one in answer["commands"] if one["command"] == "leave_queue"]
    asked_or_left = "ask" if left and left[0].get("ask") else bool(left)
    assert asked_or_left == step.get("出队", False), f"出队 {left}\n{where}"
    handed = [one["reason"] for one in answer["commands"] if one["command"] == "handoff"]
    assert handed == ([step["转"]] if "转" in step else []), f"转人工 {handed}\n{where}"
    for fact, value in step.get("知道", {}).items():
        assert customer.facts.get(fact) == value, f"{fact} 是 {customer.facts.get(fact)!r}\n{where}"
    effects = [one["effect"] for one in answer["effects"]]
    done = step.get("办") or []
    assert effects == (done if isinstance(done, list) else [done]), f"办了 {effects}\n{where}"
    identified = [one["method"] for one in answer["commands"] if one["command"] == "identified"]
    if "身份" in step:
        assert identified == [step["身份"]], where
    closed = any(one["command"] == "close" for one in answer["commands"])
    assert closed == bool(step.get("结束")), where
