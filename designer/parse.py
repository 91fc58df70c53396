"""`make parse FILE=in.txt OUT=out.jsonl`: one text a line in, one JSON a line out. Needs no server.

Exactly one output line per input line, blank ones included; `category` is always one of the 26 codes.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from designer import models_folder

PROGRESS_EVERY = 2000


def input_lines(file: Path) -> Iterator[str]:
    """Lines as an editor counts them: a last line without newline counts, an empty one after the last newline not."""
    content = file.read_bytes().decode("utf-8-sig", errors="replace")
    if not content:
        return
    lines = content.split("\n")
    if lines[-1] == "":
        lines.pop()
    for line in lines:
        yield line.removesuffix("\r")


def parsed(nlu: Any, text: str) -> dict[str, Any]:
    """One output line (docs/protocol.md: parse)."""
    understood = nlu.parse(text)
    return {
        "text": text,
        "category": understood.category,
        "intent": understood.intent,
        "confidence": round(understood.confidence, 4),
        "entities": [{k: e[k] for k in ("entity", "value", "start", "end")} for e in understood.entities],
        "emotion": understood.emotion,
        "emotion_score": round(understood.emotion_score, 4),
    }


def current_nlu_model() -> Any:
    """The current model's learned parts; trains when there is no model yet."""
    from bot.nlu import NluModel

    model = models_folder.current()
    if model is None:
        from designer.train import train

        model = train()
    return NluModel.from_archive(model)


def main() -> None:
    """Command line: IN OUT."""
    if len(sys.argv) != 3 or not all(sys.argv[1:]):
        sys.stderr.write("用法：make parse FILE=输入.txt OUT=输出.jsonl\n")
        raise SystemExit(2)
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    if not source.is_file():
        sys.stderr.write(f"找不到文件：{source}\n")
        raise SystemExit(2)
    nlu = current_nlu_model()
    began = time.monotonic()
    count = 0
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", encoding="utf-8") as out:
        for text in input_lines(source):
            out.write(json.dumps(parsed(nlu, text), ensure_ascii=False) + "\n")
            count += 1
            if count % PROGRESS_EVERY == 0:
                print(f"已处理 {count} 行", flush=True)
    print(f"共 {count} 行，用时 {time.monotonic() - began:.1f} 秒，写入 {target}")


if __name__ == "__main__":
    main()
