"""What designers break by accident is found, with the file and the line: each break on a copy of data/, one by one."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from designer.dialogue_check import check_dialogue
from designer.inputs import ROOT

COPIED = ("data/flows", "data/dialogue", "data/domain", "data/policy", "data/commands", "tests/commands")
NEAR = 2
"""A message may be so many lines away from what has to be changed."""


@dataclass(frozen=True)
class Break:
    """`old` (a pattern, its first place) becomes `new`; the message has `told` and stands near the place, or near the
    pattern `at` of the file `where` (both of the broken copy)."""

    what: str
    file: str
    old: str
    new: str
    told: str
    where: str = ""
    at: str = ""


D, F, W = "data/domain", "data/flows", "data/dialogue"
RESPONSES = [
    Break("少了短横", f"{D}/cancel.yml", r"    - text: 已经帮您取消了", "      text: 已经帮您取消了", ""),
    Break(
        "缩进用了制表符", f"{D}/cancel.yml", r"    - text: 已经帮您取消了", "\t- text: 已经帮您取消了", "YAML"
    ),
    Break("占位符拼错", f"{D}/cancel.yml", r"\{order_no\}", "{ordr_no}", "{ordr_no} 没有内容可填"),
    Break("话术名拼错", f"{D}/cancel.yml", r"utter_cancelled:", "utter_canceled:", "没有地方说这句话"),
    Break(
        "话术名拼错，流程找不到",
        f"{D}/cancel.yml",
        r"utter_cancelled:",
        "utter_canceled:",
        "是不是 utter_canceled",
        f"{F}/cancel_order.yml",
        r"say: utter_cancelled,",
    ),
    Break(
        "删了一句话",
        f"{D}/cancel.yml",
        r"  utter_already_over:\n(    .*\n)+",
        "",
        "没有这句话：utter_already_over",
        f"{F}/cancel_order.yml",
        r"utter_already_over",
    ),
    Break("缩进多一格", f"{D}/cancel.yml", r"  utter_cancelled:", "   utter_cancelled:", "YAML"),
    Break("全角冒号", f"{D}/cancel.yml", r"- text: 已经帮您取消了", "- text：已经帮您取消了", "冒号用半角"),
    Break(
        "一个文件里写了两次",
        f"{D}/cancel.yml",
        r"  utter_cancelled:\n",
        "  utter_cancel_open:\n",
        "写了两次",
        f"{D}/cancel.yml",
        r"utter_cancel_open:\n    - text: 这笔",
    ),
    Break(
        "两个文件里各写一次",
        f"{D}/usage.yml",
        r"  utter_usage:\n",
        "  utter_thanks:\n    - text: 谢谢\n    - text: 多谢\n  utter_usage:\n",
        "只能留一处",
    ),
    Break(
        "只剩一种说法",
        f"{D}/cancel.yml",
        r"    - text: 取消好了（.*\n",
        "",
        "只有一种说法",
        f"{D}/cancel.yml",
        r"utter_cancelled:",
    ),
    Break(
        "两种说法一样", f"{D}/returns.yml", r"照片收到了，谢谢。", "收到，已经放进您的申请里。", "一模一样"
    ),
    Break("引号没关", f"{D}/returns.yml", r"text: 照片收到了，谢谢。", "text: '照片收到了，谢谢。", "YAML"),
    Break("expects 拼错", f"{D}/invoice.yml", r"expects: tax_no", "expects: taxno", "expects 没有“taxno”"),
    Break("按钮的意图拼错", f"{D}/cancel.yml", r"payload: /affirm", "payload: /afirm", "/afirm 没有流程会接"),
    Break("花括号是全角的", f"{D}/cancel.yml", r"\{item\}", "｛item｝", "花括号"),
    Break("花括号没关", f"{D}/cancel.yml", r"\{item\}", "{item", "花括号"),
    Break(
        "按钮回答的 slot 拼错",
        f"{D}/returns.yml",
        r'"slot":"evidence"',
        '"slot":"evidnce"',
        "没有哪个流程有 slot evidnce",
    ),
    Break(
        "按钮的花括号只写一层",
        f"{D}/returns.yml",
        r"'/choose\{\{\"slot\":\"evidence\",",
        "'/choose{{slot:evidence,",
        "payload 写错",
    ),
    Break(
        "不取消的按钮写成答应",
        f"{D}/cancel.yml",
        r"\{title: 先不取消, payload: /deny\}",
        "{title: 不用了, payload: /affirm}",
        "拒绝的话",
    ),
    Break("text 拼错", f"{D}/cancel.yml", r"- text: 已经帮您取消了", "- txt: 已经帮您取消了", "txt"),
    Break(
        "话术文件里写了意图",
        f"{D}/usage.yml",
        r"responses:",
        "intents: [greet]\nresponses:",
        "只放 responses",
    ),
    Break(
        "解释时等错了东西",
        f"{D}/invoice.yml",
        r"(    - text: 邮箱看着不太对.*\n)(    - text: .*\n)",
        r"\1      custom: {expects: order_no}\n\2      custom: {expects: order_no}\n",
        "在等 email",
    ),
    Break(
        "没有订单的流程用了订单",
        f"{D}/shipping.yml",
        r"现货付款后",
        "现货（{item}）付款后",
        "{item} 没有内容可填",
    ),
    Break(
        "对话自己说的话占位符拼错",
        f"{D}/repairs.yml",
        r"您说的是\{product\}",
        "您说的是{prodct}",
        "{prodct} 没有内容可填",
    ),
    Break(
        "删了转人工的一句",
        f"{D}/people.yml",
        r"  utter_handoff_repeat:\n(    .*\n)+",
        "",
        "缺少 utter_handoff_repeat",
        f"{D}/people.yml",
        r"utter_handoff_requested:",
    ),
    Break("删了谢谢", f"{D}/social.yml", r"  utter_thanks:\n(    .*\n)+", "", "utter_thanks", f"{D}", ""),
    Break(
        "没等答应却有答应的按钮",
        f"{D}/returns.yml",
        r"    - text: 照片收到了，谢谢。\n",
        "    - text: 照片收到了，谢谢。\n      buttons: [{title: 好的, payload: /affirm}]\n",
        "没有等顾客答应什么",
    ),
    Break(
        "几种说法等的不一样",
        f"{D}/invoice.yml",
        r"(发到哪个邮箱？\n      custom: \{expects: email\}\n    - text: .*\n)      custom: .*\n",
        r"\1",
        "expects 不一样",
    ),
]
FLOWS = [
    Break(
        "流程里话术名拼错",
        f"{F}/cancel_order.yml",
        r"utter_cancelled,",
        "utter_canceled,",
        "是不是 utter_cancelled",
    ),
    Break(
        "判断的名字拼错",
        f"{F}/cancel_order.yml",
        r"decide: cancel_case",
        "decide: cancel_cese",
        "是不是 cancel_case",
    ),
    Break(
        "判断没有的结果", f"{F}/cancel_order.yml", r"      shipped:", "      shiped:", "没有“shiped”这个结果"
    ),
    Break(
        "漏了判断的一个结果",
        f"{F}/cancel_order.yml",
        r"      signed: .*\n",
        "",
        "signed",
        f"{F}/cancel_order.yml",
        r"decide: cancel_case",
    ),
    Break(
        "去的步骤不存在",
        f"{F}/cancel_order.yml",
        r"paid: confirm\n",
        "paid: confrim\n",
        "没有这个步骤：confrim",
    ),
    Break(
        "接的流程不存在",
        f"{F}/logistics.yml",
        r"link: lost_parcel",
        "link: lost_parcl",
        "没有这个流程：lost_parcl",
    ),
    Break(
        "选项的来源拼错", f"{F}/return.yml", r"from: return_reasons", "from: return_reason", "没有这组选项"
    ),
    Break("写操作拼错", f"{F}/cancel_order.yml", r"write: cancel\n", "write: cancell\n", "没有这个写操作"),
    Break(
        "没写没办成怎么办",
        f"{F}/cancel_order.yml",
        r"      refused: .*\n",
        "",
        "缺少 refused",
        f"{F}/cancel_order.yml",
        r"write: cancel",
    ),
    Break(
        "没写办成了怎么办",
        f"{F}/cancel_order.yml",
        r"      done: .*\n",
        "",
        "缺少 done",
        f"{F}/cancel_order.yml",
        r"write: cancel",
    ),
    Break(
        "写操作前不确认",
        f"{F}/invoice.yml",
        r"    - id: confirm\n(      .*\n)+?      declined: .*\n",
        "",
        "没有让顾客确认",
        f"{F}/invoice.yml",
        r"write: request_invoice",
    ),
    Break(
        "说不以后照样办",
        f"{F}/return.yml",
        r"declined: wrong_part",
        "declined: {say: utter_ok_not_done}",
        "还会往下走去办",
    ),
    Break(
        "确认没写办什么",
        f"{F}/return.yml",
        r"      verb: 提交\n",
        "",
        "verb",
        f"{F}/return.yml",
        r"collect: ok",
    ),
    Break(
        "走不到的步骤",
        f"{F}/fake.yml",
        r"(    - \{say: utter_fake_person.*\n)",
        r"\1    - {say: utter_ok_not_done, end: true}\n",
        "永远走不到",
        f"{F}/fake.yml",
        r"utter_ok_not_done",
    ),
    Break(
        "回头再问没有清空",
        f"{F}/return.yml",
        r"reason: \{put: \{reason: null, [^}]*\}, go: reason\}",
        "reason: {go: reason}",
        "转圈",
    ),
    Break(
        "自己跳回自己",
        f"{F}/logistics.yml",
        r"unset: \{say: utter_urge_offer_dispatch, [^\n]*",
        "unset: dispatch",
        "转圈",
    ),
    Break(
        "条件里的 slot 拼错",
        f"{F}/invoice.yml",
        r"if: \{title_kind: company\}",
        "if: {titel_kind: company}",
        "titel_kind",
    ),
    Break(
        "条件里的值拼错",
        f"{F}/return.yml",
        r"if: \{solution: \[repair\]",
        "if: {solution: [repiar]",
        "不会是“repiar”",
    ),
    Break("slot 的种类拼错", f"{F}/change_order.yml", r"kind: address", "kind: adress", "adress"),
    Break(
        "没有用到的 slot",
        f"{F}/lost_parcel.yml",
        r"    asked: choice\n",
        "    asked: choice\n    colour_name: choice\n",
        "没有地方用到",
    ),
    Break(
        "没有什么会填的 slot",
        f"{F}/lost_parcel.yml",
        r"    asked: choice\n",
        "    asked: choice\n    lucky: choice\n",
        "没有什么会填",
    ),
    Break(
        "一个意图开始两个流程",
        f"{F}/change_order.yml",
        r"start: \[modify_address\]",
        "start: [modify_address, cancel_order]",
        "只能一个",
    ),
    Break(
        "意图没有流程了",
        f"{F}/change_order.yml",
        r"start: \[modify_item\]",
        "start: []",
        "modify_item 没有人接",
        "data/categories.yml",
        r"modify_item",
    ),
    Break(
        "没有这个意图",
        f"{F}/change_order.yml",
        r"start: \[modify_item\]",
        "start: [modify_itme]",
        "没有这个意图：modify_itme",
    ),
    Break("卡片拼错", f"{F}/cancel_order.yml", r"card: request", "card: requst", "card 只能是"),
    Break("no 没加引号", f"{F}/lost_parcel.yml", r"later: \{say", "no: {say", "要加引号"),
    Break("流程的项目拼错", f"{F}/fake.yml", r"  needs:", "  neds:", "不认识“neds”"),
    Break(
        "转人工的原因拼错",
        f"{F}/fake.yml",
        r"offer_person: requested",
        "offer_person: request",
        "没有这种转人工的原因",
    ),
    Break("提议没有话", f"{F}/fake.yml", r"say: utter_fake_person, ", "", "先有一句问顾客的话"),
    Break("没有名字", f"{F}/fake.yml", r"  name: .*\n", "", "缺少 name"),
    Break(
        "流程写了两次",
        f"{F}/fake.yml",
        r"(?s)\Z",
        "\nusage:\n  name: 用法\n  steps:\n    - {say: utter_ok_not_done, end: true}\n",
        "在 data/flows/fake.yml 里已经有了",
        f"{F}/usage.yml",
        r"usage:",
    ),
    Break(
        "不用确认没写原因",
        f"{F}/tracking_number.yml",
        r"unconfirmed: true .*",
        "unconfirmed: true",
        "注明为什么",
    ),
    Break("订单状态拼错", f"{F}/cancel_order.yml", r"order: \[paid", "order: [payed", "没有这种订单状态"),
    Break("少了短横", f"{F}/change_order.yml", r"    - collect: address", "      collect: address", ""),
    Break("步骤的 id 重了", f"{F}/cancel_order.yml", r"- id: confirm_unpaid", "- id: confirm", "已经有了"),
    Break(
        "提议带的 slot 不存在",
        f"{F}/logistics.yml",
        r"slots: \{hurry: accepted\}",
        "slots: {hury: accepted}",
        "没有 slot hury",
    ),
    Break(
        "提议里写了 say",
        f"{F}/policies.yml",
        r"offer: \{start: return\}",
        "offer: {start: return, say: utter_ok_not_done}",
        "不认识“say”",
    ),
    Break("选项没有说法", f"{F}/lost_parcel.yml", r"later: 我先问问", "wait: 我先问问", "选项 wait"),
    Break(
        "resets 里拼错",
        f"{F}/return.yml",
        r"resets: \[solution, wrong_part\]",
        "resets: [soluton, wrong_part]",
        "resets 里的 soluton",
    ),
    Break(
        "按值挑话，值拼错",
        f"{F}/return.yml",
        r"by: condition_question",
        "by: condition_qestion",
        "condition_qestion",
    ),
    Break("全角冒号", f"{F}/fake.yml", r"  name: ", "  name：", ""),
    Break(
        "步骤里的关键字拼错",
        f"{F}/change_order.yml",
        r"      ask: utter_ask_address\n",
        "      aks: utter_ask_address\n",
        "aks",
    ),
]
WORDS = [
    Break(
        "词里的括号没关",
        f"{W}/choices.yml",
        r"refund_part:\n  where: \['",
        "refund_part:\n  where: ['(",
        "写错的词",
    ),
    Break(
        "一个词算两样", f"{W}/choices.yml", r"  delivery: \['派送'", "  delivery: ['发货', '派送'", "同时算作"
    ),
    Break("组名改了", f"{W}/choices.yml", r"^asked:", "askd:", "没有哪个流程的 slot 用到 askd"),
    Break(
        "组名改了，问题听不懂",
        f"{W}/choices.yml",
        r"^asked:",
        "askd:",
        "choices.yml 里没有 asked",
        f"{F}/lost_parcel.yml",
        r"asked: choice",
    ),
    Break("yes 没加引号", f"{W}/choices.yml", r'hurry:\n  "yes":', "hurry:\n  yes:", "要加引号"),
    Break("清单的名字拼错", f"{W}/answers.yml", r"^cancel:", "cancle:", "没有地方用到“cancle”"),
    Break("次数写成字", f"{W}/counts.yml", r"(misses_before_person: )\d+", r"\1两次", "正整数"),
    Break("限度写成字", f"{W}/limits.yml", r"(?m)^(\w+: )[\d.]+", r"\1很多", "要写一个数"),
    Break(
        "叫法写成列表", f"{W}/labels.yml", r"  unpaid: 待付款", "  unpaid: [待付款]", "要写成 代码: 中文名"
    ),
    Break(
        "提议的叫法没用了",
        f"{W}/labels.yml",
        r"  utter_fake_person:",
        "  utter_fake_persn:",
        "没有地方用来提议请人",
    ),
    Break(
        "提议没有叫法",
        f"{W}/labels.yml",
        r"  utter_fake_person: .*\n",
        "",
        "labels.yml 的 offer",
        f"{F}/fake.yml",
        r"utter_fake_person",
    ),
    Break(
        "意图没有人接",
        f"{W}/intents.yml",
        r"thanks, ",
        "",
        "thanks 没有人接",
        "data/categories.yml",
        r"thanks",
    ),
    Break(
        "意图写了两处",
        f"{W}/intents.yml",
        r"threat: \[threaten\]",
        "threat: [threaten, thanks]",
        "已经写在 talk",
    ),
    Break("权重的名字拼错", f"{W}/arbiter.yml", r"score:", "scor:", "不认识“scor”"),
    Break(
        "表里的意图不存在", f"{W}/context.yml", r"paid: cancel_order", "paid: cancel_odrer", "没有这个意图"
    ),
    Break(
        "表里的话不存在",
        f"{W}/context.yml",
        r"utter_context_over",
        "utter_context_ovr",
        "没有这句话 utter_context_ovr",
    ),
    Break("表里的情况拼错", f"{W}/context.yml", r"    signed: ", "    singed: ", "singed"),
    Break(
        "意图在两个类别里",
        "data/categories.yml",
        r"intents: \[cancel_order\]",
        "intents: [cancel_order, modify_item]",
        "只能属于一个类别",
    ),
    Break(
        "阶段拼错",
        "data/categories.yml",
        r"stage: insale,    intents: \[cancel_order\]",
        "stage: insales, intents: [cancel_order]",
        "stage",
        "data/categories.yml",
        r"\A",
    ),
    Break("规则的名字拼错", "data/policy/store.yml", r"(?m)^name:", "nmae:", "没有这个设置"),
    Break("规则文件缩进错", "data/policy/returns.yml", r"(?m)^(\w+):\n  (\w)", r"\1:\n\t\2", "YAML"),
    Break("标注少一列", "data/commands/starts.tsv", r"(?m)^([^#\t\n]+\t[^\t]+)\t", r"\1 ", "要有 6 列"),
    Break("标注的命令拼错", "data/commands/starts.tsv", r"\tstart\(", "\tstrat(", "不认识的命令"),
    Break(
        "标注的流程拼错",
        "data/commands/starts.tsv",
        r"\tstart\(return",
        "\tstart(retrun",
        "没有这个流程：retrun",
    ),
    Break(
        "标注的值拼错",
        "data/commands/corrections.tsv",
        r"solution=repair\)",
        "solution=repiar)",
        "solution 没有“repiar”",
    ),
    Break("标注的情况拼错", "data/commands/starts.tsv", r"\tsigned:", "\tsigend:", "没有这种订单情况"),
]
BREAKS = [*RESPONSES, *FLOWS, *WORDS]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("data")
    for folder in COPIED:
        shutil.copytree(ROOT / folder, root / folder)
    for file in ("domain.yml", "data/categories.yml"):
        shutil.copy(ROOT / file, root / file)
    return root


@pytest.fixture
def broken(copy: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Break, int]]:
    """The copy with one break in it, and the line at which a message is expected."""
    one: Break = request.param
    file = copy / one.file
    before = file.read_text(encoding="utf-8")
    match = re.search(one.old, before, re.MULTILINE)
    assert match is not None, f"{one.file} 里没有 {one.old}：改一下这个测试"
    after = before[: match.start()] + match.expand(one.new) + before[match.end() :]
    file.write_text(after, encoding="utf-8")
    line = before[: match.start()].count("\n") + 1
    where = copy / one.where
    if one.where and where.is_file():
        place = re.search(one.at, where.read_text(encoding="utf-8"))
        assert place is not None, f"{one.where} 里没有 {one.at}：改一下这个测试"
        line = where.read_text(encoding="utf-8")[: place.start()].count("\n") + 1
    yield one, line
    file.write_text(before, encoding="utf-8")


def test_the_shipped_data_has_no_problems(copy: Path) -> None:
    assert check_dialogue(copy) == []


@pytest.mark.parametrize("broken", BREAKS, ids=lambda one: one.what, indirect=True)
def test_a_break_is_told_with_its_place(copy: Path, broken: tuple[Break, int]) -> None:
    one, line = broken
    told = check_dialogue(copy)
    file = one.where or one.file
    fitting = [message for message in told if one.told in message and message.startswith(file)]
    if file == D:  # a response without a natural home: the folder is named
        assert fitting, told
        return
    places = [int(message.removeprefix(f"{file}:").split(" ", 1)[0]) for message in fitting]
    assert any(abs(place - line) <= NEAR for place in places), (f"{file}:{line}", told[:12])
