"""The video nodes: what comes out is seen and heard where it should be."""

from __future__ import annotations

import asyncio
from fractions import Fraction
from io import BytesIO
from tempfile import TemporaryFile
from typing import Any

import numpy as np
import pytest
from av import VideoFrame
from PIL import Image

from tests import clips as made
from workflows.media.clips import Clip, open_clip
from workflows.nodes.video.writing import VideoWriter

from .context import FakeContext, failure, run

RED, GREEN, BLUE = made.PALETTE[:3]


def film(context: FakeContext, seconds: float = 3, **options: Any) -> dict:
    """Store a video that is red, green and blue for a second each."""
    return context.keep(made.video(seconds, **options), "video/mp4", "film.mp4")


def song(context: FakeContext, seconds: float = 2, tone: float = 880) -> dict:
    return context.keep(made.sound(seconds, tone), "audio/wav", "song.wav")


def picture(context: FakeContext, colour: Any, size: tuple[int, int] = (64, 48)) -> dict:
    return context.picture(Image.new("RGB", size, colour))


def opened(context: FakeContext, reference: dict, kind: str = "video") -> Clip:
    return open_clip(BytesIO(context.assets[reference["asset"]]), kind)


def seen(clip: Clip, at: float, where: tuple[float, float] = (0.5, 0.5)) -> Any:
    """Return the color at a place (shares of width and height) at a time."""
    _, frame = next(clip.frames(at))
    image = clip.frame_image(frame).convert("RGB")
    return image.getpixel((int(image.width * where[0]), int(image.height * where[1])))


def like(colour: Any, wanted: tuple[int, int, int]) -> bool:
    return max(abs(a - b) for a, b in zip(colour, wanted, strict=True)) < 24


def heard(clip: Clip, start: float = 0.0, end: float | None = None) -> np.ndarray:
    return np.concatenate(list(clip.audio(start, end)), axis=1)


@pytest.mark.parametrize(
    ("which", "time", "colour", "seconds"),
    [("first", 0, RED, 0), ("middle", 0, GREEN, 1.5), ("last", 0, BLUE, 2.9), ("time", 2, BLUE, 2)],
)
async def test_a_frame_is_the_one_that_was_asked_for(
    which: str, time: float, colour: tuple[int, int, int], seconds: float
) -> None:
    context = FakeContext()
    answer = await run(context, "extractFrame", video=film(context), which=which, time=time)
    assert like(context.open(answer["image"]).getpixel((9, 9)), colour)
    assert answer["seconds"] == pytest.approx(seconds, abs=0.11)


async def test_a_frame_behind_the_end_names_the_length() -> None:
    context = FakeContext()
    error = await failure(context, "extractFrame", video=film(context), which="time", time=9)
    assert (error.context["field"], "3." in error.message) == ("time", True)


@pytest.mark.parametrize(
    ("values", "count"),
    [
        ({"how": "count", "count": 3}, 3),
        ({"how": "every", "every": 10}, 3),
        ({"how": "every", "every": 1, "most": 4}, 4),
        ({"how": "per second", "perSecond": 1}, 3),
    ],
)
async def test_frames_are_spread_over_the_video(values: dict, count: int) -> None:
    context = FakeContext()
    answer = await run(context, "extractFrames", video=film(context, tone=None), **values)
    assert answer["count"] == len(answer["images"]) == count
    if count == 3:
        colours = [context.open(image).getpixel((9, 9)) for image in answer["images"]]
        assert all(map(like, colours, (RED, GREEN, BLUE)))


async def test_a_part_is_cut_to_the_frame_with_its_sound() -> None:
    context = FakeContext()
    answer = await run(context, "trimVideo", video=film(context), start=0.9, end=2.1)
    clip = opened(context, answer["video"])
    assert len(list(clip.frames())) == 12
    assert like(seen(clip, 0), RED)
    assert like(seen(clip, 0.15), GREEN)
    assert like(seen(clip, 1.15), BLUE)
    assert heard(clip).shape[1] == pytest.approx(1.2 * 48_000, abs=2_100)
    assert answer["video"]["name"] == "film-trimmed.mp4"


@pytest.mark.parametrize(
    ("values", "field"),
    [({"start": 5}, "start"), ({"start": 2, "end": 1}, "end"), ({"length": 0}, "length")],
)
async def test_an_empty_part_says_which_time_is_wrong(values: dict, field: str) -> None:
    context = FakeContext()
    error = await failure(context, "trimVideo", video=film(context), **values)
    assert error.context["field"] == field


@pytest.mark.parametrize(
    ("values", "size"),
    [
        ({"width": 32}, (32, 24)),
        ({"height": 96}, (128, 96)),
        ({"width": 64, "height": 64}, (64, 48)),
        ({"width": 64, "height": 64, "mode": "pad", "color": "#00ff00"}, (64, 64)),
        ({"width": 64, "height": 64, "mode": "crop"}, (64, 64)),
        ({"width": 33, "height": 65, "mode": "stretch"}, (32, 64)),
    ],
)
async def test_a_video_gets_another_size(values: dict, size: tuple[int, int]) -> None:
    context = FakeContext()
    answer = await run(context, "resizeVideo", video=film(context, 1), **values)
    clip = opened(context, answer["video"])
    assert (clip.width, clip.height) == size
    edge = seen(clip, 0, (0.5, 0.04))
    assert like(edge, (0, 255, 0) if values.get("mode") == "pad" else RED)
    assert clip.has_audio


async def test_a_size_has_to_be_given() -> None:
    context = FakeContext()
    assert (await failure(context, "resizeVideo", video=film(context, 1))).context["expected"]


async def test_joined_videos_follow_one_another_at_the_size_of_the_first() -> None:
    context = FakeContext()
    first = film(context, 1)
    second = film(context, 1, size=(48, 64), rate=25, tone=None, colours=[BLUE])
    answer = await run(context, "mergeVideos", videos=[first, second])
    clip = opened(context, answer["video"])
    assert (clip.width, clip.height, len(list(clip.frames()))) == (64, 48, 20)
    assert like(seen(clip, 0.5), RED)
    assert like(seen(clip, 1.5), BLUE)
    assert like(seen(clip, 1.5, (0.02, 0.5)), (0, 0, 0)), "bars beside the upright one"
    assert np.abs(heard(clip, 0.2, 0.8)).max() > 0.3
    assert np.abs(heard(clip, 1.2, 1.8)).max() < 0.01, "the second one is silent"


async def test_pictures_become_a_video_with_music() -> None:
    context = FakeContext()
    images = [picture(context, colour) for colour in (RED, GREEN, BLUE)]
    answer = await run(context, "framesToVideo", images=images, fps=1, audio=song(context, 5))
    clip = opened(context, answer["video"])
    assert clip.duration == pytest.approx(3, abs=0.1)
    assert [like(seen(clip, at), c) for at, c in ((0.5, RED), (1.5, GREEN), (2.5, BLUE))] == [
        True
    ] * 3
    assert made.loudest(heard(clip)) == pytest.approx(880, abs=3)


async def test_a_fade_lies_between_two_pictures() -> None:
    context = FakeContext()
    images = [picture(context, (0, 0, 0)), picture(context, (250, 250, 250))]
    answer = await run(context, "framesToVideo", images=images, fps=1, fade=0.8)
    levels = [seen(opened(context, answer["video"]), at)[0] for at in (0.9, 1.2, 1.4, 1.6, 1.95)]
    assert levels == sorted(levels) and levels[0] < 20 and levels[-1] > 230
    assert 60 < levels[2] < 190


@pytest.mark.parametrize(("zoom", "grows"), [(40, True), (-40, False)])
async def test_a_picture_grows_or_shrinks_while_it_is_shown(zoom: int, grows: bool) -> None:
    context = FakeContext()
    image = Image.new("RGB", (80, 80), (0, 0, 0))
    image.paste((255, 255, 255), (20, 20, 60, 60))
    values = {"images": [context.picture(image)], "seconds": 2, "zoom": zoom}
    clip = opened(context, (await run(context, "framesToVideo", **values))["video"])
    assert clip.duration == pytest.approx(2, abs=0.1)
    bright = [np.asarray(clip.frame_image(frame).convert("L")).mean() for _, frame in clip.frames()]
    steps = np.diff(bright[::5])
    assert (steps > 0).all() if grows else (steps < 0).all()


async def test_pictures_of_other_sizes_are_fitted_and_nothing_is_an_error() -> None:
    context = FakeContext()
    images = [picture(context, RED), picture(context, GREEN, (20, 90))]
    answer = await run(context, "framesToVideo", images=images, fps=10, color="#ffffff")
    assert like(seen(opened(context, answer["video"]), 0.15, (0.02, 0.5)), (255, 255, 255))
    assert (await failure(context, "framesToVideo", images=[])).context["field"] == "images"


@pytest.mark.parametrize(("speed", "seconds"), [(2, 1.5), (0.5, 6), (3, 1), (0.3, 10)])
async def test_another_speed_changes_the_length_and_keeps_the_pitch(
    speed: float, seconds: float
) -> None:
    context = FakeContext()
    answer = await run(context, "speedVideo", video=film(context), speed=speed)
    clip = opened(context, answer["video"])
    assert clip.duration == pytest.approx(seconds, abs=0.15)
    assert like(seen(clip, seconds / 2), GREEN)
    assert made.loudest(heard(clip)) == pytest.approx(440, rel=0.02)


async def test_a_reversed_video_ends_with_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    from workflows.nodes.video import reverse_video

    monkeypatch.setattr(reverse_video, "WINDOW_SECONDS", 0.7)
    context = FakeContext()
    answer = await run(context, "reverseVideo", video=film(context))
    clip = opened(context, answer["video"])
    assert len(list(clip.frames())) == 30
    assert [like(seen(clip, at), c) for at, c in ((0, BLUE), (1.5, GREEN), (2.9, RED))] == [
        True
    ] * 3
    assert made.loudest(heard(clip)) == pytest.approx(440, abs=3)


async def test_there_and_back_is_twice_as_long() -> None:
    context = FakeContext()
    video = film(context, 2)
    answer = await run(context, "reverseVideo", video=video, boomerang=True, sound=False)
    clip = opened(context, answer["video"])
    assert len(list(clip.frames())) == 40
    assert not clip.has_audio
    assert like(seen(clip, 3.9), RED)


async def test_a_picture_lies_where_it_was_put_and_for_as_long() -> None:
    context = FakeContext()
    answer = await run(
        context,
        "overlayVideo",
        video=film(context),
        picture=picture(context, (255, 255, 255)),
        scale=25,
        x=100,
        y=0,
        start=1,
        end=2,
    )
    clip = opened(context, answer["video"])
    assert like(seen(clip, 0.5, (0.9, 0.1)), RED)
    assert like(seen(clip, 1.5, (0.9, 0.1)), (255, 255, 255))
    assert like(seen(clip, 1.5, (0.1, 0.9)), GREEN)
    assert like(seen(clip, 2.5, (0.9, 0.1)), BLUE)


async def test_what_lies_above_may_be_seen_through() -> None:
    context = FakeContext()
    white = picture(context, (255, 255, 255))
    answer = await run(
        context, "overlayVideo", video=film(context, 1), picture=white, scale=100, opacity=50
    )
    assert like(seen(opened(context, answer["video"]), 0.5), (237, 137, 137))


@pytest.mark.parametrize(("length", "seconds"), [("video", 3), ("shortest", 1.5), ("longest", 3)])
async def test_a_second_camera_is_heard_if_wanted(length: str, seconds: float) -> None:
    context = FakeContext()
    other = film(context, 1, tone=1_000, colours=[(255, 255, 255)])
    answer = await run(
        context,
        "overlayVideo",
        video=film(context),
        top=other,
        start=0.5,
        sound="above",
        length=length,
    )
    clip = opened(context, answer["video"])
    assert clip.duration == pytest.approx(seconds, abs=0.12)
    assert np.abs(heard(clip, 0.1, 0.4)).max() < 0.01
    assert made.loudest(heard(clip, 0.6, 1.4)) == pytest.approx(1_000, abs=5)


async def test_something_has_to_lie_above_but_not_two_things() -> None:
    context = FakeContext()
    video, white = film(context, 1), picture(context, (255, 255, 255))
    for values in ({}, {"top": video, "picture": white}):
        error = await failure(context, "overlayVideo", video=video, **values)
        assert error.context["field"] == "top"


@pytest.mark.parametrize(
    ("mode", "opacity", "colour"),
    [
        ("normal", 100, (0, 0, 200)),
        ("normal", 50, (100, 0, 100)),
        ("addition", 100, (200, 0, 200)),
        ("multiply", 100, (0, 0, 0)),
        ("lighten", 100, (200, 0, 200)),
    ],
)
async def test_colours_of_two_videos_are_mixed(
    mode: str, opacity: float, colour: tuple[int, int, int]
) -> None:
    context = FakeContext()
    below = film(context, 1, colours=[(200, 0, 0)])
    above = film(context, 2, colours=[(0, 0, 200)], size=(32, 32))
    answer = await run(context, "blendVideos", bottom=below, top=above, mode=mode, opacity=opacity)
    clip = opened(context, answer["video"])
    assert (clip.width, clip.height, len(list(clip.frames()))) == (64, 48, 10)
    assert like(seen(clip, 0.5), colour)


async def test_a_video_gets_music_instead_of_its_sound_or_besides_it() -> None:
    context = FakeContext()
    values = {"video": film(context), "audio": song(context, 1)}
    alone = opened(context, (await run(context, "mergeAudioVideo", **values, offset=1))["video"])
    assert np.abs(heard(alone, 0.1, 0.9)).max() < 0.01
    assert made.loudest(heard(alone, 1.1, 1.9)) == pytest.approx(880, abs=5)
    assert np.abs(heard(alone, 2.1, 2.9)).max() < 0.01
    both = await run(context, "mergeAudioVideo", **values, mode="mix", volume=20, loop=True)
    mix = heard(opened(context, both["video"]), 2.1, 2.9)
    assert made.loudest(mix) == pytest.approx(440, abs=5)
    spectrum = np.abs(np.fft.rfft(mix[0]))
    assert spectrum[round(880 * 0.8)] > 20 * np.median(spectrum), "and over and over, softly"


async def test_the_last_frame_stays_until_the_sound_ends() -> None:
    context = FakeContext()
    values = {"video": film(context, 1), "audio": song(context, 2)}
    answer = await run(context, "mergeAudioVideo", **values, length="sound")
    clip = opened(context, answer["video"])
    assert len(list(clip.frames())) == 20
    assert like(seen(clip, 1.9), RED)


async def test_a_gif_becomes_a_video_and_back() -> None:
    context = FakeContext()
    gif = context.keep(made.video(1, form="gif", colours=[(255, 0, 0)]), "image/gif", "a.gif")
    video = (await run(context, "gifToVideo", image=gif, repeat=3))["video"]
    assert video["duration"] == pytest.approx(3, abs=0.1)
    back = await run(context, "videoToGif", video=video, length=1, fps=10, width=32)
    assert back["image"]["content_type"] == "image/gif"
    assert (back["image"]["width"], back["image"]["height"]) == (32, 24)
    clip = opened(context, back["image"])
    assert len(list(clip.frames())) == 10
    assert like(seen(clip, 0.5), (255, 0, 0))


async def test_an_animation_may_be_webp_and_of_few_frames_only() -> None:
    context = FakeContext()
    video = film(context)
    answer = await run(context, "videoToGif", video=video, format="WebP", width=32, fps=5)
    body = context.assets[answer["image"]["asset"]]
    with Image.open(BytesIO(body)) as image:
        assert (image.format, image.size) == ("WEBP", (32, 24))
        assert image.n_frames == 3  # type: ignore[attr-defined]
    long = context.keep(made.video(21, (16, 16), tone=None), "video/mp4", "long.mp4")
    error = await failure(context, "videoToGif", video=long, length=21)
    assert (error.context["field"], error.context["value"]) == ("length", 252)


async def test_facts_of_a_video_and_of_a_sound() -> None:
    context = FakeContext()
    facts = await run(context, "mediaInfo", media=film(context))
    assert (facts["width"], facts["height"], facts["fps"]) == (64, 48, 10)
    assert facts["info"]["hasAudio"] is True
    sound = await run(context, "mediaInfo", media=song(context))
    assert (sound["width"], sound["fps"], sound["duration"]) == (0, 0, 2)


async def test_what_is_no_video_is_refused_at_its_field() -> None:
    context = FakeContext()
    body = context.keep(b"\0\0\0\x20ftypisom" + b"\xff" * 99, "video/mp4", "broken.mp4")
    error = await failure(context, "trimVideo", video=body)
    assert (error.context["field"], "damaged" in error.message) == ("video", True)


async def test_progress_is_told_and_a_cancelled_node_writes_no_further() -> None:
    class Watched(FakeContext):
        async def progress(self, fraction: Any, text: str = "", preview: Any = None) -> None:
            await super().progress(fraction, text, preview)
            if len(self.reports) == 2:
                raise asyncio.CancelledError

    context = Watched()
    # Long enough for more than two slices of a quarter of a second.
    video = film(context, 12)
    before = set(context.assets)
    with pytest.raises(asyncio.CancelledError):
        await run(context, "resizeVideo", video=video, width=1920)
    first, second = (fraction for fraction, _ in context.reports)
    assert 0 < first < second < 1
    assert set(context.assets) == before


async def test_the_smallest_video_is_made_and_one_too_wide_is_refused_at_its_field() -> None:
    context = FakeContext()
    dot = context.keep(made.video(0.5, (1, 1), form="gif"), "image/gif", "dot.gif")
    video = (await run(context, "gifToVideo", image=dot))["video"]
    assert (video["width"], video["height"]) == (2, 2)
    wide = context.keep(made.video(0.2, (4200, 16), tone=None), "video/mp4", "wide.mp4")
    error = await failure(context, "trimVideo", video=wide)
    assert (error.context["field"], error.context["value"]) == ("video", "4200x16")
    error = await failure(context, "resizeVideo", video=wide, height=64)
    assert error.context["field"] == "height"


def test_a_video_of_one_color_is_written_the_same_whatever_was_in_the_memory() -> None:
    frames = [
        VideoFrame.from_ndarray(np.full((48, 64, 3), (200, 30, 30), np.uint8), format="rgb24")
        for _ in range(10)
    ]
    chance, files = np.random.default_rng(5), set()
    for _ in range(300):
        stale = [chance.integers(0, 256, chance.integers(100, 200_000), np.uint8) for _ in range(8)]
        del stale[::2]
        with TemporaryFile() as file:
            with VideoWriter(file, (64, 48), Fraction(10), False) as writer:
                for frame in frames:
                    writer.write(frame, None)
                writer.close()
            file.seek(0)
            files.add(file.read())
    assert len(files) == 1
