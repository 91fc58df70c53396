"""What a flow may name: the decisions, sources of choices and writes of aftersales/decisions, with what each can give.

python -m designer.available            all names
python -m designer.available NAME…      outcomes and placeholders of these
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Iterator

from aftersales.decisions import CHOICES, DECISIONS, WRITES, load_decisions


def overview() -> Iterator[str]:
    """All names, one kind a line."""
    yield f"判断（decide）：{'、'.join(sorted(DECISIONS))}"
    yield f"选项来源（choices: {{from: …}}）：{'、'.join(sorted(CHOICES))}"
    yield f"写操作（write）：{'、'.join(sorted(WRITES))}"
    yield "后面加名字，看它会得出哪些结果、能填哪些占位符"


def told(name: str) -> Iterator[str]:
    """One decision, source of choices or write; nothing for a name that does not exist."""
    if name in DECISIONS:
        one = DECISIONS[name]
        yield f"判断 {name}（{_needs(one.needs)}）"
        yield f"  结果：{'、'.join(one.outcomes)}"
        yield from _placeholders(one.values)
        if one.slots:
            yield f"  会填进流程的 slot：{'、'.join(one.slots)}"
        yield from _described(one.run)
    if name in CHOICES:
        source = CHOICES[name]
        yield f"选项来源 {name}（{_needs(source.needs)}）"
        yield from _described(source.run)
    if name in WRITES:
        spec = WRITES[name]
        yield f"写操作 {name}（{_needs(spec.needs)}）"
        yield f"  结果：{'、'.join(dict.fromkeys(('done', 'refused', *spec.outcomes)))}"
        yield from _placeholders((*("request_no", "next"), *spec.values))
        yield from _described(spec.draft)


def _needs(names: Iterable[str]) -> str:
    listed = "、".join(sorted(names))
    return f"要知道：{listed}" if listed else "什么都不用知道"


def _placeholders(names: Iterable[str]) -> Iterator[str]:
    listed = " ".join(f"{{{one}}}" for one in dict.fromkeys(names))
    if listed:
        yield f"  占位符：{listed}"


def _described(function: object) -> Iterator[str]:
    text = inspect.getdoc(function) or ""
    yield from (f"  {line}" for line in text.splitlines() if line)


def main() -> int:
    """Command line; exit code 2 for a name that does not exist."""
    load_decisions()
    names = sys.argv[1:]
    lines = [line for name in names for line in told(name)] if names else list(overview())
    unknown = [name for name in names if not list(told(name))]
    for line in [*lines, *(f"没有这个名字：{name}" for name in unknown)]:
        print(line)
    return 2 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
