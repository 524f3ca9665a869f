"""Template: a text with gaps that connections fill."""

from __future__ import annotations

import json
import re

from workflows.errors import NodeError
from workflows.graph.measure import Tally
from workflows.graph.node_ports import PLACEHOLDER
from workflows.graph.ports import Input, Output
from workflows.nodes.context import Context, apart
from workflows.nodes.registry import node
from workflows.types import Json, JsonObject

MAX_CHARACTERS = 1_000_000


@node(
    "template",
    name="Template",
    category="Text",
    description="Fills the {placeholders} of a text; each name in braces becomes an input.",
    aliases=("format", "prompt", "placeholder", "variables", "fill in", "mail merge"),
    inputs=(
        Input(
            "text",
            "text",
            "Text",
            required=True,
            widget="textarea",
            port=False,
            placeholder="A portrait of {animal} in {style}",
            help="Write {{ and }} for literal braces.",
        ),
    ),
    outputs=(Output("text", "text", "Text"),),
    dynamic="placeholders",
    cacheable=False,
)
async def template(context: Context, *, text: str | None, **values: Json) -> JsonObject:
    """Return the text with every gap filled, in one pass: a value's own braces stay."""
    given = text or ""
    if len(given) > MAX_CHARACTERS:
        raise NodeError(
            f"The template has {len(given):,} characters.",
            field="text",
            value=len(given),
            expected=f"at most {MAX_CHARACTERS:,}",
        )
    return {"text": await apart(context, len(given), filled, given, values)}


def filled(text: str, values: JsonObject) -> str:
    """Fill the gaps of a text. Raises NodeError before the result is too long."""
    tally = Tally(MAX_CHARACTERS, "characters", "text")
    place = 0

    def fill(match: re.Match[str]) -> str:
        nonlocal place
        tally.add(match.start() - place)
        place = match.end()
        name = match.group(1)
        if name is None:
            return tally.text(match.group(0)[0])
        if values.get(name) is None:
            raise NodeError(
                f"No value for {{{name}}}.", field=name, expected="a text or a connection"
            )
        return tally.text(as_text(values[name]))

    found = PLACEHOLDER.sub(fill, text)
    tally.add(len(text) - place)
    return found


def as_text(value: Json) -> str:
    """Write a value as a user would: text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
