"""Video to GIF: a short animated image."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from workflows.errors import NodeError
from workflows.graph.ports import Input
from workflows.nodes.context import Clip, Context
from workflows.nodes.image.fields import IMAGE_OUT, choice
from workflows.nodes.recipes import later
from workflows.nodes.registry import node
from workflows.nodes.video.filters import Filter
from workflows.nodes.video.trim_video import part
from workflows.nodes.video.videos import (
    CATEGORY,
    TIMEOUT_SECONDS,
    VIDEO,
    name_of,
    seconds_input,
    work,
)
from workflows.nodes.video.writing import abandon, add_stream, open_for_writing
from workflows.types import JsonObject

if TYPE_CHECKING:
    from av import VideoFrame

    #: Reads the frames from the beginning.
    Frames = Callable[[], Iterator[VideoFrame]]

FORMATS = ("GIF", "WebP")
#: As many frames as an animated image may have to be opened here again.
MAX_FRAMES = 200


@node(
    "videoToGif",
    name="Video to GIF",
    category=CATEGORY,
    description="Creates an animated GIF or WebP from a part of a video.",
    aliases=(
        "gif",
        "gif maker",
        "animated gif",
        "loop",
        "sticker",
        "webp",
        "animation",
    ),
    inputs=(
        VIDEO,
        seconds_input("start", "From", 0),
        seconds_input("length", "Duration", 5, help="The first seconds by default."),
        Input(
            "width",
            "number",
            "Width",
            default=480,
            widget="number",
            min=16,
            max=1920,
            step=2,
            unit="px",
        ),
        Input("fps", "number", "Frame rate", default=12, widget="slider", min=1, max=30, step=1),
        Input("format", "text", "Format", default="GIF", widget="pills", options=FORMATS),
        Input("loop", "boolean", "Loop", default=True, widget="toggle"),
    ),
    outputs=(IMAGE_OUT,),
    preview="image",
    width=320,
    timeout_seconds=TIMEOUT_SECONDS,
    joins=True,
)
async def video_to_gif(
    context: Context,
    *,
    video: JsonObject,
    start: float,
    length: float | None,
    width: float,
    fps: float,
    format: str,
    loop: bool,
) -> JsonObject:
    """Return the animation, never wider than the video."""
    choice(format, FORMATS, "format")
    clip = await context.load_clip(video, field="video")
    until = part(clip, float(start), None, length)
    rate = Fraction(fps).limit_denominator(100)
    count = round((until - start) * rate)
    if count > MAX_FRAMES:
        raise NodeError(
            f"The animation would have {count:,} frames.",
            field="length",
            value=count,
            expected=f"at most {MAX_FRAMES} frames: make it shorter, or with a lower frame rate",
        )
    wide = min(round(width), clip.width)
    size = wide, max(1, round(clip.height * wide / clip.width))
    write = write_gif if format == "GIF" else write_webp
    seconds = (until - start) * (2 if format == "GIF" else 1)
    ending = format.lower()
    with context.new_file() as file:
        recipe = later(write, file, clip, (float(start), until), size, rate, bool(loop))
        await work(context, recipe, seconds, "Writing")
        name = name_of(video, "animation", ending)
        made = await context.save_bytes(file, name=name, content_type=f"image/{ending}")
    return {"image": made}


def write_gif(
    file: BinaryIO,
    clip: Clip,
    span: tuple[float, float],
    size: tuple[int, int],
    rate: Fraction,
    loop: bool,
) -> Iterator[float]:
    """Write a GIF with a palette of its own; the video is read twice, so as to hold none of it."""
    frames = partial(clip.steady, rate, *span)
    palettes = Filter("palettegen", "stats_mode=diff", "bgra", [size], rate)
    number = -1
    for number, frame in enumerate(frames()):
        palettes.push(_flat(frame, size, number, rate))
        yield float(number / rate)
    palettes.push(None)
    palette = next(palettes.pulled())
    half = float((number + 1) / rate)
    sizes = [size, (palette.width, palette.height)]
    painter = Filter("paletteuse", "dither=sierra2_4a", "bgra", sizes, rate)
    palette.pts, palette.time_base = 0, 1 / rate
    painter.push(palette, 1)
    painter.push(None, 1)

    def painted() -> Iterator[VideoFrame]:
        for number, frame in enumerate(frames()):
            painter.push(_flat(frame, size, number, rate))
            yield from painter.pulled()
        painter.push(None)
        yield from painter.pulled()

    repeat = {"loop": "0" if loop else "-1"}
    for done in _write(file, "gif", "gif", "pal8", painted(), size, rate, repeat, {}):
        yield half + done


def write_webp(
    file: BinaryIO,
    clip: Clip,
    span: tuple[float, float],
    size: tuple[int, int],
    rate: Fraction,
    loop: bool,
) -> Iterator[float]:
    """Write an animated WebP."""
    frames = enumerate(clip.steady(rate, *span))
    row = (_flat(frame, size, number, rate) for number, frame in frames)
    repeat, quality = {"loop": "0" if loop else "1"}, {"quality": "75", "compression_level": "2"}
    yield from _write(file, "webp", "libwebp_anim", "bgra", row, size, rate, repeat, quality)


def _write(
    file: BinaryIO,
    form: str,
    codec: str,
    pixels: str,
    frames: Iterator[VideoFrame],
    size: tuple[int, int],
    rate: Fraction,
    options: dict[str, str],
    quality: dict[str, str],
) -> Iterator[float]:
    container = open_for_writing(file, form, options)
    try:
        stream = add_stream(container, codec, rate, quality)
        context = stream.codec_context
        context.width, context.height, context.pix_fmt = *size, pixels
        context.time_base = 1 / rate
        for number, frame in enumerate(frames):
            frame.pts, frame.time_base = number, 1 / rate
            container.mux(stream.encode(frame))
            yield float(number / rate)
        container.mux(stream.encode(None))
    except BaseException:
        abandon(container)
        raise
    container.close()


def _flat(frame: VideoFrame, size: tuple[int, int], number: int, rate: Fraction) -> VideoFrame:
    flat = frame.reformat(*size, "rgb24", interpolation="AREA", threads=1)
    flat = flat.reformat(format="bgra", threads=1)
    flat.pts, flat.time_base = number, 1 / rate
    return flat
