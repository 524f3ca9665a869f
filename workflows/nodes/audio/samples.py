"""Sound between what Patchbay hears, stereo at 48,000 samples a second, and what models want."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray


def resampled(
    chunks: Iterable[NDArray[Any]], rate: int, wanted: int, channels: int
) -> Iterator[NDArray[Any]]:
    """Yield float32 samples (channels, n) at another rate, with one channel or two.

    What comes may have one channel, of the shape (n,) or (1, n), or two.
    """
    import numpy as np
    from av import AudioFrame, AudioResampler

    layout = "mono" if channels == 1 else "stereo"
    resampler = AudioResampler(format="fltp", layout=layout, rate=wanted)
    place = 0
    for chunk in chunks:
        rows = np.atleast_2d(chunk)
        if not rows.shape[1]:
            continue
        frame = AudioFrame.from_ndarray(
            np.ascontiguousarray(rows, dtype=np.float32),
            format="fltp",
            layout="mono" if len(rows) == 1 else "stereo",
        )
        frame.sample_rate, frame.pts, frame.time_base = rate, place, Fraction(1, rate)
        place += rows.shape[1]
        yield from (part.to_ndarray() for part in resampler.resample(frame))
    if place:
        yield from (part.to_ndarray() for part in resampler.resample(None))
