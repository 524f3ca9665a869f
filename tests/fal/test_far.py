"""Steps that run at fal: what is sent there, what becomes of the answer, and of what goes wrong."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from typing import Any, cast

import pytest
from asgiref.sync import async_to_sync
from PIL import Image

from tests.api.client import Caller
from tests.fal.contents import contents
from tests.fal.farside import Farside, Reply, farside
from tests.fal.test_running import events, make
from workflows.api import streams
from workflows.engine.host import reports
from workflows.media import hashed
from workflows.models import Asset, Credential, Event, Run, Step, User
from workflows.nodes.fal import files, provider

pytestmark = [pytest.mark.usefixtures("engine"), pytest.mark.filterwarnings("ignore:unclosed")]

KEY = "far-key:of-alice-0451"
DRAW = {"id": "draw", "type": "run", "app": "some/model/fast", "input": {"prompt": "$input.prompt"}}
PROMPT = {"name": "prompt", "type": "string"}


@pytest.fixture
def far() -> Iterator[Farside]:
    """What stands for fal."""
    with farside() as server:
        yield server


@pytest.fixture
def key(transactional_db: None, alice: User, far: Farside) -> Credential:
    """Her key, which may be sent there."""
    found: Credential = Credential.objects.create(
        owner=alice, name="fal", provider="fal", allowed_origins=[far.origin], secret=KEY
    )
    return found


@pytest.fixture
def draw(hers: Caller, key: Credential) -> str:
    """A workflow of one step that nothing here can run."""
    make(hers, "draw", contents({"draw": DRAW}, {"all": "$draw"}, prompt=PROMPT))
    return "/fal/run/workflows/alice/draw"


def png(size: int, noise: bool = False) -> bytes:
    """Return an image; noise does not pack."""
    out = io.BytesIO()
    image = Image.effect_noise((size, size), 90) if noise else Image.new("RGB", (size, size), "red")
    image.save(out, "PNG")
    return out.getvalue()


def test_what_is_asked_goes_to_fal_and_its_answer_comes_back(
    hers: Caller, far: Farside, draw: str
) -> None:
    far.results = [Reply({"text": "añ", "seed": 7, "site": {"url": "https://example.com/"}})]
    answer = hers.post(draw, {"prompt": "a fox"})
    assert answer.json() == {
        "all": {"text": "añ", "seed": 7, "site": {"url": "https://example.com/"}}
    }
    [sent] = far.sent
    assert (sent.app, sent.arguments) == ("some/model/fast", {"prompt": "a fox"})
    assert sent.headers["authorization"] == f"Key {KEY}"
    step = Step.objects.get(node_id="draw")
    assert (step.provider, step.request_id) == ("fal", "r1")


def test_files_fal_has_made_are_kept_here(hers: Caller, far: Farside, draw: str) -> None:
    body = png(8)
    url = far.store("a.png", body)
    picture = {"url": url, "content_type": "image/png", "width": None}
    far.results = [Reply({"images": [picture, picture], "mask": url, "video": {"url": url}})]
    answer = hers.post(draw, {"prompt": "x"}).json()["all"]
    [asset] = Asset.objects.all()
    with hashed.open_file(asset.sha256) as file:
        assert file.read() == body
    first = answer["images"][0]
    assert (first["asset"], first["width"], first["file_name"]) == (str(asset.pk), 8, "a.png")
    assert answer["images"][1] == first
    assert answer["video"]["asset"] == str(asset.pk)
    for link in (first["url"], answer["mask"]):
        assert str(asset.pk) in link and far.origin not in link


def test_small_files_go_along_and_large_ones_are_uploaded(
    hers: Caller, far: Farside, draw: str
) -> None:
    small, large = png(4), png(700, noise=True)
    assert len(small) < files.INLINE_BYTES < len(large)
    made = [hers.upload(io.BytesIO(body)).json() for body in (small, large)]
    step = {**DRAW, "input": {"image": made[0], "image_urls": [made[1]["url"], made[1]["url"]]}}
    make(hers, "edit", contents({"draw": step}, {"x": "$draw.x"}))
    far.results = [Reply({"x": 1})]
    assert hers.post("/fal/run/workflows/alice/edit", {}).json() == {"x": 1}
    given = far.sent[0].arguments
    assert given["image"]["url"] == f"data:image/png;base64,{base64.b64encode(small).decode()}"
    assert given["image"].keys() == {
        "url",
        "content_type",
        "file_name",
        "file_size",
        "width",
        "height",
    }
    assert given["image_urls"] == [f"{far.origin}/fal/cdn/files/up1"] * 2
    [(body, headers)] = far.uploaded
    assert (body, headers["content-type"]) == (large, "image/png")


def test_waiting_and_working_are_told(hers: Caller, far: Farside, draw: str) -> None:
    bar = " 45%|████▌     | 9/20 [00:01<00:01]"
    far.states = [
        {"status": "IN_QUEUE", "queue_position": 3},
        {"status": "IN_PROGRESS", "logs": None},
        {"status": "IN_PROGRESS", "logs": [{"message": "loading"}, {"message": bar}]},
    ]
    far.results = [Reply({})]
    assert hers.post(draw, {"prompt": "x"}).status_code == 200
    told = [event.data for event in Event.objects.filter(type="progress").order_by("seq")]
    assert ("Waiting at fal, 3 ahead", None) in [(row["text"], row["fraction"]) for row in told]
    assert (bar.strip(), 0.45) in [(row["text"], row["fraction"]) for row in told]
    states = [event.data for event in Event.objects.filter(type="runner").order_by("seq")]
    assert {row["runner"]["name"] for row in states} == {"fal"}
    assert [(row["state"], row["position"]) for row in states] == [("queued", 3), ("running", None)]


DETAIL = [{"loc": ["body", "prompt"], "msg": "Too rude", "type": "value_error", "input": "secret"}]


def test_a_stream_pings_while_a_step_says_much_that_it_does_not_tell(
    hers: Caller, far: Farside, draw: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "KEEP_ALIVE_SECONDS", 0.2)
    monkeypatch.setattr(reports, "PROGRESS_SECONDS", 0.01)
    monkeypatch.setattr(provider, "RUNNING_SECONDS", 0.01)
    far.endless = lambda number: {"status": "IN_PROGRESS", "logs": [{"message": f"line {number}"}]}
    far.results = [Reply({"ok": True})]
    answer = hers.post(f"{draw}/stream", {"prompt": "x"})

    async def read() -> list[str]:
        pieces: list[str] = []
        async for piece in cast(Any, answer):
            pieces.append(piece.decode("ascii"))
            if pieces.count(": ping\n\n") == 3:
                far.endless = None
        return pieces

    pieces = async_to_sync(read)()
    assert pieces.count(": ping\n\n") >= 3
    assert '"type":"output"' in pieces[-1]


def test_what_fal_finds_wrong_is_the_error_of_the_step(
    hers: Caller, far: Farside, draw: str
) -> None:
    far.results = [Reply({"detail": DETAIL}, 422)]
    told = events(hers.post(f"{draw}/stream", {"prompt": "x"}))
    assert told[-1]["type"] == "error"
    assert told[-1]["error"]["status"] == 422
    assert "prompt: Too rude" in told[-1]["message"]
    error = Step.objects.get(node_id="draw").error
    assert error["body"]["field"] == "prompt"
    assert error["body"]["detail"] == [{k: DETAIL[0][k] for k in ("loc", "msg", "type")}]
    assert len(far.sent) == 1


def test_a_request_whose_machine_was_lost_is_submitted_again(
    hers: Caller, far: Farside, draw: str
) -> None:
    lost = {"detail": "Runner disconnected", "error_type": "runner_disconnected"}
    far.results = [Reply(lost, 503), Reply({"ok": True})]
    assert hers.post(draw, {"prompt": "x"}).json() == {"all": {"ok": True}}
    keys = [sent.headers["idempotency-key"] for sent in far.sent]
    assert len(set(keys)) == 2


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        (Reply({"detail": "Busy"}, 503, {"x-fal-retryable": "false"}), 503),
        (Reply({"detail": "No start"}, 504, {"x-fal-request-timeout-type": "user"}), 504),
        (Reply({"detail": "It crashed", "error_type": "internal_error"}, 500), 500),
    ],
)
def test_what_will_not_pass_is_not_tried_again(
    hers: Caller, far: Farside, draw: str, reply: Reply, status: int
) -> None:
    far.results = [reply]
    answer = hers.post(draw, {"prompt": "x"})
    assert answer.status_code == status
    assert reply.body["detail"] in answer.json()["message"]
    assert len(far.sent) == 1


def test_a_key_that_fal_refuses_is_not_the_callers_fault(
    hers: Caller, far: Farside, draw: str
) -> None:
    far.submits = [Reply({"detail": "No user found for Key ID and Secret"}, 401)]
    answer = hers.post(draw, {"prompt": "x"})
    assert answer.status_code == 502
    assert "fal refuses the stored credential (401): No user found" in answer.json()["message"]


def test_an_upload_that_is_refused_is_told_like_any_refusal(
    hers: Caller, far: Farside, draw: str
) -> None:
    large = hers.upload(io.BytesIO(png(700, noise=True))).json()
    step = {**DRAW, "input": {"image_url": large["url"]}}
    make(hers, "edit", contents({"draw": step}, {"x": "$draw.x"}))
    far.refusals = [Reply({"detail": "User is locked"}, 403)] * 2
    answer = hers.post("/fal/run/workflows/alice/edit", {})
    assert answer.status_code == 502
    assert "fal refuses the stored credential (403)" in answer.json()["message"]
    assert far.sent == []


def test_a_key_bound_elsewhere_is_not_sent(
    hers: Caller, far: Farside, draw: str, key: Credential
) -> None:
    key.allowed_origins = ["https://elsewhere.example"]
    key.save()
    answer = hers.post(draw, {"prompt": "x"})
    assert answer.status_code == 501
    assert answer.json()["message"] == "some/model/fast needs a fal key."
    assert far.sent == []


@pytest.mark.parametrize("app", ["alone", "some/../model", "some/model?x=1", "a//b", "some/mo del"])
def test_what_is_no_name_of_an_app_goes_nowhere(
    hers: Caller, far: Farside, key: Credential, app: str
) -> None:
    make(hers, "odd", contents({"draw": {**DRAW, "app": app, "input": {}}}, {"x": "$draw"}))
    answer = hers.post("/fal/run/workflows/alice/odd", {})
    assert (answer.status_code, far.sent) == (501, [])


def test_a_workflow_of_somebody_here_never_leaves(
    hers: Caller, far: Farside, key: Credential, bob: User
) -> None:
    make(hers, "inner", contents({"draw": {**DRAW, "app": "workflows/bob/none"}}, {"x": "$draw"}))
    assert hers.post("/fal/run/workflows/alice/inner", {}).status_code == 422
    assert far.sent == []


def test_the_key_is_in_nothing_a_run_says(hers: Caller, far: Farside, draw: str) -> None:
    far.states = [{"status": "IN_PROGRESS", "logs": [{"message": f"using {KEY}"}]}]
    far.results = [Reply({"echo": KEY})]
    answer = hers.post(draw, {"prompt": "x"})
    assert answer.json() == {"all": {"echo": "[secret]"}}
    rows: list[Any] = [*Event.objects.values(), *Run.objects.values(), *Step.objects.values()]
    assert KEY not in str(rows)


def test_a_single_app_runs_at_fal_for_whoever_has_a_key(
    hers: Caller, his: Caller, far: Farside, key: Credential
) -> None:
    far.results = [Reply({"text": "made"})] * 2
    assert hers.post("/fal/run/some/model/fast", {"prompt": "$x"}).json() == {"text": "made"}
    told = events(hers.post("/fal/run/some/model/stream", {"prompt": "b"}))
    assert [event["type"] for event in told] == ["submit", "completion", "output"]
    assert told[0]["app_id"] == "some/model"
    assert [sent.arguments for sent in far.sent] == [{"prompt": "$x"}, {"prompt": "b"}]
    refused = his.post("/fal/run/some/model/fast", {})
    assert refused.status_code == 404
    assert refused.json()["message"].startswith("some/model/fast needs a fal key")
    assert hers.post("/fal/run/alone", {}).status_code == 404
