"""Overlay: a video or an image on a video."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import chain, islice, repeat
from typing import TYPE_CHECKING, Any

from workflows.errors import NodeError
from workflows.graph.ports import Input
from workflows.nodes.context import Clip, Context
from workflows.nodes.image.fields import choice
from workflows.nodes.recipes import later
from workflows.nodes.registry import node
from workflows.nodes.video.audio import mixed, silence
from workflows.nodes.video.moments import from_array, heard, steady, together
from workflows.nodes.video.videos import (
    CATEGORY,
    TIMEOUT_SECONDS,
    VIDEO,
    VIDEO_OUT,
    even,
    rate_of,
    render,
    seconds_input,
)
from workflows.types import JsonObject

if TYPE_CHECKING:
    from av import VideoFrame
    from numpy.typing import NDArray
    from PIL.Image import Image

    Pixels = NDArray[Any]

LENGTHS = ("video", "shortest", "longest")
AUDIO_MODES = ("below", "above", "both", "none")


def share_input(name: str, label: str, default: float, **more: Any) -> Input:
    """Declare a field for a share in percent."""
    return Input(
        name,
        "number",
        label,
        default=default,
        widget="slider",
        min=0,
        max=100,
        step=1,
        unit="%",
        **more,
    )


@node(
    "overlayVideo",
    name="Overlay on video",
    category=CATEGORY,
    description="Overlays a video or an image on a video: a logo, a watermark, a second camera.",
    aliases=("picture in picture", "pip", "watermark", "logo", "composite", "sticker", "badge"),
    inputs=(
        VIDEO,
        Input("top", "video", "Video layer"),
        Input("picture", "image", "Image layer", help="A GIF is played in a loop."),
        Input(
            "scale",
            "number",
            "Width",
            default=30,
            widget="slider",
            min=1,
            max=400,
            step=1,
            unit="%",
            help="How wide it is, in percent of the base video.",
        ),
        share_input("x", "X", 96, help="0 is the left edge, 100 the right one."),
        share_input("y", "Y", 96, help="0 is the top edge, 100 the bottom one."),
        share_input("opacity", "Opacity", 100),
        seconds_input("start", "From", 0, advanced=True),
        seconds_input("end", "To", None, advanced=True, help="Empty: to its end."),
        Input(
            "sound",
            "text",
            "Audio",
            default="below",
            widget="pills",
            options=AUDIO_MODES,
            advanced=True,
        ),
        Input(
            "length",
            "text",
            "Duration",
            default="video",
            widget="pills",
            options=LENGTHS,
            advanced=True,
            help="As long as the base, or the shorter or longer of the two.",
        ),
    ),
    outputs=(VIDEO_OUT,),
    preview="video",
    width=320,
    timeout_seconds=TIMEOUT_SECONDS,
    joins=True,
)
async def overlay_video(
    context: Context,
    *,
    video: JsonObject,
    top: JsonObject | None,
    picture: JsonObject | None,
    scale: float,
    x: float,
    y: float,
    opacity: float,
    start: float,
    end: float | None,
    sound: str,
    length: str,
) -> JsonObject:
    """Return a video of the lower one's size."""
    choice(sound, AUDIO_MODES, "sound")
    choice(length, LENGTHS, "length")
    if (top is None) == (picture is None):
        raise NodeError(
            "There is no layer." if top is None else "There are two layers, a video and an image.",
            field="top",
            expected="either a video layer or an image layer",
        )
    below = await context.load_clip(video, field="video")
    rate = rate_of(below)
    size = even(below.width, below.height)
    place = Place(size, scale / 100, (x / 100, y / 100), opacity / 100)
    other = await _moving(context, top, picture)
    if other is None:
        still = await context.load_image(picture, field="picture", mode="RGBA")
        layers = later(_still, still)
    else:
        layers = later(steady if top else _again, other, rate)
    seconds = below.duration
    if other is not None and top:
        ends = {"shortest": min, "longest": max}.get(length)
        seconds = ends(seconds, start + other.duration) if ends else seconds
    upper = other if other is not None and other.has_audio else None
    voice = _mixed_audio(below, upper, sound, float(start), seconds)
    count = None if length == "video" else round(seconds * rate)
    frames = later(lasting, later(steady, below, rate), count)
    shown = later(laid, frames, layers, rate, place, float(start), end)
    made = await render(
        context,
        later(together, shown, voice, rate),
        size=size,
        rate=rate,
        audio=voice is not None,
        seconds=seconds,
        suffix="overlay",
        source=video,
    )
    return {"video": made}


class Place:
    """Where one image is on another: how wide (1: as wide), and where in the room left."""

    def __init__(
        self, size: tuple[int, int], scale: float, at: tuple[float, float], opacity: float
    ) -> None:
        self._size, self._scale, self._at, self._opacity = size, scale, at, opacity
        self._last: tuple[VideoFrame | None, Pixels | None] = (None, None)

    def lay(self, below: VideoFrame, above: VideoFrame) -> VideoFrame:
        """Return the lower frame with the upper one on it."""
        import numpy as np

        layer = self._scaled(above)
        sheet = below.reformat(*self._size, "rgb24", threads=1).to_ndarray()
        left, top = (
            round((room - own) * share)
            for room, own, share in zip(self._size, layer.shape[1::-1], self._at, strict=True)
        )
        x0, y0 = max(0, left), max(0, top)
        x1 = min(self._size[0], left + layer.shape[1])
        y1 = min(self._size[1], top + layer.shape[0])
        part = layer[y0 - top : y1 - top, x0 - left : x1 - left]
        ground = sheet[y0:y1, x0:x1]
        alpha = part[..., 3:].astype(np.uint16) * round(self._opacity * 256) // 256
        mixed = (part[..., :3] * alpha + ground * (255 - alpha) + 127) // 255
        sheet[y0:y1, x0:x1] = mixed.astype(np.uint8)
        return from_array(sheet)

    def _scaled(self, above: VideoFrame) -> Pixels:
        known, layer = self._last
        if known is above and layer is not None:
            return layer  # a still image, or a frame that is seen for longer
        width = max(1, round(self._size[0] * self._scale))
        height = max(1, round(width * above.height / above.width))
        scaled = above.reformat(width, height, "rgba", interpolation="BICUBIC", threads=1)
        layer = scaled.to_ndarray()
        self._last = above, layer
        return layer


def laid(
    frames: Iterable[VideoFrame],
    layers: Iterator[VideoFrame],
    rate: Fraction,
    place: Place,
    start: float,
    end: float | None,
) -> Iterator[VideoFrame]:
    """Lay one layer after the other on the frames between two times."""
    for number, frame in enumerate(frames):
        seconds = float(number / rate)
        layer = None
        if seconds >= start and (end is None or seconds < end):
            layer = next(layers, None)
        yield frame if layer is None else place.lay(frame, layer)


def lasting(frames: Iterable[VideoFrame], count: int | None) -> Iterator[VideoFrame]:
    """Yield so many frames, the last one for as long as needed; None: as many as there are."""
    if count is None:
        yield from frames
        return
    last, done = None, 0
    for last in islice(frames, count):
        done += 1
        yield last
    while last is not None and done < count:
        done += 1
        yield last


def _still(image: Image) -> Iterator[VideoFrame]:
    """Yield an image as a frame, again and again."""
    import numpy as np

    return repeat(from_array(np.asarray(image)))


async def _moving(
    context: Context, top: JsonObject | None, image: JsonObject | None
) -> Clip | None:
    """Open what is above if it moves: a video, or a GIF."""
    if top is not None:
        return await context.load_clip(top, field="top")
    if isinstance(image, dict) and image.get("content_type") == "image/gif":
        return await context.load_clip(image, field="picture")
    return None


def _again(clip: Clip, rate: Fraction) -> Iterator[VideoFrame]:
    while True:
        yield from clip.steady(rate)


def _mixed_audio(
    below: Clip, above: Clip | None, sound: str, start: float, seconds: float
) -> Iterator[Pixels] | None:
    """Return the recipe of what is heard, or None for nothing."""
    lower = later(heard, below) if below.has_audio and sound in ("below", "both") else None
    upper = None
    if above is not None and sound in ("above", "both"):
        upper = later(chain, later(silence, start), later(heard, above))
    rows = [(row, 1.0) for row in (lower, upper) if row is not None]
    return later(mixed, rows, seconds) if rows else None
