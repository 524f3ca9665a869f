"""The fields that a model's published schema has: their kinds, and values in the model's own type.

fal and Replicate publish what every model takes as JSON schemas; for others the tables of their
documentation have the same form. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from workflows.errors import ModelFailed
from workflows.graph.document import is_number
from workflows.nodes.models.requests import Fields, Media
from workflows.types import Json, JsonObject

#: How deep references in a schema are followed.
_DEPTH = 8
_HELP = 400
_CHOICES = 200


@dataclass(frozen=True, slots=True)
class Field:
    """One property: its name, and its schema with references followed."""

    name: str
    schema: JsonObject
    required: bool

    @property
    def choices(self) -> list[Json]:
        """What it may be; empty for anything."""
        found = self.schema.get("enum")
        return found if isinstance(found, list) else []

    @property
    def is_list(self) -> bool:
        """Whether it takes several."""
        return self.schema.get("type") == "array"

    @property
    def media(self) -> str:
        """What kind of file it takes; empty for none."""
        item = self.schema.get("items") if self.is_list else self.schema
        row = item if isinstance(item, dict) else {}
        if row.get("type", "string") != "string" or self.choices:
            return ""
        declared = self.schema.get("_fal_ui_field") or (self.schema.get("ui") or {}).get("field")
        if declared in ("image", "video", "audio", "file"):
            return str(declared)
        named = self.name.endswith(("_url", "_urls"))
        if not named and declared != "mask" and row.get("format") not in ("uri", "uri-reference"):
            return ""
        for kind, words in _NAMED.items():
            if any(word in self.name for word in words):
                return kind
        return "file"

    def row(self) -> JsonObject:
        """Return the field as a node declares one in `data["inputs"]`."""
        schema = self.schema
        kind = _kind(self)
        low, high = limits(schema)
        found: JsonObject = {
            "name": self.name,
            "label": str(schema.get("title") or self.name.replace("_", " ").capitalize())[:80],
            "type": kind,
            "help": " ".join(str(schema.get("description") or "").split())[:_HELP],
            "required": self.required and "default" not in schema,
            "many": bool(self.media) and self.is_list,
        }
        if self.choices:
            found["options"] = [str(one) for one in self.choices[:_CHOICES]]
        if kind in ("number", "slider"):
            found |= {"min": low, "max": high, "step": _step(schema)}
        if _is_shown(schema.get("default"), kind):
            given = schema["default"]
            found["default"] = str(given) if self.choices else given
        return {key: value for key, value in found.items() if value not in (None, "", False)}

    def sent(self, value: Json | Media | list[Media]) -> Json:
        """Return a value as the model takes it. Raises ModelFailed for what it does not."""
        if isinstance(value, Media):
            return [value.data_url] if self.is_list else value.data_url
        if isinstance(value, list) and value and isinstance(value[0], Media):
            urls: list[Json] = [one.data_url for one in value if isinstance(one, Media)]
            return urls if self.is_list else urls[0]
        if self.choices:
            for choice in self.choices:
                if str(choice) == str(value):
                    return choice
            raise self._wrong(value, ", ".join(str(one) for one in self.choices[:20]))
        type = self.schema.get("type")
        if type in ("integer", "number") and is_number(value):
            self._limits(value)
            return round(value) if type == "integer" else value
        if type in ("array", "object") and isinstance(value, str):
            try:
                value = json.loads(value)
            except (ValueError, RecursionError) as error:
                raise self._wrong(value, "JSON") from error
        if type == "array" and not isinstance(value, list):
            return [value]
        return value

    def _limits(self, value: float) -> None:
        low, high = limits(self.schema)
        if low is not None and value < low:
            raise self._wrong(value, f"at least {low:g}")
        if high is not None and value > high:
            raise self._wrong(value, f"at most {high:g}")

    def _wrong(self, value: Json, expected: str) -> ModelFailed:
        shown = value if not isinstance(value, str) else value[:200]
        return ModelFailed(
            f"The model's {self.name} cannot be {shown}.",
            field=self.name,
            value=shown,
            expected=expected,
        )


#: The words in a name that say what kind of file it is.
_NAMED = {
    "video": ("video", "movie", "clip"),
    "audio": ("audio", "voice", "speech", "music", "sound", "song"),
    "image": ("image", "mask", "frame", "photo", "picture", "face", "garment", "img"),
}
_LONG = ("prompt", "text", "lyrics", "instruction", "script", "description")


def _kind(field: Field) -> str:
    """Return the field type (spec native 3.4, or `json`) that a schema is shown as."""
    if field.choices:
        return "select"
    if field.media:
        return field.media
    type = field.schema.get("type")
    if type == "boolean":
        return "toggle"
    if type in ("integer", "number"):
        low, high = limits(field.schema)
        narrow = low is not None and high is not None and high - low <= 100
        return "slider" if narrow else "number"
    if type in ("array", "object"):
        return "json"
    return "textarea" if any(word in field.name for word in _LONG) else "text"


def limits(schema: JsonObject) -> tuple[float | None, float | None]:
    """Return the smallest and the largest number that a schema takes."""
    low, high = schema.get("minimum"), schema.get("maximum")
    return low if is_number(low) else None, high if is_number(high) else None


def _step(schema: JsonObject) -> Json:
    if schema.get("type") == "integer":
        return 1
    _, high = limits(schema)
    # Between 0 and about 1 whole steps would be none.
    fine = high is not None and abs(high) <= 2
    return schema.get("multipleOf") or (0.01 if fine else None)


def _is_shown(value: Json, kind: str) -> bool:
    if kind in ("number", "slider"):
        return is_number(value)
    if kind == "toggle":
        return isinstance(value, bool)
    if kind == "select":
        return isinstance(value, str) or is_number(value)
    return kind in ("text", "textarea") and isinstance(value, str) and len(value) <= 2000


def fields_of(schema: JsonObject, whole: JsonObject) -> list[Field]:
    """Return the properties of an object's schema in its order; `whole` is the document around it.

    fal says the order beside the properties, Replicate in each of them (`x-order`).
    """
    required = schema.get("required")
    wanted = set(required) if isinstance(required, list) else set()
    found = schema.get("properties")
    rows = found if isinstance(found, dict) else {}
    declared = schema.get("x-fal-order-properties")
    places = (
        {name: place for place, name in enumerate(declared)} if isinstance(declared, list) else {}
    )
    last = len(rows)

    def place(name: str) -> float:
        order = rows[name].get("x-order")
        return order if is_number(order) else places.get(name, last)

    return [
        Field(name, _plain(rows[name], whole, _DEPTH), name in wanted)
        for name in sorted((name for name, row in rows.items() if isinstance(row, dict)), key=place)
    ]


def plain(row: JsonObject, whole: JsonObject) -> JsonObject:
    """Return a schema with its references followed."""
    return _plain(row, whole, _DEPTH)


def _plain(row: JsonObject, whole: JsonObject, depth: int) -> JsonObject:
    """Return a schema without references and without the choice of null."""
    if depth <= 0:
        return {}
    reference = row.get("$ref")
    if isinstance(reference, str):
        return {**_plain(_at(whole, reference), whole, depth - 1), **_rest(row)}
    for key in ("anyOf", "oneOf", "allOf"):
        options = row.get(key)
        if not isinstance(options, list):
            continue
        found = [
            _plain(option, whole, depth - 1)
            for option in options
            if isinstance(option, dict) and option.get("type") != "null"
        ]
        # A size may be an object or one of some names; the names are what people choose from.
        named = next((one["enum"] for one in found if isinstance(one.get("enum"), list)), None)
        if found:
            return {**({"enum": named} if named else {}), **found[0], **_rest(row)}
    return row


def _rest(row: JsonObject) -> JsonObject:
    return {key: value for key, value in row.items() if key not in ("$ref", "anyOf", "allOf")}


def _at(whole: JsonObject, reference: str) -> JsonObject:
    place: Json = whole
    for step in reference.removeprefix("#/").split("/"):
        place = place.get(step) if isinstance(place, dict) else None
    return place if isinstance(place, dict) else {}


def sent(known: Iterable[Field], values: Fields) -> JsonObject:
    """Return those values that these fields take, in their types. Raises ModelFailed."""
    return {
        field.name: field.sent(value)
        for field in known
        if (value := values.get(field.name)) not in (None, "", [])
    }
