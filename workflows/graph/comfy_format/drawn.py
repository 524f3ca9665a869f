"""What a viewer draws of a ComfyUI file, as JSON."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict


class ComfySlot(TypedDict):
    """An input or an output of a drawn node; an input may have a link."""

    name: str
    type: str
    label: NotRequired[str]
    link: NotRequired[str]


class ComfyWidget(TypedDict):
    """A value of a drawn node. Its name is empty where it is unknown; `control` says what becomes
    of it after each run, as `randomize`."""

    name: str
    value: Any
    label: NotRequired[str]
    options: NotRequired[list[str]]
    control: NotRequired[str]


class ComfyNode(TypedDict):
    """A drawn node. Its type is a class, or the id of a subgraph; mode 0 runs, 2 is muted, 4 is
    bypassed. A note has a text and nothing else."""

    id: str
    title: str
    type: str
    x: float
    y: float
    width: float
    height: float
    mode: int
    collapsed: bool
    inputs: list[ComfySlot]
    outputs: list[ComfySlot]
    widgets: list[ComfyWidget]
    color: NotRequired[str]
    note: NotRequired[str]


ComfyLink = TypedDict(
    "ComfyLink",
    {"id": str, "from": str, "fromSlot": int, "to": str, "toSlot": int, "type": str},
)


class ComfyGroup(TypedDict):
    """A titled box behind nodes."""

    title: str
    x: float
    y: float
    width: float
    height: float
    color: str | None


class ComfyCanvas(TypedDict):
    """What is on one canvas."""

    nodes: list[ComfyNode]
    links: list[ComfyLink]
    groups: list[ComfyGroup]


class ComfySubgraph(ComfyCanvas):
    """A subgraph; two more nodes are its inputs and its outputs."""

    name: str


class ComfyView(ComfyCanvas):
    """A ComfyUI file as it is drawn: its canvas, and its subgraphs by their ids."""

    subgraphs: dict[str, ComfySubgraph]
