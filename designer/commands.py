"""Labelled turns in context (data/commands, tests/commands): are the commands of each turn right?

    .venv/bin/python -m designer.commands [FOLDER] [--wrong]

No service runs: the message's understanding comes from the current model (a subprocess in the bot's environment, kept in
a cache file by text and model), the order situation is imagined. Last line: one JSON object with the figures.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from actions.dialogue_action import message_of
from actions.store import load_dialogue
from designer import models_folder
from designer.imagined import NOW, ORDER_NO, OTHER_NO, OWNED, PHONE, SEVERAL, STATES, Imagined, several_orders
from designer.inputs import ROOT
from dialogue.commands import Command, CommandError, read_commands
from dialogue.decide import Decision, decide
from dialogue.message import Circumstances, Message
from dialogue.readers import read_all
from dialogue.scene import Scene, Store
from dialogue.state import Frame, State

#: Slots that the labels do not name: the specification gives them no values, or they repeat the words.
NOT_LABELLED = frozenset(
    {"product", "aspect", "colour", "size", "hurry", "bargain", "undo", "freight", "title_kind", "wrong_part"}
)
TRAPS = frozenset({"traps", "negation", "corrections"})
#: Values of a start that change what is done; others that the words also tell may be missing from a label.
DECIDING = frozenset({"reason", "kind", "what", "about"})
_FREE = "text"
Atom = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled turn."""

    file: str
    line: int
    sentence: str
    asked: str
    frames: str
    situation: str
    last: str
    wanted: tuple[Command, ...]


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


def read_rows(folder: Path) -> tuple[list[Row], list[str]]:
    """Every row, and one Chinese line with file and line number for each that cannot be read."""
    rows: list[Row] = []
    problems: list[str] = []
    for file in sorted(folder.glob("*.tsv")):
        name = f"{folder.name}/{file.name}"
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            columns = line.split("\t")
            if len(columns) != 6:
                problems.append(f"{name}:{number} 要有 6 列（现在 {len(columns)} 列），用 Tab 隔开")
                continue
            try:
                wanted = tuple(read_commands(columns[5]))
            except CommandError as error:
                problems.append(f"{name}:{number} {error}")
                continue
            sentence, asked, frames, situation, last = (one.strip() for one in columns[:5])
            rows.append(Row(file.stem, number, sentence, asked, frames, situation, last, wanted))
    return rows, problems


def understandings(texts: Iterable[str]) -> dict[str, dict[str, Any]]:
    """text -> understanding by the current model; asked of the bot's environment once per text and model."""
    listed = sorted(set(texts))
    model = models_folder.current()
    cache = ROOT / ".cache" / f"understood-{model.stem if model else 'none'}.json"
    known: dict[str, dict[str, Any]] = json.loads(cache.read_text("utf-8")) if cache.is_file() else {}
    missing = [one for one in listed if one not in known]
    if missing:
        env = {**os.environ, "PYTHONPATH": str(ROOT), "RASA_TELEMETRY_ENABLED": "false"}
        done = subprocess.run(
            [str(ROOT / ".venv-bot/bin/python"), "-W", "ignore", "-m", "designer.understood"],
            input=json.dumps(missing, ensure_ascii=False),
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=env,
            check=True,
        )
        answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        known.update(zip(missing, answers, strict=True))
        cache.parent.mkdir(exist_ok=True)
        cache.write_text(json.dumps(known, ensure_ascii=False), encoding="utf-8")
    return {one: known[one] for one in listed}


def scene_of(row: Row, message: Message, store: Store) -> Scene:
    """The situation of a row."""
    situation, _, item = row.situation.partition(":")
    state = State(episode=1)
    if situation in STATES:
        state.customer = {"phone": PHONE, "name": "王小明", "method": "order_phone"}
        state.order_no = ORDER_NO
        state.facts = {"order_no": ORDER_NO, "item": item}
    elif "which_order" in row.frames or "which_item" in row.frames:
        situation = SEVERAL
        state.customer = {"phone": PHONE, "name": "王小明", "method": "order_phone"}
    else:
        situation = ""
    state.frames = list(_frames(row, store, bool(situation)))
    if row.last != "-":
        flow = store.flows.get(row.last)
        intent = next(iter(flow.start), "") if flow else ""
        state.last = {"flow": row.last, "intent": intent, "order_no": state.order_no}
    at = Circumstances("t_label", "c_label", NOW)
    named = [str(one.slots["item"]) for one in row.wanted if one.kind == "focus" and "item" in one.slots]
    return Scene(message, at, state, store, Imagined(situation, item, owned=named))


def _frames(row: Row, store: Store, known: bool) -> Iterator[Frame]:
    written = [] if row.frames == "-" else row.frames.split(">")
    for place, one in enumerate(written):
        name, _, inside = one.partition("{")
        pairs = [part.strip() for part in inside.rstrip("}").split(",") if part.strip()]
        frame = Frame(name, f"draft{place}", order_no=ORDER_NO if known else None)
        if name == "offer":
            frame.data = {"human": "requested"} if pairs[:1] in ([], ["human"]) else {"start": pairs[0]}
            frame.data["from"] = row.last
            frame.step = "ok"
        elif name == "clarify":
            frame.data = {"names": {"chosen": {part: part for part in pairs}}}
            frame.step = "chosen"
        else:
            frame.slots = dict(part.partition("=")[::2] for part in pairs)
            flow = store.flows.get(name)
            frame.intent = next(iter(flow.start), "") if flow else ""
        if place == len(written) - 1 and row.asked not in {"-", "order_no", "proof"} and frame.step is None:
            _wait(frame, row.asked, store)
        yield frame
    top = written[-1].partition("{")[0] if written else ""
    if row.asked in {"order_no", "proof"} and top not in {"identify", "which_order"}:
        yield Frame("identify", "draftid", step=row.asked, slots={"order_no": ORDER_NO} if row.asked == "proof" else {})
    if row.asked in {"product", "item"} and top not in {"which_product", "which_item", "return"}:
        yield Frame(f"which_{row.asked}", "draftwhich", step=row.asked)


def _wait(frame: Frame, asked: str, store: Store) -> None:
    flow = store.flows.get(frame.flow)
    step = next((one for one in flow.steps if one.collect == asked), None) if flow else None
    if step is not None:
        frame.step = step.id
    elif asked in {"order_no", "proof"}:
        frame.step = asked


def atoms(commands: Iterable[Command], store: Store, row: Row) -> set[Atom]:
    """Commands as comparable parts: one a value; look-ups and forms alike; unlabelled slots left out."""
    found: set[Atom] = set()
    top = row.frames.split(">")[-1].partition("{")[0]
    for one in commands:
        kind = "start" if one.kind == "answer" else one.kind
        name = one.name
        if kind in {"start"}:
            found.add((kind, name, "", ""))
        elif kind == "cancel":
            found.add(("cancel", name or top, "", ""))
        elif not one.slots:
            found.add((kind, "" if kind in {"unclear", "chat", "clarify", "resume"} else name, "", ""))
        for slot, value in one.slots.items():
            if slot in NOT_LABELLED:
                continue
            shown = "other" if value == OTHER_NO else str(value)
            if kind == "focus" and slot == "order" and shown.startswith(OWNED):
                slot, shown = "item", shown.removeprefix(OWNED)
            if slot == "order_no" and "which_order" in row.frames:
                kind, slot, shown = "focus", "item", _item_of(shown)
            if kind in {"set", "correct"} and (slot, shown) == ("ok", "no") and row.asked == "ok":
                found.add(("cancel", top, "", ""))
                continue
            found.add((kind, name if kind == "start" else "", slot, _plain(slot, shown, store)))
    return found


def _item_of(order_no: str) -> str:
    """The product of one of the many orders, by its number or the end of it; the number itself when there is none."""
    return next(
        (one.items[0].name for one in several_orders() if one.order_no.endswith(order_no)), order_no
    )


def _plain(slot: str, value: str, store: Store) -> str:
    spec = next((flow.slots[slot] for flow in store.flows.by_id.values() if slot in flow.slots), None)
    if spec is not None and spec.kind in {"text", "address", "title", "receiver"}:
        return _FREE
    plain = "".join(value.split()).casefold()
    if slot == "proof" and len(plain) == 11 and plain.isdigit():
        return plain[-4:]
    if slot == "item":
        return next((one.items[0].name for one in several_orders() if plain in one.items[0].name), plain)
    return plain


def evaluate(rows: Iterable[Row], store: Store) -> Figures:
    """Decide every row and compare."""
    listed = list(rows)
    known = understandings(one.sentence for one in listed)
    figures = Figures()
    for row in listed:
        understood = known[row.sentence]
        latest = {"text": row.sentence, "intent": {"name": understood["intent"]}, "entities": understood["entities"]}
        message = message_of(latest, {"understanding": understood}, None)
        scene = scene_of(row, message, store)
        decision = decide(scene, list(read_all(scene)), store.arbiter)
        wanted, got = atoms(row.wanted, store, row), atoms(decision.commands, store, row)
        got -= {one for one in got - wanted if one[0] == "start" and one[2] and one[2] not in DECIDING}
        figures.rows += 1
        figures.right += wanted == got
        figures.by_file[row.file][0] += wanted == got
        figures.by_file[row.file][1] += 1
        for kind in {one.kind for one in row.wanted}:
            mine = {one for one in wanted if one[0] == ("start" if kind == "answer" else kind)} or wanted
            figures.by_kind[kind][0] += mine <= got
            figures.by_kind[kind][1] += 1
        if wanted != got:
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
            print(f"{row.file}:{row.line} {row.sentence} | {row.asked} | {row.frames} | {row.situation} | {row.last}")
            print(f"    要 {' + '.join(one.written() for one in row.wanted)}\n    得 {' + '.join(got)}")
            if "--trace" in sys.argv:
                for one in decision.trace[:6]:
                    print(f"        {one}")
    print(report(figures))
    traps = [figures.by_file[name] for name in TRAPS if name in figures.by_file]
    share = sum(one[0] for one in traps) / max(1, sum(one[1] for one in traps))
    kinds = Counter({kind: round(right / count, 3) for kind, (right, count) in figures.by_kind.items()})
    print(json.dumps({"n": figures.rows, "accuracy": round(figures.accuracy, 4), "traps": round(share, 4), "by_kind": dict(kinds)}))


if __name__ == "__main__":
    main()
