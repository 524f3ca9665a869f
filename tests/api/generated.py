"""Documents made by chance from a seed: by the grammar, from shipped templates, or anything at all.

Plain `random` instead of Hypothesis, because thousands of them are made and sent in every run; a
failure names its seed.
"""

from __future__ import annotations

import copy
import json
import random
from functools import cache

from workflows.nodes import registry
from workflows.samples import templates
from workflows.types import Json, JsonObject

STRANGE_TEXTS = (
    "",
    " ",
    "a",
    "\u2028",
    "\u202e",
    "é",
    "e\u0301",
    "🙂",
    "👩\u200d👧",
    "\x7f",
    "\x1b[31m",
    "\\",
    '"',
    "</script>",
    "{{x}}",
    "{a}",
    "__proto__",
    "constructor",
    "$x",
    "../..",
    "null",
    "NaN",
    "-0",
    "\ufeff",
    "\uffff",
    "x" * 300,
    "\r\n",
    "\t",
    "ﬃ",
    "İ",
    "ß",
)
STRANGE_NUMBERS = (
    0,
    -0.0,
    1,
    1.0,
    -1,
    0.1,
    1e22,
    1e-300,
    1.7e308,
    2**53,
    2**53 + 1,
    -(2**63),
    10**40,
    5e-324,
)
KEYS = ("a", "", "id", "type", "label", "data", "x", "__proto__", "é", "0", "parentId", "$ref")
EXTRA = ("zIndex", "selected", "futureKey", "", "__proto__", "$schema", "style")


def document(seed: int) -> Json:
    """Return one body of a save; most are well-formed, some are not."""
    chance = random.Random(seed)
    kind = chance.random()
    if kind < 0.55:
        return _by_grammar(chance)
    if kind < 0.75:
        return _mutated(chance, copy.deepcopy(_template(chance)))
    if kind < 0.95:
        return _mutated(chance, _by_grammar(chance))
    return value(chance, 5)


def value(chance: random.Random, depth: int = 3) -> Json:
    """Return any JSON value."""
    kind = chance.random()
    if depth and kind < 0.15:
        return [value(chance, depth - 1) for _ in range(chance.randrange(4))]
    if depth and kind < 0.35:
        return {text(chance): value(chance, depth - 1) for _ in range(chance.randrange(4))}
    if kind < 0.55:
        return text(chance)
    if kind < 0.85:
        return number(chance)
    return chance.choice((None, True, False))


def text(chance: random.Random) -> str:
    """Return text JSON can carry: everything but NUL and surrogates."""
    if chance.random() < 0.6:
        return chance.choice((*STRANGE_TEXTS, *KEYS))
    points = (
        chance.choice((0x41, 0xE9, 0x4E00, 0x1F600, 0x20)) for _ in range(chance.randrange(9))
    )
    return "".join(map(chr, points))


def number(chance: random.Random) -> Json:
    """Return a number, often one at an edge."""
    if chance.random() < 0.5:
        return chance.choice(STRANGE_NUMBERS)
    return chance.choice((chance.randrange(-1000, 1000), chance.uniform(-1e6, 1e6)))


def _by_grammar(chance: random.Random) -> JsonObject:
    types = [*registry.node_types(), "fromTheFuture", "a", "x y"]
    ids = chance.sample([f"n{n}" for n in range(12)] + [t for t in STRANGE_TEXTS if t.strip()], 6)
    ids = [id for id in ids if 0 < len(id) <= 200]
    nodes = [_node(chance, id, chance.choice(types)) for id in ids[: chance.randrange(6)]]
    edges = [_edge(chance, f"e{n}", ids) for n in range(chance.randrange(5))]
    made: JsonObject = {"nodes": nodes, "edges": edges}
    for key, make in (
        ("name", lambda: chance.choice(("N", "Ä ö", "🙂", "x" * 200, "a\u2028b"))),
        ("description", lambda: chance.choice(("", None, *STRANGE_TEXTS))),
        ("tags", lambda: [text(chance)[:40] for _ in range(chance.randrange(4))]),
        ("viewport", lambda: {"x": 1, "y": -0.0, "zoom": 0.5, "more": value(chance)}),
        ("cover", lambda: chance.choice((None, {}, {"image": text(chance), "z": value(chance)}))),
        ("thumbnail", lambda: chance.choice((None, text(chance)))),
        ("publicPlayground", lambda: chance.random() < 0.5),
        ("hidden", lambda: chance.random() < 0.5),
        (chance.choice(EXTRA), lambda: value(chance, 4)),
    ):
        if chance.random() < 0.4:
            made[key] = make()
    return made


def _node(chance: random.Random, id: str, type: str) -> JsonObject:
    data = {chance.choice((*KEYS, "text", "fields")): value(chance) for _ in range(3)}
    node = {
        "id": id,
        "type": type,
        "position": {"x": chance.uniform(-1e5, 1e5), "y": chance.randrange(-9, 9)},
        "data": data,
    }
    if chance.random() < 0.4:
        node[chance.choice(EXTRA)] = value(chance)
    return node


def _edge(chance: random.Random, id: str, ids: list[str]) -> JsonObject:
    ends = ids or ["nowhere"]
    edge = {"id": id, "source": chance.choice(ends), "target": chance.choice(ends)}
    for key in ("sourceHandle", "targetHandle"):
        if chance.random() < 0.8:
            edge[key] = chance.choice(("text-out", "text-in", "x", None, "🙂"))
    if chance.random() < 0.3:
        edge["data"] = value(chance)
    return edge


def _mutated(chance: random.Random, made: JsonObject) -> JsonObject:
    """Change one to three places anywhere in a document."""
    for _ in range(chance.randrange(1, 4)):
        places = list(_places(made))
        if not places:
            break
        parent, key = chance.choice(places)
        kind = chance.random()
        if kind < 0.6:
            parent[key] = value(chance)
        elif kind < 0.8:
            del parent[key]
        elif isinstance(parent, list):
            parent.append(copy.deepcopy(parent[key]))
        else:
            parent[text(chance)] = value(chance)
    return made


def _places(value: Json) -> list[tuple[Json, Json]]:
    found: list[tuple[Json, Json]] = []
    waiting = [value]
    while waiting:
        item = waiting.pop()
        keys = item.keys() if isinstance(item, dict) else range(len(item))
        for key in list(keys):
            found.append((item, key))
            if isinstance(item[key], dict | list):
                waiting.append(item[key])
    return found


def _template(chance: random.Random) -> JsonObject:
    return json.loads(_template_text(chance.choice(templates.slugs())))


@cache
def _template_text(slug: str) -> str:
    return json.dumps(templates.document(slug))
