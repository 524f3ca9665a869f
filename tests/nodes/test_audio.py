"""The nodes for sound: what is heard, when, and how loud."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
import pytest

from tests import clips as made
from workflows.media.clips import open_clip

from .context import FakeContext, failure, run


def song(context: FakeContext, seconds: float = 1, tone: float = 880) -> dict:
    return context.keep(made.sound(seconds, tone), "audio/wav", f"{tone:g}.wav")


def heard(context: FakeContext, reference: dict) -> np.ndarray:
    body = context.assets[reference["asset"]]
    return np.concatenate(list(open_clip(BytesIO(body), "audio").audio()), axis=1)


def part(samples: np.ndarray, start: float, end: float) -> np.ndarray:
    return samples[:, round(start * 48_000) : round(end * 48_000)]


@pytest.mark.parametrize(
    ("form", "content_type"),
    [
        ("mp3", "audio/mpeg"),
        ("wav", "audio/wav"),
        ("m4a", "audio/mp4"),
        ("ogg", "audio/ogg"),
        ("flac", "audio/flac"),
    ],
)
async def test_the_sound_of_a_video_in_every_format(form: str, content_type: str) -> None:
    context = FakeContext()
    video = context.keep(made.video(2, tone=660), "video/mp4", "film.mp4")
    audio = (await run(context, "extractAudio", video=video, format=form))["audio"]
    assert (audio["content_type"], audio["name"]) == (content_type, f"film-sound.{form}")
    assert audio["duration"] == pytest.approx(2, abs=0.1)
    assert made.loudest(heard(context, audio)) == pytest.approx(660, abs=3)


async def test_a_silent_video_has_no_sound_to_extract() -> None:
    context = FakeContext()
    video = context.keep(made.video(1, tone=None), "video/mp4", "silent.mp4")
    error = await failure(context, "extractAudio", video=video)
    assert (error.context["field"], "without audio" in error.message) == ("video", True)


async def test_a_higher_bit_rate_makes_a_larger_file() -> None:
    context = FakeContext()
    sizes = []
    for rate in ("96k", "320k"):
        answer = await run(context, "extractAudio", video=song(context, 3), bitrate=rate)
        sizes.append(answer["audio"]["size"])
    assert sizes[1] > 2 * sizes[0]


async def test_a_part_of_a_sound_fades_in_and_out() -> None:
    context = FakeContext()
    answer = await run(
        context,
        "trimAudio",
        audio=song(context, 4),
        start=1,
        end=3,
        fadeIn=1,
        fadeOut=0.5,
        volume=50,
        format="wav",
    )
    samples = heard(context, answer["audio"])
    assert samples.shape[1] == 96_000
    levels = [float(np.abs(part(samples, at, at + 0.05)).max()) for at in (0, 0.5, 1.2, 1.7, 1.94)]
    assert levels == pytest.approx([0.01, 0.13, 0.25, 0.15, 0.03], abs=0.03)


async def test_joined_sounds_have_silences_in_between() -> None:
    context = FakeContext()
    audios = [song(context, 1, 500), song(context, 1, 900), song(context, 1, 1_500)]
    answer = await run(context, "mergeAudio", audios=audios, gap=1, gaps=[0.5], format="wav")
    samples = heard(context, answer["audio"])
    assert samples.shape[1] == 4.5 * 48_000
    for start, tone in ((0, 500), (1.5, 900), (3.5, 1_500)):
        assert made.loudest(part(samples, start, start + 1)) == pytest.approx(tone, abs=3)
    assert not part(samples, 1.01, 1.49).any() and not part(samples, 2.51, 3.49).any()


@pytest.mark.parametrize(("length", "seconds"), [("longest", 2), ("shortest", 1), ("first", 1)])
async def test_mixed_sounds_are_as_loud_as_said(length: str, seconds: float) -> None:
    context = FakeContext()
    audios = [song(context, 1, 500), song(context, 2, 900)]
    answer = await run(
        context,
        "mixAudio",
        audios=audios,
        weights=[1, 0.25],
        even=False,
        length=length,
        format="wav",
    )
    samples = heard(context, answer["audio"])
    assert samples.shape[1] == seconds * 48_000
    spectrum = np.abs(np.fft.rfft(part(samples, 0, 1)[0])) / 24_000
    assert (spectrum[500], spectrum[900]) == pytest.approx((0.5, 0.125), abs=0.02)


async def test_an_even_mix_of_equal_sounds_is_no_louder_than_one() -> None:
    context = FakeContext()
    one = song(context)
    answer = await run(context, "mixAudio", audios=[one, one, one], format="wav")
    assert float(np.abs(heard(context, answer["audio"])).max()) == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(
    ("values", "lengths"),
    [
        ({"times": [1.2, 0.5, 99]}, [0.5, 0.7, 0.8]),
        ({"every": 0.75}, [0.75, 0.75, 0.5]),
        ({"every": 30}, [2.0]),
    ],
)
async def test_a_sound_is_cut_at_times(values: dict[str, Any], lengths: list[float]) -> None:
    context = FakeContext()
    answer = await run(context, "splitAudio", audio=song(context, 2), format="wav", **values)
    assert [entry["duration"] for entry in answer["audios"]] == pytest.approx(lengths)
    assert answer["count"] == len(lengths)


@pytest.mark.parametrize(
    ("type", "values", "field"),
    [
        ("mergeAudio", {"audios": []}, "audios"),
        ("mixAudio", {"audios": []}, "audios"),
        ("splitAudio", {"every": 0.001}, "every"),
        ("trimAudio", {"start": 9}, "start"),
        ("extractAudio", {"format": "wma"}, "format"),
    ],
)
async def test_what_cannot_be_says_which_field(
    type: str, values: dict[str, Any], field: str
) -> None:
    context = FakeContext()
    first = {"splitAudio": "audio", "trimAudio": "audio", "extractAudio": "video"}.get(type)
    given = {first: song(context)} if first else {}
    assert (await failure(context, type, **given, **values)).context["field"] == field
