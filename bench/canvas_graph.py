"""The graphs the canvas is measured with: a grid of image nodes, connected along its rows."""

from __future__ import annotations

import math
from typing import Any

#: Distance between nodes, px; a card is at most 320 by 420.
CELL = (360, 480)
#: The window, px.
WINDOW = (1440, 900)
#: A zoom that shows about 25 nodes, and is well above the level where cards give way to paint.
NEAR_ZOOM = 0.5

_KINDS = ("resizeImage", "adjustImage", "blurImage", "blendImages")


def columns(count: int) -> int:
    """Return how many columns make the whole grid fit the window best."""
    wide, tall = WINDOW
    return max(1, round(math.sqrt(count * (wide / CELL[0]) / (tall / CELL[1]))))


def document(count: int) -> dict[str, Any]:
    """Return a document of `count` nodes and about 1.24 edges a node.

    Every node takes its neighbour's image, every fourth also the one of the node above.
    """
    wide = columns(count)
    nodes: list[dict[str, Any]] = []
    edges: list[dict[str, Any]] = []

    def connect(source: int, target: int, port: str) -> None:
        edges.append(
            {
                "id": f"e{source}-{target}",
                "source": f"n{source}",
                "target": f"n{target}",
                "sourceHandle": "image-out",
                "targetHandle": f"{port}-in",
            }
        )

    for index in range(count):
        kind = _KINDS[index % 4]
        place = {"x": index % wide * CELL[0], "y": index // wide * CELL[1]}
        nodes.append({"id": f"n{index}", "type": kind, "position": place, "data": {}})
        if index:
            connect(index - 1, index, "image" if kind != "blendImages" else "base")
        if kind == "blendImages" and index >= wide:
            connect(index - wide, index, "top")
    return {"name": f"Grid of {count}", "nodes": nodes, "edges": edges}


def fit(count: int, size: tuple[float, float]) -> dict[str, float]:
    """Return the viewport that shows the whole grid in a pane of this size, px."""
    wide = columns(count)
    width, height = wide * CELL[0], math.ceil(count / wide) * CELL[1]
    zoom = min(size[0] / width, (size[1] - 40) / height, 1.0)
    return {"x": (size[0] - width * zoom) / 2, "y": 20.0, "zoom": zoom}


def near(count: int) -> dict[str, float]:
    """Return a viewport in the middle of the grid that shows about 25 nodes."""
    wide = columns(count)
    row = max(0, math.ceil(count / wide) // 2 - 2)
    column = max(0, wide // 2 - 3)
    return {
        "x": (20 - column * CELL[0]) * NEAR_ZOOM,
        "y": (60 - row * CELL[1]) * NEAR_ZOOM,
        "zoom": NEAR_ZOOM,
    }
