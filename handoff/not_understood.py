"""What the bot did not understand, for the designers (H52): `make export-misses FILE=… DAYS=…`.

One line for each way of saying it, most frequent first, masked like every other export. The line has an empty `intent`: a designer
fills it in and moves the text to data/nlu; training, comparing and rolling back are the commands of docs/designers.zh-CN.md.
"""

import asyncio
import json
import os
import sys
import unicodedata
from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from aftersales.masking import mask_text
from handoff.records import Reader, Records
from handoff.records.tables import items, turns
from handoff.settings import SettingsError, read_settings
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
    found = (
        select(items.c.conversation_id, items.c.body, turns.c.understanding)
        .join(turns, turns.c.turn_id == items.c.turn_id)
        .where(
            items.c.sender == "customer",
            items.c.kind == "text",
            items.c.at >= reader.now() - timedelta(days=days),
            turns.c.status == "done",
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
    part = file.with_name(file.name + ".part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in found)
    part.replace(file)
    return len(found)


async def _main(file: str, days: str) -> int:
    try:
        wanted = int(days or DAYS)
        settings = read_settings()
    except (ValueError, SettingsError) as error:
        why = error if isinstance(error, SettingsError) else "DAYS 要是一个整数（天）"
        print(f"导出不了：{why}。", file=sys.stderr)
        return 2
    if not file or wanted < 1:
        print("用法：make export-misses FILE=没听懂.jsonl [DAYS=30]", file=sys.stderr)
        return 2
    records = Records(settings.database_url, worker="export")
    try:
        count = await do_export(records, Path(file), wanted)
    except OSError as error:
        print(f"写不了 {file}：{error.strerror}。", file=sys.stderr)
        return 2
    finally:
        await records.close()
    print(f"写出 {count} 种没听懂的说法到 {file}。填好 intent 的可以加到 data/nlu。")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(_main(*[*sys.argv[1:], "", ""][:2])))
