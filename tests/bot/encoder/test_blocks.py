"""Numbers kept in four bits: what is packed as the public weights pack it comes back, block by block."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from bot.encoder.blocks import BYTES, NUMBERS, scaled, unpacked

HALF = NUMBERS // 2


def packed(numbers: npt.NDArray[np.int8], scales: npt.NDArray[np.float16]) -> npt.NDArray[np.uint8]:
    """rows x blocks x 32 numbers (-8 to 7) and a scale for each block: the first sixteen in the low bits."""
    shifted = (numbers + 8).astype(np.uint8)
    both = shifted[..., :HALF] | (shifted[..., HALF:] << 4)
    return np.concatenate([scales[..., None].view(np.uint8), both], axis=-1)


@st.composite
def tables(draw: st.DrawFn) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float16]]:
    rows, blocks = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    size = rows * blocks * NUMBERS
    numbers = draw(st.lists(st.integers(-8, 7), min_size=size, max_size=size))
    scales = draw(
        st.lists(st.floats(0, 100, width=16, allow_nan=False), min_size=rows * blocks, max_size=rows * blocks)
    )
    return (
        np.array(numbers, np.int8).reshape(rows, blocks, NUMBERS),
        np.array(scales, np.float16).reshape(rows, blocks),
    )


@given(tables())
def test_what_was_packed_comes_back(
    table: tuple[npt.NDArray[np.int8], npt.NDArray[np.float16]],
) -> None:
    numbers, scales = table
    blocks = packed(numbers, scales)
    assert blocks.shape[-1] == BYTES
    values, found = unpacked(blocks)
    assert np.array_equal(values, numbers.reshape(len(numbers), -1))
    wanted = numbers.astype(np.float32) * scales.astype(np.float32)[..., None]
    assert np.array_equal(scaled(values, found), wanted.reshape(len(numbers), -1))


def test_any_selection_of_rows_is_scaled_alike() -> None:
    """As the encoder looks them up: messages x pieces."""
    numbers = np.arange(3 * NUMBERS, dtype=np.int8).reshape(3, 1, NUMBERS) % 16 - 8
    values, scales = unpacked(packed(numbers.astype(np.int8), np.array([[1], [2], [0.5]], np.float16)))
    chosen = np.array([[2, 0], [1, 1]])
    read = scaled(values[chosen], scales[chosen])
    assert read.shape == (2, 2, NUMBERS)
    assert np.array_equal(read[0, 1], numbers[0, 0].astype(np.float32))
    assert np.array_equal(read[1, 0], 2 * numbers[1, 0].astype(np.float32))
