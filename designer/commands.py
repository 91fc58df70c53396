"""Labelled turns in context (data/commands, tests/commands): are the commands of each turn right?

    .venv/bin/python -m designer.commands [FOLDER] [--wrong]

No service runs: the message's understanding comes from the current model (a subprocess in the bot's environment, kept in
a cache file by text and model), the order situation is imagined. Last line: one JSON object with the figures.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from actions.dialogue_action import message_of
from actions.store import load_dialogue
from designer import models_folder
from designer.command_parts import command_parts, right_parts
from designer.inputs import ROOT, bot_environment
from designer.labelled_scenes import scene_of
from designer.labelled_turns import Row, read_rows
from dialogue.decide import Decision, decide
from dialogue.readers.table import read_all
from dialogue.scene import Store

TRAPS = frozenset({"traps", "negation", "corrections"})


@dataclass
class Figures:
    """Counts of a run: rows, exactly right rows, and by kind of command."""

    rows: int = 0
    right: int = 0
    by_file: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    by_kind: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    wrong: list[tuple[Row, list[str], Decision]] = field(default_factory=list)

    @property
    def accuracy(self) -> float:
        return self.right / self.rows if self.rows else 0.0


def understandings(texts: Iterable[str]) -> dict[str, dict[str, Any]]:
    """text -> understanding by the current model; asked of the bot's environment once per text and model."""
    listed = sorted(set(texts))
    model = models_folder.current()
    cache = ROOT / ".cache" / f"understood-{model.stem if model else 'none'}.json"
    known: dict[str, dict[str, Any]] = json.loads(cache.read_text("utf-8")) if cache.is_file() else {}
    missing = [one for one in listed if one not in known]
    if missing:
        done = subprocess.run(
            [str(ROOT / ".venv-bot/bin/python"), "-W", "ignore", "-m", "designer.understood"],
            input=json.dumps(missing, ensure_ascii=False),
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=bot_environment(),
            check=True,
        )
        answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        known.update(zip(missing, answers, strict=True))
        cache.parent.mkdir(exist_ok=True)
        cache.write_text(json.dumps(known, ensure_ascii=False), encoding="utf-8")
    return {one: known[one] for one in listed}


def latest_of(text: str, understood: dict[str, Any]) -> dict[str, Any]:
    """A message as the action gets it."""
    return {"text": text, "intent": {"name": understood["intent"]}, "entities": understood["entities"]}


def evaluate(rows: Iterable[Row], store: Store) -> Figures:
    """Decide every row and compare."""
    listed = list(rows)
    known = understandings(one.sentence for one in listed)
    figures = Figures()
    for row in listed:
        understood = known[row.sentence]
        message = message_of(latest_of(row.sentence, understood), {"understanding": understood}, None)
        scene = scene_of(row, message, store)
        decision = decide(scene, list(read_all(scene)), store.arbiter)
        wanted, got = command_parts(row.wanted, store, row), command_parts(decision.commands, store, row)
        right = right_parts(wanted, got)
        figures.rows += 1
        figures.right += right
        figures.by_file[row.file][0] += right
        figures.by_file[row.file][1] += 1
        for kind in {one.kind for one in row.wanted}:
            mine = {one for one in wanted if one[0] == ("start" if kind == "answer" else kind)} or wanted
            figures.by_kind[kind][0] += right or mine <= got
            figures.by_kind[kind][1] += 1
        if not right:
            figures.wrong.append((row, [one.written() for one in decision.commands], decision))
    return figures


def report(figures: Figures) -> str:
    """A table by kind and by file."""
    lines = [f"{figures.right} / {figures.rows} = {figures.accuracy:.3f}"]
    for title, table in (("kind", figures.by_kind), ("file", figures.by_file)):
        for name, (right, count) in sorted(table.items(), key=lambda one: -one[1][1]):
            lines.append(f"  {title} {name:24} {right:4} / {count:4} = {right / count:.3f}")
    return "\n".join(lines)


def main() -> None:
    """Command line."""
    arguments = [one for one in sys.argv[1:] if not one.startswith("--")]
    folder = Path(arguments[0]) if arguments else ROOT / "data" / "commands"
    rows, problems = read_rows(folder)
    for problem in problems:
        print(problem)
    store = load_dialogue()
    figures = evaluate(rows, store)
    if "--wrong" in sys.argv:
        for row, got, decision in figures.wrong:
            print(
                f"{row.file}:{row.line} {row.sentence} | {row.asked} | {row.frames} | {row.situation} | {row.last}"
            )
            print(f"    要 {' + '.join(one.written() for one in row.wanted)}\n    得 {' + '.join(got)}")
            if "--trace" in sys.argv:
                for one in decision.trace[:6]:
                    print(f"        {one}")
    print(report(figures))
    traps = [figures.by_file[name] for name in TRAPS if name in figures.by_file]
    share = sum(one[0] for one in traps) / max(1, sum(one[1] for one in traps))
    kinds = Counter({kind: round(right / count, 3) for kind, (right, count) in figures.by_kind.items()})
    print(
        json.dumps(
            {
                "n": figures.rows,
                "accuracy": round(figures.accuracy, 4),
                "traps": round(share, 4),
                "by_kind": dict(kinds),
            }
        )
    )


if __name__ == "__main__":
    main()
