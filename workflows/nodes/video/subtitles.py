"""Subtitles: text written into a video."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from workflows.errors import NodeError
from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.image import typesetting
from workflows.nodes.image.fonts import FONTS
from workflows.nodes.image.pictures import Colour, choice, colour
from workflows.nodes.registry import node
from workflows.nodes.video.cues import Cue, at, parse
from workflows.nodes.video.moments import from_array, moments
from workflows.nodes.video.recipes import later
from workflows.nodes.video.videos import (
    CATEGORY,
    TIMEOUT_SECONDS,
    VIDEO,
    VIDEO_OUT,
    even,
    rate_of,
    render,
)
from workflows.types import JsonObject

if TYPE_CHECKING:
    from av import VideoFrame
    from numpy.typing import NDArray

    from workflows.nodes.video.writing import Moment

PLACES = ("bottom", "middle", "top")
MAX_LETTERS = 500_000
MAX_CUE_LETTERS = 2_000
#: Without a size, a line is so much of the video's height.
USUAL_SHARE = 0.06
MARGIN = 0.06  # of width and height, kept free at the edges
EXAMPLE = "1\n00:00:00,500 --> 00:00:02,000\nHello!"


@dataclass(frozen=True, slots=True)
class Look:
    """How subtitles look; sizes in px, `size` 0: by the height of the video."""

    font: str
    size: float
    ink: Colour
    edge: Colour
    stroke: float
    ground: Colour
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
            default=0,
            widget="number",
            min=0,
            max=400,
            step=1,
            unit="px",
            help="0 follows the height of the video.",
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
)
async def subtitles(
    context: Context,
    *,
    video: JsonObject,
    text: str,
    font: str,
    size: float,
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
        float(size),
        colour(color, "color"),
        colour(strokeColor, "strokeColor"),
        float(stroke),
        colour(background, "background"),
        place,
    )
    cues = parse(text[:MAX_LETTERS])
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
    row = later(moments, clip, rate, sound=clip.has_audio)
    return await render(
        context,
        later(written, row, cues, look, size, rate),
        size=size,
        rate=rate,
        sound=clip.has_audio,
        seconds=clip.duration,
        suffix="subtitles",
        source=video,
    )


def written(
    row: Iterable[Moment], cues: list[Cue], look: Look, size: tuple[int, int], rate: Fraction
) -> Iterator[Moment]:
    """Write on every frame what is read at its time."""
    layer: _Layer | None = None
    words = ""
    for number, (frame, samples) in enumerate(row):
        read = at(cues, float((number + Fraction(1, 2)) / rate))[:MAX_CUE_LETTERS]
        if read != words:
            words, layer = read, _Layer(read, look, size) if read else None
        yield frame if layer is None else layer.lay(frame), samples


class _Layer:
    """One text, set and drawn once, to be laid on many frames."""

    def __init__(self, words: str, look: Look, size: tuple[int, int]) -> None:
        import numpy as np
        from PIL import Image as Pillow

        self._size = size
        style = typesetting.Style(look.font, 1.2, 0.0, look.stroke)
        edge = round(size[0] * MARGIN), round(size[1] * MARGIN)
        box = (edge[0], edge[1], size[0] - edge[0], size[1] - edge[1])
        letters = max(8.0, look.size or size[1] * USUAL_SHARE)
        setting = typesetting.arrange(words, style, letters, box[2] - box[0])
        if setting.height > box[3] - box[1]:
            room = (box[2] - box[0], box[3] - box[1])
            setting = typesetting.fit(words, style, room, letters)
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
        self._left, self._top = extent[0], extent[1]
        self._pixels: NDArray[Any] = np.asarray(sheet.crop(extent)).astype(np.uint16)

    def lay(self, frame: VideoFrame) -> VideoFrame:
        """Return a frame with the text on it."""
        import numpy as np

        flat = frame.reformat(*self._size, "rgb24", threads=1).to_ndarray()
        high, wide = self._pixels.shape[:2]
        part = flat[self._top : self._top + high, self._left : self._left + wide]
        alpha = self._pixels[..., 3:]
        mixed = (self._pixels[..., :3] * alpha + part * (255 - alpha) + 127) // 255
        flat[self._top : self._top + high, self._left : self._left + wide] = mixed.astype(np.uint8)
        return from_array(flat)
