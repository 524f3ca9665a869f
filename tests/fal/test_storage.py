"""Uploads by both protocols, and links that anybody who has them can read."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from tests.api.client import Caller
from workflows.models import Asset


def png(width: int = 40, height: int = 20) -> bytes:
    body = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(body, "PNG")
    return body.getvalue()


def path(url: str) -> str:
    return url.removeprefix("http://testserver")


def upload(caller: Caller, body: bytes, name: str = "a b.png") -> str:
    """Upload as JavaScript does and return the file's address."""
    place = caller.post(
        "/fal/rest/storage/upload/initiate?storage_type=fal-cdn-v3",
        {"file_name": name, "content_type": "image/png"},
    ).json()
    answer = Caller().send("PUT", path(place["upload_url"]), body, content_type="image/png")
    assert answer.status_code == 200, answer.content
    return place["file_url"]


def test_a_promised_address_holds_the_file_that_was_put(hers: Caller, nobody: Caller) -> None:
    url = upload(hers, png())
    answer = nobody.get(path(url))
    assert answer.content == png()
    assert answer["Content-Type"] == "image/png"
    assert Asset.objects.get().owner.username == "alice"


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
