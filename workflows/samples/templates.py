"""The templates that ship with Patchbay: where they are, and how their samples are filled in.

A template is a workflow in a JSON file, named by its slug: a document, or a file of another format.
Where it holds a file it says `{"sample": file name}`; whoever uses it puts the reference of a
stored copy in its place.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from workflows.graph import formats
from workflows.types import Json, JsonObject

FOLDER = Path(__file__).parent
COVERS = FOLDER / "covers"


def slugs() -> list[str]:
    """List the templates by slug."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def document(slug: str) -> JsonObject:
    """Return a template as a document, its samples not yet filled in."""
    content: JsonObject = json.loads((FOLDER / f"{slug}.json").read_text(encoding="utf-8"))
    found = formats.read(content, slug)
    if found.format == formats.PATCHBAY:
        return content
    # What other formats have no place for is beside the workflow, or follows from the slug.
    shown = {key: content[key] for key in ("tags", "usualSeconds")}
    cover = {"image": {"sample": f"{slug}.webp"}}
    return {"name": found.name, **shown, "cover": cover, **found.document}


def cover(slug: str) -> Path:
    """Return where a template's cover is: an image that the template made."""
    return COVERS / f"{slug}.webp"


def stand_ins(slug: str) -> JsonObject:
    """Return what replaces the results of a template's models while its cover is made.

    By the id of the node, a list of its outputs, call for call; samples are not yet filled in.
    """
    found: dict[str, JsonObject] = json.loads((COVERS / "stand-ins.json").read_text("utf-8"))
    return found.get(slug, {})


def sample(name: str) -> Path:
    """Return where a sample is; a template's cover is one too."""
    return COVERS / name if (COVERS / name).exists() else FOLDER / name


def with_samples(value: Json, reference: Callable[[str], Json]) -> Json:
    """Return a copy of a document in which `reference(name)` replaces each `{"sample": name}`."""
    if isinstance(value, dict):
        if set(value) == {"sample"} and isinstance(value["sample"], str):
            return reference(value["sample"])
        return {key: with_samples(item, reference) for key, item in value.items()}
    if isinstance(value, list):
        return [with_samples(item, reference) for item in value]
    return value
