"""All official templates of ComfyUI: read without loss, drawn in full, converted as comfy-cli does.

The catalogue for the conversion is made from each file itself (see comfy_catalogue.py): the tests
show that both converters put the same values, links and subgraphs in the same places, and name each
kind of difference that is left.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.clients.comfy_catalogue import CONTROLS, WIDGETS, catalogue, levels
from tests.clients.outside import call
from workflows.graph.comfy_format import (
    detect,
    from_document,
    read,
    strip_secrets,
    to_document,
    view,
)
from workflows.graph.comfy_format.conversion import convert
from workflows.graph.comfy_format.converted import Converted
from workflows.graph.document import check, same
from workflows.graph.ports import is_list

File = dict[str, Any]
#: The package had 644 when this was written; fewer would mean that they are not found any more.
MANY = 600
#: Types whose widgets comfy-cli does not know.
_VALUES = WIDGETS - {"INT", "FLOAT", "STRING", "BOOLEAN", "COMBO"}
_LEFT_BEHIND: tuple[Any, ...] = (None, "", "image", *CONTROLS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the package with the files."""
    code = "import comfyui_workflow_templates_json as t; print(t.__path__[0])"
    return Path(call("-c", code, env={}, cwd=tmp_path_factory.mktemp("home")).strip()) / "templates"


@pytest.fixture(scope="module")
def files(folder: Path) -> dict[str, File]:
    """Return every workflow by the name of its file; lists of templates are none."""
    found = {path.stem: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}
    workflows = {name: file for name, file in found.items() if detect(file) == "ui"}
    assert len(workflows) > MANY
    assert all("index" in name or "fuse" in name for name in found.keys() - workflows.keys())
    return workflows


def test_every_template_is_imported_and_comes_back_as_it_was(files: dict[str, File]) -> None:
    for name, file in files.items():
        imported = to_document(file)
        check(imported.document)
        assert same(from_document(imported.document), file), name
        comfy = next(node for node in imported.document["nodes"] if node["id"] == "comfy")
        assert comfy["data"]["outputs"], name
        for row in comfy["data"]["outputs"]:
            assert is_list(row["type"]) or row["type"] == "text"


def test_a_value_that_is_changed_is_the_only_change_of_the_file(files: dict[str, File]) -> None:
    tried = 0
    for name, file in files.items():
        document = to_document(file).document
        rows = document["nodes"][0]["data"].get("fields", [])
        row = next((row for row in rows if row["type"] == "textarea"), None)
        if row is None:
            continue
        tried += 1
        row["default"] = before = f"{row['default']} and more"
        changed = [
            path
            for path, old, new in _differences(file, from_document(document))
            if not (isinstance(old, str) and new == before)
        ]
        assert changed == [], name
        made = convert(read(from_document(document))).prompt
        texts = [value for one in made.values() for value in one["inputs"].values()]
        assert before in texts, name
    assert tried > MANY / 3


def test_no_template_seems_to_hold_a_secret(files: dict[str, File]) -> None:
    for name, file in files.items():
        assert strip_secrets(file) == (file, []), name


def test_everything_in_a_template_is_drawn(files: dict[str, File]) -> None:
    for name, file in files.items():
        drawn = view(file)
        for level in levels(file):
            inside = drawn if level is file else drawn["subgraphs"][level["id"]]
            nodes = {node["id"]: node for node in inside["nodes"]}
            assert {str(node["id"]) for node in level["nodes"]} <= nodes.keys(), name
            links = [link for link in _links(level) if set(link) <= nodes.keys()]
            assert [(link["from"], link["to"]) for link in inside["links"]] == links, name
            assert len(inside["groups"]) == len(level["groups"]), name
            for node in level["nodes"]:
                shown = nodes[str(node["id"])]
                assert (shown["x"], shown["y"]) == tuple(node["pos"]), name
                _check_values(node, dict(shown), dict(drawn["subgraphs"]), name)


def _links(level: File) -> list[tuple[str, str]]:
    """Return the ends of every link; some files have links to nodes that are gone."""
    rows = [
        link if isinstance(link, dict) else {"origin_id": link[1], "target_id": link[3]}
        for link in level["links"]
    ]
    return [(str(row["origin_id"]), str(row["target_id"])) for row in rows]


def _check_values(node: File, shown: File, subgraphs: File, name: str) -> None:
    values = node.get("widgets_values") or []
    if "note" in shown:
        assert shown["note"] == (values[0] if values else ""), name
        return
    drawn = [row[key] for row in shown["widgets"] for key in ("value", "control") if key in row]
    missing = [value for value in values if value not in drawn]
    named = node["type"] == "PrimitiveNode" or any(row["name"] for row in shown["widgets"])
    if node["type"] not in subgraphs and named:
        missing = [value for value in missing if not _of_page(value)]
    assert missing == [], (name, node["id"], node["type"])


def _of_page(value: Any) -> bool:
    """Return whether a value is what a button of ComfyUI's page leaves in a file."""
    return (isinstance(value, dict) and value.get("type") == "button") or value in _LEFT_BEHIND


def test_the_conversion_is_that_of_comfy_cli(
    files: dict[str, File], folder: Path, tmp_path: Path
) -> None:
    catalogues = {name: catalogue([file]) for name, file in files.items()}
    jobs, answers = tmp_path / "jobs.json", tmp_path / "answers.json"
    jobs.write_text(
        json.dumps({name: [str(folder / f"{name}.json"), catalogues[name]] for name in files})
    )
    script = Path(__file__).with_name("comfy_convert.py")
    call(str(script), str(jobs), str(answers), env={}, cwd=tmp_path)
    equal, unexplained = 0, []
    reasons: Counter[str] = Counter()
    for name, theirs in json.loads(answers.read_text()).items():
        assert theirs is not None, name
        ours = convert(read(files[name]), catalogues[name])
        found = list(_unlike(ours, theirs, catalogues[name]))
        equal += not found
        reasons.update({reason for reason, _ in found})
        unexplained += [(name, *rest) for reason, rest in found if reason == "?"]
    print(f"{equal} of {len(files)} prompts are equal; differences: {dict(reasons)}")
    assert unexplained == []
    assert equal > 0.9 * len(files)


def _unlike(ours: Converted, theirs: File, known: File) -> Any:
    """Yield `(reason, facts)` for every input that differs; the nodes must be the same."""
    assert ours.prompt.keys() == theirs.keys()
    for id, node in ours.prompt.items():
        assert node["class_type"] == theirs[id]["class_type"]
        specs = known[node["class_type"]]["input"]["required"]
        for name in node["inputs"].keys() | theirs[id]["inputs"].keys():
            mine, its = (one.get(name, _ABSENT) for one in (node["inputs"], theirs[id]["inputs"]))
            if not same(mine, its):
                reason = _reason(ours, (id, name), mine, its, specs, known, theirs)
                yield reason, (id, node["class_type"], name, mine, its)


_ABSENT = "(absent)"


def _reason(
    ours: Converted,
    place: tuple[str, str],
    mine: Any,
    its: Any,
    specs: File,
    known: File,
    theirs: File,
) -> str:
    spec = specs.get(place[1], [None])
    links_only = spec[0] not in WIDGETS or spec[1].get("forceInput") is True
    if _is_link(its) and mine == _ABSENT:
        source = theirs[its[0]]["class_type"]
        if known[source]["output"][its[1]] != spec[0]:
            return "comfy-cli connects a bypassed node's input of another type"
    if mine == _ABSENT and links_only:
        return "comfy-cli gives a value that is left over to an input that only takes links"
    if any(one[0] == "IMAGEUPLOAD" for one in specs.values()):
        return "comfy-cli takes the socket of an upload button for a widget"
    if its is None:
        return "comfy-cli sends null for a hole, we the default"
    if any(one[0] in _VALUES for one in specs.values()):
        return "comfy-cli knows no widgets that hold colours, boxes or curves"
    if its == _ABSENT and place not in ours.places:
        return "comfy-cli leaves out what the file lacks, we send the default"
    if its == _ABSENT and links_only and any(place in inside for inside in ours.promoted.values()):
        return "comfy-cli drops what a subgraph shows where the input inside only takes links"
    return "?"


def _is_link(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and isinstance(value[0], str)


def _differences(a: Any, b: Any, path: tuple[Any, ...] = ()) -> Any:
    """Yield `(path, old, new)` for every leaf that differs."""
    if isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys():
        for key in a:
            yield from _differences(a[key], b[key], (*path, key))
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for at, (old, new) in enumerate(zip(a, b, strict=True)):
            yield from _differences(old, new, (*path, at))
    elif not same(a, b):
        yield path, a, b
