"""The nodes that run local models, with real weights, and what they say when those are missing."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from tests import clips
from tests.weights.here import ASTRONAUT, Weights, weights
from workflows.errors import LibraryMissing, MediaCrashed, WeightsMissing
from workflows.media.processes import lanes
from workflows.nodes import registry
from workflows.nodes.audio import samples
from workflows.nodes.audio.denoising import cleaned
from workflows.nodes.audio.speaking import LONGEST, sentences
from workflows.nodes.audio.transcribe import CUE_CHARACTERS, cues_of
from workflows.nodes.fal import equivalents
from workflows.nodes.image import cut_out, segmentation
from workflows.nodes.local import loaded, pack
from workflows.nodes.video.cues import Cue, parse, srt, vtt
from workflows.weights import store

from .context import FakeContext, failure, run

__all__ = ["weights"]

NEEDED = {
    "upscale": lambda c: {"image": c.picture(Image.new("RGB", (8, 8)))},
    "findFaces": lambda c: {"image": c.picture(Image.new("RGB", (8, 8)))},
    "transcribe": lambda c: {"audio": c.keep(clips.sound(1), "audio/wav", "a.wav")},
    "speak": lambda c: {"text": "Hello."},
}


def page(*lines: str) -> Image.Image:
    """Draw a page with lines of text on it."""
    sheet = Image.new("RGB", (640, 80 + 80 * len(lines)), "white")
    pen = ImageDraw.Draw(sheet)
    for number, line in enumerate(lines):
        pen.text((40, 40 + 80 * number), line, font=ImageFont.load_default(36), fill="black")
    return sheet


# --- find faces -----------------------------------------------------------------------------------


def crowd() -> Image.Image:
    """One photograph of a face, large and small, side by side, and a wall."""
    photo = Image.open(ASTRONAUT).convert("RGB")
    sheet = Image.new("RGB", (1600, 1024), "#334455")
    sheet.paste(photo.resize((1024, 1024)), (0, 0))
    sheet.paste(photo.resize((256, 256)), (1200, 100))
    return sheet


async def test_faces_are_found_whatever_their_size_the_largest_first(weights: Weights) -> None:
    weights("yunet")
    context = FakeContext()
    answer = await run(context, "findFaces", image=context.picture(crowd()))
    assert answer["count"] == 2
    large, small = answer["faces"]
    # As the photograph was found alone: at 178, 63 of 512 px, and 90 by 113 px large.
    assert abs(large["x"] - 356) < 24
    assert abs(large["y"] - 126) < 24
    assert abs(large["height"] - 226) < 30
    assert abs(small["x"] - 1289) < 12
    assert large["points"]["rightEye"][0] < large["points"]["leftEye"][0]
    mask = np.asarray(context.open(answer["mask"]))
    assert mask.shape == (1024, 1600)
    assert mask[240, 445] == mask[158, 1311] == 255
    assert mask[900, 1500] == 0
    first, second = (context.open(row) for row in answer["images"])
    assert first.width == first.height > second.width == second.height


async def test_a_face_at_the_edge_stays_inside_the_image(weights: Weights) -> None:
    weights("yunet")
    context = FakeContext()
    photo = Image.open(ASTRONAUT).convert("RGB").crop((170, 40, 300, 200))
    answer = await run(context, "findFaces", image=context.picture(photo), margin=200)
    assert answer["count"] == 1
    face = context.open(answer["images"][0])
    assert face.size == (130, 130)


async def test_where_there_is_no_face_nothing_is_found(weights: Weights) -> None:
    weights("yunet")
    context = FakeContext()
    answer = await run(context, "findFaces", image=context.sample("espresso.png"))
    assert (answer["count"], answer["faces"], answer["images"]) == (0, [], [])
    assert not np.asarray(context.open(answer["mask"])).any()


# --- remove background ----------------------------------------------------------------------------


async def cut(name: str) -> tuple[Image.Image, np.ndarray]:
    context = FakeContext()
    answer = await run(context, "cutOut", image=context.sample(name))
    assert context.warnings == []
    return context.open(answer["image"]), np.asarray(context.open(answer["mask"]))


async def test_the_cat_is_cut_out_with_its_ear_and_whiskers(weights: Weights) -> None:
    weights("isnet")
    _, mask = await cut("cat.png")
    assert mask[115, 170] == mask[135, 315] == mask[245, 260] == 255
    assert mask[280, 100] == 255, "the chest, out of focus, is no glass"
    assert mask[30, 350] > 200, "the ear behind"
    assert mask[100, 440] == mask[10, 10] == 0
    soft = (mask > 0) & (mask < 255)
    assert 0.005 < soft.mean() < 0.12, "soft along the outline alone"


async def test_the_rocket_stands_with_its_towers(weights: Weights) -> None:
    weights("isnet")
    picture, mask = await cut("rocket.jpg")
    assert picture.size == (640, 427)
    assert mask[250, 322] == 255, "the rocket"
    assert (mask[150:350, 180:220] > 127).any(), "a tower"
    assert (mask[:120, 300:600] == 0).all(), "the sky"


async def test_the_espresso_keeps_its_spoon(weights: Weights) -> None:
    weights("isnet")
    _, mask = await cut("espresso.png")
    assert mask[200, 300] == 255
    assert mask[20, 20] == mask[380, 560] == mask[200, 550] == 0
    assert 0.35 < (mask > 127).mean() < 0.55


async def test_without_its_weights_the_subject_is_found_as_before_and_the_card_says_so() -> None:
    context = FakeContext()
    answer = await run(context, "cutOut", image=context.sample("espresso.png"))
    mask = np.asarray(context.open(answer["mask"]))
    assert 0.42 < (mask > 127).mean() < 0.52
    assert context.warnings == [
        "ISNet (179 MB) is not on this server yet. Fetch it on the page Models. "
        "Until then the subject is found in a simpler way."
    ]


async def test_fal_s_rembg_does_the_same(weights: Weights) -> None:
    rembg: Any = equivalents.find("fal-ai/imageutils/rembg")
    context = FakeContext()
    await rembg(context, {"image_url": context.sample("cat.png")})
    assert len(context.warnings) == 1
    weights("isnet")
    context = FakeContext()
    answer = await rembg(context, {"image_url": context.sample("cat.png")})
    assert context.warnings == []
    made = context.open(answer["image"])
    assert made.getpixel((100, 280))[3] == 255, "the chest, which is lost without the model"


async def test_the_method_color_asks_no_model() -> None:
    context = FakeContext()
    image = context.picture(page("word"))
    await run(context, "cutOut", image=image, method="colour", keep="all")
    assert context.warnings == []


@pytest.mark.soak
async def test_an_image_of_one_color_has_no_subject(weights: Weights) -> None:
    weights("isnet")
    context = FakeContext()
    error = await failure(context, "cutOut", image=context.picture(Image.new("RGB", (90, 60))))
    assert error.message == "No subject stands out from the background."


def test_what_a_model_doubts_inside_is_solid_and_what_it_doubts_outside_is_gone() -> None:
    alpha = np.zeros((200, 200), np.float32)
    alpha[50:150, 50:150] = 0.95
    alpha[90:110, 90:110] = 0.4
    alpha[10:20, 10:20] = 0.04
    alpha[150:154, 90:110] = 0.3
    settled = segmentation.settle(alpha, 1.0)
    assert settled[100, 100] == 1
    assert settled[15, 15] == 0
    assert 0 < settled[152, 100] < 1, "an edge stays soft"


def test_pieces_far_from_the_largest_go_and_those_near_it_stay() -> None:
    alpha = np.zeros((400, 400), np.float32)
    alpha[100:300, 100:200] = alpha[100:300, 210:240] = alpha[10:30, 350:380] = 1
    settled = segmentation.settle(alpha, 1.0)
    assert (settled[200, 150], settled[200, 225], settled[20, 365]) == (1, 1, 0)
    assert segmentation.settle(alpha, 0.02)[20, 365] == 1


def test_a_large_image_gets_the_edge_that_the_image_has() -> None:
    picture = Image.new("RGB", (2_000, 1_000), "#204080")
    ImageDraw.Draw(picture).ellipse((500, 200, 1_100, 800), fill="#f0d020")
    small = Image.new("L", (1_024, 1_024))
    ImageDraw.Draw(small).ellipse((256, 205, 563, 819), fill=255)
    alpha = cut_out._fitted(small, np.asarray(picture), 1.0)
    wanted = np.asarray(picture)[:, :, 0] > 127
    assert alpha.shape == (1_000, 2_000)
    assert ((alpha > 0.5) != wanted).mean() < 0.003


# --- upscale --------------------------------------------------------------------------------------


async def test_an_upscaled_photo_is_larger_and_the_same_and_sharper(weights: Weights) -> None:
    weights("realesrgan")
    context = FakeContext()
    photo = context.open(context.sample("cat.png")).convert("RGB").crop((140, 90, 188, 122))
    answer = await run(context, "upscale", image=context.picture(photo), factor="4")
    made = context.open(answer["image"])
    assert made.size == (192, 128)
    back = np.asarray(made.resize(photo.size, Image.Resampling.BOX)).astype(float)
    assert np.abs(back - np.asarray(photo)).mean() < 8
    smooth = np.asarray(photo.resize(made.size, Image.Resampling.BICUBIC)).astype(float)
    detail = [np.abs(np.diff(rows, axis=1)).mean() for rows in (np.asarray(made) * 1.0, smooth)]
    assert detail[0] > detail[1] * 1.1


async def test_tiles_show_no_seams_and_each_is_told(weights: Weights) -> None:
    weights("realesrgan-fast")
    context = FakeContext()
    ramp = Image.linear_gradient("L").resize((300, 140)).convert("RGB")
    answer = await run(
        context, "upscale", image=context.picture(ramp), model="local/realesrgan-fast"
    )
    made = np.asarray(context.open(answer["image"])).astype(float)[:, :, 0]
    assert made.shape == (280, 600)
    across, down = np.abs(np.diff(made, axis=1)), np.abs(np.diff(made, axis=0))
    assert max(across[:, 255].mean(), across[:, 511].mean()) < across.mean() + 0.7
    assert down[255].mean() < down.mean() + 0.7
    assert [share for share, _ in context.reports][-6:] == pytest.approx(
        [1 / 6, 2 / 6, 3 / 6, 4 / 6, 5 / 6, 1]
    )


async def test_transparency_is_enlarged_too(weights: Weights) -> None:
    weights("realesrgan-fast")
    context = FakeContext()
    glass = Image.new("RGBA", (20, 20), (200, 40, 40, 255))
    glass.paste((0, 0, 0, 0), (0, 0, 10, 20))
    answer = await run(
        context, "upscale", image=context.picture(glass), model="local/realesrgan-fast", factor="4"
    )
    made = context.open(answer["image"])
    assert (made.mode, made.size) == ("RGBA", (80, 80))
    assert (made.getpixel((5, 40))[3], made.getpixel((75, 40))[3]) == (0, 255)


async def test_an_image_that_would_be_too_large_is_refused_before_any_work(
    weights: Weights,
) -> None:
    weights("realesrgan-fast")
    context = FakeContext()
    image = context.picture(Image.new("RGB", (4_100, 4_000)))
    error = await failure(
        context, "upscale", image=image, model="local/realesrgan-fast", factor="2"
    )
    assert error.message == "The image would be 8,200 x 8,000 px."
    assert error.context["field"] == "factor"


# --- read text ------------------------------------------------------------------------------------


async def test_a_page_is_read_line_by_line_with_places() -> None:
    context = FakeContext()
    image = context.picture(page("Patchbay turns words", "into pictures, 42 %"))
    answer = await run(context, "readText", image=image)
    assert answer["text"] == "Patchbay turns words\ninto pictures, 42 %"
    piece = answer["lines"][1]["pieces"][0]
    assert piece["score"] > 0.9
    (left, top), (right, _), (_, bottom), _ = piece["box"]
    assert 30 < left < 50 and 300 < right < 400 and 110 < top < bottom < 180


async def test_an_image_without_text_gives_none() -> None:
    context = FakeContext()
    answer = await run(context, "readText", image=context.picture(Image.new("RGB", (64, 64))))
    assert answer == {"text": "", "lines": []}


# --- speech ---------------------------------------------------------------------------------------


def voice(seconds: float) -> np.ndarray:
    """Make something like a vowel: many overtones, loud and quiet in turns."""
    times = np.arange(round(seconds * 48_000)) / 48_000
    tone = sum(np.sin(2 * np.pi * 140 * n * times) / n for n in range(1, 20))
    return (0.15 * tone * (np.sin(2 * np.pi * 3 * times) > 0)).astype(np.float32)


def test_noise_is_taken_out_of_a_pause_and_the_length_stays() -> None:
    clear = voice(2)
    noise = (0.02 * np.random.default_rng(1).standard_normal(len(clear))).astype(np.float32)
    heard = np.stack([clear + noise, clear + noise])
    made = np.concatenate(list(cleaned(np.array_split(heard, 7, axis=1), 100)), axis=1)
    assert made.shape == heard.shape
    assert (made[0] == made[1]).all()
    quiet = np.s_[:, -7_000:]
    assert np.abs(made[quiet]).mean() < np.abs(heard[quiet]).mean() / 5


def test_two_sides_are_worked_on_apart() -> None:
    left, right = voice(0.5), voice(0.5)[::-1]
    made = np.concatenate(list(cleaned([np.stack([left, right])], 12)), axis=1)
    assert made.shape == (2, 24_000)
    assert not np.allclose(made[0], made[1])


async def test_the_voice_of_a_video_comes_out_as_a_sound() -> None:
    context = FakeContext()
    film = context.keep(clips.video(0.5), "video/mp4", "film.mp4")
    answer = await run(context, "denoiseSpeech", audio=film, format="wav")
    assert answer["audio"]["duration"] == pytest.approx(0.5, abs=0.05)
    assert answer["audio"]["name"] == "film-clean.wav"


def test_samples_are_brought_to_another_rate_without_losing_any() -> None:
    pieces = np.array_split(voice(1), 9)
    made = np.concatenate(list(samples.resampled(pieces, 48_000, 16_000, 1)), axis=1)
    assert made.shape == (1, 16_000)
    assert list(samples.resampled([np.zeros(0, np.float32)], 48_000, 16_000, 2)) == []


def test_a_text_is_spoken_sentence_by_sentence() -> None:
    assert sentences("One. Two!\nThree") == ["One.", "Two!", "Three"]
    assert sentences(" \n ") == []
    long = "word, " * 20_000
    rows = sentences(long)
    assert all(0 < len(row) <= LONGEST for row in rows)
    assert "".join(rows).replace(" ", "") == long.replace(" ", "")
    assert max(map(len, sentences("x" * 100_000))) == LONGEST


@pytest.mark.parametrize(("text", "said"), [("...", "Nothing to say."), ("a" * 100_000, "100,000")])
async def test_what_cannot_be_spoken_is_refused(text: str, said: str) -> None:
    error = await failure(FakeContext(), "speak", text=text)
    assert said in error.message or said == "Nothing to say."
    assert error.context["expected"] == "1 to 50,000 characters"


def test_words_become_subtitles_that_can_be_read() -> None:
    words = [
        {"word": word, "start": at * 0.4, "end": at * 0.4 + 0.3, "sure": 1.0}
        for at, word in enumerate(("One two. " + "word " * 40).split())
    ]
    words[-1] |= {"start": 60.0, "end": 60.5}
    cues = cues_of(words)
    assert cues[0] == Cue(0.0, 0.7, "One two.")
    assert cues[-1] == Cue(60.0, 60.5, "word")
    assert all(len(cue.text) <= CUE_CHARACTERS for cue in cues)
    assert " ".join(cue.text for cue in cues).split() == [word["word"] for word in words]
    assert cues_of([]) == []


def test_subtitles_are_written_as_they_are_read() -> None:
    cues = [Cue(0.5, 2.25, "Tom & <Jerry>"), Cue(3_599.9996, 3_661.5, "the end")]
    assert parse(vtt(cues)) == [cues[0], Cue(3_600.0, 3_661.5, "the end")]
    assert srt(cues[1:]) == "1\n01:00:00,000 --> 01:01:01,500\nthe end\n"
    assert vtt([]) == "WEBVTT\n"


async def test_a_language_is_two_letters() -> None:
    context = FakeContext()
    sound = context.keep(clips.sound(1), "audio/wav", "a.wav")
    error = await failure(context, "transcribe", audio=sound, language="English")
    assert error.context["field"] == "language"


@pytest.mark.soak
async def test_what_is_spoken_is_understood(weights: Weights) -> None:
    weights("piper-joe")
    weights("whisper-tiny-en")
    context = FakeContext()
    text = "The quick brown fox jumps over the lazy dog. It rains in the morning."
    spoken = await run(context, "speak", text=text, format="wav")
    fast = await run(context, "speak", text=text, format="mp3", speed=2)
    assert 3 < spoken["audio"]["duration"] < 8
    assert fast["audio"]["duration"] < spoken["audio"]["duration"] * 0.7
    heard = await run(context, "transcribe", audio=spoken["audio"], model="local/whisper-tiny-en")
    assert "quick brown fox jumps over the lazy dog" in heard["text"].lower()
    assert heard["language"] == "en"
    times = [word["start"] for word in heard["words"]]
    assert times == sorted(times) and len(times) > 8
    assert parse(heard["srt"]) == parse(heard["vtt"]) == cues_of(heard["words"])


@pytest.mark.soak
async def test_silence_says_nothing(weights: Weights) -> None:
    weights("whisper-tiny-en")
    context = FakeContext()
    silence = context.keep(clips.sound(3, tone=0), "audio/wav", "a.wav")
    heard = await run(context, "transcribe", audio=silence, model="local/whisper-tiny-en")
    assert (heard["text"], heard["srt"], heard["words"]) == ("", "", [])


# --- what is missing or broken --------------------------------------------------------------------


@pytest.mark.parametrize("type", NEEDED)
async def test_weights_that_are_not_there_are_named_with_their_size(
    type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whether what runs them is installed is another matter.
    rows = tuple(replace(row, library=pack.ONNX) for row in pack.MODELS)
    monkeypatch.setattr(pack, "MODELS", rows)
    pack.by_id.cache_clear()
    context = FakeContext()
    error = await failure(context, type, **NEEDED[type](context))
    pack.by_id.cache_clear()
    assert isinstance(error, WeightsMissing)
    assert "MB) is not on this server yet" in error.message
    assert error.context["field"] == "model"


async def test_a_library_that_is_not_there_is_named_with_what_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gone = replace(pack.SHERPA, module="no_such_library")
    rows = tuple(replace(row, library=gone) for row in pack.MODELS if row.task == "speak")
    monkeypatch.setattr(pack, "MODELS", rows)
    pack.by_id.cache_clear()
    error = await failure(FakeContext(), "speak", text="Hello.")
    pack.by_id.cache_clear()
    assert isinstance(error, LibraryMissing)
    assert "`make run LOCAL=1` installs it" in error.message


@pytest.mark.parametrize("type", ["cutOut", "upscale", "readText", "speak", "transcribe"])
async def test_a_model_that_does_not_exist_is_refused_with_those_that_do(type: str) -> None:
    context = FakeContext()
    given = NEEDED.get(type, NEEDED["upscale"])(context)
    for model in ("local/none", "local/whisper-base" if type != "transcribe" else "local/isnet"):
        error = await failure(context, type, model=model, **given)
        assert error.message == f"There is no such model: {model!r}."
        assert error.context["expected"].startswith("local/")


@pytest.mark.parametrize("body", [b"", b"no model", b"\x08\x09" * 500_000])
async def test_weights_that_are_no_model_are_said_to_be(
    weights: Weights, monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    model = weights("isnet")
    place = store.folder(model)
    (place / "isnet.onnx").unlink()
    (place / "isnet.onnx").write_bytes(body)
    file = replace(model.files[0], digest=store.digest(place / "isnet.onnx", ""), bytes=len(body))
    rows = tuple(replace(row, files=(file,)) if row.id == "isnet" else row for row in pack.MODELS)
    monkeypatch.setattr(pack, "MODELS", rows)
    pack.by_id.cache_clear()
    context = FakeContext()
    error = await failure(context, "cutOut", image=context.sample("cat.png"))
    assert error.message.startswith("The model isnet does not work:")
    assert "fetch it again" in error.context["expected"]


async def test_truncated_weights_are_never_loaded(weights: Weights) -> None:
    model = weights("realesrgan-fast")
    file = store.folder(model) / "realesr-animevideov3-x2.bin"
    body = file.read_bytes()
    file.unlink()
    file.write_bytes(body[: len(body) // 2])
    context = FakeContext()
    image = context.picture(Image.new("RGB", (8, 8)))
    error = await failure(context, "upscale", image=image, model="local/realesrgan-fast")
    assert isinstance(error, WeightsMissing)
    assert "realesr-animevideov3-x2.bin is not the file of its publisher" in error.message


def processes() -> list[int]:
    """List the media processes of this one."""
    found = subprocess.run(
        ["pgrep", "-P", str(os.getpid()), "-f", "workflows.media.processes.main"],
        capture_output=True,
        text=True,
        check=False,
    )
    return [int(line) for line in found.stdout.split()]


def maps_of(pid: int) -> str:
    """Return which files a process has in its memory."""
    return Path(f"/proc/{pid}/maps").read_text(encoding="utf-8")


async def until(condition: Callable[[], object]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


@pytest.fixture
def alone() -> None:
    """End the processes for models that other tests have left."""
    lanes.models().close()


async def test_a_cancelled_upscale_ends_its_process(weights: Weights, alone: None) -> None:
    weights("realesrgan-fast")
    context = FakeContext()
    image = context.picture(Image.linear_gradient("L").resize((3_000, 2_000)).convert("RGB"))
    before = set(processes())
    work = asyncio.ensure_future(
        run(context, "upscale", image=image, model="local/realesrgan-fast")
    )
    await until(lambda: any(text == "Adding detail" for _, text in context.reports))
    mine = [pid for pid in processes() if pid not in before]
    assert mine
    work.cancel()
    with suppress(asyncio.CancelledError):
        await work
    await until(lambda: not set(mine) & set(processes()))


async def test_a_process_that_is_killed_while_it_loads_fails_its_step_alone(
    weights: Weights, alone: None
) -> None:
    weights("realesrgan")
    context = FakeContext()
    image = context.picture(Image.new("RGB", (16, 16)))
    before = set(processes())
    work = asyncio.ensure_future(run(context, "upscale", image=image))
    await until(lambda: any(text == "Loading the model" for _, text in context.reports))
    for pid in set(processes()) - before:
        os.kill(pid, signal.SIGKILL)
    with pytest.raises(MediaCrashed):
        await work
    answer = await run(context, "upscale", image=image)
    assert context.open(answer["image"]).size == (32, 32)


async def test_all_models_run_in_one_process(weights: Weights, alone: None) -> None:
    weights("realesrgan-fast")
    context = FakeContext()
    image = context.picture(Image.new("RGB", (16, 16)))
    before = set(processes())
    for _ in range(2):
        await run(context, "upscale", image=image, model="local/realesrgan-fast")
        await run(context, "readText", image=image)
    maps = [maps_of(pid) for pid in set(processes()) - before]
    assert [("/ncnn/" in text, "/onnxruntime/" in text) for text in maps].count((True, True)) == 1
    assert sum("/ncnn/" in text or "/onnxruntime/" in text for text in maps) == 1


def test_one_model_is_kept_and_makes_room_for_the_next(tmp_path: Path) -> None:
    made: list[str] = []
    gone: list[weakref.ref[object]] = []

    class Model:
        pass

    def load(name: str) -> Model:
        assert all(one() is None for one in gone), "the last one is gone before this one comes"
        made.append(name)
        model = Model()
        gone.append(weakref.ref(model))
        return model

    def ask(name: str) -> None:
        loaded.loaded(name, str(tmp_path), partial(load, name))

    for name in ("a", "a", "b", "b", "a"):
        ask(name)
    assert made == ["a", "b", "a"]
    (tmp_path / "weights.onnx").write_bytes(b"others")
    ask("a")
    assert made == ["a", "b", "a", "a"], "other files are another model"

    def fails() -> Model:
        raise RuntimeError("std::bad_alloc")

    with pytest.raises(MemoryError):
        loaded.loaded("c", str(tmp_path), fails)
    ask("a")
    assert made[-1] == "a" and len(made) == 5


def test_no_model_library_is_loaded_by_the_server() -> None:
    script = (
        "import sys, django; django.setup(); from workflows.nodes import registry; "
        "from workflows.services import local_models; local_models.local_model_list(); "
        "print([n for n in sys.modules if n.partition('.')[0] in "
        "('onnxruntime', 'ncnn', 'rapidocr', 'sherpa_onnx', 'faster_whisper', 'ctranslate2')])"
    )
    python = Path(".venv/bin/python").absolute()
    said = subprocess.run(
        [python, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "canvas.settings"},
    )
    assert said.stdout == "[]\n"


@pytest.mark.parametrize(
    ("query", "type"),
    [
        ("rembg", "cutOut"),
        ("ocr", "readText"),
        ("tts", "speak"),
        ("speech to text", "transcribe"),
        ("super resolution", "upscale"),
        ("noise reduction", "denoiseSpeech"),
    ],
)
def test_the_words_people_type_are_aliases(query: str, type: str) -> None:
    assert query in registry.node_types()[type].aliases
