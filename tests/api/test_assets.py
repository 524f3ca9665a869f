"""/api/assets and /api/collections: finding files, what made them, what uses them, deleting."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.api.client import Caller, a_node, whole
from workflows.engine.upkeep import tidy
from workflows.media import files, hashed, storage
from workflows.media.origin import Origin
from workflows.models import Asset, Collection, Run, Snapshot, User, Workflow
from workflows.types import JsonObject

pytestmark = pytest.mark.django_db


def make(owner: User, name: str = "a.txt", content: bytes | None = None, **facts: object) -> Asset:
    """Store a file, as if a run had made it or a user had uploaded it."""
    asset = storage.asset_create(owner, content or uuid4().bytes.hex().encode(), name)
    Asset.objects.filter(pk=asset.pk).update(**facts)
    return Asset.objects.get(pk=asset.pk)


def made(owner: User, workflow: Workflow, prompt: str, node: str = "paint") -> Asset:
    """Store a file that a run of a workflow has made."""
    snapshot = Snapshot.objects.create(workflow=workflow, sha256=uuid4().hex * 2)
    run = Run.objects.create(
        owner=owner,
        workflow=workflow,
        snapshot=snapshot,
        status="completed",
        inputs={"style": "oil"},
        finished_at=timezone.now() - timedelta(days=40),
    )
    origin = Origin(node, "generateImage", workflow.pk, {"prompt": prompt, "seed": 7}, (prompt,))
    stored = hashed.write(prompt.encode(), 10_000)
    return storage.asset_adopt(owner, stored, "made.txt", run, origin=origin)


def names(caller: Caller, query: str = "") -> list[str]:
    """Return the names of the files of a list."""
    response = caller.get(f"/api/assets{query}")
    assert response.status_code == 200, response.content
    return [row["name"] for row in response.json()["assets"]]


def workflow_of(caller: Caller, name: str = "Poster", **fields: object) -> Workflow:
    """Create a workflow and return its row."""
    return Workflow.objects.get(slug=caller.create(name, **fields)["slug"])


def test_an_upload_is_listed_with_its_facts(hers: Caller) -> None:
    hers.upload(SimpleUploadedFile("notes.txt", b"some notes"))
    body = hers.get("/api/assets").json()
    assert (body["total"], body["next"]) == (1, None)
    (row,) = body["assets"]
    assert (row["name"], row["size"], row["kind"], row["starred"]) == (
        "notes.txt",
        10,
        "file",
        False,
    )
    assert (row["workflow"], row["executionId"], row["collections"]) == (None, None, [])
    assert row["url"] == f"/media/{row['id']}"


def test_what_another_account_has_is_not_there(alice: User, hers: Caller, his: Caller) -> None:
    asset = make(alice)
    assert names(his) == []
    for method, body in (("GET", ""), ("PATCH", '{"starred": true}'), ("DELETE", "")):
        assert his.send(method, f"/api/assets/{asset.pk}", body).status_code == 404
    many = {"ids": [str(asset.pk)]}
    assert his.post("/api/assets/use", many).status_code == 404
    assert his.post("/api/assets/delete", many).status_code == 404
    assert (
        his.send("PATCH", "/api/assets", f'{{"ids": ["{asset.pk}"], "starred": true}}').status_code
        == 404
    )
    assert zipfile.ZipFile(io.BytesIO(whole(his.get("/api/assets/download")))).namelist() == []
    collection = hers.post("/api/collections", {"name": "Hers"}).json()["id"]
    assert his.get(f"/api/assets?collection={collection}").status_code == 404
    own = str(make(User.objects.get(username="bob")).pk)
    into = {"ids": [own], "addTo": collection}
    assert his.send("PATCH", "/api/assets", _json(into)).json()["code"] == "COLLECTION_NOT_FOUND"
    assert names(hers) == ["a.txt"]


def test_a_made_file_is_found_by_words_of_its_prompt_and_by_its_name(
    alice: User, hers: Caller
) -> None:
    made(alice, workflow_of(hers), "A Red ÉCLAIR on a plate")
    make(alice, "red-door.png")
    assert names(hers, "?q=red") == ["red-door.png", "made.txt"]
    assert names(hers, "?q=PLATE%20éclair") == ["made.txt"]
    assert names(hers, "?q=red%20plate%20blue") == []
    assert names(hers, "?q=100%25") == []


def test_filters_let_through_what_they_say(alice: User, hers: Caller) -> None:
    poster, card = workflow_of(hers, "Poster"), workflow_of(hers, "Card")
    made(alice, poster, "one", node="a")
    made(alice, card, "two", node="b")
    image = make(alice, "up.png", content_type="image/png", starred=True)
    old = make(alice, "old.txt")
    Asset.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=3))
    assert len(names(hers, "?workflow=poster")) == 1
    assert len(names(hers, "?workflow=poster&node=a&nodeType=generateImage")) == 1
    assert names(hers, "?workflow=poster&node=b") == []
    assert names(hers, "?source=uploaded") == ["up.png", "old.txt"]
    assert names(hers, "?source=made") == ["made.txt", "made.txt"]
    assert names(hers, "?kind=image") == names(hers, "?starred=true") == ["up.png"]
    assert len(names(hers, "?kind=file")) == 3
    day = (timezone.now() - timedelta(days=1)).date().isoformat()
    assert names(hers, f"?until={day}T00:00:00Z") == ["old.txt"]
    assert "old.txt" not in names(hers, f"?since={day}T00:00:00Z")
    assert names(hers, f"?id={image.pk}") == ["up.png"]
    choices = hers.get("/api/assets/choices").json()
    assert (choices["total"], choices["starred"]) == (4, 1)
    assert {row["slug"]: row["assets"] for row in choices["workflows"]} == {"poster": 1, "card": 1}
    assert choices["nodeTypes"] == [{"type": "generateImage", "assets": 2}]


@pytest.mark.parametrize(
    "query",
    [
        "?kind=film",
        "?starred=maybe",
        "?since=soon",
        "?cursor=x",
        "?limit=0",
        "?id=x",
        "?offset=3",
        "?q=",
    ],
)
def test_a_filter_that_cannot_be_is_refused_by_its_name(hers: Caller, query: str) -> None:
    response = hers.get(f"/api/assets{query}")
    assert response.status_code == 400
    assert response.json()["field"] == query[1:].partition("=")[0]


def test_pages_go_on_behind_the_last_file_even_when_it_is_deleted(
    alice: User, hers: Caller
) -> None:
    at = timezone.now()
    for number in range(5):
        # Two at a time, so that the id has to decide.
        make(alice, f"{number}.txt", created_at=at - timedelta(minutes=number // 2))
    first = hers.get("/api/assets?limit=2").json()
    assert first["total"] == 5
    hers.delete(f"/api/assets/{first['assets'][1]['id']}")
    second = hers.get(f"/api/assets?limit=2&cursor={first['next']}").json()
    third = hers.get(f"/api/assets?limit=2&cursor={second['next']}").json()
    assert (second["total"], third["next"]) == (None, None)
    found = [row["name"] for page in (first, second, third) for row in page["assets"]]
    assert sorted(found) == [f"{number}.txt" for number in range(5)]


def test_a_list_asks_the_database_no_more_often_for_more_files(alice: User, hers: Caller) -> None:
    workflow = workflow_of(hers)
    counts = []
    for _ in range(2):
        for number in range(3):
            made(alice, workflow, f"{uuid4()} {number}")
        with CaptureQueriesContext(connection) as queries:
            assert hers.get("/api/assets").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_details_say_how_a_file_was_made(alice: User, hers: Caller) -> None:
    asset = made(alice, workflow_of(hers), "a cat")
    row = hers.get(f"/api/assets/{asset.pk}").json()
    assert row["workflow"] == {"slug": "poster", "name": "Poster"}
    assert (row["nodeId"], row["nodeType"]) == ("paint", "generateImage")
    assert row["settings"] == {"prompt": "a cat", "seed": 7}
    assert row["inputs"] == {"style": "oil"}
    assert row["executionId"] == str(asset.run_id)


def test_a_file_is_starred_and_renamed(alice: User, hers: Caller) -> None:
    asset = make(alice, "a.txt")
    row = hers.send("PATCH", f"/api/assets/{asset.pk}", '{"starred": true, "name": "../b:c.txt"}')
    assert (row.json()["starred"], row.json()["name"]) == (True, "b c.txt")
    for body in ("{}", '{"name": " / "}', '{"name": 3}', '{"starred": 5}'):
        refused = hers.send("PATCH", f"/api/assets/{asset.pk}", body)
        assert refused.status_code == 400, body
        assert refused.json()["field"] in ("name", "starred", "body")


def test_a_collection_is_made_renamed_filled_and_deleted_and_its_files_stay(
    alice: User, hers: Caller
) -> None:
    ids = [str(make(alice, f"{number}.txt").pk) for number in range(3)]
    made = hers.post("/api/collections", {"name": " Spring "})
    assert made.status_code == 201
    id = made.json()["id"]
    assert hers.post("/api/collections", {"name": "Spring"}).json()["code"] == "COLLECTION_EXISTS"
    assert hers.put(f"/api/collections/{id}", {"name": "Summer"}).json()["name"] == "Summer"
    for _ in range(2):
        body = {"ids": ids[:2], "addTo": id}
        assert hers.send("PATCH", "/api/assets", _json(body)).json() == {"changed": 2}
    assert hers.get("/api/collections").json()[0]["assetCount"] == 2
    assert names(hers, f"?collection={id}") == ["1.txt", "0.txt"]
    hers.send("PATCH", "/api/assets", _json({"ids": ids[:1], "removeFrom": id}))
    assert names(hers, f"?collection={id}") == ["1.txt"]
    assert hers.delete(f"/api/collections/{id}").status_code == 200
    assert len(names(hers)) == 3
    with override_settings(LIMITS={**_limits(), "collections_per_user": 0}):
        refused = hers.post("/api/collections", {"name": "One more"})
    assert (refused.status_code, refused.json()["code"]) == (403, "COLLECTION_LIMIT_REACHED")


def test_what_uses_files_is_named(alice: User, hers: Caller, his: Caller) -> None:
    asset, free = make(alice), make(alice)
    reference = storage.reference(asset)
    pinned = {**a_node("c", "resizeImage"), "pinned": {"outputs": {"image": reference}}}
    named = a_node("a", "imageInput", image=reference, label="The photo")
    workflow = workflow_of(hers, "Uses it", nodes=[named, a_node("b"), pinned])
    snapshot = Snapshot.objects.create(workflow=workflow, sha256=uuid4().hex * 2)
    Run.objects.create(
        owner=alice, workflow=workflow, snapshot=snapshot, inputs={"image": storage.url(asset.pk)}
    )
    use = hers.post("/api/assets/use", {"ids": [str(asset.pk), str(free.pk)]}).json()
    assert use["workflowCount"] == use["executions"] == 1
    (row,) = use["workflows"]
    assert (row["slug"], row["nodes"], row["pinned"]) == ("uses-it", ["The photo"], ["Resize"])
    nothing = hers.post("/api/assets/use", {"ids": [str(free.pk)]}).json()
    assert nothing == {"workflows": [], "workflowCount": 0, "executions": 0}


def test_deleted_files_are_gone_all_of_them_or_none(alice: User, hers: Caller) -> None:
    stored = [make(alice, f"{number}.txt") for number in range(3)]
    ids = [str(file.pk) for file in stored]
    body = {"ids": [ids[0], str(uuid4())]}
    assert hers.post("/api/assets/delete", body).status_code == 404
    assert len(names(hers)) == 3
    assert hers.post("/api/assets/delete", {"ids": ids[:2]}).json() == {"deleted": 2}
    assert names(hers) == ["2.txt"]
    assert hers.get(f"/media/{ids[0]}").status_code == 404
    assert hashed.exists(stored[2].sha256)


def test_an_archive_has_each_file_under_a_name_of_its_own(alice: User, hers: Caller) -> None:
    make(alice, "a.txt", b"first")
    make(alice, "A.txt", b"second")
    nameless = make(alice, "", b"\x89PNG third", content_type="image/png")
    gone = make(alice, "gone.txt", b"gone")
    files.store().delete(hashed.key(gone.sha256))
    response = hers.get("/api/assets/download")
    assert response["Content-Type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(whole(response)))
    assert archive.testzip() is None
    contents = {name: archive.read(name) for name in archive.namelist()}
    assert contents.pop("missing files.txt").startswith(b"gone.txt: ")
    assert set(contents) == {"A.txt", "a (2).txt", f"{nameless.pk}.png"}
    assert contents["a (2).txt"] == b"first"
    one = zipfile.ZipFile(io.BytesIO(whole(hers.get(f"/api/assets/download?id={nameless.pk}"))))
    assert one.namelist() == [f"{nameless.pk}.png"]


def test_upkeep_keeps_what_is_starred_or_in_a_collection(alice: User, hers: Caller) -> None:
    workflow = workflow_of(hers)
    plain, starred, collected = (made(alice, workflow, f"file {number}") for number in range(3))
    hers.send("PATCH", f"/api/assets/{starred.pk}", '{"starred": true}')
    collection = Collection.objects.create(owner=alice, name="Kept")
    collection.assets.add(collected)
    expiring = make(alice, "soon.txt", expires_at=timezone.now() + timedelta(seconds=60))
    hers.send(
        "PATCH", "/api/assets", _json({"ids": [str(expiring.pk)], "addTo": str(collection.pk)})
    )
    with override_settings(KEEP_RUNS_DAYS=30):
        tidy(timezone.now() + timedelta(hours=1))
    left = set(Asset.objects.values_list("pk", flat=True))
    assert left == {starred.pk, collected.pk, expiring.pk}
    assert plain.pk not in left
    # How it was made is known without its run.
    row = hers.get(f"/api/assets/{starred.pk}").json()
    assert (row["executionId"], row["workflow"]["slug"]) == (None, "poster")
    assert row["settings"]["prompt"] == "file 1"
    assert storage.used_bytes(alice) == sum(asset.size for asset in Asset.objects.all())


def test_a_copy_of_a_template_does_not_bring_what_its_author_wrote(
    alice: User, hers: Caller, his: Caller
) -> None:
    workflow = workflow_of(hers)
    asset = made(alice, workflow, "a secret plan")
    nodes = [a_node("a", "imageInput", image=storage.reference(asset))]
    template = hers.create("Template", nodes=nodes, isTemplate=True)["slug"]
    assert his.post(f"/api/workflows/{template}/duplicate").status_code == 201
    (copied,) = his.get("/api/assets").json()["assets"]
    row = his.get(f"/api/assets/{copied['id']}").json()
    assert (row["settings"], row["workflow"], row["nodeId"]) == ({}, None, None)
    assert names(his, "?q=secret") == []


def _json(body: JsonObject) -> str:
    return json.dumps(body)


def _limits() -> JsonObject:
    return dict(settings.LIMITS)
