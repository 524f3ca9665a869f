"""The covers of the templates: the last thing that a template makes, as an image.

A video is shown by one of its frames, audio by its waveform, and a text is written on a card.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.media import images
from workflows.media.clips import Clip
from workflows.nodes import registry
from workflows.samples import templates
from workflows.samples.rehearsal import MemoryContext, rehearse
from workflows.types import Json, JsonObject

if TYPE_CHECKING:
    from PIL.Image import Image

    from workflows.graph.plan import Plan
    from workflows.types import NodeId

COVER_WIDTH = 640  # px
COVER_HEIGHT = 480  # px; of covers that are lower than that
COVER_BYTES = 80_000
_DRAWN = (640, 427)
#: Ground and ink of what is drawn here; a template has one of them by its slug.
_PAPERS = (("#f3efe6", "#2a2723"), ("#dfe9e2", "#173b2c"), ("#e3e4f4", "#23255c"))
_SCREENS = (("#10231c", "#4be39a"), ("#1b1433", "#b79bff"), ("#2b1509", "#ffab5e"))
_BARS = 64


async def render_cover(slug: str) -> Image:
    """Run a template and return the last thing it makes as a cover of `COVER_WIDTH` px.

    What needs a key, weights or a runner is not run; its stand-in goes through the rest.
    """
    context = MemoryContext()
    template = {**templates.document(slug), "cover": None}
    document = templates.with_samples(template, context.sample)
    stand_ins = templates.with_samples(templates.stand_ins(slug), context.sample)
    plan, outputs = await rehearse(context, document, stand_ins=stand_ins)
    made = _last(plan, outputs)
    if isinstance(made, str):
        return await _written(context, made, _of(_PAPERS, slug))
    kind = str(made["content_type"]).partition("/")[0]
    if kind == "audio":
        return _waveform(await context.load_clip(made, field="", kind=kind), _of(_SCREENS, slug))
    if kind == "video":
        clip = await context.load_clip(made, field="cover")
        _, frame = next(clip.frames(clip.duration / 4))
        return _framed(clip.frame_image(frame))
    return _framed(await context.load_image(made, field="cover"))


def encode_cover(cover: Image) -> bytes:
    """Encode a cover as WebP of at most `COVER_BYTES`."""
    for quality in range(88, 30, -6):
        body = images.encode(cover, "WEBP", quality=quality, method=6)
        if len(body) <= COVER_BYTES:
            return body
    raise ValueError(f"the cover does not fit into {COVER_BYTES} bytes")


def _last(plan: Plan, outputs: dict[NodeId, JsonObject]) -> Json:
    """Return the last file that reaches the last sink, or that it puts together; else the text."""
    sink = plan.nodes[plan.sinks[-1]]
    brought = [
        outputs[connection.source][connection.port]
        for connection in sink.connections.get("result", ())
    ]
    waiting: list[Json] = [*brought] or [outputs[sink.id]]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict) and "asset" in item:
            return item
        if isinstance(item, dict | list):
            waiting += item.values() if isinstance(item, dict) else item
    return brought[-1]


def _framed(image: Image) -> Image:
    """Scale an image down to the width; a smaller one is in the middle of a clear ground."""
    from PIL import Image as Pillow

    if image.width > COVER_WIDTH:
        height = round(image.height * COVER_WIDTH / image.width)
        return image.resize((COVER_WIDTH, height), Pillow.Resampling.LANCZOS)
    ground = Pillow.new("RGBA", (COVER_WIDTH, max(COVER_HEIGHT, image.height)), (0, 0, 0, 0))
    left, top = (ground.width - image.width) // 2, (ground.height - image.height) // 2
    ground.paste(image.convert("RGBA"), (left, top))
    return ground


def _of(colors: tuple[tuple[str, str], ...], slug: str) -> tuple[str, str]:
    return colors[sum(map(ord, slug)) % len(colors)]


async def _written(context: MemoryContext, text: str, colors: tuple[str, str]) -> Image:
    """Write a text on a card, by the node that does so."""
    ground, ink = colors
    draw = registry.node_types()["drawText"]
    fields = {port.name: port.default for port in draw.inputs}
    fields |= {"text": text, "font": "Serif", "color": ink, "background": ground, "align": "left"}
    fields |= {"boxX": 9, "boxWidth": 82, "boxY": 10, "boxHeight": 80, "lineHeight": 1.25}
    fields["width"], fields["height"] = _DRAWN
    registered = registry.get("drawText")
    assert registered is not None
    made = await registered.function(context, **fields)
    return await context.load_image(made["image"], field="image")


def _waveform(clip: Clip, colors: tuple[str, str]) -> Image:
    """Draw how loud a clip is from its beginning to its end."""
    import numpy as np
    from PIL import Image as Pillow
    from PIL import ImageDraw

    audio = np.abs(np.concatenate(list(clip.audio()), axis=1)).max(axis=0)
    loud = [float(np.sqrt((part**2).mean())) for part in np.array_split(audio, _BARS)]
    width, height = _DRAWN
    image = Pillow.new("RGB", (width * 2, height * 2), colors[0])
    draw = ImageDraw.Draw(image)
    step, middle = width * 1.76 / _BARS, height
    for at, level in enumerate(loud):
        half = max(step * 0.3, level / max(loud) * height * 0.72)
        left = width * 0.12 + at * step
        box = (left, middle - half, left + step * 0.6, middle + half)
        draw.rounded_rectangle(box, step * 0.3, fill=colors[1])
    return image.resize((width, height), Pillow.Resampling.LANCZOS)
