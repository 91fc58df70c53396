"""Two values in one breath: the part that is wrong is put right inside the value that is known."""

from __future__ import annotations

import pytest

from dialogue.swaps import replaced

COMPANY = "杭州青禾网络科技有限公司"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("公司是青禾信息科技 不是网络科技", "杭州青禾信息科技有限公司"),
        ("不是网络科技 是信息科技", "杭州青禾信息科技有限公司"),
        ("不是网络科技有限公司 是信息科技有限公司", "杭州青禾信息科技有限公司"),
        ("是宁波 不是杭州", "宁波青禾网络科技有限公司"),
        ("不是上海 是宁波", None),
    ],
)
def test_a_part_is_put_right(text: str, value: str | None) -> None:
    assert replaced(text, COMPANY) == value
