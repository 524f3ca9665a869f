"""Speed: a video faster or slower."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from workflows.graph.ports import Input
from workflows.nodes.context import Clip, Context
from workflows.nodes.image.fields import choice
from workflows.nodes.recipes import kept, later
from workflows.nodes.registry import node
from workflows.nodes.video import audio as audio_tools
from workflows.nodes.video.videos import (
    CATEGORY,
    TIMEOUT_SECONDS,
    VIDEO,
    VIDEO_OUT,
    check_length,
    derive,
    even,
    rate_of,
)
from workflows.types import JsonObject

if TYPE_CHECKING:
    from av import VideoFrame
    from numpy.typing import NDArray

AUDIO_MODES = ("keep pitch", "none")


@node(
    "speedVideo",
    name="Change speed",
    category=CATEGORY,
    description="Plays a video faster or slower; voices keep their pitch.",
    aliases=(
        "slow motion",
        "time lapse",
        "fast forward",
        "tempo",
        "setpts",
        "speed up",
        "slow down",
    ),
    inputs=(
        VIDEO,
        Input(
            "speed",
            "number",
            "Speed",
            default=2,
            widget="number",
            min=0.1,
            max=20,
            step=0.05,
            unit="x",
            help="2 is twice as fast, 0.5 half as fast.",
        ),
        Input("sound", "text", "Audio", default="keep pitch", widget="pills", options=AUDIO_MODES),
    ),
    outputs=(VIDEO_OUT,),
    preview="video",
    width=320,
    timeout_seconds=TIMEOUT_SECONDS,
    joins=True,
)
async def speed_video(
    context: Context, *, video: JsonObject, speed: float, sound: str
) -> JsonObject:
    """Return the video at the other speed, with as many frames a second as before."""
    heard = choice(sound, AUDIO_MODES, "sound") != "none"
    clip = await context.load_clip(video, field="video")
    seconds = check_length(clip.duration / speed, "speed")
    rate = rate_of(clip)
    factor = Fraction(speed).limit_denominator(1000)
    heard = heard and clip.has_audio
    made = await derive(
        context,
        later(faster, clip, rate, factor),
        later(faster_audio, clip, float(speed)) if heard else None,
        size=even(clip.width, clip.height),
        rate=rate,
        seconds=seconds,
        suffix="speed",
        source=video,
    )
    return {"video": made}


@kept("speed")
def faster(clip: Clip, rate: Fraction, factor: Fraction, first: int = 0) -> Iterator[VideoFrame]:
    """Yield frames of a clip, as many of each second as its new length has room for."""
    return clip.steady(rate / factor, float(first * factor / rate))


@kept("speed audio")
def faster_audio(clip: Clip, factor: float, begin: float = 0.0) -> Iterator[NDArray[Any]]:
    """Yield the audio of a clip at another speed, from a time in the result on."""
    return audio_tools.faster(clip.audio(begin * factor), factor)
