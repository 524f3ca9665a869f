"""Uploads by both protocols, and links that anybody who has them can read."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image

from tests.api.client import Caller, a_node, an_edge
from tests.fal.contents import UTIL, contents
from tests.fal.test_running import make
from tests.waiting import wait_until
from workflows import database
from workflows.engine import embedded, leader, upkeep
from workflows.models import Asset


def png(width: int = 40, height: int = 20) -> bytes:
    body = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(body, "PNG")
    return body.getvalue()


def path(url: str) -> str:
    return url.removeprefix("http://testserver")


def upload(caller: Caller, body: bytes, name: str = "a b.png") -> str:
    """Upload as JavaScript does and return the file's URL."""
    place = caller.post(
        "/fal/rest/storage/upload/initiate?storage_type=fal-cdn-v3",
        {"file_name": name, "content_type": "image/png"},
    ).json()
    answer = Caller().send("PUT", path(place["upload_url"]), body, content_type="image/png")
    assert answer.status_code == 200, answer.content
    return place["file_url"]


def test_a_promised_url_holds_the_file_that_was_put(hers: Caller, nobody: Caller) -> None:
    url = upload(hers, png())
    answer = nobody.get(path(url))
    assert answer.content == png()
    assert answer["Content-Type"] == "image/png"
    assert Asset.objects.get().owner.username == "alice"


@pytest.mark.parametrize(
    ("host", "cdn"),
    [
        ("testserver", "http://testserver/fal/cdn/"),
        ("rest.fal.ai:8443", "http://v3.fal.media:8443/"),
        ("127.0.0.1:8000", "http://127.0.0.1:8000/fal/cdn/"),
    ],
)
def test_every_url_of_an_upload_is_whole_however_the_caller_came(
    hers: Caller, host: str, cdn: str
) -> None:
    urls = []
    for kind in ("initiate", "initiate-multipart"):
        place = hers.post(f"/fal/rest/storage/upload/{kind}", {"file_name": "ä b"}, Host=host)
        urls += place.json().values()
    given = hers.post("/fal/rest/storage/auth/token", {}, Host=host).json()
    assert f"{given['base_url']}/" == cdn
    bearer = Caller({"Authorization": f"Bearer {given['token']}", "Host": host})
    for path in ("/fal/cdn/files/upload", "/fal/cdn/files/upload/multipart"):
        urls.append(bearer.send("POST", path, b"x", "text/plain").json()["access_url"])
    assert len(urls) == 6
    assert {url[: len(cdn)] for url in urls} == {cdn}


def test_a_place_takes_one_file_and_needs_its_signature(hers: Caller, nobody: Caller) -> None:
    place = hers.post("/fal/rest/storage/upload/initiate", {"file_name": "a"}).json()
    target = path(place["upload_url"])
    assert nobody.send("PUT", target.replace("/put/", "/put/1"), png()).status_code == 401
    assert nobody.send("PUT", target, png()).status_code == 200
    assert nobody.send("PUT", target, png()).status_code == 400
    assert Asset.objects.count() == 1


def test_a_token_uploads_as_python_does(hers: Caller, nobody: Caller) -> None:
    token = hers.post("/fal/rest/storage/auth/token?storage_type=fal-cdn-v3", {}).json()
    assert {"token", "token_type", "base_url", "expires_at"} == token.keys()
    assert token["expires_at"].endswith("+00:00")
    headers = {"Authorization": f"{token['token_type']} {token['token']}"}
    answer = nobody.send(
        "POST", "/fal/cdn/files/upload", b"hello", "text/plain", X_Fal_File_Name="a.txt", **headers
    )
    assert nobody.get(path(answer.json()["access_url"])).content == b"hello"
    headers = {"Authorization": "Bearer nonsense"}
    assert nobody.send("POST", "/fal/cdn/files/upload", b"x", **headers).status_code == 401


def test_links_cannot_be_made_up(hers: Caller, nobody: Caller) -> None:
    url = path(upload(hers, png()))
    asset = str(Asset.objects.get().pk)
    assert nobody.get(f"/fal/cdn/files/{asset}").status_code == 404
    other = asset[:-1] + ("1" if asset.endswith("0") else "0")
    assert nobody.get(url.replace(asset, other)).status_code == 404
    assert nobody.get(f"/media/{asset}").status_code == 401


def test_an_uploaded_picture_is_an_input_and_the_result_a_link(
    transactional_db: None, engine: None, hers: Caller, nobody: Caller
) -> None:
    url = upload(hers, png())
    given: dict[str, Any] = {"image_url": url, "x": 25, "y": 0, "width": 50, "height": 100}
    answer = hers.post("/fal/run/fal-ai/workflow-utilities/crop-image", given)
    image = answer.json()["image"]
    assert (image["width"], image["height"], image["content_type"]) == (20, 20, "image/png")
    assert image["url"].startswith("http://testserver/fal/cdn/files/")
    assert image["file_size"] == len(nobody.get(path(image["url"])).content)


def test_a_result_that_names_a_file_of_somebody_else_opens_nothing(
    transactional_db: None, engine: None, hers: Caller, his: Caller, nobody: Caller
) -> None:
    upload(hers, png())
    asset = str(Asset.objects.get().pk)
    given = {"text1": "/media/", "text2": asset}
    told = his.post("/fal/run/fal-ai/text-concat", given).json()["results"]
    assert asset in told
    assert nobody.get(path(told)).status_code == 404
    mine = hers.post("/fal/run/fal-ai/text-concat", given).json()["results"]
    assert nobody.get(path(mine)).content == png()


CROP: dict[str, Any] = {"x": 25, "y": 0, "width": 50, "height": 100}
CROPPING = contents(
    {
        "crop": {
            "id": "crop",
            "type": "run",
            "app": f"{UTIL}/crop-image",
            "input": {**CROP, "image_url": "$input.image_url"},
        }
    },
    {"image": "$crop.image", "given": "$input.image_url"},
    image_url={"name": "image_url", "type": "string"},
)


def test_a_link_is_an_input_of_whoever_has_it(
    transactional_db: None, engine: None, hers: Caller, his: Caller, nobody: Caller
) -> None:
    url = upload(hers, png())
    answer = his.post(f"/fal/run/{UTIL}/crop-image", {**CROP, "image_url": url})
    assert answer.status_code == 200, answer.content
    link = answer.json()["image"]["url"]
    # What is made of it is his; she takes it up again by its link.
    make(hers, "crop", CROPPING)
    answer = hers.post("/fal/run/workflows/alice/crop", {"image_url": link})
    assert answer.status_code == 200, answer.content
    assert answer.json()["image"]["width"] == 10
    # Handed on unchanged it is still readable, by the right it came with.
    assert nobody.get(path(answer.json()["given"])).status_code == 200
    seen = hers.get(f"/api/executions/{answer['x-fal-request-id']}").json()["result"]["given"]
    assert nobody.get(path(seen)).status_code == 200


def test_a_signature_opens_its_own_file_alone(
    transactional_db: None, engine: None, hers: Caller, his: Caller, nobody: Caller
) -> None:
    first, second = upload(hers, png()), upload(hers, png(41))
    ids = {asset.width: str(asset.pk) for asset in Asset.objects.all()}
    signature = first.split("/files/")[1].split("/")[0].replace(":", "%3A")
    assert nobody.get(f"/media/{ids[40]}?signed={signature}").content == png()
    assert nobody.get(f"/media/{ids[41]}?signed={signature}").status_code in (401, 404)
    for wrong in (
        f"/media/{ids[41]}?signed={signature}",
        f"/media/{ids[40]}",
        {"asset": ids[41], "url": first},
        second.replace(ids[41], ids[40]),
    ):
        answer = his.post(f"/fal/run/{UTIL}/crop-image", {**CROP, "image_url": wrong})
        assert answer.status_code in (404, 422), wrong


def test_a_link_is_an_image_of_a_native_run_too(
    transactional_db: None, engine: None, hers: Caller, his: Caller
) -> None:
    fields = [{"name": "photo", "type": "image"}]
    nodes = [
        a_node("ask", "requestInput", fields=fields, values={}),
        a_node("turn", "rotateImage", angle=90),
        a_node("end", "responseOutput"),
    ]
    edges = [an_edge("ask", "turn", "photo", "image"), an_edge("turn", "end", "image", "result")]
    slug = his.create("Turn", nodes=nodes, edges=edges)["slug"]
    body = {"inputs": {"photo": upload(hers, png())}}
    answer = his.post(f"/api/workflows/{slug}/run", body)
    assert answer.status_code == 200, answer.content
    assert answer.json()["result"]["images"][0]["width"] == 20


def test_a_file_is_gone_from_the_second_its_life_is_over(
    transactional_db: None, engine: None, hers: Caller, nobody: Caller
) -> None:
    url = upload(hers, png())
    asset = Asset.objects.get()
    Asset.objects.update(expires_at=timezone.now() + timedelta(seconds=30))
    kept = nobody.get(path(url))
    assert (kept.status_code, kept["Cache-Control"][:17]) == (200, "private, max-age=")
    assert int(kept["Cache-Control"][17:]) <= 30
    Asset.objects.update(expires_at=timezone.now())
    assert nobody.get(path(url)).status_code == 404
    assert hers.get(f"/media/{asset.pk}").status_code == 404
    answer = hers.post(f"/fal/run/{UTIL}/crop-image", {**CROP, "image_url": url})
    assert answer.status_code in (404, 422)
    assert Asset.objects.filter(pk=asset.pk).exists()
    assert upkeep.delete_expired(timezone.now()) == 1
    assert not Asset.objects.filter(pk=asset.pk).exists()


def test_the_engine_frees_the_place_of_expired_files_soon(
    transactional_db: None, hers: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leader, "DUE_SECONDS", 0.05)
    upload(hers, png())
    Asset.objects.update(expires_at=timezone.now())
    embedded.start()
    try:
        wait_until(lambda: not Asset.objects.exists())
    finally:
        embedded.stop()
        database.close()
