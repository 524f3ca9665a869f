"""Split audio: an audio file cut into several."""

from __future__ import annotations

from itertools import pairwise

from workflows.errors import NodeError
from workflows.graph.ports import Input, Output
from workflows.nodes.context import Context
from workflows.nodes.image.fields import choice
from workflows.nodes.recipes import later
from workflows.nodes.registry import node
from workflows.nodes.video.audio import AUDIO, CATEGORY, FORMAT, save_audio
from workflows.nodes.video.moments import heard
from workflows.nodes.video.videos import TIMEOUT_SECONDS, seconds_input
from workflows.nodes.video.writing import FORMATS
from workflows.types import Json, JsonObject

MAX_PARTS = 200


@node(
    "splitAudio",
    name="Split audio",
    category=CATEGORY,
    description="Splits an audio file into parts, at times or at a fixed interval.",
    aliases=("segment", "chunks", "timestamps", "divide", "cut"),
    inputs=(
        AUDIO,
        Input("times", "number", "Times", many=True, help="Seconds at which it is split."),
        seconds_input("every", "Every", 30, help="Without times: how long each part is."),
        FORMAT,
    ),
    outputs=(Output("audios", "list<audio>", "Parts"), Output("count", "number", "Count")),
    preview="audios",
    width=320,
    timeout_seconds=TIMEOUT_SECONDS,
)
async def split_audio(
    context: Context,
    *,
    audio: JsonObject,
    times: list[Json] | None,
    every: float,
    format: str,
) -> JsonObject:
    """Return the parts, in order; times behind the end do nothing."""
    choice(format, tuple(FORMATS), "format")
    clip = await context.load_clip(audio, field="audio", kind="audio")
    field = "times" if times else "every"
    cuts = sorted({float(time) for time in times or []})
    if not cuts and every > 0:
        cuts = [every * number for number in range(1, min(9_999, int(clip.duration / every) + 1))]
    inner = [time for time in cuts if 0 < time < clip.duration]
    if len(inner) >= MAX_PARTS:
        raise NodeError(
            f"That would make {len(inner) + 1:,} parts.",
            field=field,
            value=len(inner) + 1,
            expected=f"at most {MAX_PARTS} parts",
        )
    edges = [0.0, *inner, clip.duration]
    parts: list[JsonObject] = []
    for number, (start, end) in enumerate(pairwise(edges), 1):
        parts.append(
            await save_audio(
                context,
                later(heard, clip, start, end),
                format,
                seconds=end - start,
                suffix=f"part-{number}",
                source=audio,
            )
        )
        await context.progress(number / (len(edges) - 1), f"{number} of {len(edges) - 1}")
    return {"audios": parts, "count": len(parts)}
