"""Numbers kept in four bits: blocks of 32 with one half-precision scale, as the public weights carry them. Pure."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

NUMBERS, BYTES, SCALE_BYTES = 32, 18, 2
"""Numbers in a block, its bytes, and those of them that hold the scale."""
_ZERO = 8


def unpacked(
    blocks: npt.NDArray[np.uint8],
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Of rows x blocks x 18 bytes: the numbers (rows x columns, -8 to 7) and the scale of each block (rows x blocks)."""
    scales = blocks[..., :SCALE_BYTES].copy().view("<f2")[..., 0].astype(np.float32)
    packed = blocks[..., SCALE_BYTES:]
    values = np.concatenate([packed & 15, packed >> 4], axis=-1).astype(np.int8) - np.int8(_ZERO)
    return values.reshape(len(blocks), -1), scales


def scaled(values: npt.NDArray[np.int8], scales: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """… x columns and … x blocks back to … x columns of numbers."""
    parts = values.reshape(*scales.shape, NUMBERS).astype(np.float32) * scales[..., None]
    return parts.reshape(values.shape)
