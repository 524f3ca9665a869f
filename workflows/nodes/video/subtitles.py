"""Subtitles: text written into a video."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from workflows.errors import NodeError
from workflows.graph.ports import Input
from workflows.nodes.context import Clip, Context
from workflows.nodes.image import typesetting
from workflows.nodes.image.fields import Color, choice, parse_color
from workflows.nodes.image.fonts import FONTS
from workflows.nodes.recipes import kept, later
from workflows.nodes.registry import node
from workflows.nodes.video.cues import Cue, at, parse
from workflows.nodes.video.moments import from_array
from workflows.nodes.video.videos import (
    CATEGORY,
    TIMEOUT_SECONDS,
    VIDEO,
    VIDEO_OUT,
    derive,
    even,
    rate_of,
)
from workflows.nodes.video.writing import as_written
from workflows.types import JsonObject

if TYPE_CHECKING:
    from av import VideoFrame
    from numpy.typing import NDArray

PLACES = ("bottom", "middle", "top")
MAX_CHARACTERS = 500_000
MAX_CUE_CHARACTERS = 2_000
#: Without a size, a line is so much of the video's height.
USUAL_SHARE = 0.06
MARGIN = 0.06  # of width and height, kept free at the edges
EXAMPLE = "1\n00:00:00,500 --> 00:00:02,000\nHello!"


kept("cue")(Cue)


@kept("look of subtitles")
@dataclass(frozen=True, slots=True)
class Look:
    """The style of subtitles; sizes in px, `size` 0: by the height of the video."""

    font: str
    size: float
    ink: Color
    edge: Color
    stroke: float
    ground: Color
    place: str
    offset: float = 0.0


@node(
    "subtitles",
    name="Subtitles",
    category=CATEGORY,
    description="Burns subtitles into a video, from SRT or WebVTT.",
    aliases=("captions", "srt", "vtt", "burn in", "hardsub", "text on video", "caption"),
    inputs=(
        VIDEO,
        Input(
            "text",
            "text",
            "Subtitles",
            required=True,
            widget="textarea",
            placeholder=EXAMPLE,
            help="SRT or WebVTT: times, then the lines, then an empty line.",
        ),
        Input("font", "text", "Font", default="Sans Bold", widget="select", options=tuple(FONTS)),
        Input(
            "size",
            "number",
            "Size",
            widget="number",
            min=0,
            max=400,
            step=1,
            unit="px",
            help="Empty: by the height of the video.",
        ),
        Input("color", "color", "Color", default="#ffffff", widget="color"),
        Input(
            "stroke",
            "number",
            "Outline",
            default=8,
            widget="slider",
            min=0,
            max=30,
            step=1,
            help="Its width where the text is 100 px high.",
        ),
        Input(
            "strokeColor",
            "color",
            "Outline color",
            default="#000000",
            widget="color",
            advanced=True,
        ),
        Input(
            "background",
            "color",
            "Background",
            default="#00000000",
            widget="color",
            advanced=True,
            help="#000000b0 for a dark box.",
        ),
        Input("place", "text", "Position", default="bottom", widget="pills", options=PLACES),
    ),
    outputs=(VIDEO_OUT,),
    preview="video",
    width=320,
    timeout_seconds=TIMEOUT_SECONDS,
    joins=True,
)
async def subtitles(
    context: Context,
    *,
    video: JsonObject,
    text: str,
    font: str,
    size: float | None,
    color: str,
    stroke: float,
    strokeColor: str,
    background: str,
    place: str,
) -> JsonObject:
    """Return the video with its subtitles."""
    choice(font, tuple(FONTS), "font")
    choice(place, PLACES, "place")
    look = Look(
        font,
        float(size or 0),
        parse_color(color, "color"),
        parse_color(strokeColor, "strokeColor"),
        float(stroke),
        parse_color(background, "background"),
        place,
    )
    cues = parse(text[:MAX_CHARACTERS])
    if not cues:
        raise NodeError(
            "There are no subtitles in this text.", field="text", value=text[:80], expected=EXAMPLE
        )
    return {"video": await burn(context, video, cues, look, field="video")}


async def burn(
    context: Context, video: JsonObject, cues: list[Cue], look: Look, *, field: str
) -> JsonObject:
    """Write cues into a video and return the new one's media reference."""
    clip = await context.load_clip(video, field=field)
    rate, size = rate_of(clip), even(clip.width, clip.height)
    return await derive(
        context,
        later(written, clip, rate, cues, look, size),
        clip if clip.has_audio else None,
        size=size,
        rate=rate,
        seconds=clip.duration,
        suffix="subtitles",
        source=video,
    )


@kept("subtitles")
def written(
    clip: Clip,
    rate: Fraction,
    cues: Sequence[Cue],
    look: Look,
    size: tuple[int, int],
    first: int = 0,
) -> Iterator[VideoFrame]:
    """Write on every frame what is read at its time, from a frame on."""
    layer: _Layer | None = None
    words = ""
    for number, frame in enumerate(clip.steady(rate, float(first / rate)), first):
        read = at(cues, float((number + Fraction(1, 2)) / rate))[:MAX_CUE_CHARACTERS]
        if read != words:
            words, layer = read, _Layer(read, look, size) if read else None
        yield frame if layer is None else layer.lay(frame)


class _Layer:
    """One text, set and drawn once, to be laid on many frames."""

    def __init__(self, words: str, look: Look, size: tuple[int, int]) -> None:
        import numpy as np
        from PIL import Image as Pillow

        style = typesetting.Style(look.font, 1.2, 0.0, look.stroke)
        edge = round(size[0] * MARGIN), round(size[1] * MARGIN)
        box = (edge[0], edge[1], size[0] - edge[0], size[1] - edge[1])
        height = max(8.0, look.size or size[1] * USUAL_SHARE)
        setting = typesetting.arrange(words, style, height, box[2] - box[0])
        if setting.height > box[3] - box[1]:
            room = (box[2] - box[0], box[3] - box[1])
            setting = typesetting.fit(words, style, room, height)
        down = round(look.offset)
        moved = (box[0], box[1] + down, box[2], box[3] + down)

        def lettering(stroke: bool) -> Any:
            sheet = Pillow.new("L", size, 0)
            typesetting.draw(sheet, setting, style, moved, "center", look.place, stroke=stroke)
            return sheet

        ink = lettering(False)
        outline = lettering(True) if style.stroke_px(setting.size) else ink
        sheet = Pillow.new("RGBA", size, (0, 0, 0, 0))
        extent = outline.getbbox() or (0, 0, 1, 1)
        if look.ground[3]:
            pad = round(setting.size * 0.3)
            extent = (
                max(0, extent[0] - pad),
                max(0, extent[1] - pad),
                min(size[0], extent[2] + pad),
                min(size[1], extent[3] + pad),
            )
            sheet.paste(look.ground, extent)
        for shape, paint in ((outline, look.edge), (ink, look.ink)):
            full = Pillow.new("RGBA", size, (*paint[:3], 255))
            full.putalpha(shape.point([level * paint[3] // 255 for level in range(256)]))
            sheet.alpha_composite(full)
        # Whole pairs of px: every second line and column has no color of its own.
        left, top = extent[0] // 2 * 2, extent[1] // 2 * 2
        room = -(-extent[2] // 2) * 2 - left, -(-extent[3] // 2) * 2 - top
        part = sheet.crop((left, top, left + room[0], top + room[1]))
        self._left, self._top = left, top
        self._flat = as_written(size)
        colors = as_written(room, "yuv444p")(from_array(np.asarray(part.convert("RGB"))))
        alpha = np.asarray(part.getchannel("A")).astype(np.uint16)
        planes = [np.array(plane)[:, : room[0]] for plane in _planes(colors)]
        self._layers = [
            _Sheet(planes[0], alpha),
            *(_Sheet(_halved(plane, alpha), _shrunk(alpha)) for plane in planes[1:]),
        ]

    def lay(self, frame: VideoFrame) -> VideoFrame:
        """Return a frame with the text on it."""
        flat = self._flat(frame)
        if flat is frame:
            flat.make_writable()
        for number, (plane, layer) in enumerate(zip(_planes(flat), self._layers, strict=True)):
            half = 2 if number else 1
            layer.lay(plane, self._left // half, self._top // half)
        return flat


class _Sheet:
    """One plane of a text in colors of videos, and how much of it covers what is below."""

    def __init__(self, plane: NDArray[Any], alpha: NDArray[Any]) -> None:
        import numpy as np

        self._rest = 255 - alpha
        self._own = plane.astype(np.uint16) * alpha + 127

    def lay(self, plane: NDArray[Any], left: int, top: int) -> None:
        """Lay it on the plane of a frame."""
        high, wide = self._own.shape
        part = plane[top : top + high, left : left + wide]
        high, wide = part.shape
        part[:] = (self._own[:high, :wide] + part * self._rest[:high, :wide]) // 255


def _planes(frame: VideoFrame) -> list[NDArray[Any]]:
    """Return the planes of a frame, lines with their padding: arrays that are its own memory."""
    import numpy as np

    return [
        np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
        for plane in frame.planes
    ]


def _shrunk(alpha: NDArray[Any]) -> NDArray[Any]:
    mean: NDArray[Any] = (_fours(alpha) + 2) // 4
    return mean


def _fours(plane: NDArray[Any]) -> NDArray[Any]:
    """Return the sums of two by two px."""
    total: NDArray[Any] = plane[::2, ::2] + plane[1::2, ::2]
    total = total + plane[::2, 1::2] + plane[1::2, 1::2]
    return total


def _halved(plane: NDArray[Any], alpha: NDArray[Any]) -> NDArray[Any]:
    """Return a plane at half the size, each px the mean of four as far as they can be seen."""
    import numpy as np

    weight = np.maximum(alpha, 1).astype(np.uint32)
    mean: NDArray[Any] = _fours(plane * weight) // _fours(weight)
    return mean
