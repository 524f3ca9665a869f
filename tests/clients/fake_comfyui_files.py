"""The questions to the tests' ComfyUI server that concern no request: files, types, machine."""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from tests.clients.fake_comfyui_server import Comfy

VERSIONS = {"old": "0.3.64", "new": "0.38.1"}
UPLOAD_BYTES = 100 * 1024 * 1024
FLAGS = {"supports_preview_metadata": True, "max_upload_size": UPLOAD_BYTES}


async def view(comfy: Comfy, request: web.Request) -> web.StreamResponse:
    """Give a file out, or a part of it; refuse names that lead elsewhere."""
    name, kind = request.query.get("filename", ""), request.query.get("type", "output")
    if not name or name.startswith("/") or ".." in name or kind not in ("output", "input", "temp"):
        return web.Response(status=400)
    base = (comfy.folder / kind).resolve()
    path = (base / request.query.get("subfolder", "") / name.rpartition("/")[2]).resolve()
    if not path.is_relative_to(base):
        return web.Response(status=403)
    return web.FileResponse(path) if path.is_file() else web.Response(status=404)


async def upload(comfy: Comfy, request: web.Request) -> web.Response:
    """Put a file among the inputs, under another name if its own is taken by other bytes."""
    form = await request.post()
    image = form.get("image")
    if not isinstance(image, web.FileField):
        return web.Response(status=400)
    kind, subfolder = str(form.get("type", "input")), str(form.get("subfolder", ""))
    base = (comfy.folder / kind).resolve()
    folder = (base / subfolder).resolve()
    if not image.filename or not folder.is_relative_to(base):
        return web.Response(status=400)
    folder.mkdir(parents=True, exist_ok=True)
    body, path = image.file.read(), folder / image.filename
    if form.get("overwrite") not in ("true", "1"):
        count = 0
        while path.exists() and path.read_bytes() != body:
            count += 1
            path = folder / f"{Path(image.filename).stem} ({count}){path.suffix}"
    path.write_bytes(body)
    answer: dict[str, Any] = {"name": path.name, "subfolder": subfolder, "type": kind}
    if comfy.mode == "new":
        sha = hashlib.sha256(body).hexdigest()
        answer["asset"] = {"id": str(uuid.uuid4()), "name": path.name, "asset_hash": sha}
    return web.json_response(answer)


async def object_info(comfy: Comfy, request: web.Request) -> web.Response:
    """Tell of all node types, or one."""
    types = comfy.types()
    names = sorted(path.name for path in (comfy.folder / "input").iterdir() if path.is_file())
    types["LoadImage"]["input"]["required"]["image"][0] = names
    if comfy.mode == "new":
        for row in types.values():
            row |= {"is_input_list": False, "dev_only": False, "search_aliases": []}
    wanted = request.match_info.get("name")
    if wanted is not None:
        types = {name: row for name, row in types.items() if name == wanted}
    answer = web.json_response(types)
    answer.enable_compression()
    return answer


async def stats(comfy: Comfy, request: web.Request) -> web.Response:
    """Tell of the machine."""
    device = {
        "name": "cuda:0 Test GPU",
        "type": "cuda",
        "index": 0,
        "vram_total": 24 * 2**30,
        "vram_free": 20 * 2**30,
        "torch_vram_total": 0,
        "torch_vram_free": 0,
    }
    system = {
        "os": "posix" if comfy.mode == "old" else "linux",
        "ram_total": 64 * 2**30,
        "ram_free": 32 * 2**30,
        "comfyui_version": VERSIONS[comfy.mode],
        "python_version": "3.12",
        "pytorch_version": "2.8",
        "embedded_python": False,
        "argv": ["main.py"],
    }
    devices = [device] if comfy.mode == "old" else [device, {**device, "index": 1}]
    return web.json_response({"system": system, "devices": devices})


async def features(comfy: Comfy, request: web.Request) -> web.Response:
    """Tell what the server can do."""
    return web.json_response(FLAGS)


async def nothing(comfy: Comfy, request: web.Request) -> web.Response:
    """Do as told, which is nothing."""
    return web.Response()


ROUTES = (
    ("GET", "/view", view),
    ("POST", "/upload/image", upload),
    ("GET", "/object_info", object_info),
    ("GET", "/object_info/{name}", object_info),
    ("GET", "/system_stats", stats),
    ("GET", "/features", features),
    ("POST", "/free", nothing),
)
