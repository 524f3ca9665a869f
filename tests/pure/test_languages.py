"""Rules that Python and TypeScript both have: thousands of cases made by chance, one result.

The server decides; the browser has the same rules to answer while somebody draws or types.
"""

from __future__ import annotations

import copy
import itertools
import json
import subprocess
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.pure.test_operations import make
from workflows.api.nodes import catalogue
from workflows.errors import InvalidBody
from workflows.graph import node_ports, ports
from workflows.graph.document import READ_ONLY
from workflows.graph.operations import SHAPES, apply, apply_and_invert
from workflows.types import Json, JsonObject

ROOT = Path(__file__).resolve().parent.parent.parent
ROLLDOWN = ROOT / "frontend" / "node_modules" / ".bin" / "rolldown"
AMOUNT = 1_500

SCALARS = [None, True, False, 0, 1, -1, 2.5, 5, 1e-7, 0.00001, 1e16, 1e21, 1.0, "", "a", "3"]
PARTS = [*SCALARS, [], {}, ["q"], {"value": "x", "label": "X"}, {"label": "y"}, {"value": 7}]
NAMES = ["a", "b", "c1", "$x", "two words", "1st", "_ok", "no\n", "é", "", 7, None]
TYPES = [
    *ports.FIELD_TYPES,
    *ports.TYPES,
    "list<image>",
    "list<list<text>>",
    "constructor",
    3,
    None,
]
KEYS = ["label", "required", "default", "options", "min", "max", "step", "help"]
FLAGS = ["multiline", "randomize", "unit"]


def _row(random: Random) -> Json:
    if random.random() < 0.05:
        return random.choice(PARTS)
    row = {key: _part(random) for key in KEYS + FLAGS if random.random() < 0.5}
    if random.random() < 0.95:
        row["name"] = random.choice(NAMES)
    if random.random() < 0.9:
        row["type"] = random.choice(TYPES)
    return row


def _part(random: Random) -> Json:
    if random.random() < 0.3:
        return [random.choice(PARTS) for _ in range(random.randrange(4))]
    return random.choice(PARTS)


def _node(random: Random) -> tuple[str | None, JsonObject]:
    data: JsonObject = {
        key: [_row(random) for _ in range(random.randrange(4))]
        for key in ("inputs", "outputs", "fields", "sources")
    }
    data["sources"] += random.choices(["draw", "input.prompt", "", 7], k=2)
    data["text"] = _text(random)
    if random.random() < 0.1:
        data[random.choice(list(data))] = random.choice(PARTS)
    kinds = ["declared", "fields", "sources", "placeholders", None]
    return random.choice(kinds), data


def _text(random: Random) -> str:
    return "".join(random.choices(["{", "}", "{{", "}}", "a", "b_1", "1", " ", "-", "\n"], k=12))


def _edit(random: Random) -> JsonObject:
    nodes = random.sample(["n0", "n1", "n2", "n3"], random.choice([0, 2, 3, 4, 4, 4]))
    edges = random.sample(["e0", "e1", "e2"], random.choice([0, 2, 3, 3]))
    document = {
        "name": "Sticker",
        "nodes": [make(id, text=random.choice(PARTS)) for id in nodes],
        "edges": [_edge(random, id) for id in edges],
    }
    return {
        "document": document,
        "operations": [_operation(random) for _ in range(random.randrange(1, 4))],
    }


def _edge(random: Random, id: str) -> JsonObject:
    return {"id": id, "source": random.choice(["n0", "n1"]), "target": "n2"}


def _operation(random: Random) -> JsonObject:
    verb = random.choice(list(SHAPES))
    noun = verb.partition(".")[0]
    ids = ["e0", "e1", "e2"] if noun == "edge" else ["n0", "n1", "n2", "n3"]
    id = random.choice(ids)
    parts: JsonObject = {
        "node": make(id),
        "edge": _edge(random, id),
        "id": random.choice([*[id] * 8, "gone", ""]),
        "index": random.choice([0, 0, 0, 0, 1, 2, 5, -1, 0.5]),
        "ids": random.sample(ids, random.choice([len(ids)] * 4 + [1])),
        "field": random.choice(["text", "a", ""]),
        "value": random.choice(PARTS),
        "key": random.choice([*["color", "$x", "parentId"] * 4, "id", *_reserved(noun)]),
    }
    needed, allowed = SHAPES[verb]
    given = [key for key in parts if key in needed or (key in allowed and random.random() < 0.7)]
    return {"op": verb, **{key: parts[key] for key in given}}


def _reserved(noun: str) -> list[str]:
    return {"node": ["data"], "meta": ["nodes", *sorted(READ_ONLY)[:3]]}.get(noun, [])


def _many(random: Random, make_one: Callable[[Random], Any]) -> list[Any]:
    return [make_one(random) for _ in range(AMOUNT)]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[JsonObject, JsonObject]:
    """The cases, and what TypeScript makes of them."""
    random = Random(20260)  # the same cases each time
    every = [*ports.TYPES, *(f"list<{type}>" for type in ports.TYPES), "list<list<text>>", "odd"]
    handles = [None, 3, "", *(f"{a}{b}" for a in ("a", "b-in", "b") for b in ("", "-in", "-out"))]
    names = [[], ["a"], ["a", "b"], ["a-in", "a"], ["b-in"], ["b-out", "b"]]
    cases = {
        "tables": {key: value for key, value in catalogue()[0].items() if key != "nodeTypes"},
        "edits": _many(random, _edit),
        "fits": list(itertools.product(every, every)),
        "handles": list(itertools.product(handles, ("in", "out"), names)),
        "texts": [*_many(random, _text), *PARTS],
        "nodes": _many(random, _node),
        "fields": [
            row
            for row in _many(random, _row)
            if isinstance(row, dict) and isinstance(row.get("name"), str) and row["name"]
        ],
    }
    cases = json.loads(json.dumps(cases))
    program = tmp_path_factory.mktemp("languages") / "program.mjs"
    source = Path(__file__).with_name("languages.ts")
    bundle: list[str | Path] = [
        ROLLDOWN,
        source,
        "--platform",
        "node",
        "--format",
        "esm",
        "--file",
        program,
    ]
    subprocess.run(bundle, check=True, capture_output=True, timeout=60)
    done = subprocess.run(
        ["node", program],
        input=json.dumps(cases),
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return cases, json.loads(done.stdout)


def _as_sent(value: Any) -> Json:
    """Return a value as JavaScript reads its JSON, which has numbers of one kind."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _as_sent(held) for key, held in value.items()}
    return [_as_sent(held) for held in value] if isinstance(value, list | tuple) else value


def _differences(cases: list[Any], python: list[Any], browser: list[Any]) -> list[Any]:
    assert len(cases) == len(python) == len(browser) > 100
    rows = zip(cases, map(_as_sent, python), map(_as_sent, browser), strict=True)
    # As text, for 1 and true are equal in Python.
    written = ((row, *(json.dumps(side, sort_keys=True) for side in row[1:])) for row in rows)
    return [row for row, here, there in written if here != there][:3]


def test_operations_change_a_document_alike_and_are_refused_alike(
    both: tuple[JsonObject, JsonObject],
) -> None:
    cases, browser = both[0]["edits"], both[1]["edits"]
    found = []
    for case, there in zip(cases, browser, strict=True):
        before = copy.deepcopy(case["document"])
        try:
            here = apply_and_invert(case["document"], case["operations"])[0]
        except InvalidBody:
            here = None
        found.append(here)
        if here is not None and there is not None:
            assert _as_sent(apply(here, there["inverse"])) == _as_sent(before), case
    documents = [there and there["document"] for there in browser]
    assert _differences(cases, found, documents) == []
    assert min(found.count(None), len(found) - found.count(None)) > AMOUNT / 10


def test_a_value_fits_a_port_alike(both: tuple[JsonObject, JsonObject]) -> None:
    cases, browser = both[0]["fits"], both[1]["fits"]
    assert _differences(cases, [ports.fits(*case) for case in cases], browser) == []


def test_a_handle_names_a_port_alike(both: tuple[JsonObject, JsonObject]) -> None:
    cases, browser = both[0]["handles"], both[1]["handles"]
    found = [node_ports.port_name(handle, side, set(names)) for handle, side, names in cases]
    assert _differences(cases, found, browser) == []


def test_a_text_has_its_placeholders_alike(both: tuple[JsonObject, JsonObject]) -> None:
    cases, browser = both[0]["texts"], both[1]["texts"]
    assert _differences(cases, [node_ports.placeholders(text) for text in cases], browser) == []


def test_a_node_has_its_ports_alike(both: tuple[JsonObject, JsonObject]) -> None:
    cases, browser = both[0]["nodes"], both[1]["nodes"]
    own = (ports.Input("b", "text"),), (ports.Output("b", "text"),)
    found = []
    for dynamic, data in cases:
        type = ports.NodeType("t", "T", "c", "d", *own, dynamic=dynamic)
        read = node_ports.inputs_of(type, data), node_ports.outputs_of(type, data)
        found.append([[asdict(port) for port in side] for side in read])
    assert _differences(cases, found, browser) == []


def test_a_field_is_read_alike(both: tuple[JsonObject, JsonObject]) -> None:
    cases, browser = both[0]["fields"], both[1]["fields"]
    keys = ["options", "min", "max", "step", "help", "required"]
    type = ports.NodeType("t", "T", "c", "d", dynamic="declared")
    rows = []
    for row, there in zip(cases, browser, strict=True):
        for port in node_ports.inputs_of(type, {"inputs": [row]}):
            here = {**asdict(port), "required": port.required and not port.randomize}
            used = [
                key
                for key in keys
                if (key != "options" or port.type == "text")
                and (key not in ("min", "max") or port.type == "number")
            ]
            rows.append((row, [here[key] for key in used], [there[key] for key in used]))
    assert _differences(*map(list, zip(*rows, strict=True))) == []
