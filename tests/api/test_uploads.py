"""POST /api/uploads and GET /media/<id>."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from tests import clips
from tests.api.client import Caller, a_node, an_edge, whole
from workflows.models import Asset, User

pytestmark = pytest.mark.django_db


def picture(width: int = 40, height: int = 30, format: str = "PNG") -> bytes:
    from PIL import Image

    buffer = BytesIO()
    Image.new("RGB", (width, height), "#336699").save(buffer, format)
    return buffer.getvalue()


def huge_png() -> bytes:
    """Write a small file that declares 900 megapixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 30_001 * 10)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


def upload(caller: Caller, name: str, body: bytes) -> dict[str, Any]:
    response = caller.upload(SimpleUploadedFile(name, body))
    assert response.status_code == 201, response.content
    return response.json()


def test_an_upload_answers_a_media_reference(hers: Caller, alice: User) -> None:
    body = picture()
    got = upload(hers, "cup.png", body)
    assert got["url"] == f"/media/{got['asset']}"
    assert (got["content_type"], got["contentType"], got["kind"]) == (
        "image/png",
        "image/png",
        "image",
    )
    assert (got["width"], got["height"], got["size"]) == (40, 30, len(body))
    assert (got["name"], got["id"]) == ("cup.png", got["asset"])
    assert Asset.objects.get().owner == alice
    sent = hers.get(got["url"])
    assert sent.content == body
    assert sent["Content-Type"] == "image/png"


def test_a_text_file_named_png_is_stored_as_the_text_it_is(hers: Caller) -> None:
    got = upload(hers, "trick.png", b"I am no picture.")
    assert (got["content_type"], got["kind"]) == ("text/plain", "file")
    sent = hers.get(got["url"])
    assert sent["Content-Disposition"].startswith("attachment")
    assert sent["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db(transaction=True)
def test_a_text_file_named_png_fails_at_the_node_that_wants_a_picture(
    engine: None, hers: Caller
) -> None:
    got = upload(hers, "trick.png", b"I am no picture.")
    hers.create(
        "Trick",
        nodes=[
            a_node("up", "upload", asset=got),
            a_node("turn", "rotateImage"),
            a_node("end", "responseOutput"),
        ],
        edges=[an_edge("up", "turn", "image", "image"), an_edge("turn", "end", "image", "result")],
    )
    response = hers.post("/api/workflows/trick/run", {"inputs": {}})
    assert response.status_code == 400
    (issue,) = response.json()["issues"]
    assert issue["nodeId"] == "up"
    assert "trick.png" in issue["message"]
    assert "text/plain" in issue["message"]
    assert "image" in issue["expected"]


def test_a_picture_of_900_megapixels_is_refused(hers: Caller) -> None:
    response = hers.upload(SimpleUploadedFile("huge.png", huge_png()))
    assert (response.status_code, response.json()["code"]) == (422, "BAD_PICTURE")
    assert "megapixels" in response.json()["expected"]
    assert not Asset.objects.exists()


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\x00b.png", "C:\\x\\y.png", "‮gnp.exe"])
def test_a_name_is_never_a_path(hers: Caller, name: str) -> None:
    got = upload(hers, name, b"text")
    assert not set("/\\\x00\u202e") & set(str(got["name"]))


def test_json_that_imitates_a_file_is_refused(hers: Caller) -> None:
    forged = {"file": {"path": "/etc/passwd", "name": "x"}, "files": [{"filepath": "/etc/passwd"}]}
    response = hers.post("/api/uploads", forged)
    assert (response.status_code, response.json()["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert response.json()["expected"] == "multipart/form-data"


def test_exactly_one_file_in_the_right_field_is_wanted(hers: Caller) -> None:
    none = hers.client.post("/api/uploads", {"other": BytesIO(b"x")}, headers=hers.headers)
    two = hers.client.post(
        "/api/uploads", {"file": [BytesIO(b"x"), BytesIO(b"y")]}, headers=hers.headers
    )
    text = hers.client.post("/api/uploads", {"file": "text"}, headers=hers.headers)
    for response in (none, two, text):
        assert (response.status_code, response.json()["field"]) == (400, "file")


def test_a_full_account_cannot_upload(hers: Caller) -> None:
    from django.conf import settings

    with override_settings(LIMITS={**settings.LIMITS, "storage_bytes_per_user": 1000}):
        assert hers.upload(SimpleUploadedFile("a.txt", b"x" * 900)).status_code == 201
        full = hers.upload(SimpleUploadedFile("b.txt", b"y" * 200))
    assert (full.status_code, full.json()["code"]) == (413, "QUOTA_EXCEEDED")
    assert Asset.objects.count() == 1


def test_a_file_over_the_limit_is_413(hers: Caller) -> None:
    from django.conf import settings

    with override_settings(LIMITS={**settings.LIMITS, "upload_bytes": 1000}):
        assert hers.upload(SimpleUploadedFile("a.txt", b"x" * 1000)).status_code == 201
        assert hers.upload(SimpleUploadedFile("b.txt", b"x" * 1001)).status_code == 413


def test_another_persons_file_looks_exactly_like_a_missing_one(
    hers: Caller, his: Caller, nobody: Caller
) -> None:
    got = upload(hers, "mine.png", picture())
    for query in ("", "?w=16"):
        theirs = his.get(f"{got['url']}{query}")
        missing = his.get(f"/media/00000000-0000-4000-8000-000000000000{query}")
        assert theirs.status_code == 404
        assert theirs.content == missing.content == his.get(f"/media/x{query}").content
        assert nobody.get(f"{got['url']}{query}").status_code == 401


def test_the_pictures_of_a_template_can_be_read_by_everybody(hers: Caller, his: Caller) -> None:
    inside, cover = upload(hers, "in.png", picture()), upload(hers, "c.png", picture(8, 8))
    slug = hers.create(
        "T", nodes=[a_node("u", "upload", asset=inside)], cover={"image": cover["url"]}
    )["slug"]
    assert his.get(inside["url"]).status_code == 404
    hers.put(f"/api/workflows/{slug}", {"isTemplate": True})
    assert his.get(inside["url"]).status_code == 200
    assert his.get(cover["url"]).status_code == 200


def test_a_template_cannot_open_somebody_elses_file(hers: Caller, his: Caller) -> None:
    secret = upload(hers, "secret.png", picture())
    his.create("T", isTemplate=True, nodes=[a_node("u", "upload", asset=secret)])
    assert his.get(secret["url"]).status_code == 404


def test_media_carry_the_headers_that_keep_them_harmless(hers: Caller) -> None:
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    for name, body, shown in (
        ("a.svg", svg, "attachment"),
        ("a.html", b"<!doctype html><script>1</script>", "attachment"),
        ("a.jpg", picture(format="JPEG"), "inline"),
        ("b.bin", b"\0\1\2", "attachment"),
    ):
        response = hers.get(str(upload(hers, name, body)["url"]))
        assert response["Content-Disposition"].startswith(shown), name
        assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Cross-Origin-Resource-Policy"] == "same-origin"
        assert response["Cache-Control"] == "private, max-age=31536000, immutable"


@pytest.mark.parametrize(
    ("range", "status", "part", "shown"),
    [
        ("bytes=0-9", 206, slice(0, 10), "bytes 0-9/100"),
        ("bytes=90-", 206, slice(90, 100), "bytes 90-99/100"),
        ("bytes=90-500", 206, slice(90, 100), "bytes 90-99/100"),
        ("bytes=-10", 206, slice(90, 100), "bytes 90-99/100"),
        ("bytes=-500", 206, slice(0, 100), "bytes 0-99/100"),
        ("bytes=0-0,5-6", 200, slice(0, 100), None),
        ("lines=1-2", 200, slice(0, 100), None),
        ("bytes=9-3", 200, slice(0, 100), None),
        ("bytes=-", 200, slice(0, 100), None),
    ],
)
def test_ranges_are_sent(
    hers: Caller, range: str, status: int, part: slice, shown: str | None
) -> None:
    body = bytes(b % 251 for b in b"\1" * 50) + b"\2" * 50
    response = hers.get(str(upload(hers, "x.bin", body)["url"]), Range=range)
    assert (response.status_code, response.content) == (status, body[part])
    assert response.headers.get("Content-Range") == shown


def test_a_range_behind_the_end_is_416(hers: Caller) -> None:
    url = str(upload(hers, "x.bin", b"\0" * 100)["url"])
    for range in ("bytes=100-", "bytes=-0"):
        response = hers.get(url, Range=range)
        assert (response.status_code, response["Content-Range"]) == (416, "bytes */100")


def test_a_large_file_is_streamed_whole(hers: Caller) -> None:
    body = b"\0" + bytes(range(256)) * 12_000
    response = hers.get(str(upload(hers, "large.bin", body)["url"]))
    assert response.streaming
    assert response["Content-Length"] == str(len(body))
    assert whole(response) == body


def test_a_thumbnail_is_webp_of_the_width_asked_for_and_is_kept(hers: Caller) -> None:
    from PIL import Image

    from workflows.media import files

    got = upload(hers, "wide.png", picture(200, 100))
    responses = [hers.get(f"{got['url']}?w=32") for _ in range(2)]
    assert responses[0].content == responses[1].content
    assert responses[0]["Content-Type"] == "image/webp"
    assert Image.open(BytesIO(responses[0].content)).size == (32, 16)
    assert list(files.local_folder("").glob(f"thumbnails/*/{got['sha256']}-32.webp"))
    etag = responses[0]["ETag"]
    assert hers.get(f"{got['url']}?w=32", If_None_Match=etag).status_code == 304
    hers.get(f"{got['url']}?w=33")
    assert not list(files.local_folder("").glob(f"thumbnails/*/{got['sha256']}-33.webp"))


@pytest.mark.parametrize("width", ["0", "2049", "-1", "x", "", "1e2", "٣"])
def test_a_width_out_of_range_is_400(hers: Caller, width: str) -> None:
    url = upload(hers, "a.png", picture())["url"]
    response = hers.get(f"{url}?w={width}")
    assert (response.status_code, response.json()["field"]) == (400, "w")


def test_a_video_has_a_length_and_a_poster_and_is_sent_in_parts(hers: Caller) -> None:
    body = clips.video(2)
    got = upload(hers, "film.mp4", body)
    assert (got["content_type"], got["kind"]) == ("video/mp4", "video")
    assert (got["width"], got["height"]) == (64, 48)
    assert got["duration"] == pytest.approx(2, abs=0.1)
    poster = hers.get(f"{got['url']}?w=32")
    assert (poster.status_code, poster["Content-Type"]) == (200, "image/webp")
    part = hers.get(got["url"], Range="bytes=4-7")
    assert (part.status_code, part.content) == (206, b"ftyp")
    assert part["Content-Disposition"].startswith("inline")


def test_a_broken_video_is_kept_but_has_no_poster(hers: Caller) -> None:
    got = upload(hers, "film.mp4", b"\0\0\0\x20ftypisom" + b"\xff" * 99)
    assert (got["content_type"], "duration" in got) == ("video/mp4", False)
    refused = hers.get(f"{got['url']}?w=32")
    assert (refused.status_code, refused.json()["code"]) == (422, "BAD_VIDEO")


def test_a_thumbnail_of_something_else_is_422(hers: Caller) -> None:
    url = upload(hers, "a.txt", b"words")["url"]
    assert hers.get(f"{url}?w=16").json()["code"] == "BAD_PICTURE"


def test_head_tells_the_size_without_the_content(hers: Caller) -> None:
    got = upload(hers, "a.png", picture())
    response = hers.send("HEAD", str(got["url"]))
    assert (response.status_code, response.content) == (200, b"")
    assert response["Content-Length"] == str(got["size"])
