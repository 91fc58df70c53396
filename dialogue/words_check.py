"""What is wrong with data/dialogue, for `designer.check`: every problem with its file and line, in Chinese.

Form (words.read_words), words that two codes of one choice share, a yes that names a matter or a no, lists that nothing
reads, and names that do not exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from pathlib import Path

from aftersales.lined_yaml import read_lined
from dialogue.words import CHOICES, Problem, WordList, Words, read_words

#: What a person's note and a question may be about, and the points that may be asked of it (note.yml).
NOTE_TOPICS = (
    *("parcel", "money", "gift", "call", "change", "fix"),
    *(
        "back",
        "freight",
        "invoice",
        "address",
        "return_to",
        "pickup",
        "warranty",
        "fee",
        "usage",
        "carrier",
        "supposed",
    ),
)
NOTE_POINTS = ("from", "when", "number", "back", "who", "amount", "freight")
#: The lists of words that code reads, by file; a file that is not named here has keys of its own (acts, slots, offers,
#: choices and the files of single readers).
READ: dict[str, frozenset[str]] = {
    "answers": frozenset(
        {
            *(
                "yes",
                "no",
                "lead",
                "tail",
                "later",
                "cancel",
                "goes_on",
                "settles_for",
                "softly",
                "skip",
                "lacking",
                "resume",
                "undo",
            ),
            *(
                "explain",
                "repeat",
                "dont_know",
                "no_way",
                "wrong_data",
                "nothing_more",
                "another_order",
                "another_thing",
                "which_meant",
                "outright",
                "what_about",
            ),
            *("question", "kept", "not_changed", "not_yet"),
            *("adds", "leaves"),
            *("postpones", "takes_leave", "heard", "relief", "leave_off", "depends"),
            "waits",
            *("whatever", "leave_out", "unchanged", "all_of_them"),
        }
    ),
    "intents": frozenset(
        {"talk", "answers", "watched.safety", "watched.threat", "watched.human", "beyond", "stands"}
    ),
    "negation": frozenset({"before", "light", "after", "never", "awaited", "wished", "gives_up_goods"}),
    "goods": frozenset({"safety", "threat", "human"}),
    "disowns": frozenset(
        {
            *("goods_before", "others_stay", "only_these", "not_all", "goods_after", "not_these"),
            *(f"matter.{one}" for one in ("return", "invoice", "change_address", "change_item", "complaint")),
            *("protests.return", "instead.return", "of_others"),
        }
    ),
    "wishes": frozenset(
        {
            "hypothetical",
            "wants",
            "button",
            "mistake",
            "others",
            "before",
            "beside",
            "scrap",
            "begins",
            "identifying",
            "done_yet",
            "gives_up",
            "no_fault",
            "asks_rule",
            "in_general",
            "own",
            *("undispatched", "before_dispatch", "condition", "condition_asks"),
        }
    ),
    "note": frozenset(
        {
            *(f"asks.{one}" for one in NOTE_TOPICS),
            *(f"says.{one}" for one in NOTE_TOPICS),
            *(f"points.{one}" for one in NOTE_POINTS),
            *(f"written.{one}" for one in NOTE_POINTS),
            *("refers", "overdue", "done", "common"),
        }
    ),
    "corrections": frozenset({"invoice_change", "request_note"}),
    "faults": frozenset({"lead", "tail", "empty", "no_picture", "rewritten", "told", "added"}),
    "wished_time": frozenset({"named", "part", "by", "need", "cue", "noted", "past"}),
    "parts": frozenset(
        {
            *(
                f"resend.{one}"
                for one in ("after", "before", "broken", "those", "only", "only_changed", "only_sent")
            ),
            *("not_part", "names", "wrong", "sends", "adds", "instead", "refused"),
        }
    ),
    "queue": frozenset(
        {"leaves", "leaves_not_meant", "about_wait", "unharmed", "no_danger", "sure", "filler"}
    ),
    "watchers": frozenset(
        {
            *(
                "safety",
                "hypothetical",
                "asks_whether",
                "threat",
                "threat_verbs",
                "not_meant.threat",
                "not_meant.safety",
                "not_meant.privacy",
                "not_meant.human",
                "human",
            ),
            *("complaint_announced", "grievance", "complains", "again", "no_more_questions", "privacy"),
            *("others_data", "masked_data", "ticket", "ticket_not_meant", "unusable", "insist", "still_not"),
            *(
                "english",
                "english_word",
                "anger",
                "rude",
                "not_angry",
                "carrier",
                "us",
                "impatient",
                "loss",
                "about_before",
            ),
            *(
                "only_if",
                "warns",
                "against_will",
                "just_asks",
                "refuses_person",
                "misfit",
                "not_bought",
                "how_to_buy",
                "duplicate_order",
                "bought_nothing",
                "bought_for",
                "has_bought",
                "reorder",
                "loss_wish",
                "calls_person",
                "contacted",
                "accepts_person",
                "takes_person",
                "changes_mind",
                "bought_by_child",
                "child_half",
                "delivery_address",
                "own_address",
                "own_address_not",
                "pay_still",
                "invoice_rule",
                "visit_prepare",
                "health_worry",
                "wear",
                "part_names",
                "request_handling",
                "order_details",
                "variant_difference",
                "difference_half",
            ),
        }
    ),
}
#: Characters that make a word a pattern rather than a plain word.
_PATTERN = re.compile(r"[\\^$.|?*+()\[\]{}]")
_ROOT = "data/dialogue"


def check_words(
    folder: Path, read: tuple[Words, list[Problem]] | None = None
) -> Iterator[tuple[str, int, str]]:
    """(file, line, message) of every problem of the folder; the data folder around it says which intents exist. `read`:
    what read_words gave, where the caller has it already."""
    words, problems = read or read_words(folder)
    known_intents = _intents(folder.parent / "categories.yml")
    found = [*problems, *_unread(words), *_overlaps(words), *_yes_that_is_none(words)]
    found += _unknown_intents(words, known_intents)
    for one in sorted(found, key=lambda problem: (problem.file, problem.line)):
        yield one.file, one.line, one.message


def _unread(words: Words) -> Iterator[Problem]:
    """Lists that nothing reads, and lists that code reads and no file has."""
    for name, one in words.lists.items():
        stem, _, key = name.partition(".")
        if stem in READ and key not in READ[stem]:
            known = "、".join(sorted(READ[stem]))
            yield Problem(one.file, one.line, f"没有地方用到“{key}”，可以写：{known}")
    for stem, keys in READ.items():
        for key in sorted(keys):
            if f"{stem}.{key}" not in words.lists:
                yield Problem(f"{_ROOT}/{stem}.yml", 1, f"缺少“{key}”")


def _overlaps(words: Words) -> Iterator[Problem]:
    """A word of one code that an earlier code of the same choice fits as well."""
    choices = [one for name, one in words.lists.items() if name.startswith(f"{CHOICES}.")]
    for place, later in enumerate(choices):
        for earlier in choices[:place]:
            if _group(earlier) != _group(later):
                continue
            for word, line in zip(later.words, later.lines, strict=True):
                if word in earlier.words or (not _PATTERN.search(word) and earlier.pattern.search(word)):
                    message = f"“{word}”同时算作 {_code(earlier)}（第 {earlier.line} 行）和 {_code(later)}"
                    yield Problem(later.file, line, message)


def _yes_that_is_none(words: Words) -> Iterator[Problem]:
    """A yes that is also a no, or that names a matter (取消吧): it would confirm something else."""
    agrees, declines = words.lists.get("answers.yes"), words.lists.get("answers.no")
    if agrees is None:
        return
    for word, line in zip(agrees.words, agrees.lines, strict=True):
        if declines is not None and word in declines.words:
            yield Problem(agrees.file, line, f"“{word}”既写在 yes 里又写在 no 里")
        if _PATTERN.search(word):
            continue
        for intent, pattern in words.codes("acts").items():
            if pattern.search(word):
                yield Problem(agrees.file, line, f"“{word}”是在说一件事（{intent}），不能当作答应")


def _unknown_intents(words: Words, intents: Set[str]) -> Iterator[Problem]:
    for name, one in words.lists.items():
        stem, _, intent = name.partition(".")
        if stem in {"acts", "not_acts"} and intents and intent not in intents:
            yield Problem(one.file, one.line, f"没有这个意图：{intent}")


def _intents(file: Path) -> frozenset[str]:
    root, _ = read_lined(file)
    listed = [one.get("intents") or [] for one in (root.get("categories") or {}).values()]
    return frozenset(str(intent) for group in listed for intent in group)


def _group(one: WordList) -> str:
    return one.name.rpartition(".")[0]


def _code(one: WordList) -> str:
    return one.name.rpartition(".")[2]
