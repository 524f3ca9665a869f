"""Frames to video: images shown one after the other, as an animation or as a slideshow."""

from __future__ import annotations

from contextlib import aclosing, suppress
from fractions import Fraction
from math import ceil

from workflows.errors import NodeError
from workflows.graph.ports import Input
from workflows.nodes.context import Clip, Context
from workflows.nodes.image.fields import choice, parse_color
from workflows.nodes.registry import node
from workflows.nodes.video.moments import FITS
from workflows.nodes.video.resize_video import side_input, target
from workflows.nodes.video.stills import slideshow
from workflows.nodes.video.videos import (
    CATEGORY,
    MAX_RATE,
    TIMEOUT_SECONDS,
    VIDEO_OUT,
    check_length,
    even,
    name_of,
)
from workflows.nodes.video.writing import writing_bytes
from workflows.types import JsonObject

MAX_IMAGES = 2_000
#: Players are poor at videos of less; an image that stays longer is repeated.
MIN_RATE = 10
FADE_RATE = 25  # a fade or a zoom of fewer steps is seen as such
#: The longer side of a video of images if nothing is said, px; theirs if they are smaller.
DEFAULT_SIDE = 1920


@node(
    "framesToVideo",
    name="Frames to video",
    category=CATEGORY,
    description="Creates a video from images: an animation, or a slideshow with music.",
    aliases=(
        "images to video",
        "slideshow",
        "animation",
        "timelapse",
        "stop motion",
        "sequence",
        "movie",
        "gif",
    ),
    inputs=(
        Input("images", "image", "Images", required=True, many=True),
        Input("audio", "audio", "Audio"),
        Input(
            "fps",
            "number",
            "Frame rate",
            default=8,
            widget="number",
            min=0.1,
            max=MAX_RATE,
            step=0.1,
        ),
        Input(
            "seconds",
            "number",
            "Seconds each",
            widget="number",
            min=0.02,
            max=60,
            step=0.1,
            unit="s",
            help="How long each image is shown, instead of a frame rate.",
        ),
        Input(
            "fade",
            "number",
            "Fade",
            default=0,
            widget="number",
            min=0,
            max=10,
            step=0.1,
            unit="s",
            help="How long the transition to the next image lasts.",
        ),
        Input(
            "zoom",
            "number",
            "Slow zoom",
            default=0,
            widget="slider",
            min=-50,
            max=50,
            step=1,
            unit="%",
            help="How far to zoom in while an image is shown; below 0 zooms out.",
        ),
        Input(
            "repeat",
            "number",
            "Repeat",
            default=1,
            widget="number",
            min=1,
            max=100,
            step=1,
            advanced=True,
            help="How many times all of them are shown.",
        ),
        Input(
            "fit",
            "text",
            "Fit",
            default="pad",
            widget="pills",
            options=FITS,
            help="How images of another size are scaled to that of the first.",
        ),
        side_input("width", "Width"),
        side_input("height", "Height"),
        Input("color", "color", "Background", default="#000000", widget="color", advanced=True),
    ),
    joins=True,
    outputs=(VIDEO_OUT,),
    preview="video",
    width=320,
    timeout_seconds=TIMEOUT_SECONDS,
)
async def frames_to_video(
    context: Context,
    *,
    images: list[JsonObject] | None,
    audio: JsonObject | None,
    fps: float,
    seconds: float | None,
    fade: float,
    zoom: float,
    repeat: float,
    fit: str,
    width: float | None,
    height: float | None,
    color: str,
) -> JsonObject:
    """Return the video; images are read when it is their turn, the audio ends with the last."""
    choice(fit, FITS, "fit")
    ground = parse_color(color, "color")[:3]
    given = images or []
    if not given or len(given) > MAX_IMAGES:
        raise NodeError(
            f"{len(given):,} images are too many for one video."
            if given
            else "There is no image to show.",
            field="images",
            value=len(given),
            expected=f"1 to {MAX_IMAGES:,} images",
        )
    shows = given * round(repeat)
    pace = Fraction(1 / seconds if seconds else fps).limit_denominator(1001)
    total = check_length(float(len(shows) / pace), "seconds" if seconds else "fps")
    smooth = FADE_RATE if fade or zoom else MIN_RATE
    each = ceil(smooth / pace) if pace < smooth else 1
    rate = pace * each
    size = _size((await context.load_image(shows[0], field="images")).size, width, height)
    await context.make_room(*size, field="images", pixel_bytes=writing_bytes(size))
    clip = await _audio_clip(context, audio)
    look = (round(fade * rate), zoom / 100, fit, ground)
    with context.new_file() as file:
        show = context.run_steps(slideshow, file, clip, len(shows), size, rate, each, look)
        async with aclosing(show) as steps:
            waiting, said, shown = iter(shows), None, 0
            with suppress(StopAsyncIteration):
                while True:
                    done, said = await steps.asend(said), None
                    if done is None:
                        said = await context.load_image(next(waiting), field="images")
                        shown += 1
                    else:
                        await context.progress(done / total, f"{shown} of {len(shows)}")
        name = name_of(given[0], "video", "mp4")
        made = await context.save_bytes(file, name=name, content_type="video/mp4")
    return {"video": made}


async def _audio_clip(context: Context, audio: JsonObject | None) -> Clip | None:
    return await context.load_clip(audio, field="audio", kind="audio") if audio else None


def _size(given: tuple[int, int], width: float | None, height: float | None) -> tuple[int, int]:
    """Return the video's size: what is said, else the first image's, brought within bounds."""
    if width is None and height is None:
        scale = min(1.0, DEFAULT_SIDE / max(given))
        return even(given[0] * scale, given[1] * scale, "images")
    return target(given, width, height, "exact")
