"""Models of queues: fal, for which a second Patchbay stands, and Replicate."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.api.client import a_node, an_edge
from tests.browser.server import Server
from tests.clients.far import Place, folder
from tests.models.replicate import Predictions, predictions
from tests.models.site import Refused, User, output_of, step_of
from tests.waiting import wait_until

#: Makes an image of a text, as an endpoint of fal does.
PAINT: dict[str, Any] = {
    "nodes": [
        a_node(
            "ask",
            "requestInput",
            fields=[
                {"name": "prompt", "type": "text", "required": True},
                {"name": "image_url", "type": "image"},
                {"name": "seed", "type": "number"},
            ],
            values={},
        ),
        a_node("draw", "drawText", width=80, height=60),
        a_node("end", "responseOutput"),
    ],
    "edges": [an_edge("ask", "draw", "prompt", "text"), an_edge("draw", "end", "image", "result")],
}

#: Makes a video of an image and a text, as an endpoint of fal does.
LIVE = {
    "nodes": [
        a_node(
            "ask",
            "requestInput",
            fields=[
                {"name": "prompt", "type": "text", "required": True},
                {"name": "image_url", "type": "image", "required": True},
            ],
            values={},
        ),
        a_node("film", "framesToVideo", seconds=0.5),
        a_node("end", "responseOutput"),
    ],
    "edges": [
        an_edge("ask", "film", "image_url", "images"),
        an_edge("film", "end", "video", "result"),
    ],
}


@pytest.fixture(scope="module")
def far(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The server that stands for fal."""
    server = Server(folder(tmp_path_factory.mktemp("far"), "far"))
    server.start()
    try:
        place = Place(server, "ruth")
        place.workflow("paint", PAINT)
        yield place
    finally:
        server.stop()


@pytest.fixture(scope="module")
def replicate(files: dict[str, Path]) -> Iterator[Predictions]:
    """What stands for Replicate."""
    with predictions(files["image"].read_bytes()) as server:
        yield server


@pytest.fixture(scope="module")
def near(
    tmp_path_factory: pytest.TempPathFactory, far: Place, replicate: Predictions
) -> Iterator[User]:
    """Somebody with a key of both."""
    server = Server(
        tmp_path_factory.mktemp("near"),
        fetch_allow=f"{far.server.url},{replicate.url}",
        fal_origin=far.server.url,
        model_origins=f"replicate={replicate.url}",
    )
    server.start()
    try:
        user = User(server)
        user.connect("fal", far.key)
        user.connect("replicate")
        yield user
    finally:
        server.stop()


def test_an_endpoint_of_fal_makes_an_image(near: User, far: Place) -> None:
    run = near.run("generateImage", prompt="a fox", model="fal/workflows/ruth/paint", seed=3)
    outputs = output_of(run)
    assert (outputs["image"]["width"], outputs["image"]["height"]) == (80, 60)
    # Another Patchbay's price is in credits, which is no money.
    assert step_of(run)["money"] == {"usd": None, "calls": 1, "unknownCalls": 1}
    assert outputs["image"]["url"].startswith(f"{near.server.url}/media/")
    asked = far.runs()[0]
    assert asked["status"] == "completed"


def test_an_endpoint_of_fal_takes_an_image_as_its_schema_says(
    near: User, files: dict[str, Path]
) -> None:
    image = near.upload(files["image"], "image/png")
    run = near.run("editImage", image=image, prompt="a hat", model="fal/workflows/ruth/paint")
    assert output_of(run)["image"]["width"] == 80


def test_an_endpoint_that_fal_has_not_is_named(near: User) -> None:
    run = near.run("generateImage", prompt="a fox", model="fal/workflows/ruth/none")
    assert run["error"]["code"] in ("MODEL_FAILED", "MODEL_GONE"), run["error"]
    assert "workflows/ruth/none" in str(run["error"])


def test_a_key_of_fal_is_tried_out(near: User) -> None:
    assert near.call("POST", "/api/providers/fal/test", {})["ok"] is True


def test_a_prediction_is_asked_for_in_the_models_own_words(
    near: User, replicate: Predictions
) -> None:
    run = near.run(
        "generateImage",
        prompt="a fox",
        model="replicate/ruth/paint",
        ratio="16:9",
        seed=7,
        count=2,
    )
    assert output_of(run)["image"]["width"] == 64
    wanted = {"prompt": "a fox", "aspect_ratio": "16:9", "num_outputs": 2, "seed": 7}
    assert replicate.made[-1] == {"input": wanted, "version": "a" * 64}


def test_a_ratio_that_the_model_has_not_is_left_to_it(near: User, replicate: Predictions) -> None:
    near.run("generateImage", prompt="a fox", model="replicate/ruth/paint", ratio="3:4")
    assert "aspect_ratio" not in replicate.made[-1]["input"]


def test_a_prediction_that_fails_says_why(near: User, replicate: Predictions) -> None:
    replicate.ends = "failed"
    try:
        run = near.run("generateImage", prompt="a fox", model="replicate/ruth/paint")
    finally:
        replicate.ends = "succeeded"
    assert "NSFW content detected" in run["error"]["message"]


def test_a_prediction_outlives_the_server_and_is_made_once(
    near: User, replicate: Predictions
) -> None:
    count, replicate.ends = len(replicate.made), "never"
    nodes = [a_node("it", "generateImage", prompt="a fox", model="replicate/ruth/paint")]
    made = near.call("POST", "/api/workflows", {"name": "Killed", "nodes": nodes, "edges": []})
    body = {"inputs": {}, "only": ["it"]}
    run = near.call("POST", f"/api/workflows/{made['slug']}/run?async=true", body)
    id = f"p{count + 1}"
    wait_until(lambda: replicate.looked.get(id, 0) >= 2, 60)
    near.server.kill()
    replicate.ends = "succeeded"
    near.server.start()
    assert output_of(near.ended(run["executionId"]))["image"]["width"] == 64
    assert len(replicate.made) == count + 1
    entries = near.call("GET", "/api/account/usage?days=1")["entries"]
    mine = [row for row in entries if row["executionId"] == run["executionId"]]
    assert [(row["kind"], row["usd"], row["usage"]) for row in mine] == [
        ("usage", None, None),
        ("call", None, {"seconds": 1.5}),
    ]


def test_a_cancelled_run_cancels_its_prediction(near: User, replicate: Predictions) -> None:
    count, replicate.ends = len(replicate.made), "never"
    nodes = [a_node("it", "generateImage", prompt="a fox", model="replicate/ruth/paint")]
    made = near.call("POST", "/api/workflows", {"name": "Cancelled", "nodes": nodes, "edges": []})
    body = {"inputs": {}, "only": ["it"]}
    run = near.call("POST", f"/api/workflows/{made['slug']}/run?async=true", body)
    id = f"p{count + 1}"
    wait_until(lambda: id in replicate.looked, 60)
    near.call("POST", f"/api/executions/{run['executionId']}/cancel", {})
    wait_until(lambda: id in replicate.cancelled, 60)
    replicate.ends = "succeeded"


def fields_of(user: User, task: str, model: str) -> list[dict[str, Any]]:
    """The rows that the canvas writes into a node whose model is chosen."""
    found = user.call("GET", f"/api/tasks/{task}/fields?model={model}")
    return list(found["inputs"])


def test_the_fields_of_a_model_come_from_the_schema_it_publishes(near: User) -> None:
    rows = fields_of(near, "image", "replicate/ruth/paint")
    assert [(row["name"], row["type"]) for row in rows] == [
        ("image", "image"),
        ("steps", "slider"),
        ("strength", "slider"),
    ]
    assert rows[1] | {"min": 1, "max": 50, "step": 1, "default": 28} == rows[1]
    assert rows[2]["help"] == "How much."


def test_a_models_own_fields_are_sent_and_those_of_another_are_not(
    near: User, replicate: Predictions
) -> None:
    model = "replicate/ruth/paint"
    inputs = [*fields_of(near, "image", model), {"name": "guidance", "type": "number"}]
    given = {"inputs": inputs, "strength": 0.25, "guidance": 3, "parked": {"loras": "[]"}}
    output_of(near.run("generateImage", prompt="a fox", model=model, **given))
    sent = replicate.made[-1]["input"]
    assert (sent["steps"], sent["strength"]) == (28, 0.25)
    assert not {"guidance", "loras", "parked"} & set(sent)


def test_an_image_that_a_model_of_text_to_image_takes_too_is_a_port_of_the_node(
    near: User, replicate: Predictions, files: dict[str, Path]
) -> None:
    model = "replicate/ruth/paint"
    inputs = fields_of(near, "image", model)
    photo = near.upload(files["image"], "image/png")
    output_of(near.run("generateImage", prompt="a fox", model=model, inputs=inputs, image=photo))
    assert str(replicate.made[-1]["input"]["image"]).startswith("data:image/")
    edited = [row["name"] for row in fields_of(near, "edit", model)]
    assert "image" not in edited


def test_a_field_out_of_its_limits_is_refused_before_anything_is_paid(
    near: User, replicate: Predictions
) -> None:
    count, model = len(replicate.made), "replicate/ruth/paint"
    inputs = fields_of(near, "image", model)
    with pytest.raises(Refused) as refused:
        run = near.run("generateImage", prompt="a fox", model=model, inputs=inputs, steps=51)
        raise Refused(422, run["error"])
    assert "steps" in str(refused.value.body)
    assert len(replicate.made) == count


def test_any_model_has_the_models_own_fields_alone_and_returns_everything_it_has_made(
    near: User, replicate: Predictions, files: dict[str, Path]
) -> None:
    model = "replicate/ruth/paint"
    inputs = fields_of(near, "any", model)
    assert inputs[0] | {"name": "prompt", "required": True} == inputs[0]
    assert {"image", "aspect_ratio", "seed"} <= {row["name"] for row in inputs}
    image = near.upload(files["image"], "image/png")
    given = {"inputs": inputs, "prompt": "a hat", "image": image, "aspect_ratio": "16:9"}
    outputs = output_of(near.run("anyModel", model=model, **given))
    sent = replicate.made[-1]["input"]
    assert sent["image"].startswith("data:image/")
    assert sent["aspect_ratio"] == "16:9"
    assert outputs["image"]["width"] == 64
    assert outputs["json"] == [outputs["image"]]
    assert outputs["file"] == outputs["image"]
    assert outputs["video"] is None


def test_any_model_lists_what_fits_no_task(near: User) -> None:
    choices = near.call("GET", "/api/tasks/any/models")
    assert choices["problems"] == []
    assert "replicate/ruth/paint" in {row["id"] for row in choices["models"]}
    assert "fal/workflows/ruth/paint" in {row["id"] for row in choices["models"]}


def test_any_model_runs_an_endpoint_of_fal(near: User) -> None:
    model = "fal/workflows/ruth/paint"
    inputs = fields_of(near, "any", model)
    outputs = output_of(near.run("anyModel", model=model, inputs=inputs, prompt="a fox"))
    assert outputs["image"]["width"] == 80


def test_a_photo_comes_to_life_at_an_endpoint_of_fal(near: User, far: Place) -> None:
    far.workflow("live", LIVE)
    copy = near.call("POST", "/api/workflows/bring-a-photo-to-life/duplicate", {})
    path = f"/api/workflows/{copy['slug']}"
    document = near.call("GET", path)
    model = next(one["data"] for one in document["nodes"] if one["type"] == "generateVideo")
    assert model["model"].startswith("fal/fal-ai/"), "an endpoint that only fal has"
    model["model"] = "fal/workflows/ruth/live"
    near.call("PUT", path, document)
    run = near.ended(near.call("POST", f"{path}/run?async=true", {"inputs": {}})["executionId"])
    assert run["status"] == "completed", run["error"]
    (video,), (gif,) = run["result"]["videos"], run["result"]["images"]
    assert (video["width"], video["height"]) == (1280, 720), "the photo was cropped to 16:9"
    assert gif["content_type"] == "image/gif"
