"""What the bot did not understand, for the designers (H52): `make export-misses FILE=… DAYS=…`.

One line for each way of saying it, most frequent first, masked like every other export. The line has an empty `intent`: a designer
fills it in and moves the text to data/nlu; training, comparing and rolling back are the commands of docs/designers.zh-CN.md.
"""

import sys
import unicodedata
from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from aftersales.masking import mask_text
from handoff.export_command import lines_to, run_export
from handoff.records import Reader, Records
from handoff.records.tables import items, turns
from handoff.settings import Settings
from handoff.turns.commit import misses_after

DAYS = 30


def same_words(text: str) -> str:
    """What texts that say the same have in common: width, case, blanks, punctuation and the digits' values do not count."""
    told = unicodedata.normalize("NFKC", text).casefold()
    kept = (one for one in told if not one.isspace() and unicodedata.category(one)[0] not in "PSC")
    return "".join("0" if one.isdigit() else one for one in kept)


async def misses(reader: Reader, days: int) -> list[dict[str, Any]]:
    """`{"text","count","conversations","guessed":{intent: count},"intent":""}` of each group, most frequent first.

    A message counts once, however often its turn was tried; what people were told while they had the conversation is none of
    the bot's. The text is the group's most frequent wording.
    """
    since = reader.now() - timedelta(days=days)
    found = (
        select(items.c.conversation_id, items.c.body, turns.c.understanding)
        .join(turns, turns.c.turn_id == items.c.turn_id)
        .where(
            items.c.sender == "customer",
            items.c.kind == "text",
            items.c.at >= since,
            turns.c.status == "done",
            turns.c.heartbeat_at
            >= since,  # says nothing new, but has an index: turns beat after their message came
        )
        .order_by(items.c.at, items.c.conversation_id, items.c.seq)
    )
    wordings: dict[str, Counter[str]] = defaultdict(Counter)
    guessed: dict[str, Counter[str]] = defaultdict(Counter)
    heard: dict[str, set[str]] = defaultdict(set)
    for row in await reader.execute(found):
        understanding = row.understanding or {}
        text = mask_text(str(row.body.get("text", "")).strip())
        group = same_words(text) or text
        if not group or not understanding or not misses_after(0, understanding):
            continue
        wordings[group][text] += 1
        heard[group].add(row.conversation_id)
        likely = next(iter(understanding.get("candidates") or ()), None)
        if likely and likely.get("intent"):
            guessed[group][str(likely["intent"])] += 1
    lines = [
        {
            "text": said.most_common(1)[0][0],
            "count": said.total(),
            "conversations": len(heard[group]),
            "guessed": dict(guessed[group].most_common(3)),
            "intent": "",
        }
        for group, said in wordings.items()
    ]
    return sorted(lines, key=lambda line: (-int(str(line["count"])), str(line["text"])))


async def do_export(records: Records, file: Path, days: int) -> int:
    """Writes the groups as JSONL (mode 0600: they are customers' words); returns how many there are."""
    async with records.read() as reader:
        found = await misses(reader, days)
    with lines_to(file) as write:
        for line in found:
            write(line)
    return len(found)


async def _export(records: Records, file: Path, days: int, _: Settings) -> str:
    count = await do_export(records, file, days)
    return f"写出 {count} 种没听懂的说法到 {file}。填好 intent 的可以加到 data/nlu。"


if __name__ == "__main__":
    usage = f"make export-misses FILE=没听懂.jsonl [DAYS={DAYS}]"
    sys.exit(run_export(_export, fails="导出不了", usage=usage, worker="export", days=DAYS))
