"""Templates that need a key or a runner run as they are shipped, at what stands in for those."""

from __future__ import annotations

from typing import Any

import pytest

from tests.clients.fake_comfyui import serve
from tests.models.site import User


@pytest.fixture(scope="module")
def keys(user: User) -> None:
    """Have a key of every provider that these templates name."""
    for provider in ("openai", "anthropic", "elevenlabs"):
        user.connect(provider)


def result_of(user: User, template: str, inputs: dict[str, Any] | None = None) -> Any:
    """Copy a template, run the copy, and return its result."""
    copy = user.call("POST", f"/api/workflows/{template}/duplicate", {})
    path = f"/api/workflows/{copy['slug']}/run?async=true"
    run = user.ended(user.call("POST", path, {"inputs": inputs or {}})["executionId"])
    assert run["status"] == "completed", run["error"]
    return run["result"]


def test_every_image_gets_an_alt_text(user: User, keys: None) -> None:
    result = result_of(user, "alt-texts")
    assert len(result["alt texts"]) == 4
    assert result["to paste"].count("\n\n") == 3
    assert len(result["overview"]) == 1


def test_every_scene_of_a_script_gets_a_frame(user: User, keys: None) -> None:
    result = result_of(user, "storyboard-from-a-script", {"style": "ink"})
    assert (len(result["frames"]), len(result["shots"]), len(result["board"])) == (4, 4, 1)


def test_a_photo_becomes_a_listing(user: User, keys: None) -> None:
    assert len(result_of(user, "listing-from-a-photo", {"language": "Deutsch"})["text"]) > 5


def test_one_news_becomes_three_texts(user: User, keys: None) -> None:
    assert set(result_of(user, "one-news-three-channels")) == {
        "linkedin",
        "instagram",
        "newsletter",
    }


def test_a_product_comes_into_a_new_scene(user: User, keys: None) -> None:
    (image,) = result_of(user, "product-in-a-new-scene")["images"]
    assert (image["width"], image["height"]) == (1200, 800)


def test_a_script_is_spoken_over_music(user: User, keys: None) -> None:
    (audio,) = result_of(user, "voice-over", {"voice": "nova"})["audios"]
    assert audio["duration"] == pytest.approx(1, abs=0.2), "as long as what is said"


def test_every_effect_of_a_list_is_made(user: User, keys: None) -> None:
    result = result_of(user, "audio-effects")
    assert (len(result["effects"]), len(result["reel"])) == (3, 1)


def test_a_runner_paints_a_postcard(user: User) -> None:
    copy = user.call("POST", "/api/workflows/postcard-from-comfyui/duplicate", {})
    path = f"/api/workflows/{copy['slug']}"
    document = user.call("GET", path)
    paint = next(one["data"] for one in document["nodes"] if one["type"] == "comfyWorkflow")
    # The server of the tests has no checkpoint: one node paints instead of six.
    paint["graph"] = {
        "3": {
            "class_type": "TestSampler",
            "inputs": {"text": "", "seed": 1, "steps": 2, "sampler": "euler", "scale": 2.0}
            | {"tile": False},
        },
        "9": {"class_type": "SaveImage", "inputs": {"images": ["3", 0], "filename_prefix": "it"}},
    }
    prompt = next(row for row in paint["inputs"] if row["name"] == "prompt")
    prompt["target"]["node"] = "3"
    user.call("PUT", path, document)
    with serve("new") as comfy:
        runner = {"name": "painter", "endpoint": comfy.url, "headers": {}, "tags": []}
        made = user.call("POST", "/api/runners", runner)
        body = {"inputs": {"prompt": "a fox", "greeting": "From the edge", "seed": 11}}
        run = user.ended(user.call("POST", f"{path}/run?async=true", body)["executionId"])
        user.call("DELETE", f"/api/runners/{made['id']}?force=true")
    assert run["status"] == "completed", run["error"]
    (card,) = run["result"]["images"]
    assert (card["width"], card["height"]) == (1380, 960), "1260 by 840, and an edge of 60"
    ((_, _, graph, *_),) = [row["prompt"] for row in comfy.comfy.history.values()]
    assert (graph["3"]["inputs"]["text"], graph["3"]["inputs"]["seed"]) == ("a fox", 11)
