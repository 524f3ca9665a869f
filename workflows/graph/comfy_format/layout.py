"""Places for nodes that have none: columns by depth, each node beside what feeds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workflows.graph.order import sort

WIDTH = 300
_GAP_X, _GAP_Y = 120, 40
_TITLE, _ROW, _TEXT = 50, 24, 110


def height(rows: int, texts: int = 0) -> int:
    """Return the height in pixels of a node with rows of slots and values and some long texts."""
    return _TITLE + rows * _ROW + texts * _TEXT


def columns(
    depends: Mapping[str, Sequence[str]], heights: Mapping[str, int]
) -> dict[str, tuple[int, int]]:
    """Return the place of each node: sources on the left, nodes of one depth below each other.

    `depends` maps ids to the ids they read from; those in a cycle are in the first column.
    """
    known = {
        id: [one for one in dict.fromkeys(sources) if one in depends and one != id]
        for id, sources in depends.items()
    }
    depth: dict[str, int] = {}
    for id in sort(known).order:
        depth[id] = max((depth[one] + 1 for one in known[id]), default=0)
    bottoms: dict[int, int] = {}
    found: dict[str, tuple[int, int]] = {}
    for id in depends:
        column = depth.get(id, 0)
        top = bottoms.get(column, 0)
        found[id] = (column * (WIDTH + _GAP_X), top)
        bottoms[column] = top + heights[id] + _GAP_Y
    return found
