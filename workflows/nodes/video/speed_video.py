"""Speed: a video faster or slower."""

from __future__ import annotations

from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.image.pictures import choice
from workflows.nodes.registry import node
from workflows.nodes.video.moments import heard as sound_of
from workflows.nodes.video.moments import steady, together
from workflows.nodes.video.recipes import later
from workflows.nodes.video.sounds import faster
from workflows.nodes.video.videos import (
    CATEGORY,
    TIMEOUT_SECONDS,
    VIDEO,
    VIDEO_OUT,
    check_length,
    even,
    rate_of,
    render,
)
from workflows.types import JsonObject

SOUNDS = ("keep pitch", "none")


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
        Input("sound", "text", "Audio", default="keep pitch", widget="pills", options=SOUNDS),
    ),
    outputs=(VIDEO_OUT,),
    preview="video",
    width=320,
    timeout_seconds=TIMEOUT_SECONDS,
)
async def speed_video(
    context: Context, *, video: JsonObject, speed: float, sound: str
) -> JsonObject:
    """Return the video at the other speed, with as many frames a second as before."""
    heard = choice(sound, SOUNDS, "sound") != "none"
    clip = await context.load_clip(video, field="video")
    seconds = check_length(clip.duration / speed, "speed")
    rate = rate_of(clip)
    # As many frames are taken from each second of the clip as its new length has room for.
    frames = later(steady, clip, rate / type(rate)(speed).limit_denominator(1000))
    heard = heard and clip.has_audio
    voice = later(faster, later(sound_of, clip), float(speed)) if heard else None
    row = later(together, frames, voice, rate)
    made = await render(
        context,
        row,
        size=even(clip.width, clip.height),
        rate=rate,
        sound=heard,
        seconds=seconds,
        suffix="speed",
        source=video,
    )
    return {"video": made}
