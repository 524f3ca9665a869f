"""A workflow of fal's with videos: uploaded, worked on step by step, and read by anybody."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from tests import clips
from tests.api.client import Caller, whole
from tests.fal.contents import UTIL, contents
from tests.fal.test_running import make
from tests.fal.test_storage import path, upload
from workflows.media.clips import inspect
from workflows.models import Asset

pytestmark = pytest.mark.usefixtures("engine")

STEPS = contents(
    {
        "cut": {
            "id": "cut",
            "type": "run",
            "app": f"{UTIL}/trim-video",
            "depends": ["input"],
            "input": {"video_url": "$input.film", "start_time": 1, "end_time": 2},
        },
        "last": {
            "id": "last",
            "type": "run",
            "app": "fal-ai/ffmpeg-api/extract-frame",
            "depends": ["cut"],
            "input": {"video_url": "$cut.video.url", "frame_type": "last"},
        },
        "both": {
            "id": "both",
            "type": "run",
            "app": "fal-ai/ffmpeg-api/merge-videos",
            "depends": ["cut", "input"],
            "input": {"video_urls": ["$input.film", "$cut.video.url"]},
        },
    },
    {"frame": "$last.frame.url", "film": "$both.video"},
    film={"name": "film", "type": "video", "required": True},
)


def test_videos_go_through_a_workflow_of_fals(
    transactional_db: None, hers: Caller, nobody: Caller
) -> None:
    make(hers, "films", STEPS)
    film = upload(hers, clips.video(3), "film.mp4")
    answer = hers.post("/fal/run/workflows/alice/films", {"film": film})
    assert answer.status_code == 200, answer.content
    result = answer.json()
    with Image.open(io.BytesIO(nobody.get(path(result["frame"])).content)) as frame:
        pixel: Any = frame.convert("RGB").getpixel((32, 24))
        red, green, blue = pixel
    assert green > 150 > max(red, blue), "the second second is green"
    sent = nobody.get(path(result["film"]["url"]))
    body = whole(sent) if sent.streaming else sent.content
    facts = inspect(io.BytesIO(body))
    assert facts is not None
    assert facts.duration == pytest.approx(4, abs=0.15)
    assert result["film"]["content_type"] == "video/mp4"
    assert result["film"]["file_size"] == len(body)
    lengths = Asset.objects.filter(content_type="video/mp4").values_list("duration", flat=True)
    assert sorted(round(length) for length in lengths) == [1, 3, 4]


def test_a_file_that_is_no_video_is_told_as_fal_tells_it(hers: Caller) -> None:
    words = upload(hers, b"just words", "film.mp4")
    answer = hers.post("/fal/run/fal-ai/ffmpeg-api/extract-frame", {"video_url": words})
    assert answer.status_code == 422
    [wrong] = answer.json()["detail"]
    assert wrong["loc"][-1] == "video_url"
    assert "text file" in wrong["msg"]
