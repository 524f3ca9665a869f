"""Subtitles as text: SubRip and WebVTT read into cues. Pure.

SubRip has no standard; what is read here is what players agree on. WebVTT is that of the W3C
(https://www.w3.org/TR/webvtt1/) without its styles and places.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_TIMES = re.compile(
    r"(?:(\d{1,3}):)?([0-5]?\d):([0-5]?\d)[,.](\d{1,3})\s*-->\s*"
    r"(?:(\d{1,3}):)?([0-5]?\d):([0-5]?\d)[,.](\d{1,3})(?:\s.*)?"
)
#: Marks of italics, colors, voices and places, which are not drawn.
_MARKS = re.compile(r"</?[a-zA-Z][^<>]{0,200}>|<\d[\d:.]{0,20}>|\{\\[^{}]{0,100}\}")
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&nbsp;": " ", "&lrm;": "", "&rlm;": ""}


@dataclass(frozen=True, slots=True)
class Cue:
    """Some lines of text and when they are seen, in seconds."""

    start: float
    end: float
    text: str


def parse(text: str) -> list[Cue]:
    """Read the cues of a SubRip or WebVTT text, in order of time; other lines are passed over."""
    cues: list[Cue] = []
    for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").replace("\r", "\n")):
        lines = block.strip("\n\ufeff").split("\n")
        for at, line in enumerate(lines[:3]):
            found = _TIMES.fullmatch(line.strip())
            if found is None:
                continue
            words = _plain("\n".join(lines[at + 1 :]))
            start, end = _seconds(found.groups()[:4]), _seconds(found.groups()[4:])
            if words and end > start:
                cues.append(Cue(start, end, words))
            break
    return sorted(cues, key=lambda cue: cue.start)


def at(cues: Sequence[Cue], seconds: float) -> str:
    """Return what is read at a time: the text of every cue that is seen then, one below another."""
    return "\n".join(cue.text for cue in cues if cue.start <= seconds < cue.end)


def _plain(text: str) -> str:
    bare = _MARKS.sub("", text)
    for entity, char in _ENTITIES.items():
        bare = bare.replace(entity, char)
    lines = (line.strip() for line in bare.split("\n"))
    return "\n".join(line for line in lines if line)


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, thousandths = parts
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return whole + int((thousandths or "0").ljust(3, "0")) / 1000


def srt(cues: list[Cue]) -> str:
    """Write cues as SubRip."""
    return "\n".join(
        f"{number}\n{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}\n{cue.text}\n"
        for number, cue in enumerate(cues, 1)
    )


def vtt(cues: list[Cue]) -> str:
    """Write cues as WebVTT."""
    rows = (
        f"\n{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}\n{_safe(cue.text)}\n"
        for cue in cues
    )
    return "WEBVTT\n" + "".join(rows)


def _safe(text: str) -> str:
    """Write what WebVTT would take for marks in its own way."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clock(seconds: float, point: str) -> str:
    whole, thousandths = divmod(round(seconds * 1_000), 1_000)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest:02}{point}{thousandths:03}"
