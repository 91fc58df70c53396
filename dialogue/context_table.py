"""Reads data/dialogue/context.yml: what a short sentence means by the order in hand, and by what was talked about last.

Every problem is told with its line, so `make check` can list them all; the conversation refuses to start with any.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

#: How an order stands, as a shop assistant sees it (dialogue/situation.py decides).
SITUATIONS = (
    "unpaid",
    "paid",
    "shipped",
    "signed",
    "returning",
    "refunding",
    "refunded",
    "cancelled",
    "closed",
    "claiming",
    "intercepting",
)
#: A follow-up that repeats the last question for another order or product.
SAME = "same"
RESPONSE = "utter_"
#: A meaning that is a flow no intent starts (flow:withdraw).
FLOW = "flow:"
#: A follow-up that is a known question (know:delivery_time_of_day).
KNOW = "know:"
#: In `after`: what the open form is about, or what the same message wished for before (wish:repair_request).
WISH = "wish:"
#: libyaml where it is built in: ten times as fast.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: What can be filled into a response that the table names (dialogue/values.py does it).
FILLED = frozenset(
    {
        *("item", "order_no", "state", "signed", "shipped", "ship_by", "method", "min_days", "max_days"),
        *("request_no", "kind", "next", "order_no_example"),
    }
)
_ROW = {"ask", "intents", "words", "sentences", *SITUATIONS}
_FOLLOW = {"about", "after", "words", "meant"}


@dataclass(frozen=True, slots=True)
class Row:
    """One question; `means`: situation -> intent, `flow:` and a flow, or the name of a response that answers it."""

    ask: str
    intents: frozenset[str]
    words: re.Pattern[str] | None
    sentences: re.Pattern[str] | None
    means: Mapping[str, str]
    line: int

    def fits(self, intents: frozenset[str], text: str) -> bool:
        """Is this the question? By its intent (and words, where the row names some), or by the very sentence."""
        if self.sentences is not None and self.sentences.search(text):
            return True
        return bool(self.intents & intents) and (self.words is None or self.words.search(text) is not None)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """`words`, said shortly after an answer to one of `after` (intents, `know:` and a known question, or `wish:` and the intent of what the open form or the words before are about), mean `meant`: an intent, `same` (the last question again), or `know:`
    and a known question."""

    about: str
    after: frozenset[str]
    words: re.Pattern[str]
    meant: str
    line: int


@dataclass(frozen=True, slots=True)
class ContextTable:
    rows: tuple[Row, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()


@dataclass
class _Reader:
    """Walks the nodes of the file and notes what is wrong with which line."""

    problems: list[tuple[int, str]] = field(default_factory=list)

    def wrong(self, node: yaml.Node, message: str) -> None:
        self.problems.append((node.start_mark.line + 1, message))

    def entries(self, node: yaml.Node, known: set[str]) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            self.wrong(node, "这里要写成 名称: 内容")
            return {}
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if key.value not in known:
                self.wrong(key, f"不认识“{key.value}”，可以写：{'、'.join(sorted(known))}")
            elif key.value in found:
                self.wrong(key, f"“{key.value}”写了两次")
            else:
                found[key.value] = value
        return found

    def text(self, node: yaml.Node | None) -> str:
        if isinstance(node, yaml.ScalarNode) and node.value.strip():
            return str(node.value).strip()
        if node is not None:
            self.wrong(node, "这里要写一个词")
        return ""

    def texts(self, node: yaml.Node | None) -> list[str]:
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            self.wrong(node, "这里要写成列表，如 [词, 词]")
            return []
        return [self.text(one) for one in node.value]

    def pattern(self, node: yaml.Node | None) -> re.Pattern[str] | None:
        words = [one for one in self.texts(node) if one]
        if node is None or not words:
            return None
        try:
            return re.compile("|".join(words), re.IGNORECASE)
        except re.error as error:
            self.wrong(node, f"有写错的词（{error}）")
            return None

    def row(self, node: yaml.Node) -> Row:
        parts = self.entries(node, _ROW)
        if not parts.get("ask"):
            self.wrong(node, "缺少 ask：写一句顾客的话，给人看")
        if "intents" not in parts and "sentences" not in parts:
            self.wrong(node, "intents 和 sentences 至少写一个")
        if not set(parts) & set(SITUATIONS):
            self.wrong(node, f"至少写一种订单状态：{'、'.join(SITUATIONS)}")
        return Row(
            ask=self.text(parts.get("ask")),
            intents=frozenset(self.texts(parts.get("intents"))),
            words=self.pattern(parts.get("words")),
            sentences=self.pattern(parts.get("sentences")),
            means={one: self.text(parts[one]) for one in SITUATIONS if one in parts},
            line=node.start_mark.line + 1,
        )

    def follow_up(self, node: yaml.Node) -> FollowUp:
        parts = self.entries(node, _FOLLOW)
        for name in sorted(_FOLLOW - set(parts)):
            self.wrong(node, f"缺少 {name}")
        return FollowUp(
            about=self.text(parts.get("about")),
            after=frozenset(self.texts(parts.get("after"))),
            words=self.pattern(parts.get("words")) or re.compile("(?!)"),
            meant=self.text(parts.get("meant")),
            line=node.start_mark.line + 1,
        )


def read_context(file: Path) -> tuple[ContextTable, list[tuple[int, str]]]:
    """The table, and (line, message in Chinese) of everything that is wrong with the file's form."""
    try:
        root = yaml.compose(file.read_text(encoding="utf-8"), Loader=_LOADER)
    except FileNotFoundError:
        return ContextTable(), [(1, "文件不存在")]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        return ContextTable(), [(mark.line + 1 if mark else 1, "不是合法的 YAML")]
    if root is None:
        return ContextTable(), [(1, "文件是空的")]
    reader = _Reader()
    parts = reader.entries(root, {"table", "follow_ups"})
    table = ContextTable(
        tuple(reader.row(one) for one in _items(reader, parts.get("table"))),
        tuple(reader.follow_up(one) for one in _items(reader, parts.get("follow_ups"))),
    )
    return table, sorted(reader.problems)


def _items(reader: _Reader, node: yaml.Node | None) -> Iterator[yaml.Node]:
    if node is None:
        return
    if not isinstance(node, yaml.SequenceNode):
        reader.wrong(node, "这里要写成列表，每条以 - 开头")
        return
    yield from node.value


def check_names(
    table: ContextTable, intents: set[str], responses: set[str], flows: set[str], entries: set[str]
) -> Iterator[tuple[int, str]]:
    """(line, message): unknown intents, flows, responses and known questions, and cells that an earlier row always answers
    first."""
    known = intents | {SAME}
    for follow in table.follow_ups:
        wishes = {WISH + one for one in intents}
        for intent in sorted(follow.after - intents - wishes - {KNOW + one for one in entries}):
            yield follow.line, f"after 里没有这个意图：{intent}"
        if follow.meant.startswith(KNOW):
            if follow.meant.removeprefix(KNOW) not in entries:
                yield follow.line, f"data/knowledge 里没有这一条：{follow.meant}"
        elif follow.meant not in known:
            yield follow.line, f"meant 里没有这个意图：{follow.meant}"
    for place, row in enumerate(table.rows):
        for intent in sorted(row.intents - intents):
            yield row.line, f"没有这个意图：{intent}"
        for situation, meant in row.means.items():
            if meant.startswith(RESPONSE) and meant not in responses:
                yield row.line, f"{situation}：data/domain 里没有这句话 {meant}"
            elif meant.startswith(FLOW) and meant.removeprefix(FLOW) not in flows:
                yield row.line, f"{situation}：没有这个流程：{meant.removeprefix(FLOW)}"
            elif not meant.startswith((RESPONSE, FLOW)) and meant not in intents:
                yield row.line, f"{situation}：没有这个意图 {meant}"
            earlier = next((one for one in table.rows[:place] if _hides(one, row, situation)), None)
            if earlier is not None:
                yield row.line, f"{situation} 这一格永远用不上：第 {earlier.line} 行“{earlier.ask}”先回答了"


def _hides(earlier: Row, later: Row, situation: str) -> bool:
    if situation not in earlier.means or later.sentences is not None or earlier.words is not None:
        return False
    return bool(later.intents) and later.intents <= earlier.intents
