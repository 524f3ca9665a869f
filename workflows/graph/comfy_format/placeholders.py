"""The placeholders in a prompt: which there are, and what is put in their places."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random, SystemRandom

from workflows.graph.comfy_format import api
from workflows.graph.comfy_format.casting import cast, clamp
from workflows.graph.comfy_format.catalogue import Catalogue, find
from workflows.graph.comfy_format.faults import fault
from workflows.graph.comfy_format.grammar import Placeholder, parse
from workflows.types import Json, JsonObject

#: What a caller gives: (kind, key) -> value; of a file, its name on the runner.
Values = Mapping[tuple[str, str], Json]

_RANDOM_BITS = 64


def scan(prompt: JsonObject) -> list[Placeholder]:
    """List every placeholder in the inputs of a prompt, occurrence by occurrence.

    Raises InvalidBody naming node and input for one that is not well-formed, for a key that is a
    text here and a file there, and for a choice that offers other options elsewhere.
    """
    found: list[Placeholder] = []

    def note(node: str, input: str, text: str) -> Json:
        one = parse(text, node, input)
        if one is not None:
            found.append(one)
        return text

    api.map_inputs(prompt, note)
    requested(found)
    return found


def requested(found: list[Placeholder]) -> list[Placeholder]:
    """List what is requested of a caller: each text, choice and file once, in order of appearance.

    A text that has a default anywhere has it everywhere. Raises InvalidBody for conflicts.
    """
    first: dict[str, Placeholder] = {}
    for one in found:
        if one.field is None:
            continue
        known = first.setdefault(one.field, one)
        if known.kind != one.kind:
            raise _conflict(
                one,
                f"the key {one.key} is the {known.kind} of node {known.node}, "
                f"input {known.input}, as well",
                "another key for the file",
            )
        if known.options != one.options:
            raise _conflict(
                one,
                f"the choice {one.key} has other options at node {known.node}, input {known.input}",
                ", ".join(known.options),
            )
        if known.default is None and one.default is not None:
            first[one.field] = Placeholder(
                known.kind, known.key, one.default, known.options, known.node, known.input
            )
    return list(first.values())


def fill(
    prompt: JsonObject,
    values: Values,
    catalogue: Catalogue | None = None,
    *,
    now: int,
    random: Random | None = None,
) -> JsonObject:
    """Return a copy of a prompt in which every placeholder has its value.

    `now` is Unix time in milliseconds. With a catalogue the values get the declared types. Raises
    InvalidBody naming node and input where a value is missing, no option, or of the wrong type.
    """
    return _fill(prompt, values, catalogue, now, random, generated_only=False)


def fill_generated(
    prompt: JsonObject,
    catalogue: Catalogue | None = None,
    *,
    now: int,
    random: Random | None = None,
) -> JsonObject:
    """Return a copy with `$random()` and `$timestamp()` filled; what callers give stays open."""
    return _fill(prompt, {}, catalogue, now, random, generated_only=True)


def _fill(
    prompt: JsonObject,
    values: Values,
    catalogue: Catalogue | None,
    now: int,
    random: Random | None,
    *,
    generated_only: bool,
) -> JsonObject:
    dice = random or SystemRandom()
    defaults = {(one.kind, one.key): one.default for one in requested(scan(prompt))}

    def put(node: str, input: str, text: str) -> Json:
        one = parse(text, node, input)
        if one is None or (generated_only and one.field is not None):
            return text
        spec = find(catalogue, prompt[node], input)
        if one.kind == "random":
            number = clamp(dice.getrandbits(_RANDOM_BITS), spec)
            return number if spec is None else cast(number, spec, node, input)
        if one.kind == "timestamp":
            value: Json = str(now)
        else:
            value = values.get((one.kind, one.key))
            value = defaults[one.kind, one.key] if value is None else value
        if value is None:
            raise fault(
                f"Node {node}, input {input}: nothing is given for {text.strip()}",
                None,
                f"a value for {one.field}",
                field=one.field,
                node=node,
                input=input,
            )
        if one.kind == "choice" and str(value) not in one.options:
            raise fault(
                f"Node {node}, input {input}: {value!r} is no option of {one.key}",
                value,
                ", ".join(one.options),
                field=one.field,
                node=node,
                input=input,
            )
        return value if spec is None else cast(value, spec, node, input)

    return api.map_inputs(prompt, put)


def _conflict(one: Placeholder, why: str, expected: str) -> Exception:
    return fault(
        f"Node {one.node}, input {one.input}: {why}",
        one.key,
        expected,
        node=one.node,
        input=one.input,
    )
