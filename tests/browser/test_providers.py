"""With each provider: from no key to a result, without leaving the canvas."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas
from tests.browser.server import Server, temporary_folder
from tests.browser.site import Site, edge, node
from tests.browser.test_models import paste
from tests.models.conftest import aimock, files  # noqa: F401
from tests.models.replicate import predictions
from tests.models.site import Outside
from tests.models.stand_in import KEY, stand_in

#: Name of the provider, and a model of it; what else its node needs follows from the task.
MODELS = {
    "Anthropic": ("chat", "anthropic/claude-haiku-5-5"),
    "Google Gemini": ("generateVideo", "google/gemini-omni-1.2-flash"),
    "OpenRouter": ("chat", "openrouter/meta/llama"),
    "Replicate": ("generateImage", "replicate/ruth/paint"),
    "Hugging Face": ("generateImage", "huggingface/ruth/text-to-image"),
    "ElevenLabs": ("speak", "elevenlabs/eleven_v3"),
}
#: Title of a node type, its first output, and what it needs.
NODES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "chat": ("Chat", "text", {"prompt": "hi"}),
    "generateImage": ("Generate image", "image", {"prompt": "a fox"}),
    "generateVideo": ("Generate video", "video", {"prompt": "a fox"}),
    "speak": ("Speak", "audio", {"text": "hello"}),
}


@pytest.fixture(scope="module")
def started(aimock: Outside, files: dict[str, Path]) -> Iterator[Server]:  # noqa: F811
    """A server that finds each provider at a stand-in."""
    image = files["image"].read_bytes()
    with (
        temporary_folder() as folder,
        predictions(image) as replicate,
        stand_in(files) as others,
    ):
        server = Server(Path(folder), fetch_allow=replicate.url)
        origins = {
            "anthropic": aimock.url,
            "openrouter": f"{aimock.url}/api/v1",
            "replicate": replicate.url,
            "huggingface": f"{others.url}/v1",
            "elevenlabs": others.url,
            "google": others.url,
        }
        server.set(MODEL_ORIGINS=",".join(f"{name}={base}" for name, base in origins.items()))
        server.start()
        yield server
        server.stop()


@pytest.mark.parametrize("name", MODELS)
def test_a_run_without_a_key_leads_to_a_key_and_to_a_result(
    page: Page, canvas: Canvas, site: Site, name: str
) -> None:
    type, model = MODELS[name]
    title, output, given = NODES[type]
    slug = site.create(
        f"No key of {name}",
        [node("it", type, 60, 0, model=model, **given), node("end", "preview", 520, 0)],
        [edge("it", output, "end", "value")],
    )
    canvas.open(slug)
    canvas.run()
    canvas.in_state(title, "failed")
    canvas.card(title).get_by_role("button", name=f"Add {name} key").click()
    dialog = page.get_by_role("dialog", name=f"Connect {name}")
    paste(page, dialog.get_by_label("Key", exact=True), KEY)
    expect(dialog.get_by_role("status")).to_contain_text("Works")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    canvas.done(title)
