"""Derived videos: what a step makes of clips, as a recipe that others read or write to a file.

Its facts are known without a frame being read. It is read like a file: frames come from the clips
it was made of, changed on the way, so a chain of steps is decoded and encoded once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, BinaryIO, TypeGuard

from workflows.errors import PatchbayError
from workflows.nodes.context import Clip
from workflows.nodes.recipes import decoded, encoded
from workflows.nodes.video.moments import moments
from workflows.nodes.video.writing import SAMPLE_RATE, can_keep, write_video
from workflows.types import JsonObject

if TYPE_CHECKING:
    from av import VideoFrame
    from numpy.typing import NDArray
    from PIL.Image import Image

#: A chain of more steps is written to a file in between.
MOST_STEPS = 16
#: How much more memory a step takes for each of its pixels: a frame before and after it.
STEP_BYTES = 12


@dataclass(frozen=True)
class Derived:
    """A video that is made when it is read; its frames come at a constant rate.

    `shown` is a recipe: called with the number of a frame it yields the frames from there on.
    `heard` is a clip whose audio stays as it is, a recipe that is called with a time in seconds and
    yields the audio from there on, or None for no audio. `step` is what the user calls the node.
    """

    shown: Callable[..., Iterator[VideoFrame]]
    heard: Clip | Callable[..., Iterator[NDArray[Any]]] | None
    width: int
    height: int
    duration: float
    rate: Fraction
    step: str = ""

    @property
    def has_audio(self) -> bool:
        """Whether there is audio in it."""
        return self.heard is not None

    @property
    def parts(self) -> list[Clip]:
        """The clips that it is made of, each once for each time it is read."""
        return [part for part in (*_args(self.shown), *_args(self.heard)) if _is_clip(part)]

    @property
    def steps(self) -> int:
        """How many steps the longest chain of it has."""
        return 1 + max((part.steps for part in self.parts if isinstance(part, Derived)), default=0)

    @property
    def decoding_bytes(self) -> int:
        """How many bytes reading it takes at most."""
        own = self.width * self.height * STEP_BYTES
        return own + sum(int(getattr(part, "decoding_bytes", 0)) for part in self.parts)

    def frames(
        self, start: float = 0.0, end: float | None = None, *, near: bool = False
    ) -> Iterator[tuple[float, VideoFrame]]:
        """Yield each frame with its time, from the one that is seen at `start` on."""
        number = max(0, math.floor(start * self.rate + 1e-6))
        size = self.width, self.height
        with self._blamed():
            for frame in self.shown(first=number):
                time = float(number / self.rate)
                if end is not None and time >= end:
                    return
                fits = (frame.width, frame.height) == size
                yield time, frame if fits else frame.reformat(*size, threads=1)
                number += 1

    def steady(
        self, rate: Fraction, start: float = 0.0, end: float | None = None
    ) -> Iterator[VideoFrame]:
        """Yield the frames as a video of `rate` frames a second has them.

        Each is the one that is seen in the middle of its time.
        """
        step, number = float(1 / rate), 0
        length, frame = float(1 / self.rate), None
        for time, frame in self.frames(start, end):
            until = time + length if end is None else min(time + length, end)
            while start + (number + 0.5) * step < until:
                yield frame
                number += 1
        if frame is not None and number == 0:
            yield frame

    def audio(self, start: float = 0.0, end: float | None = None) -> Iterator[NDArray[Any]]:
        """Yield the audio without gaps: stereo float32 (2, n), 48,000 samples a second."""
        heard: Any = self.heard
        if heard is None:
            return
        with self._blamed():
            if _is_clip(heard):
                yield from heard.audio(start, end)
                return
            left = math.inf if end is None else max(0, round((end - start) * SAMPLE_RATE))
            for chunk in heard(begin=start):
                kept = chunk if chunk.shape[1] <= left else chunk[:, : int(left)]
                left -= kept.shape[1]
                yield kept
                if left <= 0:
                    return

    def stored_audio(self) -> Iterator[Any]:
        """Yield the stream and the packets of audio that no step has changed."""
        heard = self.heard
        if _is_clip(heard):
            yield from heard.stored_audio()

    def frame_image(self, frame: VideoFrame) -> Image:
        """Return a frame as an image."""
        return self.parts[0].frame_image(frame)

    @contextmanager
    def _blamed(self) -> Iterator[None]:
        """Let an error name the step that reads what is damaged, wherever it is read from."""
        try:
            yield
        except PatchbayError as error:
            error.context.setdefault("step", self.step)
            raise


def write_clip(file: BinaryIO, clip: Clip) -> Iterator[float]:
    """Write a derived video as MP4; yields the seconds written after each frame.

    A audio that no step has changed is put in as it is stored.
    """
    stream = next(clip.stored_audio(), None)
    kept = clip.stored_audio() if stream is not None and can_keep(stream) else None
    audio = clip.has_audio and kept is None
    row = moments(clip, clip.rate, audio=audio)
    yield from write_video(file, row, (clip.width, clip.height), clip.rate, audio, kept)


def to_json(clip: Derived, leaf: Callable[[Any], JsonObject]) -> JsonObject:
    """Write a derived video down; `leaf` writes down a clip that is a file."""

    def write(value: Any) -> JsonObject | None:
        if isinstance(value, Derived):
            return {"made": to_json(value, leaf)}
        return {"file": leaf(value)} if _is_clip(value) else None

    return {
        "shown": encoded(clip.shown, write),
        "heard": encoded(clip.heard, write),
        "size": [clip.width, clip.height],
        "duration": clip.duration,
        "rate": str(clip.rate),
        "step": clip.step,
    }


def from_json(text: JsonObject, leaf: Callable[[JsonObject], Any]) -> Derived:
    """Read what `to_json` has written."""

    def read(value: JsonObject) -> Any:
        if "made" in value:
            return from_json(value["made"], leaf)
        return leaf(value["file"])

    return Derived(
        decoded(text["shown"], read),
        decoded(text["heard"], read),
        text["size"][0],
        text["size"][1],
        text["duration"],
        Fraction(text["rate"]),
        text["step"],
    )


def named(clip: Derived, step: str) -> Derived:
    """Return a derived video with what the user calls its node."""
    return replace(clip, step=step)


def _args(recipe: Any) -> tuple[Any, ...]:
    return (recipe,) if _is_clip(recipe) else tuple(getattr(recipe, "args", ()))


def _is_clip(value: Any) -> TypeGuard[Clip]:
    return hasattr(value, "rate") and hasattr(value, "has_audio")
