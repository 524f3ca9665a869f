"""fal's utility endpoint that writes subtitles into a video, in the words of our node type.

Fields and defaults are those of fal's published types; fonts are ours, so no font is named.
"""

from __future__ import annotations

from workflows.errors import NodeError
from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.fal.equivalents import UTILITIES, equivalent, fal_file, given, read, renamed
from workflows.nodes.fal.fields import choice, number
from workflows.nodes.fal.videos import VIDEO
from workflows.nodes.image.fields import Color, parse_color
from workflows.nodes.video.cues import Cue
from workflows.nodes.video.subtitles import Look, burn
from workflows.types import Json, JsonObject

MAX_SEGMENTS = 10_000
_FONTS = {"normal": "Sans", "bold": "Sans Bold", "black": "Sans Black"}
_COLORS = (
    "white",
    "black",
    "red",
    "green",
    "blue",
    "yellow",
    "orange",
    "purple",
    "pink",
    "brown",
    "gray",
    "cyan",
    "magenta",
)
_INPUTS = (
    Input("video_url", "video", "Video", required=True, widget="asset"),
    Input(
        "subtitles",
        "json",
        "Subtitles",
        required=True,
        widget="json",
        placeholder='[{"start": 0.5, "end": 2, "text": "Hello!"}]',
    ),
    number("font_size", "Size", 70, 8, 400),
    choice("font_weight", "Weight", "bold", *_FONTS),
    choice("font_color", "Color", "white", *_COLORS),
    choice("stroke_color", "Outline color", "black", *_COLORS),
    number("stroke_width", "Outline", 3, 0, 50),
    choice("background_color", "Background", "none", "none", "transparent", *_COLORS),
    number("background_opacity", "Background opacity", 1, 0, 1),
    choice("position", "Position", "bottom", "bottom", "center", "top"),
    number("y_offset", "Offset Y", 0, -500, 500),
)


@equivalent(f"{UTILITIES}/add-subtitles-to-video", inputs=_INPUTS, outputs=VIDEO)
async def add_subtitles_to_video(context: Context, arguments: JsonObject) -> JsonObject:
    """Writes subtitles into a video."""
    values = given(_INPUTS, arguments)
    size = float(values["font_size"])
    look = Look(
        _FONTS[values["font_weight"]],
        size,
        parse_color(values["font_color"], "font_color"),
        parse_color(values["stroke_color"], "stroke_color"),
        # Ours grows with the characters, fal's is in px.
        float(values["stroke_width"]) * 100 / size,
        _ground(values),
        "middle" if values["position"] == "center" else str(values["position"]),
        float(values["y_offset"]),
    )
    with renamed({"video": "video_url"}):
        made = await burn(
            context, values["video_url"], _cues(values["subtitles"]), look, field="video"
        )
    return {"video": fal_file(made)}


def _ground(values: JsonObject) -> Color:
    if values["background_color"] in ("none", "transparent"):
        return (0, 0, 0, 0)
    paint = parse_color(values["background_color"], "background_color")
    return (*paint[:3], round(255 * values["background_opacity"]))


def _cues(rows: Json) -> list[Cue]:
    if not isinstance(rows, list) or not rows or len(rows) > MAX_SEGMENTS:
        raise _misfit(None)
    return sorted((_cue(row) for row in rows), key=lambda cue: cue.start)


def _cue(row: Json) -> Cue:
    seconds, words = Input("subtitles", "number", min=0, max=100_000), Input("subtitles", "text")
    if not isinstance(row, dict):
        raise _misfit(row)
    start, end = (read(seconds, "subtitles", row.get(name)) for name in ("start", "end"))
    text = read(words, "subtitles", row.get("text"))
    if start is None or end is None or not text or end <= start:
        raise _misfit(row)
    return Cue(float(start), float(end), str(text).replace("\\n", "\n"))


def _misfit(row: Json) -> NodeError:
    return NodeError(
        "subtitles must be a list of texts, each with the seconds it begins and ends at.",
        field="subtitles",
        value=None if row is None else str(row)[:100],
        expected='such as [{"start": 0.5, "end": 2, "text": "Hello!"}]',
    )
