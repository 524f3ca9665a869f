"""fal's utility endpoints for audio files, in the words of our node types.

Fields and defaults are those of fal's published types.
"""

from __future__ import annotations

import re

from workflows.errors import NodeError
from workflows.graph.ports import Input, Output
from workflows.nodes.context import Context
from workflows.nodes.fal.equivalents import UTILITIES, Call, equivalent, fal_file, given
from workflows.nodes.fal.fields import choice, switch
from workflows.nodes.fal.videos import FFMPEG
from workflows.types import Json, JsonObject

AUDIO = (Output("audio", "audio", "Audio"),)
_URL = Input("audio_url", "audio", "Audio", required=True, widget="asset")
_URLS = Input("audio_urls", "audio", "Audio", required=True, many=True)
_FORMAT = choice("output_format", "Format", "mp3", "mp3", "wav", "m4a", "ogg", "flac")


async def _audio(context: Context, call: Call, arguments: JsonObject) -> JsonObject:
    return {"audio": fal_file((await call(context, arguments))["audio"])}


_EXTRACT = (
    Input("video_url", "video", "Video", required=True, widget="asset"),
    choice("audio_format", "Format", "mp3", "mp3", "wav", "aac", "flac"),
    choice("audio_bitrate", "Bit rate", "192k", "128k", "192k", "256k", "320k"),
)


@equivalent(f"{UTILITIES}/extract-audio", inputs=_EXTRACT, outputs=AUDIO)
async def extract_audio(context: Context, arguments: JsonObject) -> JsonObject:
    """Takes the audio out of a video."""
    values = given(_EXTRACT, arguments)
    call = Call(
        "extractAudio", {"video_url": "video", "audio_format": "format", "audio_bitrate": "bitrate"}
    )
    if values["audio_format"] == "aac":
        values["audio_format"] = "m4a"  # the container of AAC
    return await _audio(context, call, values)


_SPLIT = (
    _URL,
    Input("split_points", "number", "Times", required=True, many=True, unit="s"),
)


@equivalent(
    f"{UTILITIES}/split-audio",
    inputs=_SPLIT,
    outputs=(Output("audio", "list<audio>", "Parts"),),
)
async def split_audio(context: Context, arguments: JsonObject) -> JsonObject:
    """Cuts an audio file at times."""
    call = Call("splitAudio", {"audio_url": "audio", "split_points": "times"}, {"every": 0})
    parts = (await call(context, given(_SPLIT, arguments)))["audios"]
    return {"audio": [fal_file(part) for part in parts]}


_MERGE = (_URLS, Input("gaps", "number", "Gaps", many=True, unit="s"))
_JOIN = {"audio_urls": "audios", "gaps": "gaps", "output_format": "format"}


@equivalent(f"{UTILITIES}/merge-audio", inputs=_MERGE, outputs=AUDIO)
async def merge_audio(context: Context, arguments: JsonObject) -> JsonObject:
    """Puts audio files one after the other, with silence in between."""
    return await _audio(context, Call("mergeAudio", _JOIN), given(_MERGE, arguments))


_MERGES = (_URLS, Input("output_format", "text", "Format", default="mp3_44100_192", widget="text"))


@equivalent(f"{FFMPEG}/merge-audios", inputs=_MERGES, outputs=AUDIO)
async def merge_audios(context: Context, arguments: JsonObject) -> JsonObject:
    """Puts audio files one after the other."""
    values = given(_MERGES, arguments)
    form = _format(values["output_format"])
    return await _audio(context, Call("mergeAudio", _JOIN), {**values, "output_format": form})


_MIX = (
    _URLS,
    Input("weights", "number", "Volumes", many=True),
    choice("duration", "Length", "longest", "longest", "shortest", "first"),
    switch("normalize", "Normalize", True),
)


@equivalent(f"{UTILITIES}/amix-audio", inputs=_MIX, outputs=AUDIO)
async def amix_audio(context: Context, arguments: JsonObject) -> JsonObject:
    """Plays several audio files at once."""
    call = Call(
        "mixAudio",
        {"audio_urls": "audios", "weights": "weights", "duration": "length", "normalize": "even"},
    )
    return await _audio(context, call, given(_MIX, arguments))


def _format(value: Json) -> str:
    """Read fal's `<codec>_<samples a second>_<kbit>`; what is written has 48,000 samples."""
    found = re.fullmatch(r"(mp3|opus)(_\d{4,6}(_\d{2,3})?)?", str(value))
    if found is None:
        raise NodeError(
            f"{value!r} is not written here.",
            field="output_format",
            value=str(value)[:80],
            expected="mp3 or opus, as mp3_44100_192",
        )
    return {"opus": "ogg"}.get(found[1], found[1])
