"""Known questions asked in passing (data/knowledge): what the bot found near, weighed by what is being talked about.

Readings `known` (name: the entry). Of entries that share half a question (多久有结果) the one counts in whose company it was
asked: the flows that are open or were just answered. What an entry's own words ask (`words`, `half`) is asked for certain, and
nothing else is heard in that small sentence. Where it is one of two or three and none is sure, the reading is `either`
(value: the entries), once for the same ones; what is said then chooses among them. Weights: limits.yml, `known_…`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from dialogue.knowledge import PERSON, Entry
from dialogue.readers.acts import acts
from dialogue.readers.coverage import part_asks
from dialogue.readers.follow_up import just_answered
from dialogue.readers.sentence import sentence_of
from dialogue.reading import Reading, Span
from dialogue.scene import Scene
from dialogue.state import EITHER

SOURCE = "known"
#: Questions between which a customer is asked to choose.
_MOST = 3
#: What makes a question of 都行.
_ASKS = ("吗", "么", "不", "没", "嘛")


def read(scene: Scene) -> Iterator[Reading]:
    """The likeliest entry of the whole message and of each of its pieces."""
    if scene.message.is_button:
        return
    foreign, kinds = _is_foreign(scene), _kinds_in_hand(scene)
    found = [one for one in _read(scene) if not foreign and _fits_goods(scene, one.name, kinds)]
    found = [one for one in found if not _leaves_choice(scene, one)]
    certain = [one for one in _by_words(scene) if not _contradicted(scene, one, found)]
    yield from certain
    found = [one for one in found if not any(one.overlaps(two) for two in certain)]
    for one in found:
        yield replace(one, span=_narrowed(scene, one, found))


def _contradicted(scene: Scene, certain: Reading, found: Sequence[Reading]) -> bool:
    """那张券还给我不 holds the words of 算上券多少钱: the model is as sure that the small sentence asks another entry, and does not
    hear the one whose words they are."""
    entry = scene.store.knowledge.entries[certain.name]
    if scene.top is not None or not entry.asks:
        return False  # 催了没有啊, to the offer to urge; 还能追回来吗: nothing but its words tells this entry
    least = scene.store.words.limits["known_against"]
    others = [one for one in found if one.name != certain.name and one.overlaps(certain)]
    if not any(one.kind == "known" and one.more["sure"] >= least for one in others):
        return False
    return all(one.entry != certain.name for one in scene.message.questions)


def _leaves_choice(scene: Scene, one: Reading) -> bool:
    """两个都行, to what we asked: which of two goods is not asked."""
    if scene.asked_slot is None:
        return False
    hits = scene.store.words.find("answers.whatever", scene.text)
    told = [one for one in hits if not scene.text[one.end :].startswith(_ASKS)]
    return any(one.span[0] <= hit.start < one.span[1] for hit in told)


def _kinds_in_hand(scene: Scene) -> tuple[str, ...]:
    """The kinds of the goods of the order in hand, or of those talked about."""
    order = scene.own_order(scene.state.order_no)
    if order is not None:
        return tuple(one.kind for one in order.items)
    talked = scene.outside.product(scene.state.sku) if scene.state.sku else None
    return (talked.kind,) if talked else ()


def _fits_goods(scene: Scene, name: str, kinds: Sequence[str]) -> bool:
    """拔掉电源 is told for no T-shirt: does what the entry says hold for these kinds of goods?"""
    entry = scene.store.knowledge.entries.get(name)
    return entry is None or not entry.kinds or entry.holds(kinds)


def _narrowed(scene: Scene, one: Reading, found: Sequence[Reading]) -> Span:
    """退货运费谁出 还有送运费险不: where one piece alone asks the entry of the whole and another small sentence asks of a
    matter that it names outright, the entry rests on its piece."""
    if one.kind != "known" or one.span != (0, len(scene.text)):
        return one.span
    pieces = {two.span for two in found if two.name == one.name and two.kind == "known"} - {one.span}
    if len(pieces) != 1:
        return one.span
    (piece,) = pieces
    if not scene.store.words.asks(scene.text[piece[0] : piece[1]]) and scene.store.words.asks(scene.text):
        return one.span  # 那要是电话也没接着 会不会退回去: a condition and what is asked
    named = [one for one in acts(scene.text, scene.store.words) if not one.refused]
    beside = [sentence_of(scene.text, one.span) for one in named]
    apart = [one for one in beside if one.end <= piece[0] or piece[1] <= one.start]
    return piece if any(part_asks(one, scene.store.words) for one in apart) else one.span


def _by_words(scene: Scene) -> Iterator[Reading]:
    """The entries whose words stand in a small sentence, the one with the longest words of each."""
    company, words, kinds = company_of(scene), scene.store.words, _kinds_in_hand(scene)
    best: dict[Span, tuple[int, str]] = {}
    for name, entry in scene.store.knowledge.entries.items():
        if not _fits_goods(scene, name, kinds):
            continue
        pattern = entry.pattern(near=bool(company & {*entry.near, *entry.only}))
        for hit in pattern.finditer(scene.text) if pattern is not None else ():
            if hit.end() > hit.start():
                last = sentence_of(scene.text, (hit.end() - 1, hit.end()))
                place = (sentence_of(scene.text, hit.span()).start, last.end)
                best[place] = max(best.get(place, (0, "")), (hit.end() - hit.start(), name))
    inside = {one for one in best for two in best if one != two and two[0] <= one[0] and one[1] <= two[1]}
    for place, (_, name) in best.items():
        if place in inside:  # 我用的是零钱 是不是就回零钱: half of a longer question
            continue
        more = {"sure": 1.0, "asks": True}
        yield Reading("known", name, None, words.limits["watch_words"], place, source=SOURCE, more=more)


def _read(scene: Scene) -> Iterator[Reading]:
    company, by_place = company_of(scene), dict[Span, dict[str, float]]()
    for asked in scene.message.questions:
        heard = scene.store.knowledge.entries.get(asked.entry)
        if heard is not None and heard.may_be_meant(scene.text):
            by_place.setdefault(_place(scene.text, asked.text), {})[asked.entry] = asked.score
    offered = _offered(scene)
    for span, chances in by_place.items():
        chosen = max(offered, key=lambda one: chances.get(one, 0.0), default="")
        least = max(scene.store.words.limits["known_second"], max(chances.values()) / 2)
        if chosen and chances.get(chosen, 0.0) >= least:  # 我问的是放门口那个, to which of the two it is
            yield Reading("known", chosen, None, 1.0, span, source=SOURCE, more={"by_model": True})
            continue
        found = _in_company(scene, _beside_rest(scene, span, chances, company), company)
        total, limits = min(1.0, sum(found.values())), scene.store.words.limits
        if total < limits["known_least"]:
            continue
        entry, *others = sorted(found, key=lambda one: -found[one])
        also = {one for one in others if one in scene.store.knowledge.entries[entry].covers}
        sure = found[entry] + sum(found[one] for one in also)
        others = [one for one in others if one not in also and found[one] >= limits["known_second"]]
        if sure >= limits["known_sure"] and sure >= limits["known_share"] * total:
            more = {"by_model": True, "sure": sure}
            if sure >= limits["known_asked"] and scene.asked is None and not _names_act(scene, span):
                more["asks"] = True  # 怕今天拍了明天你们就降: asked without a word that asks
            yield Reading("known", entry, None, total, span, source=SOURCE, more=more)
        elif others and sure + found[others[0]] >= limits["known_pair"]:
            near = [
                one for one in others[1 : _MOST - 1] if found[one] >= found[others[0]] * limits["known_third"]
            ]
            which = (entry, others[0], *near)
            if not _asked_which(scene, which):
                yield Reading("either", entry, which, total, span, source=SOURCE, more={"by_model": True})


def _names_act(scene: Scene, span: Span) -> bool:
    """两个保温杯退一个 不想要了, 煮不熟饭: a wish or a fault, however like a question it sounds."""
    flows, sure = scene.store.flows, scene.message.confidence >= scene.store.words.limits["known_asked"]
    if sure and flows.writes(scene.message.intent):
        return True
    named = acts(scene.text, scene.store.words)
    inside = [one for one in named if one.span[0] < span[1] and span[0] < one.span[1]]
    return any(not one.refused and flows.writes(one.intent) for one in inside)


def _offered(scene: Scene) -> list[str]:
    """The known questions between which the customer was just asked to choose."""
    top = scene.top
    if top is None or top.flow != "clarify":
        return []
    names = (top.data.get("names") or {}).get("chosen") or {}
    return [one for one in names if one in scene.store.knowledge.entries]


def _asked_which(scene: Scene, which: tuple[str, ...]) -> bool:
    """Was it asked before which of these is meant, or is any such question open?"""
    asked = scene.state.told.get(EITHER) or ()
    return sorted(which) in asked or scene.state.frame("clarify") is not None


def _is_foreign(scene: Scene) -> bool:
    """Is it surely nothing of a shop (股票, 天气)?"""
    message = scene.message
    foreign = message.intent in scene.store.words.listed("intents.beyond")
    return foreign and message.confidence >= scene.store.words.limits["watch_by_model"]


def company_of(scene: Scene) -> frozenset[str]:
    """The flows that are open or were answered last, and `person` after a person was called."""
    state = scene.state
    flows = {one.flow for one in state.frames} | {str((state.last or {}).get("flow") or "")}
    flows |= {str(one.data.get("from") or one.data.get("start") or "") for one in state.frames}
    if state.resolution or state.told.get(PERSON):
        flows.add(PERSON)
    return frozenset(flows - {""})


def _in_company(scene: Scene, chances: Mapping[str, float], company: frozenset[str]) -> dict[str, float]:
    """The chances of the entries that can be meant here: half questions of other company are out, and what they had is
    shared by the rest. Company tells which of them it is (nearer is likelier), not whether it is one of them at all."""
    entries, limits = scene.store.knowledge.entries, scene.store.words.limits
    out = {one for one in chances if entries[one].only and not company & set(entries[one].only)}
    left = 1 - sum(chances[one] for one in out)
    found = {one: chance / max(left, chance) for one, chance in chances.items() if one not in out}
    if (last := just_answered(scene)) in found:  # 那凑到200呢, after the coupon's threshold
        found[last] = min(1.0, found[last] * limits["known_follow"])
    weighed = {one: chance * _nearness(entries[one], company, limits) for one, chance in found.items()}
    total, all_weights = min(1.0, sum(found.values())), sum(weighed.values())
    return {one: total * weight / all_weights for one, weight in weighed.items()} if all_weights else {}


def _beside_rest(
    scene: Scene, span: Span, chances: Mapping[str, float], company: frozenset[str]
) -> Mapping[str, float]:
    """没发货之前换颜色 差价咋算: half a question that names no matter itself is asked of the one that the rest of the message
    names. What is only asked in other company, and is not heard in the whole of it either, is less likely by so much."""
    text, words, started = scene.text, scene.store.words, scene.store.flows.started_by
    if span[1] - span[0] > words.limits["half_sentence_chars"] or not words.asks(text[span[0] : span[1]]):
        return chances
    named = [(one.span, flow[0]) for one in acts(text, words) if (flow := started(one.intent)) is not None]
    rest = {flow for place, flow in named if place[1] <= span[0] or span[1] <= place[0]}
    if not rest or any(place[0] < span[1] and span[0] < place[1] for place, _ in named):
        return chances  # 帮我退了 发票多久开: it names its own
    whole = {one.entry: one.score for one in scene.message.questions if not one.text}
    entries, limits = scene.store.knowledge.entries, words.limits

    def weight(name: str) -> float:
        own = frozenset(entries[name].only or entries[name].near)
        far = bool(own) and not own & (rest | company) and whole.get(name, 0.0) < limits["known_second"]
        return limits["known_far"] if far else 1.0

    return {one: chance * weight(one) for one, chance in chances.items()}


def _nearness(entry: Entry, company: frozenset[str], limits: Mapping[str, float]) -> float:
    """A factor of its chance: more in its own company, less in another's."""
    wanted = frozenset(entry.only or entry.near)
    if not (wanted and company):
        return 1.0
    return limits["known_near"] if wanted & company else limits["known_far"]


def _place(text: str, part: str) -> Span:
    at = text.find(part) if part else -1
    return (at, at + len(part)) if at >= 0 else (0, len(text))
