"""The servers behind the tests of models, each started once."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests import clips
from tests.browser.server import Server
from tests.models.site import Outside, User, tiny_model
from tests.ports import free_port


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """An image, a sound and a video: what the stand-in gives, and what is sent to it."""
    folder = tmp_path_factory.mktemp("files")
    target = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").resize((64, 48)).save(target, "PNG")
    made = {
        "image": (target.getvalue(), "image.png"),
        "audio": (clips.sound(1.0), "sound.wav"),
        "video": (clips.video(seconds=1.0, size=(64, 48)), "video.mp4"),
    }
    found: dict[str, Path] = {}
    for kind, (body, name) in made.items():
        found[kind] = folder / name
        found[kind].write_bytes(body)
    return found


@pytest.fixture(scope="session")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    """llama.cpp's own server."""
    server = tiny_model(tmp_path_factory.mktemp("llama"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def aimock(tmp_path_factory: pytest.TempPathFactory, files: dict[str, Path]) -> Iterator[Outside]:
    """An independent stand-in for several providers."""
    given = [str(files[kind]) for kind in ("image", "audio", "video")]
    server = Outside(["node", "aimock.mjs", *given], tmp_path_factory.mktemp("aimock"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def user(tmp_path_factory: pytest.TempPathFactory, aimock: Outside) -> Iterator[User]:
    """Somebody logged in to a Patchbay that finds the providers at the stand-in."""
    bases = {
        "openai": f"{aimock.url}/v1",
        "anthropic": aimock.url,
        "google": aimock.url,
        "elevenlabs": aimock.url,
        "openrouter": f"{aimock.url}/api/v1",
        "groq": f"http://127.0.0.1:{free_port()}/v1",
    }
    origins = ",".join(f"{name}={base}" for name, base in bases.items())
    server = Server(tmp_path_factory.mktemp("patchbay"), model_origins=origins)
    server.start()
    try:
        yield User(server)
    finally:
        server.stop()
