"""What is posted to a runner: the file's prompt with the values of one run in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random, SystemRandom

from workflows.graph.comfy_format import api
from workflows.graph.comfy_format.casting import cast, like
from workflows.graph.comfy_format.catalogue import Catalogue, find
from workflows.graph.comfy_format.conversion import convert
from workflows.graph.comfy_format.converted import Converted, InputId
from workflows.graph.comfy_format.core_nodes import output_type
from workflows.graph.comfy_format.faults import fault
from workflows.graph.comfy_format.files import read
from workflows.graph.comfy_format.grammar import Placeholder
from workflows.graph.comfy_format.placeholders import fill, requested, scan
from workflows.graph.comfy_format.suggest import labelled, of_converted
from workflows.graph.comfy_format.texts import Texts
from workflows.types import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt that can be posted; `outputs` are the ids of the nodes that a run is for."""

    prompt: JsonObject
    warnings: tuple[str, ...]
    outputs: tuple[str, ...]


def placeholders(value: Json, catalogue: Catalogue | None = None) -> list[Placeholder]:
    """List what a file requests: each text, choice and file once, and generated ones.

    Raises InvalidBody naming node and input for placeholders that are not well-formed or conflict.
    """
    found = scan(convert(read(value), catalogue).prompt)
    return [*requested(found), *(one for one in found if one.field is None)]


def to_prompt(
    value: Json,
    values: Mapping[str, Json],
    catalogue: Catalogue | None = None,
    *,
    now: int,
    random: Random | None = None,
    inputs: list[JsonObject] | None = None,
) -> Prompt:
    """Return the prompt for one run of a file.

    `values` are the run's inputs by name, a file's being its name on the runner; None and absent
    leave what the file says. `inputs` are the declared inputs with their targets, by default those
    that `suggest` finds. `now` is Unix time in milliseconds. Raises InvalidBody naming node and
    input for a value that is missing or does not fit, and for a name that is no input.
    """
    file = read(value)
    converted = convert(file, catalogue)
    dice = random or SystemRandom()
    rows = of_converted(converted, catalogue)[0] if inputs is None else inputs
    declared = labelled(rows)
    warnings = list(converted.warnings)
    given: dict[tuple[str, str], Json] = {}
    targets: list[tuple[JsonObject, Json]] = []
    known = {(one.kind, one.key) for one in requested(scan(converted.prompt))}
    for name, found in values.items():
        if name not in declared:
            raise fault(
                f"{name} is no input of this ComfyUI workflow",
                found,
                "one of " + (", ".join(declared) or "no inputs"),
                field=name,
            )
        target = declared[name].get("target")
        if found is None or not isinstance(target, dict):
            continue
        if "placeholder" in target:
            key = str(target["placeholder"])
            kinds = [kind for kind in ("text", "file", "choice") if (kind, key) in known]
            kind = target.get("kind") if target.get("kind") in kinds else next(iter(kinds), None)
            if kind is None:
                warnings.append(f"{name}: the file has no placeholder {key}.")
            else:
                given[str(kind), key] = found
        else:
            targets.append((target, found))
    # What a user typed is never read as a placeholder: the file's are filled first.
    ids = {input for target, _ in targets for input in converted.same(_input_id(target))}
    prompt = _without(converted.prompt, ids)
    texts = Texts(converted.prompt, converted.shown, catalogue, now=now, random=dice)
    if file.format == "ui":
        prompt = texts.all(prompt)
    prompt = fill(prompt, given, catalogue, now=now, random=dice)
    ready = texts.one if file.format == "ui" else None
    for target, found in targets:
        prompt = _put(prompt, converted, target, found, catalogue, warnings, ready)
    outputs = tuple(id for id, node in prompt.items() if output_type(node["class_type"], catalogue))
    return Prompt(prompt, tuple(warnings), outputs)


def _put(
    prompt: JsonObject,
    converted: Converted,
    target: JsonObject,
    value: Json,
    catalogue: Catalogue | None,
    warnings: list[str],
    ready: Callable[[str, str, str], str] | None,
) -> JsonObject:
    """Return the prompt with a value at a target and wherever the file has the same one.

    `ready` does to a text what ComfyUI's page would do to one that is typed there.
    """
    for id, name in converted.same(_input_id(target)):
        node = prompt.get(id)
        if node is None:
            warnings.append(f"There is no node {id} to give the value for {name} to.")
            continue
        spec = find(catalogue, converted.prompt[id], name)
        model = api.unwrap(converted.prompt[id].get("inputs", {}).get(name))
        fitting = cast(value, spec, id, name) if spec is not None else like(value, model)
        if ready is not None and isinstance(fitting, str):
            fitting = ready(id, name, fitting)
        inputs = {**node.get("inputs", {}), name: api.wrap(fitting)}
        prompt = {**prompt, id: {**node, "inputs": inputs}}
    return prompt


def _input_id(target: JsonObject) -> InputId:
    return str(target.get("node")), str(target.get("input"))


def _without(prompt: JsonObject, ids: set[InputId]) -> JsonObject:
    """Return a copy of a prompt without the values of some inputs."""
    found: JsonObject = dict(prompt)
    for id, name in ids:
        if id in found and name in found[id].get("inputs", {}):
            inputs = {key: value for key, value in found[id]["inputs"].items() if key != name}
            found[id] = {**found[id], "inputs": inputs}
    return found
