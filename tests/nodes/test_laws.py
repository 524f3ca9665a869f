"""The laws of node types: same inputs, same output; and nothing given is ever changed."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from PIL import Image, ImageDraw

from tests import clips
from tests.weights.here import Weights, weights
from workflows.errors import NodeError
from workflows.graph.ports import Input
from workflows.nodes import registry

from .context import FakeContext, run

__all__ = ["weights"]


def _photo(context: FakeContext) -> dict:
    picture = Image.linear_gradient("L").resize((96, 72)).convert("RGB")
    ImageDraw.Draw(picture).ellipse((24, 12, 72, 60), fill="#e0b030")
    return context.picture(picture, "photo.png")


def _cut(context: FakeContext) -> dict:
    picture = Image.new("RGBA", (60, 60), (0, 0, 0, 0))
    ImageDraw.Draw(picture).ellipse((10, 10, 50, 50), fill=(200, 30, 30, 255))
    return context.picture(picture, "cut.png")


# Made once: in a process that has done much else, an encoder may make another file of the same.
_video, _sound = cache(clips.video), cache(clips.sound)


def _film(context: FakeContext, seconds: float = 1) -> dict:
    return context.keep(_video(seconds, colours=((200, 30, 30),)), "video/mp4", "film.mp4")


def _song(context: FakeContext) -> dict:
    return context.keep(_sound(1), "audio/wav", "song.wav")


def _gif(context: FakeContext) -> dict:
    return context.keep(_video(0.5, form="gif"), "image/gif", "moving.gif")


CASES: dict[str, Callable[[FakeContext], dict[str, Any]]] = {
    "upload": lambda c: {"asset": _photo(c)},
    "textBox": lambda c: {"text": "x"},
    "template": lambda c: {"text": "x {{ y"},
    "joinText": lambda c: {"texts": ["a", "b"]},
    "list": lambda c: {"items": [{"a": [1]}, 2], "excluded": [1]},
    "gradient": lambda c: {
        "width": 64,
        "height": 48,
        "stops": [{"color": "#123456", "place": 20}, {"color": "#ffffff00", "place": 60}],
    },
    "pattern": lambda c: {"kind": "clouds", "width": 64, "height": 48},
    "drawText": lambda c: {"text": "Hello", "image": _photo(c), "shadow": 30, "stroke": 4},
    "resizeImage": lambda c: {"image": _photo(c), "width": 40, "height": 40},
    "cropImage": lambda c: {"image": _photo(c)},
    "padImage": lambda c: {"image": _photo(c), "fill": "blur"},
    "rotateImage": lambda c: {"image": _photo(c), "angle": 30},
    "adjustImage": lambda c: {"image": _photo(c), "contrast": 30, "saturation": -20},
    "curvesImage": lambda c: {"image": _photo(c), "curves": {"all": [[0, 30], [255, 200]]}},
    "blurImage": lambda c: {"image": _cut(c), "radius": 5},
    "blendImages": lambda c: {"base": _photo(c), "top": _cut(c), "mode": "overlay"},
    "maskFromImage": lambda c: {"image": _photo(c), "source": "colour", "color": "#e0b030"},
    "applyMask": lambda c: {"image": _photo(c), "mask": _photo(c), "mode": "fill"},
    "cutOut": lambda c: {"image": _photo(c)},
    "upscale": lambda c: {"image": _photo(c), "model": "local/realesrgan-fast"},
    "readText": lambda c: {"image": _photo(c)},
    "findFaces": lambda c: {"image": _photo(c)},
    "outline": lambda c: {"image": _cut(c), "shadow": 50},
    "editMask": lambda c: {"mask": _photo(c), "threshold": 50, "grow": -3, "feather": 2},
    "edges": lambda c: {"image": _photo(c)},
    "contactSheet": lambda c: {"images": [_photo(c), _cut(c)], "labels": "names"},
    "convertImage": lambda c: {"image": _photo(c), "format": "JPEG", "targetSize": 2},
    "uploadVideo": lambda c: {"asset": _film(c)},
    "uploadAudio": lambda c: {"asset": _song(c)},
    "extractFrame": lambda c: {"video": _film(c), "which": "last"},
    "extractFrames": lambda c: {"video": _film(c), "count": 2},
    "trimVideo": lambda c: {"video": _film(c), "start": 0.2, "end": 0.6},
    "resizeVideo": lambda c: {"video": _film(c), "width": 48, "height": 48, "mode": "pad"},
    "mergeVideos": lambda c: {"videos": [_film(c), _film(c, 0.5)]},
    "framesToVideo": lambda c: {"images": [_photo(c), _cut(c)], "audio": _song(c), "fade": 0.1},
    "subtitles": lambda c: {"video": _film(c), "text": "00:00.100 --> 00:00.900\nHello"},
    "speedVideo": lambda c: {"video": _film(c), "speed": 3},
    "reverseVideo": lambda c: {"video": _film(c), "boomerang": True},
    "overlayVideo": lambda c: {"video": _film(c), "picture": _gif(c), "opacity": 60},
    "blendVideos": lambda c: {"bottom": _film(c), "top": _film(c), "mode": "multiply"},
    "mergeAudioVideo": lambda c: {"video": _film(c), "audio": _song(c), "mode": "mix"},
    "gifToVideo": lambda c: {"image": _gif(c), "repeat": 2},
    "videoToGif": lambda c: {"video": _film(c), "fps": 5},
    "mediaInfo": lambda c: {"media": _film(c)},
    "extractAudio": lambda c: {"video": _film(c), "format": "m4a"},
    "trimAudio": lambda c: {"audio": _song(c), "fadeIn": 0.2, "fadeOut": 0.2},
    "mergeAudio": lambda c: {"audios": [_song(c), _song(c)], "gap": 0.2},
    "mixAudio": lambda c: {"audios": [_song(c), _song(c)], "weights": [1, 0.1]},
    "denoiseSpeech": lambda c: {"audio": _song(c)},
    "transcribe": lambda c: {"audio": _song(c), "model": "local/whisper-tiny-en"},
    "splitAudio": lambda c: {"audio": _song(c), "times": [0.4]},
    "requestInput": lambda c: {},
    "falOutput": lambda c: {"fields": {"a": [1]}},
    "responseOutput": lambda c: {"result": [{"a": 1}]},
    "preview": lambda c: {"value": [[1], 2]},
}


#: What a type needs of the local models; those of speech are tried by `make soak`.
MODELS = {"findFaces": "yunet", "upscale": "realesrgan-fast", "transcribe": "whisper-tiny-en"}
EACH = [
    pytest.param(type, marks=pytest.mark.soak) if type == "transcribe" else type for type in CASES
]


def test_every_deterministic_type_is_tried() -> None:
    types = registry.node_types()
    builtin = {
        name
        for name, type in types.items()
        if type.deterministic
        and type.runs
        and registry._registered[name].function.__module__.startswith("workflows.nodes.")
        and ".providers." not in registry._registered[name].function.__module__
    }
    assert builtin <= set(CASES)


@pytest.mark.parametrize("type", EACH)
async def test_the_same_inputs_give_the_same_bytes(type: str, weights: Weights) -> None:
    if type in MODELS:
        weights(MODELS[type])
    answers = []
    for _ in range(2):
        context = FakeContext({"fields": [{"name": "a", "type": "text", "default": "b"}]})
        answers.append(await run(context, type, **CASES[type](context)))
    assert answers[0] == answers[1], "references carry the hash of their bytes"
    assert answers[0]


@pytest.mark.parametrize("type", EACH)
async def test_nothing_given_is_changed(type: str, weights: Weights) -> None:
    if type in MODELS:
        weights(MODELS[type])
    context = FakeContext({"fields": [{"name": "a", "type": "text", "default": "b"}]})
    values = CASES[type](context)
    before = copy.deepcopy((values, context.data, context.inputs, context.assets))
    await run(context, type, **values)
    assert values == before[0]
    assert (context.data, context.inputs) == before[1:3]
    assert {name: context.assets[name] for name in before[3]} == before[3]


@pytest.mark.parametrize("type", EACH)
async def test_what_a_node_answers_is_what_it_declares(type: str, weights: Weights) -> None:
    if type in MODELS:
        weights(MODELS[type])
    context = FakeContext({"fields": [{"name": "a", "type": "text", "default": "b"}]})
    answer = await run(context, type, **CASES[type](context))
    node_type = registry.node_types()[type]
    declared = {output.name for output in node_type.outputs}
    if node_type.sink and not declared:
        assert set(answer) == {port.name for port in node_type.inputs}
    else:
        assert declared <= set(answer)


#: Each field that is not always shown, under each value of another field that hides it.
HIDDEN = [
    pytest.param(node_type.type, port, by, option, id=f"{node_type.type}-{port.name}-{option}")
    for node_type in registry.node_types().values()
    for port in node_type.inputs
    for by, values in port.shown_when.items()
    for option in next(one.options for one in node_type.inputs if one.name == by)
    if option not in values and node_type.type in CASES and port.widget != "model"
]


def _other(port: Input) -> object:
    """Make a value that a field can have besides its default."""
    if port.options:
        return next(option for option in port.options if option != port.default)
    if port.type == "boolean":
        return not port.default
    if port.type == "number":
        return port.max if port.default != port.max else port.min
    return "#12ab34" if port.type == "color" else "3:2"


async def _outcome(type: str, changes: dict[str, object]) -> object:
    context = FakeContext()
    try:
        return await run(context, type, **{**CASES[type](context), **changes})
    except NodeError as error:
        return error.message


@pytest.mark.parametrize(("type", "port", "by", "option"), HIDDEN)
async def test_what_a_field_holds_that_is_not_shown_changes_nothing(
    type: str, port: Input, by: str, option: str
) -> None:
    without = await _outcome(type, {by: option})
    assert await _outcome(type, {by: option, port.name: _other(port)}) == without


def test_fields_are_hidden_where_modes_do_without_them() -> None:
    """The law above holds for what is declared; that something is declared is said here."""
    assert {param.values[0] for param in HIDDEN} >= {"cropImage", "applyMask", "resizeImage"}
