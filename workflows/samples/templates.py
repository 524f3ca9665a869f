"""The templates: three workflows that run on any machine, without a key or the network.

Each is a document of a workflow. Where it holds a sample picture it says `{"sample": file name}`;
whoever installs the templates puts the reference of a stored copy in its place (`with_samples`).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from workflows.types import Json, JsonObject

FOLDER = Path(__file__).parent
SAMPLES = ("espresso.png", "cat.png", "rocket.jpg")

_MEDIA_WIDTH, _MEDIA_HEIGHT = 320, 330  # px on the canvas, preview included
_COLUMN, _ROW = 400, 390  # px from one node to the next


def templates() -> list[JsonObject]:
    """Return the templates in the order they are shown."""
    return [_sticker(), _poster(), _social_kit()]


def sample(name: str) -> Path:
    """Return where a sample picture lies."""
    return FOLDER / name


def cover(slug: str) -> Path:
    """Return where a template's cover lies: a picture that the template made."""
    return FOLDER / "covers" / f"{slug}.webp"


def with_samples(value: Json, reference: Callable[[str], Json]) -> Json:
    """Return a copy of a document in which `reference(name)` stands for each `{"sample": name}`."""
    if isinstance(value, dict):
        if set(value) == {"sample"} and isinstance(value["sample"], str):
            return reference(value["sample"])
        return {key: with_samples(item, reference) for key, item in value.items()}
    if isinstance(value, list):
        return [with_samples(item, reference) for item in value]
    return value


def _node(id: str, type: str, at: tuple[float, float], **data: Json) -> JsonObject:
    """Place a picture node by column and row."""
    return {
        "id": id,
        "type": type,
        "position": {"x": round(at[0] * _COLUMN), "y": round(at[1] * _ROW)},
        "width": _MEDIA_WIDTH,
        "height": _MEDIA_HEIGHT,
        "data": data,
    }


def _note(id: str, at: tuple[float, float], text: str, color: str = "#f4d675") -> JsonObject:
    node = _node(id, "note", at, text=text, color=color)
    return {**node, "width": 280, "height": 120}


def _request(id: str, at: tuple[float, float], fields: list[JsonObject]) -> JsonObject:
    node = _node(id, "requestInput", at, label="Your choices", fields=fields, values={})
    pictures = sum(field["type"] == "image" for field in fields)
    return {**node, "height": 36 + 56 * len(fields) + 150 * pictures + 28}


def _edge(source: str, target: str, label: str = "") -> JsonObject:
    """Wire `node.port` to `node.port`."""
    (from_id, from_port), (to_id, to_port) = source.split("."), target.split(".")
    edge: JsonObject = {
        "id": f"{from_id}-{from_port}-{to_id}-{to_port}",
        "source": from_id,
        "sourceHandle": f"{from_port}-out",
        "target": to_id,
        "targetHandle": f"{to_port}-in",
    }
    return {**edge, "data": {"label": label}} if label else edge


def _sticker() -> JsonObject:
    fields: list[JsonObject] = [
        {
            "name": "picture",
            "label": "Picture",
            "type": "image",
            "required": True,
            "default": {"sample": "espresso.png"},
            "help": "One clear subject works best.",
        },
        {"name": "border", "label": "Border", "type": "color", "default": "#ffffff"},
        {
            "name": "width",
            "label": "Border width",
            "type": "slider",
            "default": 14,
            "min": 0,
            "max": 60,
            "step": 1,
        },
    ]
    return {
        "slug": "sticker",
        "name": "Sticker",
        "description": "Cuts the subject out of a photo and gives it a sticker's border.",
        "tags": ["picture", "cut-out"],
        "viewport": {"x": 60, "y": 220, "zoom": 0.8},
        "nodes": [
            _request("request", (0, 0), fields),
            _node("cut", "cutOut", (1, 0), method="automatic", softness=1),
            _node("outline", "outline", (2, 0), shadow=35, shadowBlur=16, smooth=8),
            _node("result", "responseOutput", (3, 0)),
            _note("note-drop", (0, -0.42), "1  Drop your own picture here, or keep the coffee."),
            _note("note-run", (3, -0.42), "2  Press Run. The sticker appears here."),
            _note(
                "note-tune",
                (1, 0.94),
                "Not quite right? Try the method colour for plain backgrounds, "
                "or keep all pieces instead of the largest.",
                "#a9d6c5",
            ),
        ],
        "edges": [
            _edge("request.picture", "cut.image"),
            _edge("cut.image", "outline.image"),
            _edge("request.border", "outline.color"),
            _edge("request.width", "outline.width"),
            _edge("outline.image", "result.result"),
        ],
    }


def _poster() -> JsonObject:
    size = {"width": 1080, "height": 1350}

    def paint(name: str, label: str, value: str) -> JsonObject:
        return {"name": name, "label": label, "type": "color", "default": value}

    fields: list[JsonObject] = [
        {"name": "title", "label": "Title", "type": "text", "default": "Slow Evenings",
         "required": True},
        {"name": "subtitle", "label": "Subtitle", "type": "text",
         "default": "Open-air sessions by the harbour, every Friday until the light is gone"},
        paint("sky", "Sky", "#27214f"),
        paint("dusk", "Dusk", "#e4572e"),
        paint("sun", "Sun", "#ffd9a0"),
        paint("ink", "Lettering", "#fff4e0"),
    ]  # fmt: skip
    clear = "#00000000"
    return {
        "slug": "poster",
        "name": "Poster",
        "description": "Turns a title, a line of text and four colours into a poster.",
        "tags": ["poster", "text"],
        "viewport": {"x": 60, "y": 200, "zoom": 0.55},
        "nodes": [
            _request("request", (0, 0.4), fields),
            _node("sky", "gradient", (1, 0), label="Sky", kind="linear", angle=90,
                  middle="#8c2f5a", **size),
            _node("sun", "pattern", (1, 1), label="Sun", kind="dots", scale=3000, amount=7,
                  background=clear, **size),
            _node("water", "pattern", (1, 2), label="Water", kind="waves", scale=46, amount=62,
                  background=clear, **size),
            _node("horizon", "gradient", (1, 3), label="Horizon", kind="linear", angle=90,
                  start="#000000", end="#ffffff", dither=False, **size),
            _node("rise", "blendImages", (2, 0.5), label="Sunset", offsetY=190),
            _node("below", "maskFromImage", (2, 3), label="Below the horizon", threshold=68),
            _node("sea", "blendImages", (3, 1), label="Sea", opacity=86),
            _node("night", "gradient", (3, 2.2), label="Nightfall", kind="linear", angle=90,
                  start=clear, middle=clear, **size),
            _node("dim", "blendImages", (4, 1), label="Dim the foreground", opacity=92),
            _node("title", "drawText", (5, 0.7), label="Title", font="Sans Black", uppercase=True,
                  align="left", anchor="top", boxX=8, boxY=6.5, boxWidth=84, boxHeight=33,
                  lineHeight=0.9, letterSpacing=-1),
            _node("subtitle", "drawText", (6, 0.7), label="Subtitle", font="Serif Italic",
                  align="left", anchor="bottom", boxX=8.5, boxY=80, boxWidth=66, boxHeight=13.5,
                  size=48, lineHeight=1.2),
            _node("result", "responseOutput", (7, 0.7)),
            _note("note-words", (0, 0.05), "Change the words and colours below, then press Run."),
            _note("note-how", (2, 2.45), "The sea is a pattern laid over the sunset, but only "
                  "where the mask is white: below the horizon.", "#a9d6c5"),
            _note("note-text", (5, 0.3), "A size of 0 makes the title as large as its box allows.",
                  "#a9d6c5"),
        ],
        "edges": [
            _edge("request.sky", "sky.start"),
            _edge("request.dusk", "sky.end"),
            _edge("request.sun", "sun.color"),
            _edge("request.sky", "water.color"),
            _edge("sky.image", "rise.base"),
            _edge("sun.image", "rise.top"),
            _edge("horizon.image", "below.image"),
            _edge("rise.image", "sea.base"),
            _edge("water.image", "sea.top"),
            _edge("below.mask", "sea.mask"),
            _edge("request.sky", "night.end"),
            _edge("sea.image", "dim.base"),
            _edge("night.image", "dim.top"),
            _edge("below.mask", "dim.mask"),
            _edge("dim.image", "title.image"),
            _edge("request.title", "title.text"),
            _edge("request.ink", "title.color"),
            _edge("title.image", "subtitle.image"),
            _edge("request.subtitle", "subtitle.text"),
            _edge("request.ink", "subtitle.color"),
            _edge("subtitle.image", "result.result"),
        ],
    }  # fmt: skip


def _social_kit() -> JsonObject:
    fields: list[JsonObject] = [
        {
            "name": "picture",
            "label": "Picture",
            "type": "image",
            "required": True,
            "default": {"sample": "cat.png"},
        },
    ]
    formats = (
        ("square", "Square", "1:1", 1080, 1080),
        ("portrait", "Portrait", "4:5", 1080, 1350),
        ("story", "Story", "9:16", 1080, 1920),
        ("wide", "Wide", "16:9", 1600, 900),
        ("banner", "Banner", "3:1", 1500, 500),
    )
    nodes: list[JsonObject] = [_request("request", (0, 1.7), fields)]
    edges: list[JsonObject] = []
    for row, (id, label, ratio, width, height) in enumerate(formats):
        first = f"{id}-shape"
        if id == "story":
            # So tall a part of a wide picture would lose its subject; blur fills the rest.
            nodes.append(_node(first, "padImage", (1, row), label=f"{label} {ratio}", mode="ratio",
                               ratio=ratio, fill="blur"))  # fmt: skip
        else:
            nodes.append(_node(first, "cropImage", (1, row), label=f"{label} {ratio}",
                               mode="ratio", ratio=ratio))  # fmt: skip
        nodes.append(
            _node(id, "resizeImage", (2, row), label=label, mode="exact", width=width,
                  height=height)
        )  # fmt: skip
        edges += [
            _edge("request.picture", f"{first}.image"),
            _edge(f"{first}.image", f"{id}.image"),
            _edge(f"{id}.image", "sheet.images"),
            _edge(f"{id}.image", "result.result", label.lower()),
        ]
    captions = [f"{label} {ratio}" for _, label, ratio, _, _ in formats]
    nodes += [
        {**_node("captions", "list", (3, 2.7), label="Captions", items=captions),
         "width": 280, "height": 220},
        _node("sheet", "contactSheet", (3, 1.7), label="Overview", columns=3, cell=420, gap=36,
              labels="texts", background="#f5f3ee"),
        _node("result", "responseOutput", (4, 1.7)),
        _note("note-drop", (0, 1.3), "Drop your own picture here, then press Run."),
        _note("note-anchor", (1, -0.42), "Crop keeps the middle. Choose another part under Keep.",
              "#a9d6c5"),
        _note("note-result", (4, 1.3), "Five pictures and the overview, all at once."),
    ]  # fmt: skip
    edges += [
        _edge("captions.items", "sheet.texts"),
        _edge("sheet.image", "result.result", "overview"),
    ]
    return {
        "slug": "social-kit",
        "name": "Social kit",
        "description": "Brings one picture into five formats for posts, stories and banners.",
        "tags": ["picture", "resize", "social"],
        "viewport": {"x": 60, "y": 120, "zoom": 0.45},
        "nodes": nodes,
        "edges": edges,
    }
