"""Mix audio files: several at once."""

from __future__ import annotations

from workflows.graph.ports import Input
from workflows.nodes.audio.merge_audio import open_audio
from workflows.nodes.context import Context
from workflows.nodes.image.fields import choice
from workflows.nodes.recipes import later
from workflows.nodes.registry import node
from workflows.nodes.video.audio import AUDIO_OUT, CATEGORY, FORMAT, mixed, save_audio
from workflows.nodes.video.moments import heard
from workflows.nodes.video.videos import TIMEOUT_SECONDS
from workflows.nodes.video.writing import FORMATS
from workflows.types import Json, JsonObject

LENGTHS = ("longest", "shortest", "first")


@node(
    "mixAudio",
    name="Mix audio",
    category=CATEGORY,
    description="Mixes several audio files, each at its own volume.",
    aliases=("mix sounds", "amix", "blend", "background music", "layer", "combine", "overlay"),
    inputs=(
        Input("audios", "audio", "Audio", required=True, many=True),
        Input(
            "weights",
            "number",
            "Volumes",
            many=True,
            advanced=True,
            help="1 leaves the volume as it is, 0.1 makes it quiet; one for each, in order.",
        ),
        Input(
            "length",
            "text",
            "Duration",
            default="longest",
            widget="pills",
            options=LENGTHS,
            help="Which of them sets the duration.",
        ),
        Input(
            "even",
            "boolean",
            "Normalize",
            default=True,
            widget="toggle",
            help="Divides by the sum of the volumes.",
        ),
        FORMAT,
    ),
    outputs=(AUDIO_OUT,),
    preview="audio",
    width=320,
    timeout_seconds=TIMEOUT_SECONDS,
)
async def mix_audio(
    context: Context,
    *,
    audios: list[JsonObject] | None,
    weights: list[Json] | None,
    length: str,
    even: bool,
    format: str,
) -> JsonObject:
    """Return the mix."""
    choice(format, tuple(FORMATS), "format")
    choice(length, LENGTHS, "length")
    clips = await open_audio(context, audios, "audios")
    given = [float(weight) for weight in weights or []]
    shares = [given[number] if number < len(given) else 1.0 for number in range(len(clips))]
    total = sum(abs(share) for share in shares) if even else 1.0
    lengths = [clip.duration for clip in clips]
    seconds = {"first": lengths[0], "shortest": min(lengths)}.get(length, max(lengths))
    rows = [
        (later(heard, clip), share / (total or 1.0))
        for clip, share in zip(clips, shares, strict=True)
    ]
    made = await save_audio(
        context,
        later(mixed, rows, seconds),
        format,
        seconds=seconds,
        suffix="mix",
        source=next(iter(audios or ()), None),
    )
    return {"audio": made}
