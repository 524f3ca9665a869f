"""Subtitles: the formats they come in, and where and when they are seen."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
import pytest

from tests import clips as made
from workflows.media.clips import open_clip
from workflows.nodes.fal import equivalents
from workflows.nodes.video.cues import Cue, at, parse

from .context import FakeContext, failure, run

SRT = (
    "1\r\n00:00:00,500 --> 00:00:01,000\r\n<i>Hello</i>,\r\nworld!\r\n\r\n"
    "2\r\n00:01:02,003 --> 00:01:04,5\r\n{\\an8}Bye &amp; thanks\r\n"
)
VTT = (
    "WEBVTT - a title\n\nNOTE nothing to see\n\n"
    "intro\n00:01.000 --> 00:02.250 align:start line:0\n<v Ada>One\n\n"
    "STYLE\n::cue { color: red }\n\n01:00:00.000 --> 01:00:01.000\n- Two\n- Three\n"
)


def film(context: FakeContext, seconds: float = 2) -> dict[str, Any]:
    body = made.video(seconds, (320, 240), colours=[(0, 0, 160)])
    return context.keep(body, "video/mp4", "film.mp4")


def frame(context: FakeContext, reference: dict[str, Any], seconds: float) -> np.ndarray:
    body = context.assets[reference["asset"]]
    clip = open_clip(BytesIO(body), "video")
    _, found = next(clip.frames(seconds))
    return np.asarray(clip.frame_image(found).convert("RGB")).astype(int)


def rows_with(pixels: np.ndarray, colour: tuple[int, int, int]) -> list[int]:
    """List the rows in which a color is seen."""
    near = np.abs(pixels - np.array(colour)).max(axis=2) < 40
    return [int(row) for row in np.nonzero(near.any(axis=1))[0]]


def test_subrip_is_read_without_its_marks() -> None:
    assert parse(SRT) == [
        Cue(0.5, 1.0, "Hello,\nworld!"),
        Cue(62.003, 64.5, "Bye & thanks"),
    ]


def test_webvtt_is_read_without_notes_styles_and_places() -> None:
    assert parse(VTT) == [Cue(1.0, 2.25, "One"), Cue(3600.0, 3601.0, "- Two\n- Three")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "words",
        "00:00:01,000 --> 00:00:01,000\nnever",
        "1\n00:00:01 -> 00:00:02\nx",
        "00:00:02,000 --> 00:00:01,000\nbackwards",
        "1\n00:00:00,000 --> 00:00:01,000\n \n",
    ],
)
def test_what_says_nothing_at_no_time_is_no_cue(text: str) -> None:
    assert parse(text) == []


def test_cues_of_one_time_stand_below_one_another() -> None:
    cues = [Cue(0, 2, "a"), Cue(1, 3, "b")]
    assert [at(cues, seconds) for seconds in (0.5, 1.5, 2.5, 3)] == ["a", "a\nb", "b", ""]


@pytest.mark.parametrize(("place", "low", "high"), [("bottom", 160, 240), ("top", 0, 80)])
async def test_a_line_is_seen_in_its_place_and_time(place: str, low: int, high: int) -> None:
    context = FakeContext()
    text = "00:00:00,500 --> 00:00:01,500\nHHHHH"
    answer = await run(context, "subtitles", video=film(context), text=text, place=place)
    assert not rows_with(frame(context, answer["video"], 0.2), (255, 255, 255))
    assert not rows_with(frame(context, answer["video"], 1.8), (255, 255, 255))
    rows = rows_with(frame(context, answer["video"], 1.0), (255, 255, 255))
    assert rows and low <= min(rows) and max(rows) < high
    assert rows_with(frame(context, answer["video"], 1.0), (0, 0, 0)), "an outline"


async def test_long_lines_are_broken_and_stay_within_the_video() -> None:
    context = FakeContext()
    words = "one two three four five six seven eight nine ten " * 4
    answer = await run(
        context,
        "subtitles",
        video=film(context, 1),
        text=f"00:00.000 --> 00:09.000\n{words}",
        size=30,
        background="#ff0000",
    )
    pixels = frame(context, answer["video"], 0.5)
    red = np.abs(pixels - np.array([254, 0, 0])).max(axis=2) < 40
    columns = np.nonzero(red.any(axis=0))[0]
    assert columns.min() >= 0 and columns.max() < 320
    assert len(rows_with(pixels, (255, 255, 255))) > 60


async def test_a_text_without_subtitles_is_refused() -> None:
    context = FakeContext()
    error = await failure(context, "subtitles", video=film(context, 1), text="just words")
    assert (error.context["field"], "-->" in error.context["expected"]) == ("text", True)


async def test_fals_segments_are_written_too() -> None:
    context = FakeContext()
    app: Any = equivalents.find(f"{equivalents.UTILITIES}/add-subtitles-to-video")
    assert app is not None
    segments = [{"start": 0, "end": 1, "text": "HH"}, {"start": 1.5, "end": 2, "text": "I"}]
    answer = await app(
        context,
        {
            "video_url": film(context),
            "subtitles": segments,
            "font_size": 40,
            "font_color": "yellow",
            "position": "center",
            "y_offset": -60,
        },
    )
    rows = rows_with(frame(context, answer["video"], 0.5), (255, 255, 0))
    assert rows and max(rows) < 110
    assert not rows_with(frame(context, answer["video"], 1.2), (255, 255, 0))
    for wrong in ("words", [{"start": 1}], [{"start": 2, "end": 1, "text": "x"}]):
        with pytest.raises(Exception, match="subtitles"):
            await app(context, {"video_url": film(context), "subtitles": wrong})
