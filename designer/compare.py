"""`python -m designer.compare [PART …]`: the tables of docs/reports/intent.md, measured again. Minutes, not seconds.

Parts: table, curve, noise, thresholds, reliability, mistakes (all when none is named). Runs in the bot's environment:
`PYTHONPATH=. .venv-bot/bin/python -m designer.compare`. Figures are on tests/nlu (never trained on) and on blocks of
neighbouring training sentences held out together. Prints Markdown.
"""

from __future__ import annotations

import itertools
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import numpy as np

from bot.intent.categories import category_of, intents_to_categories
from bot.intent.fallback import fallback_kind
from bot.intent.prepared import Prepared
from bot.intent.syllables import syllables
from bot.text.normalise import normalised
from bot.text.prepare import prepared
from bot.text.words import Words, dictionary_lines
from designer.contestants import CONTESTANTS, Contestant, Ours, Scores, WithEncoder
from designer.inputs import DATA_ROOT
from designer.nlu_files import TEST, read_examples, read_tsv

BLOCK, HELD_OUT = 20, 1500
COMMON = 5
TIMED = 400
GREETINGS = ("亲", "在吗", "您好，", "亲，在吗", "客服在吗", "掌柜的", "在不在 ", "请问一下")
CARDS = ("[订单编号x]", "202611020031456 ", "#E-s[数字x]", "[链接x] ")
ENDINGS = ("谢谢亲", "麻烦了", "[图片]", "急", " 谢谢", "哦", "，亲", "#E-s[数字x]")
_fresh = itertools.count()
FILES = ("balanced", "shop_logs", "development")
CODES = sorted(set(intents_to_categories().values()))


class Sentences:
    """Training sentences and the test files, prepared once."""

    def __init__(self) -> None:
        self._words = Words(dictionary_lines(DATA_ROOT / "data" / "nlu" / "jieba"))
        examples = read_examples()
        self.train = [self.prepare(e.text) for e in examples]
        self.intents = [e.intent for e in examples]
        self.files: dict[str, list[tuple[str, str]]] = {}
        self.tests: dict[str, tuple[list[Prepared], Any]] = {}
        for name in FILES:
            rows = [(c[0], c[1].strip()) for _, c in read_tsv(TEST / f"{name}.tsv")]
            self.files[name] = rows
            self.tests[name] = (
                [self.prepare(t) for t, _ in rows],
                np.array([CODES.index(c) for _, c in rows]),
            )

    def prepare(self, text: str) -> Prepared:
        """As the bot's tokenizer does."""
        return prepared(normalised(text), self._words)


def scored(found: Scores, true: Any) -> str:
    """`accuracy / macro-F1`."""
    from sklearn.metrics import f1_score

    said = found.argmax(axis=1)
    f1 = f1_score(true, said, labels=sorted(set(true)), average="macro", zero_division=0)
    return f"{(said == true).mean():.3f} / {f1:.3f}"


def table(s: Sentences) -> None:
    """All contestants: held-out blocks, both test files, seconds to train, milliseconds to answer."""
    seen: Counter[str] = Counter()
    fold = []
    for intent in s.intents:
        fold.append(seen[intent] // BLOCK % 3)
        seen[intent] += 1
    inside = [i for i, f in enumerate(fold) if f]
    outside = [i for i, f in enumerate(fold) if not f]
    outside = sorted(Random(1).sample(outside, min(HELD_OUT, len(outside))))
    true = np.array([CODES.index(category_of(s.intents[i])) for i in outside])
    part, part_intents = [s.train[i] for i in inside], [s.intents[i] for i in inside]
    print(
        f"| classifier | held-out blocks | {' | '.join(FILES)} | train s | ms p50 | ms p95 |\n"
        + "|---" * (len(FILES) + 5)
        + "|"
    )
    for name, make in CONTESTANTS.items():
        half = make()
        if isinstance(half, WithEncoder):
            blocks = "seen"  # the shipped encoder was trained on these sentences
        else:
            half.fit(part, part_intents)
            blocks = scored(half.scores([s.train[i] for i in outside], CODES), true)
        whole = make()
        began = time.perf_counter()
        whole.fit(s.train, s.intents)
        seconds = time.perf_counter() - began
        p50, p95 = latency(whole, s)
        files = [scored(whole.scores(x, CODES), y) for x, y in s.tests.values()]
        print(
            f"| {name} | {blocks} | {' | '.join(files)} | {seconds:.0f} | {p50:.2f} | {p95:.2f} |", flush=True
        )


def latency(model: Contestant, s: Sentences) -> tuple[float, float]:
    """Milliseconds a sentence for the model alone, p50 and p95, on sentences it has not embedded before."""
    times = []
    for sentence in s.tests["balanced"][0][:TIMED]:
        fresh = Prepared(sentence.text + chr(0x4E00 + next(_fresh)), sentence.words)
        began = time.perf_counter()
        model.scores([fresh], CODES)
        times.append((time.perf_counter() - began) * 1000)
    times.sort()
    return times[len(times) // 2], times[int(len(times) * 0.95)]


def curve(s: Sentences) -> None:
    """The shipped model by number of training sentences."""
    order = list(range(len(s.train)))
    Random(2).shuffle(order)
    print(f"| sentences | {' | '.join(FILES)} |\n" + "|---" * (len(FILES) + 1) + "|")
    for count in (1000, 4000, 16000, 25000, len(order)):
        model = Ours()
        chosen = order[:count]
        model.fit([s.train[i] for i in chosen], [s.intents[i] for i in chosen])
        files = [scored(model.scores(x, CODES), y) for x, y in s.tests.values()]
        print(f"| {count} | {' | '.join(files)} |", flush=True)


def noise(s: Sentences) -> None:
    """What greetings, cards, endings, a lost and a wrong character do to the test turns, with and without the remedies."""
    random = Random(5)
    alike = _homophones(s.train)
    ways: dict[str, Callable[[str], str]] = {
        "as written": lambda t: t,
        "greeting in front": lambda t: random.choice(GREETINGS) + t,
        "card or number in front": lambda t: random.choice(CARDS) + t,
        "ending": lambda t: t + random.choice(ENDINGS),
        "a character lost": lambda t: t if len(t) < 4 else t[: (i := random.randrange(len(t)))] + t[i + 1 :],
        "a homophone": lambda t: _misspelt(t, alike, random),
    }
    texts = {name: [s.prepare(way(t)) for t, _ in s.files["balanced"]] for name, way in ways.items()}
    print("| model | " + " | ".join(ways) + " |\n" + "|---" * (len(ways) + 1) + "|")
    models: dict[str, Contestant] = {
        "shipped": WithEncoder(),
        "linear alone": Ours(),
        "linear, no phonetics": Ours(phonetic=False),
        "linear, no augmentation": Ours(augmentation=0.0),
        "encoder alone": WithEncoder(linear=0.0),
    }
    for name, model in models.items():
        model.fit(s.train, s.intents)
        cells = [scored(model.scores(x, CODES), s.tests["balanced"][1]) for x in texts.values()]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


def _homophones(sentences: Sequence[Prepared]) -> dict[str, list[str]]:
    """Each character with the others that sound alike and are not rare in our sentences."""
    table = syllables()
    seen = Counter(c for sentence in sentences for c in sentence.text if c in table)
    by_sound: dict[str, list[str]] = {}
    for c, count in seen.items():
        if count >= COMMON:
            by_sound.setdefault(table[c], []).append(c)
    return {c: [other for other in group if other != c] for group in by_sound.values() for c in group}


def _misspelt(text: str, alike: dict[str, list[str]], random: Random) -> str:
    places = [i for i, c in enumerate(text) if alike.get(c)]
    if not places:
        return text
    i = random.choice(places)
    return text[:i] + random.choice(alike[text[i]]) + text[i + 1 :]


def _shipped(s: Sentences) -> WithEncoder:
    model = WithEncoder()
    model.fit(s.train, s.intents)
    return model


def thresholds(s: Sentences, model: Contestant) -> None:
    """What each `threshold` and `ambiguity` of config.yml costs and gives on tests/nlu/balanced.tsv."""
    x, true = s.tests["balanced"]
    found = model.scores(x, CODES)
    top, right = found.max(axis=1), found.argmax(axis=1) == true
    strange = [c[0] for _, c in read_tsv(TEST / "out_of_scope.tsv")]
    odd = model.scores([s.prepare(t) for t in strange], CODES)
    fine = np.array([CODES[i] in ("service.other", "service.social") for i in odd.argmax(axis=1)])
    print(
        "| threshold | not understood | accuracy of the rest | right answers lost | out of scope acted on as an issue |\n|---|---|---|---|---|"
    )
    for limit in (0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6):
        said = top >= limit
        wrong = (~fine & (odd.max(axis=1) >= limit)).mean()
        print(
            f"| {limit} | {1 - said.mean():.3f} | {right[said].mean():.3f} | {right[~said].sum() / right.sum():.3f} | {wrong:.3f} |"
        )
    print(
        "\n| ambiguity, below | asked | right one among the two | first was right anyway |\n|---|---|---|---|"
    )
    order = np.argsort(-found, axis=1)
    for gap, below in ((0.05, 0.5), (0.08, 0.5), (0.1, 0.5), (0.15, 0.5), (0.2, 0.5), (0.2, 0.6)):
        asked = np.array(
            [
                fallback_kind([(CODES[a], f[a]), (CODES[b], f[b])], lambda c: c, 0.25, gap, below)
                == "ambiguous"
                for f, (a, b) in zip(found, order[:, :2], strict=True)
            ]
        )
        among = (order[asked, :2] == true[asked, None]).any(axis=1)
        print(f"| {gap}, {below} | {asked.mean():.3f} | {among.mean():.2f} | {right[asked].mean():.2f} |")


def reliability(s: Sentences, model: Contestant) -> None:
    """Said confidence against share of right answers, and the expected calibration error."""
    print("| file | confidence | sentences | said | right |\n|---|---|---|---|---|")
    for name, (x, true) in s.tests.items():
        found = model.scores(x, CODES)
        top, right = found.max(axis=1), found.argmax(axis=1) == true
        error = 0.0
        for low in np.arange(0.1, 1.0, 0.1):
            here = (top >= low) & (top < low + 0.1 + (low > 0.85))
            if here.any():
                error += here.mean() * abs(top[here].mean() - right[here].mean())
                print(
                    f"| {name} | {low:.1f}-{low + 0.1:.1f} | {here.sum()} | {top[here].mean():.2f} | {right[here].mean():.2f} |"
                )
        print(f"| {name} | expected calibration error {error:.3f} | | | |")


def mistakes(s: Sentences, model: Contestant) -> None:
    """The pairs of categories confused most, and 15 sentences a file that are answered wrongly, the surest half first."""
    sentences: list[str] = []
    pairs: Counter[tuple[str, str]] = Counter()
    for name in ("balanced", "shop_logs"):
        x, true = s.tests[name]
        found = model.scores(x, CODES)
        said, top = found.argmax(axis=1), found.max(axis=1)
        wrong = list(np.flatnonzero(said != true))
        pairs.update((CODES[true[i]], CODES[said[i]]) for i in wrong)
        surest = sorted(wrong, key=lambda i: -top[i])[:8]
        others = Random(4).sample(sorted(set(wrong) - set(surest)), min(7, max(0, len(wrong) - 8)))
        for i in [*surest, *others]:
            text = s.files[name][i][0].replace("|", "/")
            sentences.append(f"| {text} | {CODES[true[i]]} | {CODES[said[i]]} | {top[i]:.2f} |")
    print("| true | said | times |\n|---|---|---|")
    print("\n".join(f"| {a} | {b} | {n} |" for (a, b), n in pairs.most_common(15)))
    print("\n| sentence | true | said | sure |\n|---|---|---|---|\n" + "\n".join(sentences))


PARTS = ("table", "curve", "noise", "thresholds", "reliability", "mistakes")


def main(wanted: Sequence[str]) -> None:
    """Print the wanted parts."""
    unknown = set(wanted) - set(PARTS)
    if unknown:
        sys.stderr.write(f"没有这一部分：{'、'.join(sorted(unknown))}；可选：{'、'.join(PARTS)}\n")
        raise SystemExit(2)
    s = Sentences()
    shipped: WithEncoder | None = None
    for part in wanted or PARTS:
        print(f"\n## {part}\n", flush=True)
        if part in ("table", "curve", "noise"):
            {"table": table, "curve": curve, "noise": noise}[part](s)
        else:
            shipped = shipped or _shipped(s)
            {"thresholds": thresholds, "reliability": reliability, "mistakes": mistakes}[part](s, shipped)


if __name__ == "__main__":
    main(sys.argv[1:])
