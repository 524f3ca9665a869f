"""Results whose files open without a key: by a signed URL with an end, and covers of templates."""

from __future__ import annotations

import json
import re
import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.api.client import Caller, a_node, an_edge, whole
from tests.api.conftest import TokenCaller
from tests.api.receiver import receiver
from tests.api.test_uploads import picture
from workflows.media import signed
from workflows.media.links import Links, absolute, absolute_chunks
from workflows.models import Asset, Token, User, Webhook

pytestmark = pytest.mark.django_db(transaction=True)

SKY: dict[str, Any] = {
    "nodes": [a_node("g", "gradient", width=8, height=8), a_node("end", "responseOutput")],
    "edges": [an_edge("g", "end", "image", "result")],
}


def content(answer: Any) -> bytes:
    """Return the body of a response, of a stream to its end."""
    return whole(answer) if answer.streaming else answer.content


def path_of(url: str) -> str:
    assert url.startswith("http://testserver/media/"), url
    return url.removeprefix("http://testserver")


def run_sky(caller: Caller, query: str = "?signed=true") -> tuple[str, str]:
    """Run a workflow that makes an image; return the run's id and the path of the image."""
    answer = caller.post(f"/api/workflows/sky/run{query}", {"inputs": {}})
    assert answer.status_code == 200, answer.content
    body = answer.json()
    return body["executionId"], path_of(body["result"]["images"][0]["url"])


def opens(caller: Caller, path: str) -> bool:
    """Return whether a URL shows the image; if not, it must be as missing as any other."""
    answer = caller.get(path)
    if answer.status_code == 200:
        assert content(answer)[:4] == b"\x89PNG"
        return True
    assert (answer.status_code, answer.json()["code"]) == (404, "FILE_NOT_FOUND")
    return False


def test_a_signed_result_opens_without_a_key_wherever_it_is_read(
    engine: None, hers: Caller, nobody: Caller, her_browser: Caller
) -> None:
    hers.create("Sky", **SKY)
    id, path = run_sky(hers)
    assert opens(nobody, path)
    assert nobody.get(f"{path}&w=4")["Content-Type"] == "image/webp"
    shown = nobody.get(path)
    assert shown["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert shown["Access-Control-Allow-Origin"] == "*"
    bare = run_sky(hers, "")[1]
    assert "signed" not in bare
    assert nobody.get(bare).status_code == 401

    for caller, tried in (
        (hers, f"/api/executions/{id}?signed=true"),
        (hers, "/api/executions?signed=true"),
        (hers, f"/api/executions/{id}/events?signed=true"),
        (her_browser, f"/api/executions/{id}/events?signed=true"),
        (hers, "/api/workflows/sky/results?signed=true"),
    ):
        answer = caller.get(tried)
        assert answer.status_code == 200
        found = re.findall(r'http://testserver(/media/[^"]+)', content(answer).decode())
        assert found or tried.endswith("results?signed=true"), tried
        assert all("?signed=" in one and opens(nobody, one) for one in found), tried
    refused = hers.post("/api/workflows/sky/run?signed=perhaps", {"inputs": {}})
    assert (refused.status_code, refused.json()["field"]) == (400, "signed")


def test_a_changed_or_late_signature_opens_nothing(
    engine: None, hers: Caller, his: Caller, nobody: Caller, settings: Any, alice: User
) -> None:
    hers.create("Sky", **SKY)
    path = run_sky(hers)[1]
    id, signature = path.removeprefix("/media/").split("?signed=")
    asset, user, end, mac = re.split(r"\.|%3A", signature)
    other = str(uuid4())
    for text in (
        f"{id}?signed={signature[:-1]}{'A' if signature[-1] != 'A' else 'B'}",
        f"{id}?signed={asset}.{user}.{int(end) + 1}%3A{mac}",
        f"{id}?signed={asset}.{user}%3A{mac}",
        f"{id}?signed=",
        f"{id}?signed=x",
        f"{other}?signed={signature}",
    ):
        assert not opens(nobody, f"/media/{text}"), text
        assert opens(hers, f"/media/{text}") == (other not in text)
        assert not opens(his, f"/media/{text}")
    settings.SIGNED_URL_SECONDS = 1
    short = run_sky(hers)[1]
    assert opens(nobody, short)
    deadline = time.monotonic() + 10
    while opens(nobody, short):
        assert time.monotonic() < deadline
    late = signed.sign(id, alice.pk, int(time.time()) - 1)
    assert not opens(nobody, f"/media/{id}?signed={late}")


def test_a_signed_url_shows_what_its_maker_may_see_now(
    engine: None, hers: Caller, nobody: Caller, alice: User
) -> None:
    hers.create("Sky", **SKY)
    path = run_sky(hers)[1]
    asset = Asset.objects.get(pk=path[7:43])
    for ended in (
        lambda on: Asset.objects.filter(pk=asset.pk).update(
            expires_at=timezone.now() - timedelta(seconds=1) if on else None
        ),
        lambda on: User.objects.filter(pk=alice.pk).update(is_active=not on),
    ):
        assert opens(nobody, path)
        ended(True)
        assert not opens(nobody, path)
        ended(False)
    asset.delete()
    assert not opens(nobody, path)


def test_a_signed_url_of_a_template_ends_with_the_template(
    hers: Caller, his: Caller, bob: User, nobody: Caller
) -> None:
    file = hers.upload(SimpleUploadedFile("a.png", picture()))
    assert file.status_code == 201, file.content
    reference = file.json()
    nodes = [a_node("u", "upload", asset={"asset": reference["id"], "url": reference["url"]})]
    slug = hers.create("Shown", nodes=nodes, isTemplate=True)["slug"]
    url = f"/media/{reference['id']}?signed={signed.sign(reference['id'], bob.pk, 2**40)}"
    assert opens(nobody, url)
    hers.put(f"/api/workflows/{slug}", {"isTemplate": False})
    assert not opens(nobody, url)


def test_a_signed_url_is_an_input_of_whoever_has_it(
    engine: None, hers: Caller, his: Caller
) -> None:
    hers.create("Sky", **SKY)
    path = run_sky(hers)[1]
    his.create(
        "Turn",
        nodes=[
            a_node("l", "loadImage", url=f"http://testserver{path}"),
            a_node("end", "responseOutput"),
        ],
        edges=[an_edge("l", "end", "image", "result")],
    )
    answer = his.post("/api/workflows/turn/run", {"inputs": {}})
    assert answer.status_code == 200, answer.content


def test_a_webhook_may_report_signed_urls(
    engine: None, alice: User, token: TokenCaller, nobody: Caller
) -> None:
    caller = token(alice, "workflow:*", "webhook:receive")
    caller.create("Sky", **SKY)
    with receiver() as hook:
        Webhook.objects.create(token=Token.objects.get(), url=hook.url, secret="s", signed=True)
        caller.post("/api/workflows/sky/run?async=true", {"inputs": {}})
        asked = {"webhookUrl": hook.url, "webhookSigned": True}
        reports = [json.loads(hook.wait().body)]
        caller.post("/api/workflows/sky/run?async=true", {"inputs": {}, **asked})
        reports.append(json.loads(hook.wait().body))
    for report in reports:
        url = report["result"]["images"][0]["url"]
        assert opens(nobody, url[url.index("/media/") :])


def test_the_cover_of_a_template_needs_no_key_and_its_samples_do(
    hers: Caller, nobody: Caller
) -> None:
    cover, sample = (hers.upload(SimpleUploadedFile("a.png", picture())).json() for _ in range(2))
    nodes = [a_node("u", "upload", asset={"asset": sample["id"], "url": sample["url"]})]
    slug = hers.create("Covered", nodes=nodes, cover={"image": cover["url"]})["slug"]
    path = f"/api/workflows/{slug}/cover"
    missing = nobody.get("/api/workflows/never-was/cover")
    assert (missing.status_code, missing.content) == (404, nobody.get(path).content)
    hers.put(f"/api/workflows/{slug}", {"isTemplate": True})
    assert opens(nobody, path)
    assert nobody.get(f"{path}?w=4")["Content-Type"] == "image/webp"
    assert nobody.get(path)["Cache-Control"] == "public, no-cache"
    for file in (cover, sample):
        assert nobody.get(file["url"]).status_code == 401
    hers.put(f"/api/workflows/{slug}", {"cover": {"image": "https://elsewhere.example/a.png"}})
    assert nobody.get(path).status_code == 404
    hers.put(f"/api/workflows/{slug}", {"cover": {"image": cover["url"]}, "isTemplate": False})
    assert nobody.get(path).content == missing.content


def test_the_cover_of_a_workflow_needs_no_key_while_strangers_may_run_it(
    hers: Caller, nobody: Caller
) -> None:
    image, video = (hers.upload(SimpleUploadedFile("a.png", picture())).json() for _ in range(2))
    slug = hers.create(
        "Example", nodes=[a_node()], cover={"image": image["url"], "video": video["url"]}
    )["slug"]
    path, schema = f"/api/workflows/{slug}/cover", f"/api/workflows/{slug}/public-schema"
    missing = nobody.get("/api/workflows/never-was/cover")
    shut = [{}, {"publicPlayground": True}, {"publicPlayground": False, "publicRun": True}]
    for fields in shut:
        hers.put(f"/api/workflows/{slug}", fields)
        for part in (path, f"{path}?part=video"):
            assert (nobody.get(part).status_code, nobody.get(part).content) == (
                404,
                missing.content,
            )
    hers.put(f"/api/workflows/{slug}", {"publicPlayground": True, "publicRun": False})
    assert nobody.get(schema).json()["cover"] is None
    hers.put(f"/api/workflows/{slug}", {"publicRun": True})
    shown = nobody.get(schema).json()["cover"]
    assert shown == {"image": path, "video": f"{path}?part=video"}
    assert shown == hers.get(f"/api/workflows/{slug}/schema").json()["cover"]
    assert all(opens(nobody, url) for url in shown.values())
    assert nobody.get(f"{path}?part=nodes").status_code == 400
    for file in (image, video):
        assert nobody.get(file["url"]).status_code == 401
    hers.put(f"/api/workflows/{slug}", {"cover": {"image": image["url"]}})
    assert nobody.get(schema).json()["cover"] == {"image": path, "video": None}
    assert nobody.get(f"{path}?part=video").status_code == 404
    hers.put(f"/api/workflows/{slug}", {"publicRun": False})
    assert nobody.get(path).content == missing.content


def test_a_cover_shows_no_file_of_others_and_nothing_elsewhere(
    hers: Caller, his: Caller, nobody: Caller
) -> None:
    foreign = his.upload(SimpleUploadedFile("a.png", picture())).json()["url"]
    slug = hers.create("Thief", nodes=[a_node()], publicPlayground=True, publicRun=True)["slug"]
    for url in (foreign, "https://elsewhere.example/a.png", "/settings"):
        hers.put(f"/api/workflows/{slug}", {"cover": {"image": url}})
        assert nobody.get(f"/api/workflows/{slug}/cover").status_code == 404
        assert nobody.get(f"/api/workflows/{slug}/public-schema").json()["cover"] is None


@pytest.mark.parametrize("signer", [None, 7])
def test_a_large_text_gets_the_urls_that_a_small_one_gets(signer: int | None) -> None:
    links = Links("https://a.example", signer, 2**40)
    id = str(uuid4())
    value = {
        "/media/": f"/media/{id}",
        "a": [f"/media/{id}?w=3", f"say /media/{id}", "/media/x"],
        "b": {"url": f"/media/{id}?signed=x", "c": f'"/media/{id}', f"/media/{id}": "/media/"},
    }
    text = json.dumps(value, separators=(",", ":"))
    pieces = absolute_chunks(text, 0, len(text), links)
    built = "".join(text[start:end] + behind for start, end, behind in pieces)
    assert json.loads(built) == absolute(value, links)
    assert f"https://a.example/media/{id}?signed=x" in built
