"""What the list says of templates: category, kinds, needs and time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.api.client import Caller, a_node, an_edge
from workflows.models import Run, RunStatus, Snapshot, User, Workflow
from workflows.services.library.templates import templates_install

pytestmark = pytest.mark.django_db


def published(caller: Caller, nodes: list[Any], edges: list[Any] | None = None, **more: Any) -> Any:
    """Publish a template and return what the list says of it to its owner."""
    made = caller.create("Mine", nodes=nodes, edges=edges or [], isTemplate=True, **more)
    return row_of(caller, made["slug"])


def row_of(caller: Caller, slug: str) -> Any:
    """Return a workflow's row in the list."""
    return next(row for row in caller.get("/api/workflows").json() if row["slug"] == slug)


def test_a_workflow_that_is_no_template_has_no_facts(hers: Caller) -> None:
    made = hers.create("Plain", nodes=[a_node("chat", "chat")])
    assert made["template"] is None
    assert row_of(hers, "plain")["template"] is None


def test_a_templates_category_is_its_first_tag(hers: Caller) -> None:
    assert published(hers, [], tags=["social", "cat"])["template"]["category"] == "social"
    assert hers.put("/api/workflows/mine", {"tags": []}).json()["template"]["category"] is None


@pytest.mark.parametrize(
    ("node", "needs"),
    [
        (a_node("n", "gradient"), []),
        (a_node("n", "cutOut"), []),
        (a_node("n", "readText"), []),
        (a_node("n", "chat"), []),
        (a_node("n", "chat", model="openai/gpt-x"), [("key", "openai", "OpenAI")]),
        (a_node("n", "chat", model="tiny/llama"), [("server", "tiny", "tiny")]),
        (a_node("n", "upscale"), [("weights", "realesrgan", "Real-ESRGAN")]),
        (a_node("n", "speak"), [("weights", "piper-joe", "Piper Joe")]),
        (a_node("n", "speak", model="openai/tts-1"), [("key", "openai", "OpenAI")]),
        (a_node("n", "denoiseSpeech"), [("weights", "deepfilternet", "DeepFilterNet 3")]),
        (a_node("n", "comfyWorkflow"), [("runner", "", "ComfyUI")]),
        (a_node("n", "falApp", app="fal-ai/imageutils/rembg"), []),
        (a_node("n", "falApp", app="workflows/alice/mine"), []),
        (a_node("n", "falApp", app="fal-ai/flux/dev"), [("key", "fal", "fal")]),
        (a_node("n", "noSuchType", model="openai/x"), []),
        (a_node("n", "chat", model=["openai"]), []),
    ],
    ids=str,
)
def test_what_a_template_needs_follows_from_its_nodes_and_their_models(
    hers: Caller, node: Any, needs: list[tuple[str, str, str]]
) -> None:
    facts = published(hers, [node])["template"]
    assert [(need["kind"], need["id"], need["name"]) for need in facts["needs"]] == needs


def test_the_same_need_is_named_once(hers: Caller) -> None:
    nodes = [a_node(str(n), "chat", model=f"openai/gpt-{n}") for n in range(3)]
    assert len(published(hers, nodes)["template"]["needs"]) == 1


def test_kinds_are_those_of_what_reaches_the_outputs(hers: Caller) -> None:
    nodes = [
        a_node("a", "gradient"),
        a_node("b", "textBox"),
        a_node("c", "uploadVideo"),
        a_node("out", "responseOutput"),
    ]
    edges = [an_edge("b", "out", "text", "result"), an_edge("a", "out", "image", "result")]
    assert published(hers, nodes, edges)["template"]["kinds"] == ["text", "image"]


def test_without_an_output_kinds_are_those_of_all_nodes(hers: Caller) -> None:
    assert published(hers, [a_node("a", "speak")])["template"]["kinds"] == ["audio"]


def test_facts_follow_a_change(hers: Caller) -> None:
    assert published(hers, [a_node("n", "gradient")])["template"]["needs"] == []
    changed = hers.put("/api/workflows/mine", {"nodes": [a_node("n", "upscale")]}).json()
    assert changed["template"]["needs"][0]["kind"] == "weights"
    assert row_of(hers, "mine")["template"] == changed["template"]


def test_the_time_is_that_of_the_owners_last_run_and_before_it_what_the_document_says(
    hers: Caller, alice: User, bob: User
) -> None:
    assert published(hers, [])["template"]["ms"] is None
    hers.put("/api/workflows/mine", {"usualSeconds": 2.5})
    assert row_of(hers, "mine")["template"]["ms"] == 2500
    workflow = Workflow.objects.get()
    snapshot = Snapshot.objects.create(workflow=workflow, sha256="0" * 64)
    now = timezone.now()
    for owner, status, seconds in (
        (alice, RunStatus.COMPLETED, 9),
        (alice, RunStatus.COMPLETED, 4),
        (alice, RunStatus.FAILED, 1),
        (bob, RunStatus.COMPLETED, 1),
    ):
        run = Run.objects.create(owner=owner, workflow=workflow, snapshot=snapshot, status=status)
        now += timedelta(seconds=20)
        ended = now + timedelta(seconds=seconds)
        Run.objects.filter(pk=run.pk).update(created_at=now, finished_at=ended)
    assert row_of(hers, "mine")["template"]["ms"] == 4000


@pytest.mark.parametrize("said", ["soon", -1, True, None, {"s": 1}])
def test_a_time_that_is_none_is_not_shown(hers: Caller, said: Any) -> None:
    assert published(hers, [], usualSeconds=said)["template"]["ms"] is None


def test_what_get_shows_can_be_sent_back(hers: Caller) -> None:
    published(hers, [a_node("n", "upscale")], tags=["print"], usualSeconds=3)
    before = hers.get("/api/workflows/mine").json()
    after = hers.put("/api/workflows/mine", before).json()
    assert after == {**before, "removed": []}
    assert "template" not in Workflow.objects.get().extra


def test_a_hundred_templates_take_as_many_queries_as_one_and_are_read_once(
    hers: Caller, his: Caller, alice: User
) -> None:
    def queries() -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            assert his.get("/api/workflows").status_code == 200
        return [query["sql"] for query in captured]

    hers.create("One", nodes=[a_node()], isTemplate=True)
    few = queries()
    now = timezone.now()
    Workflow.objects.bulk_create(
        Workflow(
            owner=alice, slug=f"w-{n}", handle=f"w-{n}", name="W", updated_at=now, is_template=True
        )
        for n in range(99)
    )
    many, again = queries(), queries()
    assert len(many) == len(few)
    assert sum('"nodes"' in sql for sql in many) == 1
    assert not any('"nodes"' in sql for sql in again)


def test_the_shipped_templates_have_all_facts(his: Caller) -> None:
    templates_install()
    rows = his.get("/api/workflows").json()
    facts = [row["template"] for row in rows]
    needed = {need["kind"] for row in facts for need in row["needs"]}
    assert needed == {"key", "weights", "runner"}
    assert sum(not row["needs"] for row in facts) >= 14
    assert all(row["ms"] for row in facts if not row["needs"])
    assert {kind for row in facts for kind in row["kinds"]} == {"image", "video", "audio", "text"}
    assert len({row["category"] for row in facts}) >= 6
