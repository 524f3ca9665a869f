"""Damaged files through the nodes that read media: errors that say what is wrong, never a crash."""

from __future__ import annotations

import io
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from tests.clips import sound, video
from tests.engine.runs import execute, graph
from workflows.errors import BadImage
from workflows.graph.ports import MEDIA, item_type
from workflows.media import storage
from workflows.models import User
from workflows.nodes import registry

SEED = 7
EACH = 10  # damaged copies of every kind of file
MUXERS = {"m4a": "ipod"}
FORMS = {
    "image": ("PNG", "JPEG", "WEBP", "GIF"),
    "video": ("mp4", "webm", "avi"),
    "audio": ("mp3", "m4a", "ogg", "wav", "flac"),
}


def whole(kind: str, form: str) -> bytes:
    if kind == "image":
        buffer = io.BytesIO()
        Image.radial_gradient("L").resize((96, 64)).convert("RGB").save(buffer, form)
        return buffer.getvalue()
    return video(1.0, form=form) if kind == "video" else sound(1.0, form=MUXERS.get(form, form))


def damaged(body: bytes, chance: random.Random) -> bytes:
    """Cut a file, or change some of its bytes behind its beginning."""
    if chance.random() < 0.3:
        return body[: chance.randrange(16, len(body))]
    changed = bytearray(body)
    for _ in range(chance.choice((1, 4, 32, 400))):
        changed[chance.randrange(16, len(changed))] = chance.randrange(256)
    if chance.random() < 0.2:
        at = chance.randrange(16, len(changed))
        del changed[at : at + chance.randrange(1, 200)]
    return bytes(changed)


#: What some types need besides files.
MORE: dict[str, dict[str, Any]] = {
    "chat": {"prompt": "hello", "model": "openai/any"},
    "describeImage": {"model": "openai/any"},
    "drawText": {"text": "hello"},
    "editImage": {"prompt": "hello", "model": "openai/any"},
    "generateVideo": {"prompt": "hello", "model": "openrouter/any"},
    "moderate": {"model": "openai/any"},
    "resizeVideo": {"width": 64},
    "subtitles": {"text": "1\n00:00:00,000 --> 00:00:01,000\nHello\n"},
}


def readers(kind: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the node types that read a kind of media, with the ports to fill."""
    for type, node_type in sorted(registry.node_types().items()):
        media = {
            port.name: (item_type(port.type), port.required)
            for port in node_type.inputs
            if item_type(port.type) in MEDIA
        }
        ports = {name: found for name, (found, required) in media.items() if required}
        optional = [name for name, (found, _) in media.items() if found == kind]
        if kind not in ports.values() and optional:
            ports[optional[0]] = kind
        if kind in ports.values() and node_type.category != "Interface" and node_type.runs:
            yield type, ports


def document(type: str, ports: dict[str, str], files: dict[str, Any]) -> dict[str, Any]:
    """One node with files of this server in its fields."""
    given = {name: files["image" if kind == "mask" else kind] for name, kind in ports.items()}
    return graph({"n": (type, {**MORE.get(type, {}), **given})})


@pytest.mark.parametrize("kind", FORMS)
def test_no_damaged_file_crashes_a_node(engine: None, owner: User, kind: str) -> None:
    chance, types, ended = random.Random(SEED), list(readers(kind)), Counter[str]()
    files = {
        each: storage.reference(storage.asset_create(owner, whole(each, forms[0]), f"good.{each}"))
        for each, forms in FORMS.items()
    }
    for form in FORMS[kind]:
        body = whole(kind, form)
        for _ in range(EACH):
            try:
                asset = storage.asset_create(owner, damaged(body, chance), f"bad.{form}")
            except BadImage:
                continue
            for type, ports in chance.sample(types, 3):
                given = files | {kind: storage.reference(asset)}
                run, _ = execute(owner, document(type, ports, given))
                error = run.error or {"code": "", "message": ""}
                assert error.get("code") not in (None, "NODE_CRASHED"), (type, form, error)
                assert error["code"] == "" or error["body"]["field"], error
                ended[error["code"]] += 1
    assert sum(ended.values()) > 40, ended
    assert any(ended[code] for code in ("BAD_PICTURE", "BAD_VIDEO")), ended
