"""JSON that cannot be kept exactly, or is built to hurt, is refused with the right status."""

from __future__ import annotations

import time

import pytest
from django.conf import settings

from tests.api.client import Caller
from workflows.models import Workflow

pytestmark = pytest.mark.django_db

BAD = {
    "nan": b'{"name":"x","a":NaN}',
    "infinity": b'{"name":"x","a":-Infinity}',
    "too large a float": b'{"name":"x","a":1e400}',
    "5,000 digits": b'{"name":"x","a":' + b"9" * 5000 + b"}",
    "nul in a value": b'{"name":"x\\u0000"}',
    "nul in a key": b'{"name":"x","\\u0000":1}',
    "lone surrogate": b'{"name":"x","a":"\\ud800"}',
    "lone surrogate in a key": b'{"name":"x","\\udfff":1}',
    "duplicate keys": b'{"name":"x","name":"y"}',
    "deep lists": b'{"name":"x","a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep objects": b'{"name":"x","a":' + b'{"a":' * 5_000 + b"1" + b"}" * 5_001,
    "65 levels": b'{"name":"x","a":' + b"[" * 64 + b"]" * 64 + b"}",
    "byte order mark": b'\xef\xbb\xbf{"name":"x"}',
    "utf-16": '{"name":"x"}'.encode("utf-16"),
    "latin-1": b'{"name":"\xe4"}',
    "trailing text": b'{"name":"x"} yes',
    "comment": b'{"name":"x" /* c */}',
    "nothing": b"",
    "a list": b"[]",
    "null": b"null",
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD.keys())
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_bad_body_is_400_in_our_shape_and_saves_nothing(
    hers: Caller, method: str, body: bytes
) -> None:
    path = "/api/workflows"
    if method == "PUT":
        path += "/" + hers.create("kept")["slug"]
    began = time.process_time()
    response = hers.send(method, path, body)
    assert time.process_time() - began < 1.0
    assert response.status_code == 400, response.content[:200]
    assert response.json()["code"] == "INVALID_BODY"
    assert set(Workflow.objects.values_list("name", flat=True)) <= {"kept"}


def test_too_many_keys_are_413_at_once(hers: Caller) -> None:
    many = ",".join(f'"k{n}":1' for n in range(400_000))
    began = time.process_time()
    response = hers.send("POST", "/api/workflows", f'{{"name":"x",{many}}}')
    assert (response.status_code, response.json()["code"]) == (413, "TOO_LARGE")
    assert time.process_time() - began < 2.0


def test_a_body_over_the_limit_is_413(hers: Caller) -> None:
    limit = settings.LIMITS["document_bytes"]
    response = hers.send("POST", "/api/workflows", b'"' + b"x" * limit + b'"')
    assert (response.status_code, response.json()["code"]) == (413, "TOO_LARGE")


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=unicode_escape",
        "application/json; charset=latin-1",
        "application/json; charset=utf-16",
        "application/xml",
    ],
)
@pytest.mark.parametrize("path", ["/api/workflows", "/api/workflows/there/run"])
def test_another_content_type_or_charset_is_415(hers: Caller, path: str, content_type: str) -> None:
    hers.create("there")
    response = hers.send("POST", path, '{"name":"x","inputs":{}}', content_type)
    assert (response.status_code, response.json()["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("content_type", ["application/json;charset=UTF-8", "application/json"])
def test_utf8_json_is_taken(hers: Caller, content_type: str) -> None:
    body = '{"name":"ä","__proto__":{"x":1},"constructor":2,"":3}'.encode()
    response = hers.send("POST", "/api/workflows", body, content_type)
    assert response.status_code == 201
    got = response.json()
    assert (got["__proto__"], got["constructor"], got[""]) == ({"x": 1}, 2, 3)
