"""Workflows in fal's format that run here."""

from __future__ import annotations

from typing import Any

UTIL = "fal-ai/workflow-utilities"


def contents(nodes: dict[str, Any], output: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return contents with the given nodes, output and input fields."""
    return {
        "name": "w",
        "version": "1",
        "nodes": nodes,
        "output": output,
        "schema": {"input": fields, "output": {}},
    }


#: Two texts are put together, then two of those.
TEXTS = contents(
    {
        "first": {
            "id": "first",
            "type": "run",
            "app": "fal-ai/text-concat",
            "depends": ["input"],
            "input": {"text1": "$input.prompt", "text2": " & more"},
        },
        "second": {
            "id": "second",
            "type": "run",
            "app": f"{UTIL}/merge-text",
            "depends": ["first"],
            "input": {"texts": ["$first.results", "ünï"], "separator": "|"},
        },
        "out": {
            "id": "out",
            "type": "display",
            "depends": ["second"],
            "fields": {"text": "$second.text"},
        },
    },
    {"text": "$second.text"},
    prompt={"name": "prompt", "label": "Prompt", "type": "string", "required": True},
)
FAILING = contents(
    {
        "crop": {
            "id": "crop",
            "type": "run",
            "app": f"{UTIL}/crop-image",
            "depends": ["input"],
            "input": {"image_url": "$input.prompt", "x": 400},
        }
    },
    {"image": "$crop.image"},
    prompt={"name": "prompt", "type": "string"},
)
#: Takes seconds: large images, one behind the other.
_DOT = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAA"
    "CklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
)
SLOW = contents(
    {
        f"step-{n}": {
            "id": f"step-{n}",
            "type": "run",
            "app": f"{UTIL}/resize-image",
            "input": {
                "image_url": _DOT if n == 0 else f"$step-{n - 1}.image.url",
                "width": 6000,
                "height": 6000 - n,
                "resampling": "lanczos",
                "scaling_proportions": "stretch",
            },
        }
        for n in range(8)
    },
    {"image": "$step-7.image"},
)
