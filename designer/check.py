"""The data check of `make check`: is what designers wrote complete, in the right place, and without repetitions?

One Chinese line per problem with file and line; exit code 1 when there is any. Here are the intents and the sentences that
models learn from; what the dialogue runs on is dialogue_check.py, the policy policy_check.py.
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import yaml

from aftersales.lined_yaml import read_lined
from bot.text.normalise import bare, normalised
from designer.dialogue_check import check_dialogue
from designer.inputs import DATA_ROOT, ROOT
from designer.labelled_check import check_labelled
from designer.near_duplicates import near_duplicates
from designer.nlu_files import NLU, TEST, Example, nlu_files, read_examples, read_file, read_tsv, shown
from designer.policy_check import check_policy
from launcher.overlay import told

FEWEST = 20
MOODS = ("calm", "displeased", "angry")
OUT_OF_SCOPE_KINDS = {"small_talk", "other_trade", "keyboard_noise", "back_office"}
SHOWN = 200
_CHINESE = re.compile(r"[一-鿿]")
_NOT_LETTERS = re.compile(r"[\W_]+")
_RASA_MARKUP = re.compile(r"\]\(|\]\{")


def check_categories(categories: dict[str, list[str]]) -> Iterator[str]:
    """Every intent in exactly one category, with a file of sentences; and the other way round."""
    seen: dict[str, str] = {}
    for code, intents in categories.items():
        for intent in intents:
            if intent in seen:
                yield f"data/categories.yml：意图 {intent} 同时在 {seen[intent]} 和 {code} 里"
            seen[intent] = code
            file = NLU / code / f"{intent}.yml"
            if not file.is_file():
                yield f"data/categories.yml：意图 {intent} 没有训练句，应有文件 {shown(file)}"
    for file in nlu_files():
        intents_here = sorted({e.intent for e in read_file(file)})
        name = shown(file)
        for intent in intents_here:
            if intent not in seen:
                yield f"{name}：意图 {intent} 没有登记在 data/categories.yml"
            elif file.parent.name != seen[intent] or file.stem != intent:
                yield f"{name}：意图 {intent} 应放在 data/nlu/{seen[intent]}/{intent}.yml"
        if len(intents_here) != 1:
            yield f"{name}：一个文件只写一个意图，这里有 {len(intents_here)} 个"


def check_files() -> Iterator[str]:
    """A Chinese header, valid YAML, enough sentences, and no signs that Rasa reads as its own."""
    for file in nlu_files():
        name = shown(file)
        content = file.read_text(encoding="utf-8")
        first = content.split("\n", 1)[0]
        if not first.startswith("#") or not _CHINESE.search(first):
            yield f"{name}:1 开头要有中文注释：这里放什么、不放什么、邻居意图"
        try:
            yaml.safe_load(content)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            yield f"{name}:{mark.line + 1 if mark else 1} 不是正确的 YAML"
            continue
        examples = list(read_file(file))
        if len(examples) < FEWEST:
            yield f"{name}：只有 {len(examples)} 句，至少要 {FEWEST} 句"
        for example in examples:
            if _RASA_MARKUP.search(example.text):
                yield f"{example.where} 不要出现 ]( 或 ]{{，会被当成实体标注"
            if example.text.startswith("/"):
                yield f"{example.where} 句子不要以 / 开头"


def _key(text: str) -> str:
    return bare(text) or normalised(text).text


def _typed(text: str) -> str:
    """As typed but for case and punctuation: a pasted order number in front is a variety worth having."""
    return _NOT_LETTERS.sub("", text.lower()) or text


def check_repetitions(examples: list[Example]) -> Iterator[str]:
    """No sentence twice, neither within an intent (nearly) nor across intents (exactly)."""
    by_intent: dict[str, list[Example]] = defaultdict(list)
    first: dict[str, Example] = {}
    for example in examples:
        by_intent[example.intent].append(example)
        key = _typed(example.text)
        other = first.setdefault(key, example)
        if other.intent != example.intent:
            yield f"{example.where} “{example.text}” 与 {other.where}（{other.intent}）相同，只能属于一个意图"
    for group in by_intent.values():
        for earlier, later in near_duplicates([_typed(e.text) for e in group]):
            yield (
                f"{group[later].where} “{group[later].text}” 与第 {group[earlier].line} 行"
                f" “{group[earlier].text}” 几乎一样，删掉一句或换个说法"
            )


def _test_files() -> list[Path]:
    """They measure the product's sentences; what a store adds may be among them."""
    return sorted(TEST.glob("*.tsv")) if DATA_ROOT == ROOT else []


def check_emotion() -> Iterator[str]:
    """data/emotion and its test file: three moods, two columns, nothing twice, no test sentence in training."""
    train = DATA_ROOT / "data" / "emotion" / "train.tsv"
    seen: dict[str, int] = {}
    for file in (train, *(one for one in _test_files() if one.name == "emotion.tsv")):
        if not file.exists():
            continue
        name = shown(file)
        for number, columns in read_tsv(file):
            if len(columns) < 2 or columns[-1].strip() not in MOODS:
                yield f"{name}:{number} 要写成 句子<Tab>calm|displeased|angry"
                continue
            key = _key(columns[0])
            if file == train:
                if key in seen:
                    yield f"{name}:{number} “{columns[0]}” 与第 {seen[key]} 行相同"
                seen[key] = number
            elif key in seen:
                yield f"{name}:{number} 测试句“{columns[0]}”在训练里（{shown(train)}:{seen[key]}）"


def check_tests(examples: list[Example], codes: set[str]) -> Iterator[str]:
    """tests/nlu: known categories, and no sentence that training has seen."""
    trained = {_key(e.text): e for e in examples}
    for file in _test_files():
        name = shown(file)
        if file.name == "emotion.tsv":
            continue
        known = OUT_OF_SCOPE_KINDS if file.name == "out_of_scope.tsv" else codes
        for number, columns in read_tsv(file):
            if len(columns) < 2 or columns[1].strip() not in known:
                yield f"{name}:{number} 第二列要是 {'、'.join(sorted(known)) if known is not codes else '26 个类别代码之一'}"
            if file.name.startswith("multi_intent") and len(columns) > 2:
                others = [one.strip() for one in columns[2].replace("，", ",").split(",")]
                if not set(others) - {"", "-"} <= codes - {columns[1].strip()}:
                    yield f"{name}:{number} 第三列要是另外的类别代码，用逗号隔开，不含第二列那个"
            seen = trained.get(_key(columns[0]))
            if seen is not None and len(_key(columns[0])) > 4:
                yield f"{name}:{number} 测试句“{columns[0]}”在训练里（{seen.where}）"


def check_sentences() -> list[str]:
    """Problems of intents and of everything that models learn from, in the order in which a designer would fix them."""
    read, unread = read_lined(DATA_ROOT / "data" / "categories.yml")
    listed = read.get("categories")
    if unread or not isinstance(listed, dict):
        return []  # dialogue_check.py tells what is wrong with the file
    categories = {
        str(code): [str(one) for one in entry.get("intents") or ()] if isinstance(entry, dict) else []
        for code, entry in listed.items()
    }
    examples = read_examples()
    return [
        *check_categories(categories),
        *check_files(),
        *check_repetitions(examples),
        *check_tests(examples, set(categories)),
        *check_emotion(),
        *check_labelled(DATA_ROOT),
    ]


def check_all() -> list[str]:
    """Everything that can be wrong in data/: what the dialogue runs on, what the models learn from, values of the policy
    that nothing reads."""
    found = [*check_dialogue(DATA_ROOT), *check_sentences(), *check_policy(DATA_ROOT, ROOT)]
    return list(dict.fromkeys(told(DATA_ROOT, one) for one in found))


def main() -> None:
    """Command line."""
    problems = check_all()
    for problem in problems[:SHOWN]:
        print(problem)
    if problems:
        files = Counter(Path(p.split(":", 1)[0].split("：", 1)[0]).name for p in problems)
        most = "，".join(f"{name} {n}" for name, n in files.most_common(8))
        print(f"数据检查：{len(problems)} 个问题（{most}）")
        sys.exit(1)
    print("数据检查：没有问题")


if __name__ == "__main__":
    main()
