"""Curves and gradients whose value comes over a connection: as text, or from a field of the app."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from tests.engine.runs import execute, graph, of
from workflows.media import storage
from workflows.models import Asset, User

pytestmark = pytest.mark.django_db(transaction=True)

STOPS = '[{"color": "#ff0000", "place": 0}, {"color": "#0000ff", "place": 100}]'
NEGATIVE = {"all": [[0, 255], [255, 0]]}


def colors_of(events: list[dict[str, Any]], node: str) -> set[Any]:
    """Return the colors of the image that a node has made."""
    [made] = [event["output"] for event in of(events, "completion") if event["node_id"] == node]
    with storage.open_asset(Asset.objects.get(pk=made["image"]["asset"])) as file:
        image = Image.open(BytesIO(file.read())).convert("RGB")
    return {color for _, color in image.getcolors()}


def test_text_that_is_json_gives_the_stops_and_a_field_of_the_app_the_curves(
    engine: None, owner: User
) -> None:
    field = {"name": "tones", "type": "curve"}
    document = graph(
        {
            "words": ("textBox", {"text": STOPS}),
            "app": ("requestInput", {"fields": [field], "values": {"tones": NEGATIVE}}),
            "g": ("gradient", {"width": 8, "height": 8, "kind": "solid"}),
            "c": ("curvesImage", {}),
            "end": ("convertImage", {"format": "PNG"}),
        },
        "words.text > g.stops",
        "g.image > c.image",
        "app.tones > c.curves",
        "c.image > end.image",
    )
    run, events = execute(owner, document)
    assert run.status == "completed", run.error
    assert colors_of(events, "end") == {(0, 255, 255)}


def test_what_does_not_parse_says_so_with_its_field(engine: None, owner: User) -> None:
    document = graph(
        {"words": ("textBox", {"text": "red to blue"}), "g": ("gradient", {})},
        "words.text > g.stops",
    )
    run, _ = execute(owner, document)
    assert run.status == "failed" and run.error is not None
    assert run.error["body"]["field"] == "stops"
