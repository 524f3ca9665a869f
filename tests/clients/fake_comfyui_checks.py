"""What the tests' ComfyUI server refuses of a graph, in the words of the real one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.clients.fake_comfyui_nodes import input_path

Errors = dict[str, dict[str, Any]]


def error(type: str, message: str, details: str = "", **extra: Any) -> dict[str, Any]:
    """Build one error as the server words it."""
    return {"type": type, "message": message, "details": details, "extra_info": extra}


def check(
    prompt: dict[str, Any], targets: list[str] | None, mode: str, folder: Path, types: Errors
) -> tuple[dict[str, Any] | None, list[str], Errors]:
    """Return the error if the whole is refused, the outputs that may run, and the nodes' errors."""
    for id, node in prompt.items():
        kind = node.get("class_type") if isinstance(node, dict) else None
        if kind in types:
            continue
        if mode == "new" and kind is not None:
            title = node.get("_meta", {}).get("title", kind)
            return (
                error(
                    "missing_node_type",
                    f"Node '{title}' not found.",
                    f"Node ID '#{id}'",
                    node_id=id,
                    class_type=kind,
                    node_title=title,
                ),
                [],
                {},
            )
        message = "Cannot execute because a node is missing the class_type property."
        if kind is not None:
            message = f"Cannot execute because node {kind} does not exist."
        return error("invalid_prompt", message, f"Node ID '#{id}'"), [], {}
    outputs = [
        id
        for id, node in prompt.items()
        if types[node["class_type"]]["output_node"] and (not targets or id in targets)
    ]
    if not outputs:
        return error("prompt_no_outputs", "Prompt has no outputs"), [], {}
    errors: Errors = {}
    good = []
    for output in outputs:
        found: dict[str, list[dict[str, Any]]] = {}
        _node(prompt, output, mode, folder, types, found, set())
        if not found:
            good.append(output)
        for id, list in found.items():
            row = errors.setdefault(
                id,
                {"errors": list, "dependent_outputs": [], "class_type": prompt[id]["class_type"]},
            )
            row["dependent_outputs"].append(output)
    if good:
        return None, good, errors
    lines = "\n".join(one["message"] for row in errors.values() for one in row["errors"])
    failed = error("prompt_outputs_failed_validation", "Prompt outputs failed validation", lines)
    return failed, [], errors


def _node(
    prompt: dict[str, Any],
    id: str,
    mode: str,
    folder: Path,
    types: Errors,
    found: dict[str, list[dict[str, Any]]],
    seen: set[str],
) -> None:
    if id in seen:
        return
    seen.add(id)
    kind, inputs = prompt[id]["class_type"], prompt[id].get("inputs", {})
    declared = types[kind]["input"]
    errors: list[dict[str, Any]] = []
    for group in ("required", "optional"):
        for name, spec in declared.get(group, {}).items():
            if name not in inputs:
                if group == "required":
                    errors.append(
                        error(
                            "required_input_missing",
                            "Required input is missing",
                            name,
                            input_name=name,
                        )
                    )
                continue
            value = inputs[name]
            if isinstance(value, list):
                _link(prompt, name, value, spec, mode, folder, types, found, seen, errors)
                continue
            if isinstance(value, dict) and set(value) == {"__value__"}:
                value = inputs[name] = value["__value__"]
            one = _value(kind, name, value, spec, inputs, folder)
            if one is not None:
                errors.append(one)
    if errors:
        found[id] = errors


def _link(
    prompt: dict[str, Any],
    name: str,
    value: list[Any],
    spec: Any,
    mode: str,
    folder: Path,
    types: Errors,
    found: dict[str, list[dict[str, Any]]],
    seen: set[str],
    errors: list[dict[str, Any]],
) -> None:
    if len(value) == 2 and value[0] not in prompt:
        # The real one stumbles over it, and says so.
        errors.append(
            error(
                "exception_during_validation",
                "Exception when validating node",
                f"'{value[0]}'",
                exception_type="KeyError",
                traceback=[],
            )
        )
        return
    if len(value) != 2:
        errors.append(
            error(
                "bad_linked_input",
                "Bad linked input, must be a length-2 list of [node_id, slot_index]",
                name,
                input_name=name,
                received_value=value,
            )
        )
        return
    source = types[prompt[value[0]]["class_type"]]["output"][value[1]]
    wanted = set("COMBO" if isinstance(spec[0], list) else spec[0].split(","))
    wanted = {spec[0]} if isinstance(spec[0], str) and "," not in spec[0] else wanted
    if "*" not in (source, spec[0]) and not wanted & set(source.split(",")):
        errors.append(
            error(
                "return_type_mismatch",
                "Return type mismatch between linked nodes",
                f"{name}, received_type({source}) mismatch input_type({spec[0]})",
                input_name=name,
                received_type=source,
                linked_node=value,
            )
        )
        return
    _node(prompt, value[0], mode, folder, types, found, seen)


def _value(
    kind: str, name: str, value: Any, spec: Any, inputs: dict[str, Any], folder: Path
) -> dict[str, Any] | None:
    type, options = spec[0], (spec[1] if len(spec) > 1 else {})
    cast = {"INT": int, "FLOAT": float, "STRING": str, "BOOLEAN": bool}.get(
        type if isinstance(type, str) else ""
    )
    facts = {"input_name": name, "input_config": spec, "received_value": value}
    if cast is not None:
        try:
            value = inputs[name] = cast(value)
        except (TypeError, ValueError) as problem:
            return error(
                "invalid_input_type",
                f"Failed to convert an input value to a {type} value",
                f"{name}, {value}, {problem}",
                **facts,
            )
    if kind == "StoryValidate" and value >= 10:
        return error(
            "custom_validation_failed",
            "Custom validation failed for node",
            f"{name} - n must be smaller than ten",
            **facts,
        )
    if kind in ("LoadImage", "LoadAudio"):
        path = input_path(folder, str(value))
        if not path.is_file() or not path.resolve().is_relative_to(folder.resolve()):
            return error(
                "custom_validation_failed",
                "Custom validation failed for node",
                f"{name} - Invalid file: {value}",
                **facts,
            )
        return None
    if "min" in options and value < options["min"]:
        return error(
            "value_smaller_than_min",
            f"Value {value} smaller than min of {options['min']}",
            name,
            **facts,
        )
    if "max" in options and value > options["max"]:
        return error(
            "value_bigger_than_max",
            f"Value {value} bigger than max of {options['max']}",
            name,
            **facts,
        )
    allowed = type if isinstance(type, list) else options.get("options")
    if type == "COMFY_DYNAMICCOMBO_V3":
        allowed = [option["key"] for option in options["options"]]
        extra = next((one for one in options["options"] if one["key"] == value), None)
        for sub, inner in (extra or {}).get("inputs", {}).get("required", {}).items():
            full = f"{name}.{sub}"
            if full not in inputs:
                return error(
                    "required_input_missing", "Required input is missing", full, input_name=full
                )
            found = _value(kind, full, inputs[full], inner, inputs, folder)
            if found is not None:
                return found
    if allowed is not None and value not in allowed:
        return error(
            "value_not_in_list", "Value not in list", f"{name}: '{value}' not in {allowed}", **facts
        )
    return None
