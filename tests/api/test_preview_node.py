"""A node tried out before it runs: a small image, nothing stored, and only what is one's own."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from PIL import Image

from tests.api.client import Caller
from workflows.media import images, storage
from workflows.models import Asset, Run, User


@pytest.fixture
def photo(alice: User) -> dict[str, Any]:
    noise = Image.effect_noise((2000, 1500), 90).convert("RGB")
    return storage.reference(storage.asset_create(alice, images.encode(noise), "noise.png"))


def shown(answer: Any) -> Image.Image:
    assert answer.status_code == 200, answer.content
    head, _, body = answer.json()["url"].partition(",")
    assert head == "data:image/webp;base64"
    return Image.open(io.BytesIO(base64.b64decode(body)))


def test_a_change_shows_at_preview_size_and_stores_nothing(
    hers: Caller, photo: dict[str, Any]
) -> None:
    before = Asset.objects.count()
    sent = {"type": "blurImage", "data": {"radius": 40}, "inputs": {"image": photo}}
    soft = shown(hers.post("/api/nodes/preview", sent))
    sharp = shown(hers.post("/api/nodes/preview", {**sent, "data": {"radius": 0}}))
    assert soft.size == sharp.size == (640, 480)
    # Noise that is blurred is nearly gray.
    assert spread(soft) < 20 < spread(sharp)
    assert Asset.objects.count() == before
    assert not Run.objects.exists()


def spread(image: Image.Image) -> int:
    extrema: Any = image.convert("L").getextrema()
    low, high = extrema
    return int(high) - int(low)


def test_lengths_are_brought_to_the_size_of_the_preview(
    hers: Caller, photo: dict[str, Any]
) -> None:
    sent = {
        "type": "padImage",
        "data": {"top": 0, "right": 0, "bottom": 0, "left": 1000},
        "inputs": {"image": photo},
    }
    image = shown(hers.post("/api/nodes/preview", sent))
    assert image.width / image.height == pytest.approx(3000 / 1500, rel=0.02)


def test_a_node_without_inputs_is_shown_small(hers: Caller) -> None:
    sent = {"type": "gradient", "data": {"width": 4000, "height": 2000}}
    assert shown(hers.post("/api/nodes/preview", sent)).size == (640, 320)


@pytest.mark.parametrize("type", ["httpRequest", "trimVideo", "textBox", "nothing", "falApp"])
def test_other_nodes_have_no_preview(hers: Caller, type: str) -> None:
    answer = hers.post("/api/nodes/preview", {"type": type, "data": {}})
    assert (answer.status_code, answer.json()["field"]) == (400, "type")


def test_the_files_of_others_are_not_there(his: Caller, photo: dict[str, Any]) -> None:
    sent = {"type": "blurImage", "data": {}, "inputs": {"image": photo}}
    answer = his.post("/api/nodes/preview", sent)
    assert answer.status_code == 422
    assert answer.json()["field"] == "image"


def test_what_a_node_lacks_is_said_as_before_a_run(hers: Caller) -> None:
    answer = hers.post("/api/nodes/preview", {"type": "blurImage", "data": {}})
    assert answer.status_code == 400
    assert answer.json()["issues"][0]["field"] == "image"
