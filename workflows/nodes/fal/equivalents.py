"""Which of fal's utility endpoints run here: their fields, put into the words of our node types.

One entry says which node type does the work, what its inputs are called at fal, and how the result
looks there. Endpoints that no node type covers are functions (`utilities.py`). Each declares its
inputs and outputs in fal's names, so that a form can be made of them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from workflows.errors import NodeError
from workflows.graph.node_ports import inputs_of
from workflows.graph.ports import Input, Output
from workflows.graph.values import accept_typed
from workflows.nodes import registry
from workflows.nodes.context import Context
from workflows.types import Json, JsonObject

Function = Callable[[Context, JsonObject], Awaitable[JsonObject]]

UTILITIES = "fal-ai/workflow-utilities"

IMAGE = (Output("image", "image", "Image"),)


@dataclass(frozen=True, slots=True)
class Equivalent:
    """What runs an app here, and its inputs and outputs in fal's names.

    `inputs` is a function where they follow from a node type: those are all known only later.
    """

    function: Function
    inputs: Callable[[], tuple[Input, ...]]
    outputs: tuple[Output, ...]
    description: str


_registered: dict[str, Equivalent] = {}


def names() -> list[str]:
    """List the apps that run here."""
    return sorted(_registered)


def get(app: str) -> Equivalent | None:
    """Return an app that runs here with what it declares, or None."""
    return _registered.get(app)


def find(app: str) -> Function | None:
    """Return what runs an app here, or None."""
    found = _registered.get(app)
    return None if found is None else found.function


def equivalent(
    *apps: str,
    inputs: tuple[Input, ...] | Callable[[], tuple[Input, ...]] = (),
    outputs: tuple[Output, ...] = (),
) -> Callable[[Function], Function]:
    """Register the decorated function for apps; it gets the arguments and returns fal's result.

    `inputs` and `outputs` declare both in fal's names; the first line of its docstring says what
    it does.
    """

    def register(function: Function) -> Function:
        known = inputs if callable(inputs) else (lambda: inputs)
        words = (function.__doc__ or "").strip().partition("\n")[0].replace("`", "")
        for app in apps:
            _registered[app] = Equivalent(function, known, outputs, words)
        return function

    return register


@dataclass(frozen=True, slots=True)
class Call:
    """How an app is a call of a node type: `fields` maps fal's names to the inputs' names."""

    type: str
    fields: Mapping[str, str]
    fixed: Mapping[str, Json] = field(default_factory=dict)

    def inputs(self) -> tuple[Input, ...]:
        """Declare the inputs in fal's names, as the node type declares its own."""
        ports = self._ports()
        return tuple(
            replace(ports[ours], name=theirs, default=self.fixed.get(ours, ports[ours].default))
            for theirs, ours in self.fields.items()
        )

    async def __call__(self, context: Context, arguments: JsonObject) -> JsonObject:
        """Run the node type and return its outputs. Raises NodeError in fal's names."""
        ports = self._ports()
        values: dict[str, Any] = {name: port.default for name, port in ports.items()}
        values.update(self.fixed)
        for theirs, ours in self.fields.items():
            value = read(ports[ours], theirs, arguments.get(theirs))
            if value is not None:
                values[ours] = value
            elif ports[ours].required and values[ours] is None:
                raise missing(theirs)
        with renamed({ours: theirs for theirs, ours in self.fields.items()}):
            return await self._registered().function(context, **values)

    def _registered(self) -> registry.Registered:
        found = registry.get(self.type)
        if found is None:
            raise LookupError(f"there is no node type {self.type}")
        return found

    def _ports(self) -> dict[str, Input]:
        return {port.name: port for port in inputs_of(self._registered().node_type, {})}


def read(port: Input, name: str, value: Json) -> Json:
    """Convert an argument as an input of ours would; raises NodeError with fal's name for it."""
    with renamed({port.name: name}):
        return accept_typed(port, value)


def given(inputs: tuple[Input, ...], arguments: JsonObject) -> JsonObject:
    """Read the arguments an app declares, defaults filled in. Raises NodeError in fal's names."""
    values: JsonObject = {}
    for port in inputs:
        value = read(port, port.name, arguments.get(port.name))
        if value is None and port.required:
            raise missing(port.name)
        values[port.name] = port.default if value is None else value
    return values


def missing(name: str) -> NodeError:
    """Return the error of an argument that must be there."""
    return NodeError(f"{name} is missing.", field=name, expected="a value")


def fal_file(reference: JsonObject) -> JsonObject:
    """Return a media reference with the keys an image or another file has at fal besides."""
    return {**reference, "file_name": reference["name"], "file_size": reference["size"]}


@contextmanager
def renamed(names: Mapping[str, str]) -> Iterator[None]:
    """Let errors of the block name fields as `names` says."""
    try:
        yield
    except NodeError as error:
        field = error.context.get("field")
        if isinstance(field, str) and field in names:
            error.context["field"] = names[field]
        raise


def utility(name: str) -> tuple[str, ...]:
    """Return the names an app goes by at fal, in three families that came one by one."""
    short = name.removesuffix("-image")
    return f"{UTILITIES}/{name}", f"fal-ai/workflowutils/{name}", f"fal-ai/imageutils/{short}"


def _image_endpoint(apps: tuple[str, ...], call: Call, words: str) -> None:
    """Register an app whose response is one image; `words` say what it does."""

    async def run(context: Context, arguments: JsonObject) -> JsonObject:
        return {"image": fal_file((await call(context, arguments))["image"])}

    run.__doc__ = words
    equivalent(*apps, inputs=call.inputs, outputs=IMAGE)(run)


_IMAGE = {"image_url": "image"}

_image_endpoint(
    utility("rotate-image"),
    Call(
        "rotateImage",
        {
            **_IMAGE,
            "angle": "angle",
            "expand": "expand",
            "flip": "flip",
            "background_color": "background",
        },
    ),
    "Rotates or flips an image.",
)
_LAYERS = {
    "background_image_url": "base",
    "overlay_image_url": "top",
    "mask_image_url": "mask",
    "blend_mode": "mode",
    "opacity": "opacity",
    "x": "offsetX",
    "y": "offsetY",
}
_image_endpoint(
    utility("composite-image"),
    Call("blendImages", _LAYERS, {"anchor": "top-left"}),
    "Composites one image over another at a position.",
)
_image_endpoint(
    utility("blend-image"),
    Call(
        "blendImages",
        {
            "bottom_image_url": "base",
            "top_image_url": "top",
            "blend_mode": "mode",
            "opacity": "opacity",
        },
        {"scale": "stretch"},
    ),
    "Blends two images, the layer stretched over the base.",
)
_image_endpoint(
    utility("blur-image"),
    Call("blurImage", {**_IMAGE, "radius": "radius"}),
    "Blurs an image.",
)
