"""Join audio files: one after the other, with silence in between."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from workflows.errors import NodeError
from workflows.graph.ports import Input
from workflows.nodes.context import Clip, Context
from workflows.nodes.image.fields import choice
from workflows.nodes.recipes import later
from workflows.nodes.registry import node
from workflows.nodes.video.audio import AUDIO_OUT, CATEGORY, FORMAT, save_audio, silence
from workflows.nodes.video.videos import TIMEOUT_SECONDS, check_length
from workflows.nodes.video.writing import FORMATS
from workflows.types import Json, JsonObject

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_AUDIO_FILES = 200
MAX_GAP = 600.0  # seconds


@node(
    "mergeAudio",
    name="Concatenate audio",
    category=CATEGORY,
    description="Joins audio files one after the other, with optional silence in between.",
    aliases=("join sounds", "concat", "merge audio", "append", "gap", "pause", "narration"),
    inputs=(
        Input("audios", "audio", "Audio", required=True, many=True),
        Input(
            "gap",
            "number",
            "Gap",
            default=0,
            widget="number",
            min=0,
            max=MAX_GAP,
            step=0.1,
            unit="s",
        ),
        Input(
            "gaps",
            "number",
            "Gaps",
            many=True,
            advanced=True,
            help="One for each transition, instead of one for all.",
        ),
        FORMAT,
    ),
    outputs=(AUDIO_OUT,),
    preview="audio",
    width=320,
    timeout_seconds=TIMEOUT_SECONDS,
)
async def merge_audio(
    context: Context,
    *,
    audios: list[JsonObject] | None,
    gap: float,
    gaps: list[Json] | None,
    format: str,
) -> JsonObject:
    """Return the joined audio."""
    choice(format, tuple(FORMATS), "format")
    clips = await open_audio(context, audios, "audios")
    pauses = [float(gap)] * (len(clips) - 1)
    for number, value in enumerate((gaps or [])[: len(pauses)]):
        if not 0 <= float(value) <= MAX_GAP:
            raise NodeError(
                f"A gap of {value:g} seconds cannot be.",
                field="gaps",
                value=value,
                expected=f"0 to {MAX_GAP:g} seconds",
            )
        pauses[number] = float(value)
    seconds = check_length(sum(clip.duration for clip in clips) + sum(pauses), "audios")
    made = await save_audio(
        context,
        later(joined, clips, pauses),
        format,
        seconds=seconds,
        suffix="joined",
        source=next(iter(audios or ()), None),
    )
    return {"audio": made}


async def open_audio(context: Context, audios: list[JsonObject] | None, field: str) -> list[Clip]:
    """Open several audio files. Raises NodeError when there is none, or when there are too many."""
    given = audios or []
    if not given or len(given) > MAX_AUDIO_FILES:
        raise NodeError(
            f"{len(given):,} audio files are too many." if given else "There is no audio.",
            field=field,
            value=len(given),
            expected=f"1 to {MAX_AUDIO_FILES} audio files",
        )
    return [await context.load_clip(audio, field=field, kind="audio") for audio in given]


def joined(clips: list[Clip], pauses: list[float]) -> Iterator[NDArray[Any]]:
    """Yield one audio file after the other, and the silence between them."""
    for number, clip in enumerate(clips):
        yield from clip.audio()
        if number < len(pauses):
            yield from silence(pauses[number])
