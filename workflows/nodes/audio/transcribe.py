"""Transcribe: what is said in an audio file or a video, as text and as subtitles."""

from __future__ import annotations

import re
from contextlib import aclosing

from workflows.errors import NodeError
from workflows.graph.ports import LOCAL, Input, Output
from workflows.nodes.audio.transcribing import transcribe as listen
from workflows.nodes.context import Context
from workflows.nodes.local import pack
from workflows.nodes.models import calls
from workflows.nodes.models.requests import Recording
from workflows.nodes.recipes import later
from workflows.nodes.registry import node
from workflows.nodes.video.audio import CATEGORY, save_audio
from workflows.nodes.video.cues import Cue, srt, vtt
from workflows.nodes.video.moments import heard
from workflows.types import Json, JsonObject

#: A subtitle ends after so many characters or seconds, and after a silence of so long.
CUE_CHARACTERS, CUE_SECONDS, CUE_GAP = 80, 6.0, 1.0
_LANGUAGE = re.compile(r"[a-z]{2,3}")


@node(
    "transcribe",
    name="Transcribe",
    category=CATEGORY,
    description="Writes down what is said in an audio file or a video, also as subtitles.",
    aliases=(
        "speech to text",
        "stt",
        "asr",
        "whisper",
        "subtitles",
        "captions",
        "srt",
        "vtt",
        "transcript",
        "voice to text",
        "dictation",
        "audio to text",
        "translate speech",
    ),
    inputs=(
        Input("audio", "file", "Audio or video", required=True),
        Input(
            "model",
            "text",
            "Model",
            default="local/whisper-base",
            widget="model",
            task="transcribe",
            port=False,
        ),
        Input(
            "language",
            "text",
            "Language",
            default="",
            widget="text",
            placeholder="de",
            help="Two letters, such as de or ja; empty finds it out.",
        ),
        Input(
            "translate",
            "boolean",
            "Into English",
            default=False,
            widget="toggle",
            help="Translates what is said; with local models that know more than English.",
            advanced=True,
        ),
        calls.KEY,
    ),
    timeout_seconds=7_200,
    outputs=(
        Output("text", "text", "Text"),
        Output("srt", "text", "SRT"),
        Output("vtt", "text", "WebVTT"),
        Output("words", "json", "Words"),
        Output("language", "text", "Language"),
    ),
    preview="text",
)
async def transcribe(
    context: Context,
    *,
    audio: JsonObject,
    model: str,
    language: str,
    translate: bool,
    credential: str | None,
) -> JsonObject:
    """Return the text, subtitles of it, and every word with its times in seconds."""
    spoken = language.strip().lower()
    if spoken and not _LANGUAGE.fullmatch(spoken):
        raise NodeError(
            f"{language!r} is not a language.",
            field="language",
            value=language,
            expected="two letters, such as de, or nothing",
        )
    if model.startswith(f"{LOCAL}/"):
        said = await here(context, audio, model, spoken, bool(translate))
    else:
        said = await elsewhere(context, audio, model, spoken)
    cues = cues_of(said["words"])
    return {
        "text": said["text"],
        "srt": srt(cues),
        "vtt": vtt(cues),
        "words": said["words"],
        "language": said["language"],
    }


async def here(
    context: Context, audio: JsonObject, model: str, language: str, translate: bool
) -> JsonObject:
    """Write an audio file down with a local model; return `text`, `language` and `words`."""
    local = pack.find(model, "transcribe")
    folder = await context.weights(local.id, field="model")
    clip = await context.load_clip(audio, field="audio", kind="audio")
    said: JsonObject = {}
    work = context.run_model(listen, clip, local.id, folder, language, translate)
    async with aclosing(work) as steps:
        async for step in steps:
            if isinstance(step, tuple):
                await context.progress(*step)
            else:
                said = step
    return said


async def elsewhere(context: Context, audio: JsonObject, model: str, language: str) -> JsonObject:
    """Have a provider write an audio file down; return `text`, `language` and `words`.

    Segments are taken for words where a provider times nothing smaller.
    """
    chosen = await calls.choose(context, model)
    clip = await context.load_clip(audio, field="audio", kind="audio")
    extracted = await save_audio(
        context, later(heard, clip), "mp3", seconds=clip.duration, suffix="speech", source=audio
    )
    sent = await calls.recording(context, extracted, "audio")
    await context.progress(None, f"{chosen.client.who} is at work")
    found = await calls.paid(context, chosen, chosen.dialect.transcribe, Recording(sent, language))
    timed = found.words or found.segments
    if not timed and found.text:
        context.warn("This model gives no times, so there are no subtitles.")
    words: list[Json] = [{"word": one.text, "start": one.start, "end": one.end} for one in timed]
    return {"text": found.text, "language": found.language or language, "words": words}


def cues_of(words: list[JsonObject]) -> list[Cue]:
    """Put words together to subtitles that can be read while they are seen."""
    cues: list[Cue] = []
    row: list[JsonObject] = []
    for at, word in enumerate(words):
        row.append(word)
        following = words[at + 1] if at + 1 < len(words) else None
        length = sum(len(one["word"]) + 1 for one in row)
        if (
            following is None
            or word["word"].endswith((".", "!", "?"))
            or length + len(following["word"]) > CUE_CHARACTERS
            or following["end"] - row[0]["start"] > CUE_SECONDS
            or following["start"] - word["end"] > CUE_GAP
        ):
            text = " ".join(one["word"] for one in row)
            cues.append(Cue(float(row[0]["start"]), float(word["end"]), text))
            row = []
    return cues
