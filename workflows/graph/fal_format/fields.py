"""The inputs of a fal workflow (`schema.input`, both dialects) as the fields of a request input.

The builder writes `{field: {name, label, type, ...}}`, the `fal` package plain JSON Schema; which
one it is shows the key `properties`. Each field keeps what it was made from under `fal`, so that an
untouched field is written exactly as it was read.
"""

from __future__ import annotations

from workflows.types import Json, JsonObject

#: A type of fal -> a field type of ours; other types take anything.
_TYPES = {"string": "text", "number": "number", "integer": "number", "boolean": "toggle"}
_BACK = {
    "text": "string",
    "textarea": "string",
    "number": "number",
    "slider": "number",
    "toggle": "boolean",
}
_ANY = "json"
#: Keys that documents read earlier lack in their fields; they follow from what is stored as `fal`.
_ADDED = {"kind": None, "items": None}
_MEDIA = {"image_url": "image", "video_url": "video", "audio_url": "audio"}


def read_fields(schema: JsonObject) -> list[JsonObject]:
    """Return the fields that `schema.input` declares, in order."""
    properties = schema.get("properties")
    if not isinstance(properties, dict):
        return [_field(name, raw, None) for name, raw in schema.items()]
    required = _required(schema)
    return [_field(name, raw, name in required) for name, raw in properties.items()]


def write_fields(rows: list[JsonObject], rest: JsonObject | None) -> JsonObject:
    """Return `schema.input` for fields; `rest` is what JSON Schema had besides, None: builder's."""
    declared = [row for row in rows if row.get("undeclared") is not True]
    if rest is None:
        return {row["name"]: _write(row, None) for row in declared}
    required = [row["name"] for row in declared if row.get("required") is True]
    schema = {**rest, "properties": {}}
    before = _required(rest)
    schema["properties"] = {row["name"]: _write(row, row["name"] in before) for row in declared}
    names = {row["name"] for row in declared}
    if {name for name in before if name in names} != set(required):
        schema["required"] = required
    return schema


def _strictly(raw: JsonObject) -> JsonObject:
    """Return what a declaration demands beyond the type of our field (see `graph.schema`)."""
    if raw.get("type") in ("integer", "object"):
        return {"kind": raw["type"]}
    items = _item(raw)
    return {} if items is None else {"kind": "list", "items": items}


def _item(raw: JsonObject) -> str | None:
    """Return the type of a list's items, "" where any will do; None: the field is no list."""
    kind = raw.get("type")
    outer: JsonObject = kind if isinstance(kind, dict) else raw
    if "list" not in (kind, outer.get("kind")) and outer.get("type") != "array":
        return None
    items = outer.get("items")
    found = items.get("type") if isinstance(items, dict) else outer.get("elementType")
    return found if isinstance(found, str) else ""


def undeclared_field(name: str) -> JsonObject:
    """Return the field for a name that references use and no schema declares."""
    return {"name": name, "type": _MEDIA.get(name, _ANY), "undeclared": True}


def _required(schema: JsonObject) -> list[str]:
    names = schema.get("required")
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _field(name: str, raw: Json, required: bool | None) -> JsonObject:
    row: JsonObject = {"name": name, "type": _ANY, "fal": raw}
    if required is not None:
        row["required"] = required
    if not isinstance(raw, dict):
        return row
    row["type"] = _type(name, raw)
    label, help = raw.get("label", raw.get("title")), raw.get("description")
    if isinstance(label, str):
        row["label"] = label
    if isinstance(help, str):
        row["help"] = help
    if required is None:
        row["required"] = raw.get("required") is True
    if raw.get("default") is not None:
        row["default"] = raw["default"]
    if row["type"] == "select":
        row["options"] = list(raw["enum"])
    row |= _strictly(raw)
    for ours, theirs in (("min", "minimum"), ("max", "maximum")):
        if row["type"] == "number" and theirs in raw:
            row[ours] = raw[theirs]
    return row


def _type(name: str, raw: JsonObject) -> str:
    kind = raw.get("type")
    if kind == "string":
        choices = raw.get("enum")
        if isinstance(choices, list) and choices and all(isinstance(one, str) for one in choices):
            return "select"
        media = (type for ending, type in _MEDIA.items() if name.endswith(ending))
        return next(media, "text")
    return _TYPES.get(kind, _ANY) if isinstance(kind, str) else _ANY


def _write(row: JsonObject, required: bool | None) -> Json:
    """Return a field's declaration: as it was read, with what a user has changed since."""
    raw = row.get("fal")
    known = _field(row["name"], raw, required) if "fal" in row else {}
    if {**known, **_ADDED} == {**row, **_ADDED}:
        return raw
    builder = required is None
    found: JsonObject = dict(raw) if isinstance(raw, dict) else {}
    if builder:
        found["name"] = row["name"]
    if row.get("type") != known.get("type"):
        found["type"] = _BACK.get(str(row.get("type")), "string")
    names = {
        "label": "label" if builder else "title",
        "help": "description",
        "default": "default",
        "options": "enum",
        "min": "minimum",
        "max": "maximum",
    }
    for ours, theirs in names.items():
        if row.get(ours) == known.get(ours):
            continue
        if row.get(ours) is None:
            found.pop(theirs, None)
        else:
            found[theirs] = row[ours]
    if builder and row.get("required") != known.get("required"):
        found["required"] = row.get("required") is True
    return found
