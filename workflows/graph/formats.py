"""Every file format that workflows come in and go out in: the one way to the dialects' formats.

Patchbay's own is the document itself, without what belongs to the server or to one copy alone. A
file that has not been changed is written as it was read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from workflows.errors import InvalidBody
from workflows.graph import comfy_format, fal_format
from workflows.graph import document as shape
from workflows.graph.comfy_format.drawn import ComfyView as ComfyView
from workflows.graph.comfy_format.reading import NODE as COMFY_NODE
from workflows.graph.modes import effective
from workflows.graph.ports import NodeType
from workflows.graph.slug import slugify
from workflows.graph.titles import titles
from workflows.types import Json, JsonObject

PATCHBAY, FAL, COMFY = "patchbay", "fal", "comfy"
#: What users call each format.
NAMES = {PATCHBAY: "Patchbay", FAL: "fal", COMFY: "ComfyUI"}
EXPECTED = "a workflow of Patchbay, fal or ComfyUI"

#: What belongs to one copy: an imported workflow is one's own, neither shown to all nor put away.
_OF_ONE_COPY = frozenset(
    {
        "isTemplate",
        "hidden",
        "archived",
        "publicPlayground",
        "publicRun",
        "embedOrigins",
    }
)
#: Marks a piece of a graph that was copied on the canvas.
_CHUNK = "patchbay"
_FALLBACK = "Imported workflow"
_ENDINGS = (".json", ".workflow", ".png", ".webp", ".jpg", ".jpeg", ".mp4", ".webm")


@dataclass(frozen=True, slots=True)
class Imported:
    """A file that was read: its document (without a name), and what a user should know of it.

    `removed` names the secrets that were taken out, `warnings` are sentences.
    """

    format: str
    name: str
    document: JsonObject
    warnings: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)


def read(
    value: Json, filename: str = "", object_info: Callable[[], JsonObject | None] = lambda: None
) -> Imported:
    """Read a file's JSON in whichever format it is in; `filename` is the name when it has none.

    `object_info` is needed for ComfyUI files alone: what a ComfyUI server says of its classes,
    which names the values that such a file leaves nameless. Raises InvalidBody, saying what was
    expected, and TooLarge.
    """
    if _is_document(value):
        return _read_document(value, filename)
    if comfy_format.detect(value) is not None:
        return _read_comfy(value, filename, object_info())
    if fal_format.detect(value):
        return _read_fal(value, filename)
    raise InvalidBody(
        f"{filename[:80] or 'The file'} holds {shape.show(value)} that is no workflow; expected "
        f"{EXPECTED}.",
        field="file",
        value=shape.show(value),
        expected=EXPECTED,
    )


def write(
    document: JsonObject, format: str, object_info: Callable[[], JsonObject | None] = lambda: None
) -> Json:
    """Return a document as a file of a format; `object_info` is as in `read`.

    Raises InvalidBody where it has no such form.
    """
    found = offered(node["type"] for node in document["nodes"])
    if format not in found:
        raise InvalidBody(
            f"This workflow cannot be written as a file of {NAMES.get(format, format[:80])}.",
            field="format",
            value=format[:80],
            expected="one of " + ", ".join(found),
        )
    if format == COMFY:
        return comfy_format.from_document(document, object_info())
    return _write_fal(document) if format == FAL else _own(document)


def without_modes(
    document: JsonObject, format: str, types: Mapping[str, NodeType]
) -> tuple[JsonObject, list[str]]:
    """Return a document as a format that knows no modes can hold it, and in words what that means.

    Other formats hold it as it is.
    """
    if format != FAL:
        return document, []
    effect = effective(document, types)
    names = titles(document["nodes"], types)
    ways = (
        ("is muted, which fal cannot hold: it is left out", effect.muted),
        ("is bypassed, which fal cannot hold: what comes to it goes past it", effect.bypassed),
        ("needs a node that is left out: it is left out too", effect.missing),
        ("is pinned, which fal cannot hold: it runs there", effect.pinned),
    )
    said = [
        f"{names[node['id']]} {what}."
        for node in document["nodes"]
        for what, ids in ways
        if node["id"] in ids
    ]
    if not said:
        return document, []
    kept = {node["id"] for node in effect.document["nodes"]}
    # What leads into a pinned node belongs to the file: the node runs there.
    into = [edge for edge in document["edges"] if edge["target"] in effect.pinned]
    edges = [
        *effect.document["edges"],
        *(edge for edge in into if edge["source"] in kept and edge["target"] in kept),
    ]
    nodes = [_unpinned(node) for node in effect.document["nodes"]]
    return {**effect.document, "nodes": nodes, "edges": edges}, said


def _unpinned(node: JsonObject) -> JsonObject:
    return {key: value for key, value in node.items() if key != "pinned"}


def comfy_check(value: Json) -> None:
    """Raise InvalidBody for anything but a ComfyUI file."""
    comfy_format.read(value)


def comfy_lacks(value: Json, object_info: JsonObject) -> tuple[int, int]:
    """Count the node classes and the options that a ComfyUI file needs and a runner has not got."""
    return comfy_format.lacking(value, object_info).weight


def comfy_lacking(value: Json, object_info: JsonObject) -> JsonObject:
    """Return those classes and options, `{"classes", "options": [{"node", "nodeType", …}]}`."""
    found = comfy_format.lacking(value, object_info)
    options = [
        {"node": row.node, "nodeType": row.node_type, "input": row.input, "value": row.value}
        for row in found.options
    ]
    return {"classes": list(found.classes), "options": options}


def comfy_view(value: Json, object_info: JsonObject | None) -> ComfyView:
    """Return what a viewer draws of a ComfyUI file; `object_info` is a runner's, to name values.

    Raises InvalidBody for anything but a ComfyUI file.
    """
    return comfy_format.view(value, object_info)


def comfy_ports(value: Json, object_info: JsonObject | None) -> JsonObject:
    """Return what of a ComfyUI file can be a port, `{"inputs", "outputs"}` as nodes declare them.

    Raises InvalidBody for anything but a ComfyUI file.
    """
    inputs, outputs = comfy_format.ports(value, object_info)
    return {"inputs": inputs, "outputs": outputs}


def offered(types: Iterable[str]) -> list[str]:
    """List the formats that suit a workflow with nodes of these types."""
    known = set(types)
    fal = bool(known & fal_format.OWN) and known <= fal_format.KNOWN
    return [PATCHBAY, *([FAL] if fal else []), *([COMFY] if COMFY_NODE in known else [])]


def _is_document(value: Json) -> bool:
    """Say whether JSON has the shape of a document: nodes with places and data, edges in edges."""
    if not isinstance(value, dict) or not isinstance(value.get("nodes"), list):
        return False
    if "links" in value and "edges" not in value:
        return False
    return all(
        isinstance(node, dict) and {"type", "position", "data"} <= node.keys()
        for node in value["nodes"]
    )


def _read_document(value: JsonObject, filename: str) -> Imported:
    document = {"edges": [], **_own(value)}
    document.pop(_CHUNK, None)
    name = document.pop("name", None)
    shape.check(document)
    return Imported(PATCHBAY, _name(filename, name), document)


def _own(document: JsonObject) -> JsonObject:
    left_out = shape.READ_ONLY | _OF_ONE_COPY
    return {key: value for key, value in document.items() if key not in left_out}


def _read_comfy(value: Json, filename: str, object_info: JsonObject | None) -> Imported:
    value, removed = comfy_format.strip_secrets(value)
    found = comfy_format.to_document(value, object_info)
    name = _name(filename, found.name)
    return Imported(COMFY, name, found.document, list(found.warnings), removed)


def _read_fal(value: JsonObject, filename: str) -> Imported:
    contents, around = fal_format.unwrap(value)
    document = fal_format.to_document(contents)
    # The wrapper is kept beside the contents: None says that there was none.
    wrapper = around if contents is not value else None
    document["fal"]["file"] = {"wrapper": wrapper}
    about = fal_format.described(contents)
    if about is not None:
        document["description"] = about
    return Imported(FAL, _name(filename, *_names(contents, wrapper)), document)


def _write_fal(document: JsonObject) -> Json:
    contents = fal_format.from_document(document)
    meta = document.get("fal")
    file = meta.get("file") if isinstance(meta, dict) else None
    name, about = _name("", document.get("name")), document.get("description") or None
    if about != fal_format.described(contents):
        metadata = contents.get("metadata")
        kept = dict(metadata) if isinstance(metadata, dict) else {}
        contents = {**contents, "metadata": {**kept, "description": about or ""}}
    wrapper = file.get("wrapper") if isinstance(file, dict) else {}
    changed = name != _name("", *_names(contents, wrapper))
    if not isinstance(wrapper, dict):
        return {**contents, "name": slugify(name)} if changed and "name" in contents else contents
    if not wrapper:
        wrapper = {"name": slugify(name), "title": name, "is_public": False}
    elif changed:
        wrapper = {**wrapper, "title": name}
    return {**wrapper, "contents": contents}


def _names(contents: JsonObject, wrapper: JsonObject | None) -> list[Json]:
    return [*((wrapper or {}).get(key) for key in ("title", "name")), contents.get("name")]


def _name(filename: str, *names: Json) -> str:
    """Return the first name that is one, else the file's without its ending."""
    for name in names:
        if isinstance(name, str) and name.strip():
            return name.strip()[: shape.MAX_NAME]
    stem = filename.replace("\\", "/").rpartition("/")[2]
    while stem.lower().endswith(_ENDINGS):
        stem = stem.rpartition(".")[0]
    return stem.strip()[: shape.MAX_NAME] or _FALLBACK
