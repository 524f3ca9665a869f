"""Google's videos and music, and what Hugging Face runs itself, from a key to a result."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.api.client import a_node
from tests.browser.server import Server
from tests.models.site import User, output_of
from tests.models.stand_in import Others, stand_in
from tests.models.test_queues import fields_of
from tests.waiting import wait_until

OMNI = "google/gemini-omni-1.2-flash"
INTERACTIONS = "/v1beta/interactions"


@pytest.fixture(scope="module")
def far(files: dict[str, Path]) -> Iterator[Others]:
    """What stands for them."""
    with stand_in(files) as server:
        yield server


@pytest.fixture(scope="module")
def near(tmp_path_factory: pytest.TempPathFactory, far: Others) -> Iterator[User]:
    """Somebody with a key of all."""
    bases = {"google": "", "elevenlabs": "", "huggingface": "/v1", "openai": "/v1"}
    origins = ",".join(f"{name}={far.url}{path}" for name, path in bases.items())
    server = Server(tmp_path_factory.mktemp("near"), model_origins=origins)
    server.start()
    try:
        user = User(server)
        for name in bases:
            user.connect(name)
        yield user
    finally:
        server.stop()


def test_a_video_of_google_is_asked_for_in_the_background_and_fetched_with_the_key(
    near: User, far: Others, files: dict[str, Path]
) -> None:
    first = near.upload(files["image"], "image/png")
    given: dict[str, Any] = {"seconds": 8, "ratio": "9:16", "resolution": "720p", "first": first}
    run = near.run("generateVideo", prompt="a fox runs", model=OMNI, **given)
    video = output_of(run)["video"]
    assert video["content_type"] == "video/mp4"
    sent = far.bodies(INTERACTIONS)[-1]
    assert sent["model"] == "gemini-omni-1.2-flash"
    form = {"type": "video", "aspect_ratio": "9:16", "duration": "8s", "resolution": "720p"}
    assert sent["response_format"] == {**form, "delivery": "uri"}
    assert sent["generation_config"] == {"video_config": {"task": "image_to_video"}}
    assert [row["type"] for row in sent["input"]] == ["image", "text"]


def test_a_video_of_google_outlives_the_server_and_is_asked_for_once(
    near: User, far: Others
) -> None:
    count, far.ends = len(far.bodies(INTERACTIONS)), "never"
    nodes = [a_node("it", "generateVideo", prompt="a fox", model=OMNI)]
    made = near.call("POST", "/api/workflows", {"name": "Killed", "nodes": nodes, "edges": []})
    body = {"inputs": {}, "only": ["it"]}
    run = near.call("POST", f"/api/workflows/{made['slug']}/run?async=true", body)
    wait_until(lambda: far.looked.get(f"v1_{count + 1}", 0) >= 2, 60)
    near.server.kill()
    far.ends = "completed"
    near.server.start()
    assert output_of(near.ended(run["executionId"]))["video"]["content_type"] == "video/mp4"
    assert len(far.bodies(INTERACTIONS)) == count + 1


def test_a_video_that_google_refuses_is_refused_in_its_words(near: User, far: Others) -> None:
    far.ends = "failed"
    try:
        run = near.run("generateVideo", prompt="a fox", model=OMNI)
    finally:
        far.ends = "completed"
    assert "The prompt was blocked." in run["error"]["message"]


def test_a_ratio_that_google_makes_no_video_of_is_refused_before_it_is_asked(
    near: User, far: Others
) -> None:
    count = len(far.asked)
    run = near.run("generateVideo", prompt="a fox", model=OMNI, ratio="1:1")
    assert run["error"]["body"]["field"] == "ratio"
    assert len(far.asked) == count


def test_music_of_google_is_kept_nowhere_but_here(near: User, far: Others) -> None:
    run = near.run("generateAudio", prompt="a waltz", model="google/lyria-3.5", kind="music")
    assert output_of(run)["audio"]["content_type"].startswith("audio/")
    assert far.bodies(INTERACTIONS)[-1]["store"] is False


def test_google_lists_its_models_of_video_and_music(near: User) -> None:
    for task, name in (("video", OMNI), ("sound", "google/lyria-3.5")):
        found = near.call("GET", f"/api/tasks/{task}/models")
        assert name in {row["id"] for row in found["models"] if row["state"] == "ready"}


def test_hugging_face_makes_an_image_with_the_fields_it_takes(near: User, far: Others) -> None:
    model = "huggingface/ruth/text-to-image"
    inputs = fields_of(near, "image", model)
    assert [row["name"] for row in inputs] == ["num_inference_steps", "guidance_scale"]
    given: dict[str, Any] = {"inputs": inputs, "num_inference_steps": 20, "count": 2, "seed": 5}
    run = near.run("generateImage", prompt="a fox", model=model, ratio="16:9", **given)
    assert len(output_of(run)["images"]) == 2
    sent = far.bodies("/hf-inference/models/ruth/text-to-image")
    size = {"width": 1024, "height": 576}
    assert [row["parameters"] for row in sent[-2:]] == [
        {**size, "num_inference_steps": 20, "seed": 5},
        {**size, "num_inference_steps": 20, "seed": 6},
    ]


def test_hugging_face_edits_speaks_transcribes_and_embeds(
    near: User, files: dict[str, Path]
) -> None:
    image = near.upload(files["image"], "image/png")
    model = "huggingface/ruth/image-to-image"
    edited = near.run("editImage", image=image, prompt="a hat", model=model)
    assert output_of(edited)["image"]["width"] == 64
    spoken = near.run("speak", text="hello", model="huggingface/ruth/text-to-speech", format="wav")
    audio = output_of(spoken)["audio"]
    assert audio["content_type"].startswith("audio/")
    model = "huggingface/ruth/automatic-speech-recognition"
    written = near.run("transcribe", audio=audio, model=model)
    assert output_of(written)["text"] == "hello"
    vectors = near.run("embedText", texts=["a", "b"], model="huggingface/ruth/feature-extraction")
    assert output_of(vectors)["vectors"] == [[0.25, 0.5], [0.25, 0.5]]


def test_hugging_face_lists_what_its_own_servers_have(near: User) -> None:
    found = near.call("GET", "/api/tasks/transcribe/models")
    ready = {row["id"] for row in found["models"] if row["state"] == "ready"}
    assert "huggingface/ruth/automatic-speech-recognition" in ready
    assert near.call("POST", "/api/providers/huggingface/test", {})["ok"] is True


def test_a_name_of_hugging_face_leads_nowhere_else(near: User, far: Others) -> None:
    count = len(far.asked)
    run = near.run("generateImage", prompt="a fox", model="huggingface/../../v1beta/x")
    assert "no model of Hugging Face" in run["error"]["message"]
    assert len(far.asked) == count


def test_the_fields_that_a_provider_documents_are_sent(near: User, far: Others) -> None:
    inputs = fields_of(near, "image", "openai/gpt-image-2")
    assert [row["name"] for row in inputs] == ["quality", "output_format", "moderation"]
    given: dict[str, Any] = {"inputs": inputs, "quality": "low", "prompt": "a fox"}
    output_of(near.run("generateImage", model="openai/gpt-image-2", **given))
    assert far.bodies("/v1/images/generations")[-1]["quality"] == "low"

    inputs = fields_of(near, "speak", "elevenlabs/eleven_v3")
    given = {"inputs": inputs, "stability": 0.25, "seed": 7, "text": "hello"}
    output_of(near.run("speak", model="elevenlabs/eleven_v3", **given))
    path, sent = far.asked[-1]
    assert path.startswith("/v1/text-to-speech/")
    assert (sent["voice_settings"], sent["seed"]) == ({"stability": 0.25}, 7)

    inputs = fields_of(near, "sound", "elevenlabs/music_v2_5")
    given = {"inputs": inputs, "force_instrumental": True, "loop": True, "prompt": "a waltz"}
    output_of(near.run("generateAudio", model="elevenlabs/music_v2_5", kind="music", **given))
    path, sent = far.asked[-1]
    assert path == "/v1/music"
    assert sent["force_instrumental"] is True
    assert "loop" not in sent
