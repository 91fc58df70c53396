"""The product's data/ and a store's own STORE_DIR as one folder (docs/decisions/0012): what a store writes goes before.

A file of STORE_DIR has the name that it has below data/. What becomes of it depends on its kind:

- merged by key (policy, dialogue, troubleshooting, categories, lookups): a value replaces, `name+:` adds to a list,
  `name-:` takes the entry out; deeper mappings likewise.
- entries (domain, knowledge): the same, and an entry is found by its name in whichever file the product keeps it.
- flows: a flow replaces the one of its name as a whole.
- sentences and lists (nlu, watchers, emotion, handoff): added to the product's.

Whoever reads the result knows nothing of all this; `told` puts the place where somebody wrote a line into a message about it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aftersales.lined_yaml import Lined, LinedList, read_lined
from aftersales.reload import data_version

ORIGINS, VERSION = "origins.json", "version"
#: Of the product alone, beside what is built from it: no store writes it.
NOT_MERGED = ("encoder", "commands")
#: Where the entries of a folder stand in its files: below this key, or at the top.
ENTRIES = {"domain": "responses", "knowledge": ""}
#: Files of these are read by their names, so that one which the product has not would be read by nobody.
FIXED = ("policy", "dialogue", "nlu/lookups", "emotion")
MERGED = (*FIXED, "troubleshooting")
LISTS = {"watchers": ".tsv", "emotion": ".tsv", "nlu/jieba": ".txt", "handoff": ".jsonl"}
_NAMED = re.compile(r"(data/[A-Za-z0-9_./-]+\.[a-z]+)(?::(\d+))?")
_PLAIN_KEY = re.compile(r"(?!(?:y|n|yes|no|on|off|true|false|null)$)[A-Za-z_][A-Za-z0-9_.-]*", re.IGNORECASE)
_SENTENCE = re.compile(r"^(\s+)-\s(.*\S)\s*$")
#: Versions kept beside each other: a process may still be reading the one before.
KEPT = 3
Place = tuple[str, int]


class DataError(ValueError):
    """data/ or STORE_DIR cannot be used; `lines` has every mistake, one Chinese line each."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(f"{lines[0]}（还有 {len(lines) - 1} 处）" if lines[1:] else lines[0])
        self.lines = lines


@dataclass
class Item:
    """A value of a file, and the line that wrote it."""

    value: Any
    at: Place


@dataclass
class Page:
    """A file that is written anew: its lines, and where each comes from."""

    lines: list[str] = field(default_factory=list)
    origins: list[Place] = field(default_factory=list)

    def add(self, line: str, at: Place) -> None:
        self.lines.append(line)
        self.origins.append(at)


def store_of(settings: Mapping[str, str]) -> Path | None:
    return Path(settings["STORE_DIR"]) if settings["STORE_DIR"] else None


def joined(
    folder: Path,
    checkout: Path,
    store: Path | None,
    unusable: Callable[[Path], list[str]] = lambda _: [],
) -> Path:
    """data/ of `checkout` and `store` as one in a folder below `folder` that is named by its version; the newest few are kept.

    Raises DataError when the store's files cannot be used or `unusable` says so of the whole, OSError when there is no room.
    """
    folder.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".", dir=folder))
    try:
        fresh = scratch / "root"
        problems = merge(checkout, store, fresh) or [told(fresh, one) for one in unusable(fresh)]
        if problems:
            raise DataError(problems)
        root = folder / data_version(fresh)
        if not root.exists():
            fresh.rename(root)
        os.utime(root)  # in use again: the newest
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    versions = [
        one for one in folder.iterdir() if one.is_dir() and not one.is_symlink() and one.name[0] != "."
    ]
    for old in sorted(versions, key=lambda one: one.stat().st_mtime, reverse=True)[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)
    return root


def merge(checkout: Path, store: Path | None, target: Path) -> list[str]:
    """Write into `target` (which is not there yet) what Rasa and we read: config.yml, domain.yml and data/, with `store` in it.
    Returns what is wrong with the store's files, one Chinese line each; whether the whole can be used is the readers' question.

    Raises OSError when the checkout cannot be read or the target cannot be written."""
    shutil.copytree(checkout / "data", target / "data", ignore=_not_merged(checkout / "data"))
    for name in ("config.yml", "domain.yml"):
        if (checkout / name).exists():
            shutil.copyfile(checkout / name, target / name)
    joined = _Join(target, store)
    if store is not None:
        joined.run()
    (target / ORIGINS).write_text(json.dumps(joined.origins, ensure_ascii=False), encoding="utf-8")
    (target / VERSION).write_text(_digest(target / "data"), encoding="utf-8")
    return joined.problems


def told(root: Path, message: str) -> str:
    """The message with files and lines of the merged folder as those who wrote them know them."""
    try:
        origins = json.loads((root / ORIGINS).read_text(encoding="utf-8"))
    except OSError:
        return message

    def place(found: re.Match[str]) -> str:
        known, line = origins.get(found[1]), found[2]
        if isinstance(known, str):
            return f"{known}:{line}" if line else known
        if known and line and int(line) <= len(known):
            file, at = known[int(line) - 1]
            return f"{file}:{at}"
        return found[0]

    return _NAMED.sub(place, message.replace(f"{root}/", ""))


def _not_merged(data: Path) -> Any:
    return lambda folder, names: [one for one in names if Path(folder) == data and one in NOT_MERGED]


def _digest(data: Path) -> str:
    total = hashlib.sha256()
    for file in sorted(one for one in data.rglob("*") if one.is_file()):
        total.update(f"{file.relative_to(data)}\0".encode())
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()[:12]


class _Join:
    """Puts the files of `store` into the copy of data/ below `target`."""

    def __init__(self, target: Path, store: Path | None) -> None:
        self.data, self.store = target / "data", store or Path()
        self.origins: dict[str, str | list[Place]] = {}
        self.problems: list[str] = []
        self._entry_files: dict[str, list[Path]] = {}

    def run(self) -> None:
        try:
            files = sorted(one for one in self.store.rglob("*") if not _is_ours(one, self.store))
            if not self.store.is_dir() or not next(self.store.iterdir(), None):
                raise FileNotFoundError
        except OSError:
            self.problems.append(f"STORE_DIR={self.store} 不在、是空的，或者读不了")
            return
        for file in files:
            if file.is_file():
                try:
                    self._put(file, file.relative_to(self.store))
                except (OSError, UnicodeDecodeError):
                    self._wrong(file, 1, "读不了，文件要存成 UTF-8")
        for folder, several in self._entry_files.items():
            self._entries(folder, several)

    def _wrong(self, file: Path, line: int, message: str) -> None:
        self.problems.append(f"{file}:{line} {message}")

    def _put(self, file: Path, name: Path) -> None:
        folder, ending = name.parent.as_posix(), name.suffix
        base = self.data / name
        if LISTS.get(folder) == ending:
            self._add_lines(file, base, [one for one in _lines(file) if one.strip()])
        elif folder in ENTRIES and ending == ".yml":
            self._entry_files.setdefault(folder, []).append(file)
        elif folder == "flows" and ending == ".yml":
            self._flows(file)
        elif (folder in MERGED or name.as_posix() == "categories.yml") and ending == ".yml":
            if not base.exists() and folder in FIXED:
                known = "、".join(sorted(one.name for one in base.parent.glob("*.yml")))
                self._wrong(file, 1, f"data/{folder} 里没有 {name.name}，不会被读到；有：{known}")
                return
            tree = self._tree(base) if base.exists() else Item({}, (str(file), 1))
            self._write(base, self._over(tree, self._tree(file)))
        elif len(name.parts) == 3 and name.parts[0] == "nlu" and ending == ".yml":
            self._sentences(file, base)
        else:
            self._wrong(
                file,
                1,
                "不会被读到：STORE_DIR 里的文件要和 data/ 里的同一种文件放在同名的文件夹，说明另写成 .md",
            )

    def _tree(self, file: Path) -> Item:
        """The file as it stands, its mistakes told."""
        read, wrong = read_lined(file)
        for line, message in wrong:
            self._wrong(file, line, message)
        return _item(read, self._shown(file), 1)

    def _shown(self, file: Path) -> str:
        """As whoever wrote it knows it."""
        return (
            f"data/{file.relative_to(self.data).as_posix()}" if file.is_relative_to(self.data) else str(file)
        )

    def _over(self, base: Item, over: Item) -> Item:
        """What `over` says goes before."""
        if not isinstance(over.value, dict):
            return over
        result = dict(base.value) if isinstance(base.value, dict) else {}
        for key, item in over.value.items():
            name = _plain(key)
            known = result.get(name)
            if key.endswith("+"):
                if not isinstance(item.value, list) or (known and not isinstance(known.value, list)):
                    self.problems.append(f"{item.at[0]}:{item.at[1]} “{key}”是往列表里加，这里不是列表")
                    continue
                result[name] = Item([*(known.value if known else ()), *item.value], item.at)
            elif key.endswith("-"):
                if result.pop(name, None) is None or item.value is not None:
                    self.problems.append(
                        f"{item.at[0]}:{item.at[1]} “{key}”是去掉 data/ 里的“{name}”：要真有这一项，后面不写内容"
                    )
            else:
                result[name] = self._over(known or Item({}, item.at), item)
        return Item(result, over.at)

    def _write(self, file: Path, tree: Item) -> None:
        page = Page()
        _put_lines(tree, "", page)
        self._keep(file, page)

    def _keep(self, file: Path, page: Page) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join([*page.lines, ""]), encoding="utf-8")
        self.origins[self._shown(file)] = page.origins

    def _add_lines(self, file: Path, base: Path, added: list[str]) -> None:
        """Behind the product's lines."""
        page = Page()
        for number, line in enumerate(_lines(base) if base.exists() else (), 1):
            page.add(line, (self._shown(base), number))
        numbers = [number for number, line in enumerate(_lines(file), 1) if line.strip()]
        for number, line in zip(numbers, added, strict=True):
            page.add(line, (str(file), number))
        self._keep(base, page)

    def _sentences(self, file: Path, base: Path) -> None:
        """More sentences of an intent, or an intent of the store's own."""
        self._tree(file)
        if not base.exists():
            base.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, base)
            self.origins[self._shown(base)] = str(file)
            return
        page = Page()
        indent = "    "
        for number, line in enumerate(_lines(base), 1):
            page.add(line, (self._shown(base), number))
            indent = found[1] if (found := _SENTENCE.match(line)) else indent
        for number, line in enumerate(_lines(file), 1):
            if found := _SENTENCE.match(line):
                page.add(f"{indent}- {found[2]}", (str(file), number))
        self._keep(base, page)

    def _entries(self, folder: str, files: list[Path]) -> None:
        """Each entry into the file in which the product has it; a new one into a file of the store's own."""
        below = ENTRIES[folder]
        trees = {one: self._tree(one) for one in sorted((self.data / folder).glob("*.yml"))}
        homes = {name: one for one, tree in trees.items() for name in _entries_of(tree, below)}
        seen: dict[str, str] = {}
        touched: set[Path] = set()
        for file in files:
            over = self._tree(file)
            for name, item in _entries_of(over, below).items():
                plain = _plain(name)
                if plain in seen:
                    self._wrong(file, item.at[1], f"“{plain}”已经写在 {seen[plain]} 里")
                    continue
                seen[plain] = str(file)
                home = homes.get(plain) or self.data / folder / f"{file.stem}.store.yml"
                before = trees.get(home) or _with_entries(below, {}, over)
                one = Item({name: item}, item.at)
                entries = self._over(Item(_entries_of(before, below), before.at), one).value
                trees[home] = _with_entries(below, entries, before)
                touched.add(home)
            for key, item in over.value.items() if below else ():
                if key not in (below, "version"):
                    self._wrong(file, item.at[1], f"这里只放 {below}，不认识“{key}”")
        for home in touched:
            if _entries_of(trees[home], below):
                self._write(home, trees[home])
            else:
                home.unlink(missing_ok=True)

    def _flows(self, file: Path) -> None:
        """The file beside the product's, whose flows of the same name go."""
        own, wrong = read_lined(file)
        for line, message in wrong:
            self._wrong(file, line, message)
        copy = file.with_name(f"{file.stem}.store.yml").name
        taken = {name for name in own if name.endswith("-")}
        replaced: set[str] = set()
        for base in sorted((self.data / "flows").glob("*.yml")):
            replaced |= _blank(base, {_plain(one) for one in own})
        for name in sorted(taken - {f"{one}-" for one in replaced}):
            self._wrong(file, own.lines[name], f"“{name}”是去掉流程“{_plain(name)}”，data/flows 里没有它")
        target = self.data / "flows" / copy
        shutil.copyfile(file, target)
        self.origins[self._shown(target)] = str(file)
        _blank(target, taken)


def _is_ours(file: Path, store: Path) -> bool:
    """What a store keeps beside its data: notes, and what its version control or an editor leaves."""
    parts = file.relative_to(store).parts
    return any(one.startswith(".") or one.endswith("~") for one in parts) or file.suffix == ".md"


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines()


def _item(value: Any, file: str, line: int) -> Item:
    if isinstance(value, Lined):
        return Item({k: _item(one, file, value.lines[k]) for k, one in value.items()}, (file, line))
    if isinstance(value, LinedList):
        return Item([_item(one, file, at) for one, at in zip(value, value.lines, strict=True)], (file, line))
    return Item(value, (file, line))


def _entries_of(tree: Item, below: str) -> dict[str, Item]:
    found = tree.value.get(below) if below and isinstance(tree.value, dict) else tree
    return found.value if found is not None and isinstance(found.value, dict) else {}


def _with_entries(below: str, entries: dict[str, Item], like: Item) -> Item:
    if not below:
        return Item(entries, like.at)
    version = (
        {"version": Item("3.1", like.at)} if "version" in like.value else {}
    )  # a number would be none to Rasa
    return Item({**version, below: Item(entries, like.at)}, like.at)


def _put_lines(item: Item, pad: str, page: Page) -> None:
    """The value as YAML, one line a key or entry, so that a reader's line number says where it comes from."""
    listed: Iterator[tuple[str, Item]]
    if isinstance(item.value, dict):
        listed = (
            (f"{k if _PLAIN_KEY.fullmatch(k) else json.dumps(k, ensure_ascii=False)}:", one)
            for k, one in item.value.items()
        )
    else:
        listed = (("-", one) for one in item.value)
    for head, one in listed:
        if isinstance(one.value, dict | list) and one.value:
            page.add(f"{pad}{head}", one.at)
            _put_lines(one, f"{pad}  ", page)
        else:
            page.add(f"{pad}{head} {json.dumps(one.value, ensure_ascii=False)}", one.at)


def _plain(key: str) -> str:
    """Of `name+`, `name-` and `name`: name."""
    return key[:-1] if key.endswith(("+", "-")) else key


def _blank(file: Path, names: set[str]) -> set[str]:
    """Take entries out of a file whose other lines stay where they are; without entries the file goes. Which it had."""
    tree, _ = read_lined(file)
    starts = sorted(tree.lines.values())
    lines = _lines(file)
    for name in names & tree.keys():
        first = tree.lines[name]
        end = next((one for one in starts if one > first), len(lines) + 1)
        lines[first - 1 : end - 1] = [""] * (end - first)
    if tree and not tree.keys() - names:
        file.unlink()
    elif names & tree.keys():
        file.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return names & tree.keys()
