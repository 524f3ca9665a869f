"""Videos and sounds from visitors: facts, frames, samples, limits, lies and damage."""

from __future__ import annotations

import io
import os
import random
import resource
import struct
import subprocess
import sys
from contextlib import suppress
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests import clips as made
from workflows.errors import BadVideo
from workflows.media import clips, storage, thumbnails
from workflows.media.clips import Limits, inspect, open_clip
from workflows.models import Asset, User


def _colour(clip: Any, frame: Any) -> tuple[int, ...]:
    return clip.frame_image(frame).convert("RGB").getpixel((clip.width // 2, clip.height // 2))


def _is(seen: Any, wanted: tuple[int, int, int]) -> bool:
    return max(abs(a - b) for a, b in zip(seen, wanted, strict=True)) < 40


def test_nothing_of_a_stream_is_read_once_its_file_is_closed() -> None:
    """FFmpeg has freed it by then; here what is freed is overwritten, so that reading it shows."""
    look = (
        "import io; from tests import clips; from workflows.media.clips import inspect\n"
        "print(inspect(io.BytesIO(clips.video(0.5))).width)"
    )
    environment = {**os.environ, "MALLOC_PERTURB_": "85"}
    done = subprocess.run(
        [sys.executable, "-c", look], env=environment, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, "64\n"), done.stderr


@pytest.mark.parametrize(
    ("form", "content_type"),
    [
        ("mp4", "video/mp4"),
        ("mov", "video/quicktime"),
        ("webm", "video/webm"),
        ("matroska", "video/x-matroska"),
        ("avi", "video/x-msvideo"),
        ("gif", "image/gif"),
    ],
)
def test_what_browsers_and_cameras_write_can_be_read(form: str, content_type: str) -> None:
    body = made.video(2, form=form)
    facts = inspect(io.BytesIO(body))
    assert facts is not None
    assert (facts.content_type, facts.width, facts.height) == (content_type, 64, 48)
    assert facts.duration == pytest.approx(2, abs=0.1)
    assert facts.rate == 10
    assert facts.has_audio == (form != "gif")
    clip = open_clip(io.BytesIO(body), "video")
    frames = list(clip.frames())
    assert len(frames) == 20
    assert _is(_colour(clip, frames[0][1]), made.PALETTE[0])
    assert _is(_colour(clip, frames[19][1]), made.PALETTE[1])


@pytest.mark.parametrize(
    ("form", "content_type"),
    [
        ("wav", "audio/wav"),
        ("mp3", "audio/mpeg"),
        ("ogg", "audio/ogg"),
        ("flac", "audio/flac"),
        ("ipod", "audio/mp4"),
        ("webm", "audio/webm"),
    ],
)
def test_sounds_are_told_from_videos_and_can_be_heard(form: str, content_type: str) -> None:
    body = made.sound(1, 880, form)
    facts = inspect(io.BytesIO(body))
    assert facts is not None
    assert (facts.content_type, facts.has_video, facts.has_audio) == (content_type, False, True)
    assert facts.duration == pytest.approx(1, abs=0.1)
    heard = np.concatenate(list(open_clip(io.BytesIO(body), "audio").audio()), axis=1)
    assert heard.dtype == np.float32
    assert heard.shape[1] == pytest.approx(48_000, abs=4_000)
    assert made.loudest(heard) == pytest.approx(880, abs=5)


def test_frames_begin_with_the_one_that_is_seen_at_that_moment() -> None:
    clip = open_clip(io.BytesIO(made.video(3)), "video")
    times = [time for time, _ in clip.frames(0.95, 1.25)]
    assert times == pytest.approx([0.9, 1.0, 1.1, 1.2])
    last = list(clip.frames(99))
    assert len(last) == 1 and last[0][0] == pytest.approx(2.9)


@pytest.mark.parametrize(("rate", "count"), [(10, 30), (24, 72), (5, 15), (60, 180)])
def test_another_rate_repeats_frames_or_leaves_some_out(rate: int, count: int) -> None:
    clip = open_clip(io.BytesIO(made.video(3)), "video")
    frames = list(clip.steady(Fraction(rate)))
    assert len(frames) == count
    for number in (0, 1, 2):
        middle = frames[round((number + 0.5) * rate)]
        assert _is(_colour(clip, middle), made.PALETTE[number])


def test_a_part_of_the_sound_is_exact() -> None:
    clip = open_clip(io.BytesIO(made.sound(2)), "audio")
    assert sum(piece.shape[1] for piece in clip.audio(0.5, 1.25)) == 36_000


def test_a_video_filmed_upright_is_shown_upright() -> None:
    clip = open_clip(io.BytesIO(made.video(1, (64, 48), turn=90)), "video")
    assert (clip.width, clip.height) == (48, 64)
    _, frame = next(clip.frames())
    assert clip.frame_image(frame).size == (48, 64)


def test_the_cover_of_a_song_is_no_video() -> None:
    import av

    buffer, cover = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (32, 32), "red").save(cover, "PNG")
    with av.open(buffer, "w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", rate=48_000, layout="stereo")
        picture = container.add_stream("png", rate=1)
        picture.width, picture.height, picture.pix_fmt = 32, 32, "rgb24"
        packet = av.Packet(cover.getvalue())
        packet.stream = picture
        container.mux(packet)
        made.write_tone(container, stream, 1, 440)
    facts = inspect(io.BytesIO(buffer.getvalue()))
    assert facts is not None
    assert (facts.has_audio, facts.has_video) == (True, False)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b"just some words", "a text file"),
        (b"#EXTM3U\n#EXTINF:1,\nhttp://169.254.169.254/x\n", "a text file"),
        (b"ffconcat version 1.0\nfile '/etc/passwd'\n", "a text file"),
        (b"\x89PNG\r\n\x1a\n", "a PNG image"),
        (b"\0\0\0\x20ftypisom" + b"\xff" * 4000, "damaged"),
        (b"\x1a\x45\xdf\xa3" + b"webm" * 1000, "damaged"),
        (b"RIFF\xff\xff\xff\xffWAVE", "damaged"),
        (b"GIF89a\xff\xff\xff\xff\x00\x00\x00,", "damaged"),
        (b"OggS" + b"\0" * 500, "damaged"),
    ],
)
def test_what_is_no_video_is_called_what_it_is(body: bytes, words: str) -> None:
    with pytest.raises(BadVideo, match=words):
        open_clip(io.BytesIO(body), "video")
    assert inspect(io.BytesIO(body)) is None


def test_an_index_that_names_other_files_opens_none_of_them(tmp_path: Path) -> None:
    # A QuickTime reference movie points elsewhere; here the bytes of a list lie behind its brand.
    secret = tmp_path / "secret.mp4"
    secret.write_bytes(made.video(1))
    atom = b"\0\0\0\x14ftypqt  \0\0\0\0qt  "
    reference = str(secret).encode()
    body = atom + b"\0\0\x01\0moov\0\0\0\xf8rmra" + reference.ljust(240, b"\0")
    assert inspect(io.BytesIO(body)) is None


def test_half_a_video_gives_the_frames_it_has() -> None:
    body = made.video(4, (160, 120), form="webm")
    clip = open_clip(io.BytesIO(body[: len(body) // 2]), "video")
    assert 1 <= len(list(clip.frames())) < 40


def test_limits_hold_at_their_edge() -> None:
    body = made.video(2)
    for kept in (Limits(pixels=64 * 48), Limits(seconds=2.1), Limits(frames=20)):
        clip = open_clip(io.BytesIO(body), "video", kept)
        assert len(list(clip.frames())) == 20
    with pytest.raises(BadVideo, match="too large"):
        open_clip(io.BytesIO(body), "video", Limits(pixels=64 * 48 - 1))
    with pytest.raises(BadVideo, match="takes 2 seconds"):
        open_clip(io.BytesIO(body), "video", Limits(seconds=1.9))
    with pytest.raises(BadVideo, match="more than 19 frames"):
        list(open_clip(io.BytesIO(body), "video", Limits(frames=19)).frames())
    assert inspect(io.BytesIO(body), Limits(seconds=1)) is not None, "it can be kept all the same"


def test_sound_beyond_the_longest_time_is_not_read() -> None:
    clip = open_clip(io.BytesIO(made.sound(1)), "audio", Limits(seconds=1.1))
    clip._limits = Limits(seconds=0.5)
    assert sum(piece.shape[1] for piece in clip.audio()) == 24_000


def test_a_video_without_sound_and_a_sound_without_pictures_say_so() -> None:
    with pytest.raises(BadVideo, match="without audio"):
        open_clip(io.BytesIO(made.video(1, tone=None)), "audio")
    with pytest.raises(BadVideo, match="without images"):
        open_clip(io.BytesIO(made.sound(1)), "video")


def test_a_poster_shows_what_is_seen_and_is_as_wide_as_asked() -> None:
    poster = clips.poster(io.BytesIO(made.video(1, (320, 200), colours=[(220, 20, 20)])), 160)
    with Image.open(io.BytesIO(poster)) as image:
        assert (image.format, image.size) == ("WEBP", (160, 100))
        assert _is(image.convert("RGB").getpixel((80, 50)), (220, 20, 20))


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Any:
    """A store of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def test_a_stored_video_has_its_facts_and_its_poster(alice: User, folder: Path) -> None:
    asset = storage.asset_create(alice, made.video(2), "film.mp4")
    assert (asset.content_type, asset.width, asset.height) == ("video/mp4", 64, 48)
    assert asset.duration == pytest.approx(2, abs=0.1)
    assert storage.reference(asset)["duration"] == round(asset.duration, 3)
    with Image.open(io.BytesIO(thumbnails.thumbnail(asset.sha256, 32))) as image:
        assert image.size == (32, 24)


def test_a_stored_sound_has_a_length_and_no_size(alice: User, folder: Path) -> None:
    asset = storage.asset_create(alice, made.sound(1, form="mp3"), "song.mp3")
    assert (asset.content_type, asset.width, asset.height) == ("audio/mpeg", None, None)
    assert asset.duration == pytest.approx(1, abs=0.1)


def test_a_video_that_cannot_be_opened_is_kept_as_what_it_begins_as(
    alice: User, folder: Path
) -> None:
    asset = storage.asset_create(alice, b"\0\0\0\x20ftypisom" + b"\xff" * 99, "odd.mp4")
    assert (asset.content_type, asset.width, asset.duration) == ("video/mp4", None, None)
    assert Asset.objects.filter(pk=asset.pk).exists()
    with pytest.raises(BadVideo):
        thumbnails.thumbnail(asset.sha256, 32)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def test_frames_that_claim_to_be_huge_are_refused_before_there_is_room_for_them() -> None:
    film = made.video(1, form="webm", tone=None)
    key = film.index(b"\x9d\x01\x2a") + 3  # a key frame of VP8 begins so, then says its size
    lying = film[:key] + b"\xff\x3f\xff\x3f" + film[key + 4 :]
    gif = made.video(1, form="gif")
    huge = gif[:6] + b"\xff\xff\xff\xff" + gif[10:]
    before = _peak_mb()
    for body in (lying, huge):
        assert inspect(io.BytesIO(body)) is None
        with pytest.raises(BadVideo):
            clips.poster(io.BytesIO(body), 64)
    assert _peak_mb() - before < 40


def test_more_streams_than_anybody_needs_are_refused() -> None:
    import av

    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mov") as container:
        streams = [container.add_stream("pcm_s16le", rate=8_000, layout="mono") for _ in range(40)]
        for stream in streams:
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 80), np.int16), "s16", "mono")
            frame.sample_rate = 8_000
            container.mux(stream.encode(frame))
    assert inspect(io.BytesIO(buffer.getvalue())) is None
    assert inspect(io.BytesIO(buffer.getvalue()), Limits(streams=40)) is not None


@pytest.mark.parametrize("form", ["mp4", "webm", "gif", "avi"])
def test_damage_anywhere_is_survived(form: str) -> None:
    body = made.video(1, form=form)
    chance = random.Random(7)
    for _ in range(60):
        bad = bytearray(body)
        for _ in range(chance.randrange(1, 30)):
            bad[chance.randrange(len(bad))] = chance.randrange(256)
        with suppress(BadVideo):
            clip = open_clip(io.BytesIO(bytes(bad)), "any", Limits(frames=100, seconds=100))
            sum(1 for _ in islice(clip.frames(), 100))
            sum(piece.shape[1] for piece in clip.audio(0, 2))


def test_a_frame_far_in_the_future_does_not_make_an_endless_video() -> None:
    import av

    buffer = io.BytesIO()
    with av.open(buffer, "w", format="matroska") as container:
        stream = container.add_stream("libvpx", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for moment in (0, 1, 40_000_000):
            frame = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24")
            frame.pts, frame.time_base = moment, Fraction(1, 10)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    body = buffer.getvalue()
    said = body.replace(struct.pack(">d", 4_000_000_100.0), struct.pack(">d", 300.0))
    assert said != body, "the header no longer tells of it"
    clip = open_clip(io.BytesIO(said), "video")
    with pytest.raises(BadVideo, match="takes 4,000,000 seconds"):
        list(clip.steady(Fraction(10)))
