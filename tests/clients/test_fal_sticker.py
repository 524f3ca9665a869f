"""The sticker in three steps, streamed by fal's own clients: it runs here, with no key of fal."""

from __future__ import annotations

import io
import urllib.request
from typing import Any

import fal_client
from PIL import Image

from tests.clients.conftest import Site, node

APP = "workflows/patchbay/sticker-in-three-steps"
STEPS = ["picture", "cutout", "sticker"]
APPS = [
    "fal-ai/workflow-utilities/resize-to-max-pixels",
    "fal-ai/imageutils/rembg",
    "fal-ai/face-to-sticker",
]


def check(events: list[dict[str, Any]]) -> None:
    """Check that each step is told when it begins and when it is done, and the result last."""
    told = [(event["type"], event["node_id"]) for event in events[:-1]]
    assert told == [(kind, step) for step in STEPS for kind in ("submit", "completion")]
    assert [event["app_id"] for event in events if event["type"] == "submit"] == APPS
    assert events[-1]["type"] == "output"
    [sticker] = events[-1]["output"]["images"]
    with urllib.request.urlopen(sticker["url"], timeout=20) as answer:
        picture = Image.open(io.BytesIO(answer.read())).convert("RGBA")
    assert picture.size == (sticker["width"], sticker["height"])
    # The subject is opaque and the corners are cut away.
    assert picture.getpixel((0, 0))[3] == 0
    assert picture.getpixel((picture.width // 2, picture.height // 2))[3] == 255


def test_in_python(python: fal_client.SyncClient) -> None:
    check(list(python.stream(APP, arguments={})))


async def test_in_python_without_waiting(site: Site, python: fal_client.SyncClient) -> None:
    client = fal_client.AsyncClient(key=site.key)
    check([event async for event in client.stream(APP, arguments={"outline_color": "#ffffff"})])
    await (await client._client).aclose()


def test_in_javascript(site: Site) -> None:
    answer = node(site, "proxyUrl", "stream", APP, '{"outline_width": 4}')
    check(answer["events"])
    assert answer["last"] == answer["events"][-1]
