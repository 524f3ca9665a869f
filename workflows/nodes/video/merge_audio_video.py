"""Add audio: music or a voice for a video."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any

from workflows.graph.ports import Input
from workflows.nodes.context import Clip, Context
from workflows.nodes.image.fields import choice
from workflows.nodes.recipes import later
from workflows.nodes.registry import node
from workflows.nodes.video.audio import AUDIO, VOLUME, louder, mixed, silence
from workflows.nodes.video.moments import heard, steady, together
from workflows.nodes.video.overlay_video import lasting
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
    from numpy.typing import NDArray

MODES = ("replace", "mix")
LENGTHS = ("video", "sound", "shortest")


@node(
    "mergeAudioVideo",
    name="Add audio",
    category=CATEGORY,
    description="Adds music or a voice to a video, instead of its own audio or mixed with it.",
    aliases=(
        "add sound",
        "music",
        "voice over",
        "soundtrack",
        "merge audio",
        "dub",
        "narration",
        "background",
    ),
    inputs=(
        VIDEO,
        AUDIO,
        Input(
            "mode",
            "text",
            "Mode",
            default="replace",
            widget="pills",
            options=MODES,
            help="Mix keeps the video's own audio.",
        ),
        VOLUME,
        seconds_input("offset", "Start at", 0, help="When the audio starts."),
        Input(
            "loop",
            "boolean",
            "Loop",
            default=False,
            widget="toggle",
            help="Repeats an audio file that is shorter than the video.",
        ),
        Input(
            "length",
            "text",
            "Duration",
            default="video",
            widget="pills",
            options=LENGTHS,
            labels={"sound": "Audio"},
            advanced=True,
            help="Audio: the last frame stays until the audio ends.",
        ),
    ),
    outputs=(VIDEO_OUT,),
    preview="video",
    width=320,
    timeout_seconds=TIMEOUT_SECONDS,
    joins=True,
)
async def merge_audio_video(
    context: Context,
    *,
    video: JsonObject,
    audio: JsonObject,
    mode: str,
    volume: float,
    offset: float,
    loop: bool,
    length: str,
) -> JsonObject:
    """Return the video with the audio."""
    choice(mode, MODES, "mode")
    choice(length, LENGTHS, "length")
    clip = await context.load_clip(video, field="video")
    voice = await context.load_clip(audio, field="audio", kind="audio")
    rate = rate_of(clip)
    until = offset + voice.duration
    seconds = {"sound": until, "shortest": min(clip.duration, until)}.get(length, clip.duration)
    played = later(_again if loop else heard, voice)
    late = later(chain, later(silence, float(offset)), later(louder, played, float(volume)))
    rows: list[tuple[Iterable[NDArray[Any]], float]] = [(late, 1.0)]
    if mode == "mix" and clip.has_audio:
        rows.append((later(heard, clip), 1.0))
    count = None if length == "video" else round(seconds * rate)
    frames = later(lasting, later(steady, clip, rate), count)
    made = await render(
        context,
        later(together, frames, later(mixed, rows, seconds + 1), rate),
        size=even(clip.width, clip.height),
        rate=rate,
        audio=True,
        seconds=seconds,
        suffix="sound",
        source=video,
    )
    return {"video": made}


def _again(voice: Clip) -> Iterator[NDArray[Any]]:
    """Play an audio file over and over; one of nothing is played once."""
    some = True
    while some:
        some = False
        for chunk in voice.audio():
            some = True
            yield chunk
