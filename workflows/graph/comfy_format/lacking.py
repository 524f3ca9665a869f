"""What a file needs and a runner has not got: classes of nodes, and options such as models."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.errors import InvalidBody
from workflows.graph.comfy_format.catalogue import Catalogue, Spec, expanded
from workflows.graph.comfy_format.conversion import convert
from workflows.graph.comfy_format.files import read
from workflows.types import Json


@dataclass(frozen=True, slots=True)
class Option:
    """A value of a node that is none of those its runner offers."""

    node: str
    node_type: str
    input: str
    value: str


@dataclass(frozen=True, slots=True)
class Lacking:
    """Classes by name and options by place, each in the order of the file."""

    classes: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()

    @property
    def weight(self) -> tuple[int, int]:
        """How much is lacking: without a class nothing runs, an option may still be known."""
        return len(self.classes), len(self.options)

    def __bool__(self) -> bool:
        return bool(self.classes or self.options)


def lacking(value: Json, catalogue: Catalogue) -> Lacking:
    """Return what the nodes of a file that would be sent need beyond a catalogue.

    Files to load are brought along, and placeholders filled in later, so neither counts. A file
    that cannot be converted lacks nothing here: its conversion says what is wrong.
    """
    try:
        prompt = convert(read(value), catalogue).prompt
    except InvalidBody:
        return Lacking()
    classes: dict[str, None] = {}
    options: list[Option] = []
    for id, node in prompt.items():
        type, values = node["class_type"], node.get("inputs", {})
        if type not in catalogue:
            classes[type] = None
            continue
        for spec in expanded(catalogue[type], values):
            given = values.get(spec.name)
            if isinstance(given, str) and _is_closed(spec) and not _is_offered(given, spec):
                options.append(Option(id, type, spec.name, given))
    return Lacking(tuple(classes), tuple(options))


def _is_closed(spec: Spec) -> bool:
    """Say whether an input takes nothing but its options; files are put among them when needed."""
    if spec.kind != "COMBO" or spec.choices is None:
        return False
    return not any(key.endswith("_upload") and value for key, value in spec.options.items())


def _is_offered(given: str, spec: Spec) -> bool:
    placeholder = given.strip().startswith("$") and given.strip().endswith(")")
    return placeholder or given in map(str, spec.choices or ())
