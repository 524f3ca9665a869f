"""The shapes of a run's events: one for each class of `journal/events.py`, and their union."""

from __future__ import annotations

from typing import is_typeddict

from workflows.api.openapi.classes import component, components
from workflows.api.openapi.row import INTEGER, TIME, ref
from workflows.journal import events
from workflows.journal.events import Event
from workflows.types import JsonObject

_DECLARED = list(vars(events).values())
#: The classes of the events by the names of their shapes.
EVENTS: dict[str, type[Event]] = {
    f"{cls.type.capitalize()}Event": cls
    for cls in _DECLARED
    if isinstance(cls, type) and issubclass(cls, Event) and cls is not Event
}


def _line(cls: type[Event]) -> JsonObject:
    data = component(cls)
    head: JsonObject = {"seq": INTEGER, "at": TIME, "type": {"const": cls.type}}
    return {
        **data,
        "properties": {**head, **data["properties"]},
        "required": [*head, *data["required"]],
    }


EVENT_SHAPES: dict[str, JsonObject] = {
    **components(cls for cls in _DECLARED if is_typeddict(cls)),
    **{name: _line(cls) for name, cls in EVENTS.items()},
    "RunEvent": {
        "description": "One line of a run's journal, as streams and the socket send it.",
        "oneOf": [ref(name) for name in EVENTS],
        "discriminator": {
            "propertyName": "type",
            "mapping": {cls.type: ref(name)["$ref"] for name, cls in EVENTS.items()},
        },
    },
}
