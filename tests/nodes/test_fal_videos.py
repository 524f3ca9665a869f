"""The utilities of fal for videos and sounds: their fields in, fal's answers out."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from tests import clips as made
from workflows.errors import NodeError
from workflows.media.clips import Clip, open_clip
from workflows.nodes.fal import equivalents

from .context import FakeContext

UTIL, FFMPEG = equivalents.UTILITIES, "fal-ai/ffmpeg-api"
RED, GREEN, BLUE = made.PALETTE[:3]
FILE = {"url", "content_type", "file_name", "file_size"}


def film(context: FakeContext, seconds: float = 3, **options: Any) -> dict:
    return context.keep(made.video(seconds, **options), "video/mp4", "film.mp4")


def song(context: FakeContext, seconds: float = 1, tone: float = 880) -> dict:
    return context.keep(made.sound(seconds, tone), "audio/wav", "song.wav")


async def call(app: str, context: FakeContext, **arguments: Any) -> dict[str, Any]:
    found: Any = equivalents.find(app)
    assert found is not None
    return await found(context, arguments)


def opened(context: FakeContext, reference: dict, kind: str = "video") -> Clip:
    assert reference.keys() >= FILE
    return open_clip(BytesIO(context.assets[reference["asset"]]), kind)


def colour(clip: Clip, at: float) -> Any:
    _, frame = next(clip.frames(at))
    return clip.frame_image(frame).convert("RGB").getpixel((clip.width // 2, clip.height // 2))


def like(seen: Any, wanted: tuple[int, int, int]) -> bool:
    return max(abs(a - b) for a, b in zip(seen, wanted, strict=True)) < 24


@pytest.mark.parametrize(
    ("which", "wanted"), [(None, RED), ("first", RED), ("middle", GREEN), ("last", BLUE)]
)
async def test_a_frame_is_answered_alone_and_in_a_list(
    which: str | None, wanted: tuple[int, int, int]
) -> None:
    context = FakeContext()
    kind = {} if which is None else {"frame_type": which}
    answer = await call(f"{FFMPEG}/extract-frame", context, video_url=film(context), **kind)
    assert answer["images"] == [answer["frame"]]
    assert answer["frame"].keys() >= FILE
    assert like(context.open(answer["frame"]).getpixel((9, 9)), wanted)


async def test_every_nth_frame_in_the_wanted_format() -> None:
    context = FakeContext()
    answer = await call(
        f"{UTIL}/extract-nth-frame",
        context,
        video_url=film(context),
        frame_interval=10,
        output_format="webp",
    )
    assert answer["frame_count"] == len(answer["images"]) == 3
    assert {image["content_type"] for image in answer["images"]} == {"image/webp"}
    few = await call(f"{UTIL}/extract-nth-frame", context, video_url=film(context), max_frames=2)
    assert few["frame_count"] == 2


async def test_videos_are_merged_at_the_lowest_rate_and_a_named_size() -> None:
    context = FakeContext()
    videos = [film(context, 1), film(context, 1, rate=5, colours=[BLUE])]
    answer = await call(f"{FFMPEG}/merge-videos", context, video_urls=videos, resolution="square")
    clip = opened(context, answer["video"])
    assert (clip.width, clip.height, clip.rate) == (512, 512, 5)
    assert like(colour(clip, 0.5), RED) and like(colour(clip, 1.5), BLUE)
    assert [video["fps"] for video in answer["metadata"]["original_videos"]] == [10, 5]
    own = await call(
        f"{FFMPEG}/merge-videos",
        context,
        video_urls=videos,
        target_fps=8,
        resolution={"width": 64, "height": 64},
    )
    clip = opened(context, own["video"])
    assert (clip.width, clip.height, clip.rate) == (64, 64, 8)


async def test_a_sound_is_put_under_a_video() -> None:
    context = FakeContext()
    values = {"video_url": film(context, 2), "audio_url": song(context)}
    for app, more in (
        (f"{FFMPEG}/merge-audio-video", {"start_offset": 0.5}),
        (f"{UTIL}/merge-audio-into-video", {"keep_original_audio": True}),
    ):
        clip = opened(context, (await call(app, context, **values, **more))["video"])
        assert clip.has_audio and clip.duration == pytest.approx(2, abs=0.1)


async def test_facts_are_those_of_fals_schema() -> None:
    context = FakeContext()
    media = (await call(f"{FFMPEG}/metadata", context, media_url=film(context)))["media"]
    assert media["media_type"] == "video"
    assert media["resolution"] == {"width": 64, "height": 48, "aspect_ratio": "4:3"}
    assert (media["fps"], media["frame_count"]) == (10, pytest.approx(30, abs=1))
    sound = (await call(f"{FFMPEG}/metadata", context, media_url=song(context)))["media"]
    assert (sound["media_type"], sound["duration"]) == ("audio", 1)


async def test_trimming_has_fals_defaults_and_tells_both_lengths() -> None:
    context = FakeContext()
    answer = await call(f"{UTIL}/trim-video", context, video_url=film(context, 4))
    clip = opened(context, answer["video"])
    assert like(colour(clip, 0.1), GREEN), "it begins at one second"
    assert answer["trimmed_duration"] == pytest.approx(2, abs=0.1)
    assert answer["original_duration"] == pytest.approx(4, abs=0.1)
    ended = await call(
        f"{UTIL}/trim-video", context, video_url=film(context), start_time=0, end_time=0.5
    )
    assert ended["trimmed_duration"] == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize("mode", ["stretch", "pad", "crop"])
async def test_scaling_tells_both_sizes(mode: str) -> None:
    context = FakeContext()
    answer = await call(
        f"{UTIL}/scale-video", context, video_url=film(context, 1), width=64, height=64, mode=mode
    )
    assert [answer[name] for name in ("original_width", "original_height")] == [64, 48]
    assert [answer[name] for name in ("scaled_width", "scaled_height")] == [64, 64]


async def test_backwards_and_faster() -> None:
    context = FakeContext()
    back = await call(f"{UTIL}/reverse-video", context, video_url=film(context))
    assert like(colour(opened(context, back["video"]), 0), BLUE)
    fast = await call(f"{UTIL}/setpts-video", context, video_url=film(context), speed_factor=2)
    assert fast["video"]["duration"] == pytest.approx(1.5, abs=0.1)


async def test_blending_counts_opacity_to_one() -> None:
    context = FakeContext()
    layers = {
        "bottom_video_url": film(context, 1, colours=[(200, 0, 0)]),
        "top_video_url": film(context, 2, colours=[(0, 0, 200)]),
    }
    answer = await call(f"{UTIL}/blend-video", context, **layers, blend_mode="normal", opacity=0.5)
    clip = opened(context, answer["video"])
    assert like(colour(clip, 0.5), (100, 0, 100))
    assert clip.duration == pytest.approx(1, abs=0.1)
    long = await call(f"{UTIL}/blend-video", context, **layers, shortest=False)
    assert long["video"]["duration"] == pytest.approx(2, abs=0.1)


async def test_an_overlay_lies_in_the_middle_and_is_heard() -> None:
    context = FakeContext()
    answer = await call(
        f"{UTIL}/overlay-video",
        context,
        main_video_url=film(context, 1),
        overlay_video_url=film(context, 2, colours=[(250, 250, 250)], tone=900),
        scale_percent=50,
        x_percent=50,
        y_percent=50,
        shortest=False,
        audio_source="overlay",
    )
    clip = opened(context, answer["video"])
    _, frame = next(clip.frames(0.5))
    picture = clip.frame_image(frame)
    assert like(picture.getpixel((32, 24)), (250, 250, 250))
    assert like(picture.getpixel((4, 4)), RED)
    assert clip.duration == pytest.approx(2, abs=0.1)
    corner = await call(
        f"{UTIL}/overlay-video",
        context,
        main_video_url=film(context, 1),
        overlay_video_url=film(context, 1, colours=[(250, 250, 250)]),
        scale_percent=50,
        x_percent=100,
        y_percent=0,
    )
    clip = opened(context, corner["video"])
    picture = clip.frame_image(next(clip.frames(0.5))[1])
    assert like(picture.getpixel((60, 4)), (250, 250, 250))
    assert like(picture.getpixel((40, 4)), RED) and like(picture.getpixel((60, 20)), RED)


async def test_frames_of_several_videos_take_turns() -> None:
    context = FakeContext()
    videos = [film(context, 1, colours=[RED]), film(context, 1, colours=[BLUE])]
    answer = await call(f"{UTIL}/interleave-video", context, video_urls=videos)
    clip = opened(context, answer["video"])
    seen = [colour(clip, (number + 0.1) / 10) for number in range(4)]
    assert [like(one, two) for one, two in zip(seen, (RED, BLUE) * 2, strict=True)] == [True] * 4


async def test_a_gif_comes_and_goes() -> None:
    context = FakeContext()
    gif = await call(
        f"{UTIL}/video-to-gif", context, video_url=film(context), duration=1, fps=5, width=32
    )
    assert gif["image"] == gif["gif"]
    with Image.open(BytesIO(context.assets[gif["image"]["asset"]])) as image:
        assert (image.format, image.size) == ("GIF", (32, 24))
    video = await call(f"{UTIL}/gif-to-video", context, gif_url=gif["gif"])
    assert video["video"]["content_type"] == "video/mp4"


async def test_sounds_are_extracted_split_joined_and_mixed() -> None:
    context = FakeContext()
    taken = await call(f"{UTIL}/extract-audio", context, video_url=film(context, 1))
    assert taken["audio"]["content_type"] == "audio/mpeg"
    parts = await call(f"{UTIL}/split-audio", context, audio_url=song(context), split_points=[0.4])
    assert [part["duration"] for part in parts["audio"]] == pytest.approx([0.4, 0.6], abs=0.1)
    two = [song(context), song(context, 2)]
    joined = await call(f"{UTIL}/merge-audio", context, audio_urls=two, gaps=[0.5])
    assert joined["audio"]["duration"] == pytest.approx(3.5, abs=0.1)
    mix = await call(
        f"{UTIL}/amix-audio", context, audio_urls=two, weights=[1.0, 0.1], duration="first"
    )
    assert mix["audio"]["duration"] == pytest.approx(1, abs=0.1)
    opus = await call(
        f"{FFMPEG}/merge-audios", context, audio_urls=two, output_format="opus_48000_96"
    )
    assert opus["audio"]["content_type"] == "audio/ogg"


@pytest.mark.parametrize(
    ("app", "arguments", "field"),
    [
        (f"{FFMPEG}/extract-frame", {"frame_type": "best"}, "frame_type"),
        (f"{FFMPEG}/merge-videos", {"video_urls": []}, "video_urls"),
        (f"{FFMPEG}/merge-videos", {"video_urls": ["film"], "resolution": "big"}, "resolution"),
        (f"{UTIL}/trim-video", {"start_time": 99}, "start_time"),
        (f"{UTIL}/scale-video", {}, "width"),
        (f"{UTIL}/setpts-video", {"speed_factor": 0}, "speed_factor"),
        (f"{UTIL}/blend-video", {"opacity": 2}, "opacity"),
        (f"{UTIL}/overlay-video", {"blend_mode": "screen"}, "blend_mode"),
        (f"{FFMPEG}/merge-audios", {"output_format": "pcm_8000"}, "output_format"),
    ],
)
async def test_errors_name_the_field_as_fal_does(
    app: str, arguments: dict[str, Any], field: str
) -> None:
    context = FakeContext()
    values: dict[str, Any] = {
        port.name: film(context, 1) for port in _inputs(app) if port.type == "video"
    }
    values |= {port.name: [song(context)] for port in _inputs(app) if port.type == "audio"}
    values = {name: [value] if name == "video_urls" else value for name, value in values.items()}
    if arguments.get("video_urls") == ["film"]:
        arguments = {"resolution": arguments["resolution"]}
    with pytest.raises(NodeError) as caught:
        await call(app, context, **{**values, **arguments})
    assert caught.value.context["field"] == field
    assert caught.value.status == 422


def _inputs(app: str) -> tuple[Any, ...]:
    found: Any = equivalents.get(app)
    assert found is not None
    return found.inputs()
