"""Which size fits a body: the catalogue's advice (身高 165-170 选 M，170-176 选 L) and the height and weight in what was said (H34)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: 身高 165-170 选 M; 身高 165-170、体重 50-60 公斤选 M; the word for the height is left out from the second on.
_ROW = re.compile(
    r"(?:身高)?\s*(\d{3})\s*[-~到]\s*(\d{3})\s*(?:cm|厘米)?"
    r"(?:[^，,；;。选]{0,3}体重\s*(\d{2,3})\s*[-~到]\s*(\d{2,3})\s*(公斤|千克|kg|斤)?)?\s*选\s*([A-Za-z0-9]+)"
)
_HEIGHT = re.compile(
    r"(?<!\d)(?:(?P<metres>[12])(?:\.|米)(?P<tens>\d{1,2})(?!\d)|(?P<whole>1[3-9]\d|20\d)(?!\d)(?!\s*(?:元|块|斤|g|ml|件|个|双|平|寸)))"
)
_WEIGHT = re.compile(r"(?:体重\s*)?(?<!\d)(\d{2,3})\s*(公斤|千克|kg|斤)|体重\s*(\d{2,3})(?!\d)")
_USUAL = re.compile(
    r"(?:平时|平常|一般|以前|通常|一直|往常|家里衣服)[^，,。？?]{0,3}(?:穿|买|拿|是|戴)(?:的)?(?:是)?\s*([A-Za-z0-9]{1,4})"
)
#: 脚长…：42 是 260 毫米，43 是 265
_FOOT_ROW = re.compile(r"(\d{2})\s*码?是\s*(\d{3})")
#: 25.8 厘米, 258mm; 脚长25.5, 25.5对应哪个码, 脚长258 without the unit.
_FOOT = re.compile(
    r"(?<![\d.])(?:(?P<cm>2\d(?:\.\d)?)\s*(?:厘米|公分|cm|CM)|(?P<mm>2\d\d)\s*(?:毫米|mm|MM)"
    r"|(?P<half>2[1-9]\.\d)(?![\d.]|\s*(?:元|块|寸|斤|公斤|kg|米|折|升|L|码)))"
    r"|脚(?:长|板|掌)?(?:大概|差不多|量出来|量了?|是|有|才|就|约|的)*\s*(?:(?P<bare>2\d(?:\.\d)?)|(?P<bare_mm>2\d\d))(?![\d.])"
)
#: A foot so many millimetres shorter than the first size's is for none of them.
_SHORT = 8
_FIGURES = str.maketrans("一二三四五六七八九", "123456789")
#: From so much weight for the height on (kilograms by the square of metres) the height's own size is tight by one, by two.
_TIGHT, _VERY_TIGHT = 25.0, 30.0
#: From so much on a weight without a unit is told in 斤.
_IN_POUNDS = 100
#: So many centimetres below its first row are little, and so many beside the table are too far from it.
_LITTLE, _FAR = 3, 8


@dataclass(frozen=True, slots=True)
class Body:
    """Height in centimetres and weight in kilograms, as far as they were told."""

    height: float | None = None
    weight: float | None = None

    @property
    def steps_up(self) -> int:
        """So many sizes more than the height alone tells."""
        if self.height is None or self.weight is None:
            return 0
        index = self.weight / (self.height / 100) ** 2
        return 2 if index >= _VERY_TIGHT else 1 if index >= _TIGHT else 0


@dataclass(frozen=True, slots=True)
class Row:
    """One size of the advice with the bodies that it is for; both ends count."""

    size: str
    height: tuple[int, int]
    weight: tuple[float, float] | None = None

    def fits(self, body: Body) -> bool:
        """Is the body inside, as far as it was told?"""
        if body.height is None or not self.height[0] <= body.height <= self.height[1]:
            return False
        if self.weight is None or body.weight is None:
            return True
        return self.weight[0] <= body.weight <= self.weight[1]


def read_advice(text: str) -> tuple[Row, ...]:
    """The rows of an advice that goes by height; none for any other."""
    if "身高" not in text:
        return ()
    found = []
    for one in _ROW.finditer(text):
        low, high, light, heavy, unit, size = one.groups()
        half = 0.5 if unit == "斤" else 1.0
        weight = (int(light) * half, int(heavy) * half) if light else None
        found.append(Row(size, (int(low), int(high)), weight))
    return tuple(found)


def nearest(rows: Sequence[Row], height: float, sizes: Sequence[str]) -> str:
    """The size for a height just beside the table: its own first size a little below, else the one before it; the one after its last above.
    Empty where the height is too far from it, or there is no such size."""
    first = min(rows, key=lambda one: one.height[0])
    last = max(rows, key=lambda one: one.height[1])
    below, above = first.height[0] - height, height - last.height[1]
    row, step, far = (first, -1 if below > _LITTLE else 0, below) if below > 0 else (last, 1, above)
    if row.size not in sizes or not 0 < far <= _FAR:
        return ""
    at = sizes.index(row.size) + step
    return sizes[at] if 0 <= at < len(sizes) else ""


def rest_of_advice(text: str) -> str:
    """What the advice says besides its rows (里面要穿厚毛衣的建议大一码)."""
    parts = re.split(r"[；;。]", text)
    return "；".join(one.strip() for one in parts if one.strip() and not _ROW.search(one))


def read_body(text: str) -> Body:
    """身高165体重55, 一米七 (1米7, 1.7), 110斤."""
    text = text.translate(_FIGURES)
    height = next((_centimetres(one) for one in _HEIGHT.finditer(text)), None)
    weight = next((_kilograms(one) for one in _WEIGHT.finditer(text)), None)
    return Body(height, weight)


def body_of(messages: Sequence[str]) -> Body:
    """What several messages tell together: a height that is told anew begins another body, a weight told later replaces the first."""
    body = Body()
    for text in messages:
        one = read_body(text)
        if one.height is not None:
            body = one
        elif one.weight is not None:
            body = Body(body.height, one.weight)
    return body


def usual_size(text: str, sizes: Sequence[str]) -> str:
    """平时穿 XL: the one of these sizes that is usually worn; empty where none is told."""
    told = [one[1].upper() for one in _USUAL.finditer(text)]
    return next((one for one in sizes if one.upper() in told), "")


def foot_rows(facts: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """Each size with the foot it is for, in millimetres, as the catalogue's facts tell it (脚长…：42 是 260 毫米); none where they do not."""
    told = next((one for one in facts if "脚长" in one), "")
    return tuple((size, int(length)) for size, length in _FOOT_ROW.findall(told))


def foot_of(messages: Sequence[str]) -> float | None:
    """The foot that was told last, in millimetres (25.8 厘米, 258mm)."""
    for text in reversed(messages):
        told = next(_FOOT.finditer(text), None)
        if told is not None:
            centimetres = told["cm"] or told["half"] or told["bare"]
            return float(centimetres) * 10 if centimetres else float(told["mm"] or told["bare_mm"])
    return None


def size_for_foot(
    rows: Sequence[tuple[str, int]], foot: float | None, sizes: Sequence[str]
) -> tuple[str, int] | None:
    """The smallest of these sizes that the foot goes into, and the foot it is for; None for one that is none of them."""
    ours = [(size, length) for size, length in rows if size in sizes]
    if foot is None or not ours or foot < ours[0][1] - _SHORT:
        return None
    return next(((size, length) for size, length in ours if length >= foot), None)


def _centimetres(one: re.Match[str]) -> float:
    if one["whole"]:
        return float(one["whole"])
    return float(f"{one['metres']}.{one['tens']}") * 100


def _kilograms(one: re.Match[str]) -> float:
    told, unit = float(one[1] or one[3]), one[2]
    return told / 2 if unit == "斤" or (unit is None and told >= _IN_POUNDS) else told
