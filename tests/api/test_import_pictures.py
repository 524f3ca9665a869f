"""Workflows in the images that ComfyUI makes come in by the same door as files."""

from __future__ import annotations

import json
from io import BytesIO

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.api.client import Caller
from tests.api.test_imports import bring
from tests.pure.comfy_files import API
from workflows.models import Asset

pytestmark = pytest.mark.django_db


def test_the_workflow_in_a_picture_is_imported_without_its_secrets(hers: Caller) -> None:
    prompt = {**API, "10": {"class_type": "Ask", "inputs": {"api_key": "abc", "images": ["8", 0]}}}
    info = PngInfo()
    info.add_text("prompt", json.dumps(prompt))
    picture = BytesIO()
    Image.new("RGB", (4, 4)).save(picture, "PNG", pnginfo=info)
    answer = bring(hers, picture.getvalue(), "fox.png")
    assert answer.status_code == 200, answer.content
    found = answer.json()
    assert (found["format"], found["name"]) == ("comfy", "fox")
    assert found["removed"] == ["10.inputs.api_key"]
    graph = next(node for node in found["document"]["nodes"] if node["type"] == "comfyWorkflow")
    assert graph["data"]["graph"]["10"]["inputs"]["api_key"] == ""
    assert not Asset.objects.exists()
