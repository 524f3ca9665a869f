"""The node types of the tests' ComfyUI server: they really make images, sounds and texts.

A node is a class as ComfyUI's own are described in `/object_info`; `run` gets a `Job`, through
which it reports progress and notices that it was interrupted.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import wave
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps
from PIL.PngImagePlugin import PngInfo

from tests.clips import video


class Interrupted(Exception):
    """Somebody stopped the request."""


class Blocked(Exception):
    """A node says that what follows from it shall not run."""


@dataclass
class Job:
    """What a running node may use of its server."""

    folder: Path
    prompt: dict[str, Any]
    extra: dict[str, Any]
    node_id: str
    step: Callable[[int, int, Image.Image | None], Any]
    check: Callable[[], None]
    gates: dict[str, asyncio.Event]
    ui: dict[str, list[Any]] = field(default_factory=dict)


def _spec(type: Any, **options: Any) -> list[Any]:
    return [type, options] if options else [type]


TYPES: dict[str, dict[str, Any]] = {}
RUN: dict[str, Callable[..., Any]] = {}


def node(
    name: str,
    required: dict[str, Any],
    outputs: tuple[str, ...] = (),
    *,
    optional: dict[str, Any] | None = None,
    output_node: bool = False,
    module: str = "nodes",
    title: str = "",
    **more: Any,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a node type and the coroutine that does its work."""
    groups = {"required": required, **({"optional": optional} if optional else {})}
    hidden = {"prompt": "PROMPT", "extra_pnginfo": "EXTRA_PNGINFO"} if output_node else {}
    TYPES[name] = {
        "input": {**groups, **({"hidden": hidden} if hidden else {})},
        "input_order": {key: list(group) for key, group in groups.items()},
        "output": list(outputs),
        "output_is_list": [False] * len(outputs),
        "output_name": list(outputs),
        "name": name,
        "display_name": title or name,
        "description": "",
        "python_module": module,
        "category": "test",
        "output_node": output_node,
        **more,
    }

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        RUN[name] = function
        return function

    return register


@node(
    "LoadImage",
    {"image": [["example.png"], {"image_upload": True}]},
    ("IMAGE", "MASK"),
    title="Load Image",
)
async def load_image(job: Job, image: str) -> tuple[Any, ...]:
    picture = Image.open(input_path(job.folder, image)).convert("RGB")
    return picture, Image.new("L", picture.size, 0)


@node("LoadAudio", {"audio": _spec("COMBO", options=["a.wav"], audio_upload=True)}, ("AUDIO",))
async def load_audio(job: Job, audio: str) -> tuple[Any, ...]:
    return (input_path(job.folder, audio).read_bytes(),)


@node(
    "EmptyImage",
    {
        "width": _spec("INT", default=64, min=1, max=4096),
        "height": _spec("INT", default=64, min=1),
        "color": _spec("INT", default=0, min=0, max=0xFFFFFF, display="color"),
    },
    ("IMAGE",),
)
async def empty_image(job: Job, width: int, height: int, color: int) -> tuple[Any, ...]:
    rgb = (color >> 16 & 255, color >> 8 & 255, color & 255)
    return (Image.new("RGB", (width, height), rgb),)


@node("ImageInvert", {"image": _spec("IMAGE")}, ("IMAGE",), title="Invert Image")
async def invert(job: Job, image: Image.Image) -> tuple[Any, ...]:
    return (await asyncio.to_thread(ImageOps.invert, image),)


@node(
    "TestSampler",
    {
        "text": _spec("STRING", multiline=True, dynamicPrompts=True),
        "seed": _spec("INT", default=0, min=0, max=0xFFFFFFFFFFFFFFFF, control_after_generate=True),
        "steps": _spec("INT", default=4, min=1, max=10_000),
        "sampler": [["euler", "dpmpp_2m"]],
        "scale": _spec("FLOAT", default=1.0, min=0.1, max=8.0, step=0.1),
        "tile": _spec("BOOLEAN", default=False),
    },
    ("IMAGE",),
    module="custom_nodes.test",
    title="Sampler",
    optional={
        "scheduler": _spec("COMBO", options=["normal", "karras"]),
    },
)
async def sampler(
    job: Job,
    text: str,
    seed: int,
    steps: int,
    sampler: str,
    scale: float,
    tile: bool,
    scheduler: str = "normal",
) -> tuple[Any, ...]:
    """Paint a color that follows from the values, in steps that can be watched."""
    facts = json.dumps([text, seed, sampler, scale, tile, scheduler])
    rgb = tuple(hashlib.sha256(facts.encode()).digest()[:3])
    picture = Image.new("RGB", (round(64 * scale), round(64 * scale)), rgb)
    for step in range(steps):
        await job.step(step + 1, steps, picture)
    return (picture,)


@node(
    "StorySleep",
    {
        "image": _spec("IMAGE"),
        "steps": _spec("INT", default=10, min=1, max=1000),
        "pause": _spec("FLOAT", default=0.5),
        "preview": _spec("BOOLEAN", default=True),
        "seed": _spec("INT", default=0, min=0, max=0xFFFFFFFFFFFFFFFF, control_after_generate=True),
    },
    ("IMAGE",),
    module="custom_nodes.story",
)
async def story_sleep(
    job: Job, image: Image.Image, steps: int, pause: float, seed: int, preview: bool
) -> tuple[Any, ...]:
    """Pass an image on in steps, as the node of the recorded sessions does."""
    for step in range(steps):
        await asyncio.sleep(pause)
        await job.step(step + 1, steps, image if preview else None)
    return (image,)


@node(
    "StoryNew",
    {
        "image": _spec("IMAGE"),
        "strength": _spec("FLOAT", default=0.5),
        "mode": [["soft", "hard"]],
    },
    ("IMAGE",),
    module="custom_nodes.story",
)
async def story_new(job: Job, image: Image.Image, strength: float, mode: str) -> tuple[Any, ...]:
    return (image,)


@node(
    "StoryFail",
    {"image": _spec("IMAGE"), "message": _spec("STRING", default="boom")},
    ("IMAGE",),
    module="custom_nodes.story",
)
async def story_fail(job: Job, image: Image.Image, message: str) -> tuple[Any, ...]:
    raise ValueError(message)


@node(
    "StoryValidate",
    {"image": _spec("IMAGE"), "n": _spec("INT", default=1)},
    ("IMAGE",),
    module="custom_nodes.story",
)
async def story_validate(job: Job, image: Image.Image, n: int) -> tuple[Any, ...]:
    return (image,)


@node(
    "StringConcatenate",
    {
        "string_a": _spec("STRING"),
        "string_b": _spec("STRING"),
        "delimiter": _spec("STRING"),
    },
    ("STRING",),
)
async def concatenate(job: Job, string_a: str, string_b: str, delimiter: str) -> tuple[Any, ...]:
    return (f"{string_a}{delimiter}{string_b}",)


@node(
    "Hold",
    {"image": _spec("IMAGE"), "gate": _spec("STRING", default="gate")},
    ("IMAGE",),
    module="custom_nodes.test",
)
async def hold(job: Job, image: Image.Image, gate: str) -> tuple[Any, ...]:
    """Wait until the test opens the gate, noticing interrupts as a sampler does."""
    event = job.gates.setdefault(gate, asyncio.Event())
    while not event.is_set():
        job.check()
        await asyncio.sleep(0.01)
    return (image,)


@node("Explode", {"image": _spec("IMAGE")}, ("IMAGE",), module="custom_nodes.test")
async def explode(job: Job, image: Image.Image) -> tuple[Any, ...]:
    raise RuntimeError("CUDA out of memory")


@node("Block", {"image": _spec("IMAGE")}, ("IMAGE",), module="custom_nodes.test")
async def block(job: Job, image: Image.Image) -> tuple[Any, ...]:
    raise Blocked("This branch is switched off.")


@node(
    "SaveImage",
    {
        "images": _spec("IMAGE"),
        "filename_prefix": _spec("STRING", default="ComfyUI"),
    },
    output_node=True,
    title="Save Image",
)
async def save_image(job: Job, images: Image.Image, filename_prefix: str) -> tuple[Any, ...]:
    job.ui["images"] = [_save(job, images, filename_prefix, "output")]
    return ()


@node("PreviewImage", {"images": _spec("IMAGE")}, output_node=True, title="Preview Image")
async def preview_image(job: Job, images: Image.Image) -> tuple[Any, ...]:
    job.ui["images"] = [_save(job, images, "preview", "temp")]
    return ()


@node(
    "SaveAudio",
    {"audio": _spec("AUDIO"), "filename_prefix": _spec("STRING", default="audio")},
    output_node=True,
)
async def save_audio(job: Job, audio: bytes, filename_prefix: str) -> tuple[Any, ...]:
    job.ui["audio"] = [_write(job, audio, filename_prefix, "output", ".wav")]
    return ()


@node(
    "SaveVideo",
    {"image": _spec("IMAGE"), "filename_prefix": _spec("STRING", default="video")},
    output_node=True,
)
async def save_video(job: Job, image: Image.Image, filename_prefix: str) -> tuple[Any, ...]:
    """Save a still image as a video, under the key that videos share with images."""
    colour: Any = image.convert("RGB").getpixel((0, 0))
    body = await asyncio.to_thread(video, 0.5, tone=None, colours=[colour])
    job.ui["images"] = [_write(job, body, filename_prefix, "output", ".mp4")]
    job.ui["animated"] = [True]
    return ()


@node("PreviewAny", {"source": _spec("*")}, output_node=True, title="Preview as Text")
async def preview_any(job: Job, source: Any) -> tuple[Any, ...]:
    job.ui["text"] = [str(source)]
    return ()


@node("PrimitiveString", {"value": _spec("STRING")}, ("STRING",), title="String")
async def primitive_string(job: Job, value: str) -> tuple[Any, ...]:
    return (value,)


@node(
    "ResizeTest",
    {
        "image": _spec("IMAGE"),
        "resize": [
            "COMFY_DYNAMICCOMBO_V3",
            {
                "options": [
                    {
                        "key": "by factor",
                        "inputs": {"required": {"factor": ["FLOAT", {"default": 2.0}]}},
                    },
                    {
                        "key": "to size",
                        "inputs": {"required": {"side": ["INT", {"default": 64, "min": 1}]}},
                    },
                ]
            },
        ],
    },
    ("IMAGE",),
    module="comfy_extras.test",
    experimental=None,
    api_node=False,
)
async def resize(job: Job, image: Image.Image, resize: str, **more: Any) -> tuple[Any, ...]:
    if resize == "to size":
        return (image.resize((more["resize.side"],) * 2),)
    factor = more["resize.factor"]
    return (image.resize((round(image.width * factor), round(image.height * factor))),)


def tone(seconds: float = 0.1) -> bytes:
    """Return a short sound as a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\x00\x10" * int(8000 * seconds))
    return file.getvalue()


def input_path(folder: Path, name: str) -> Path:
    """Find a file a graph names: `sub/name`, or with the folder in brackets behind it."""
    base = "input"
    for other in ("input", "output", "temp"):
        if name.endswith(f" [{other}]"):
            base, name = other, name.removesuffix(f" [{other}]")
    return folder / base / name


def _save(job: Job, image: Image.Image, prefix: str, kind: str) -> dict[str, str]:
    facts = PngInfo()
    facts.add_text("prompt", json.dumps(job.prompt))
    for key, value in job.extra.get("extra_pnginfo", {}).items():
        facts.add_text(key, json.dumps(value))
    file = io.BytesIO()
    image.save(file, "PNG", pnginfo=facts)
    return _write(job, file.getvalue(), prefix, kind, ".png")


def _write(job: Job, body: bytes, prefix: str, kind: str, ending: str) -> dict[str, str]:
    subfolder, _, name = prefix.rpartition("/")
    folder = job.folder / kind / subfolder
    folder.mkdir(parents=True, exist_ok=True)
    number = len(list(folder.glob(f"{name}_*"))) + 1
    filename = f"{name}_{number:05}_{ending}"
    (folder / filename).write_bytes(body)
    return {"filename": filename, "subfolder": subfolder, "type": kind}
