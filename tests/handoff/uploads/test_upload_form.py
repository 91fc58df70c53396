"""The form parser gives the same file whatever way the network cuts the body."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.uploads.multipart import check_boundary, file_field
from handoff.uploads.refusal import UploadRefused
from tests.handoff.uploads.sample_files import chunks


def form(data: bytes, *, field: bytes = b"file", boundary: bytes = b"BoUnD", before: bytes = b"") -> bytes:
    head = (
        b'Content-Disposition: form-data; name="'
        + field
        + b'"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    )
    return before + b"--" + boundary + b"\r\n" + head + data + b"\r\n--" + boundary + b"--\r\n"


def note(text: bytes, boundary: bytes = b"BoUnD") -> bytes:
    return b"--" + boundary + b'\r\nContent-Disposition: form-data; name="note"\r\n\r\n' + text + b"\r\n"


async def parse(body: bytes, cut: int) -> bytes:
    return b"".join([part async for part in file_field(chunks(body, cut), b"BoUnD")])


@given(
    st.binary(max_size=300).filter(lambda data: b"\r\n--BoUnD" not in data), st.integers(1, 40), st.booleans()
)
async def test_any_bytes_in_any_pieces_come_out_as_they_went_in(data: bytes, cut: int, noted: bool) -> None:
    assert await parse(form(data, before=note(b"hi") if noted else b""), cut) == data


@given(st.binary(max_size=400), st.integers(1, 50))
async def test_no_body_can_do_more_than_be_refused(body: bytes, cut: int) -> None:
    with pytest.raises(UploadRefused) as caught:
        await parse(body, cut)
    assert caught.value.status == 422


async def test_a_body_that_ends_early_is_not_a_file() -> None:
    with pytest.raises(UploadRefused) as caught:
        await parse(form(b"x" * 500)[:300], 50)
    assert caught.value.code == "interrupted"


async def test_a_form_without_the_field_says_so() -> None:
    with pytest.raises(UploadRefused) as caught:
        await parse(form(b"data", field=b"picture"), 10)
    assert caught.value.code == "no_file"


async def test_only_the_first_file_counts() -> None:
    second = form(b"first")[: -len(b"--\r\n")] + b"\r\n" + form(b"second")[len(b"--BoUnD\r\n") :]
    assert await parse(second, 7) == b"first"


@pytest.mark.parametrize(
    "header", [None, "", "application/json", "multipart/form-data", "text/plain; boundary=x"]
)
def test_other_content_types_are_refused(header: str | None) -> None:
    with pytest.raises(UploadRefused):
        check_boundary(header)


@pytest.mark.parametrize(
    "header", ["multipart/form-data; boundary=abc", 'multipart/form-data; charset=utf-8; boundary="abc"']
)
def test_the_boundary_is_found(header: str) -> None:
    assert check_boundary(header) == b"abc"
