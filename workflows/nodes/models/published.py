"""Filling in what a model's published schema asks for; pure.

fal and Replicate publish what every model takes as JSON schemas. Models word the same thing
differently (`image_url`, `image_urls`, `input_image`; `aspect_ratio` or `image_size`), so what a
node has is put where the schema has a place for it, in the schema's own type.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from workflows.errors import ModelFailed
from workflows.nodes.models.requests import Media, NewImages, NewSound, NewVideo
from workflows.types import Json, JsonObject

#: How deep references in a schema are followed.
_DEPTH = 8
_FIRST = ("first_frame", "start_image", "start_frame", "image", "input_image", "init_image")
_LAST = ("last_frame", "end_image", "last_image", "tail_image", "end_frame")
_MANY = ("images", "image", "input_images", "reference_images", "input_image", "image_input")
_MASK = ("mask", "mask_image")
_NUMBER = re.compile(r"\d+(\.\d+)?")


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


def fields_of(schema: JsonObject, whole: JsonObject) -> list[Field]:
    """Return the properties of an object's schema; `whole` is the document it stands in."""
    required = schema.get("required")
    wanted = set(required) if isinstance(required, list) else set()
    found = schema.get("properties")
    rows = found if isinstance(found, dict) else {}
    return [
        Field(name, _plain(row, whole, _DEPTH), name in wanted)
        for name, row in rows.items()
        if isinstance(row, dict)
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
        for option in options:
            if isinstance(option, dict) and option.get("type") != "null":
                return {**_plain(option, whole, depth - 1), **_rest(row)}
    return row


def _rest(row: JsonObject) -> JsonObject:
    return {key: value for key, value in row.items() if key not in ("$ref", "anyOf", "allOf")}


def _at(whole: JsonObject, reference: str) -> JsonObject:
    place: Json = whole
    for step in reference.removeprefix("#/").split("/"):
        place = place.get(step) if isinstance(place, dict) else None
    return place if isinstance(place, dict) else {}


def fill(fields: list[Field], asked: NewImages | NewVideo | NewSound) -> JsonObject:
    """Fill in what is asked for. Raises ModelFailed for what has no place."""
    if isinstance(asked, NewImages):
        return images(fields, asked)
    return video(fields, asked) if isinstance(asked, NewVideo) else sound(fields, asked)


def images(fields: list[Field], asked: NewImages) -> JsonObject:
    """Fill in images to be made or edited. Raises ModelFailed for what has no place."""
    form = _Form(fields)
    form.put(("prompt", "text", "instruction"), asked.prompt)
    form.files(_MANY, asked.images, "image")
    form.files(_MASK, () if asked.mask is None else (asked.mask,), "mask")
    form.ratio(asked.ratio, asked.size)
    if asked.count > 1:
        form.put(("num_images", "num_outputs", "n", "number_of_images"), asked.count)
    form.put(("seed",), asked.seed)
    form.put(("negative_prompt",), asked.negative or None)
    return form.done()


def video(fields: list[Field], asked: NewVideo) -> JsonObject:
    """Fill in a video to be made. Raises ModelFailed for what has no place."""
    form = _Form(fields)
    form.put(("prompt", "text"), asked.prompt)
    form.files(_FIRST, () if asked.first is None else (asked.first,), "first")
    form.files(_LAST, () if asked.last is None else (asked.last,), "last")
    form.ratio(asked.ratio, 1280)
    form.nearest(("duration", "seconds", "video_length"), asked.seconds)
    form.put(("resolution",), asked.resolution or None)
    form.put(("seed",), asked.seed)
    return form.done()


def sound(fields: list[Field], asked: NewSound) -> JsonObject:
    """Fill in audio to be made. Raises ModelFailed for what has no place."""
    form = _Form(fields)
    form.put(("prompt", "text", "lyrics"), asked.prompt)
    names = ("duration", "seconds", "seconds_total", "duration_seconds", "audio_length_in_s")
    form.nearest(names, asked.seconds)
    return form.done()


class _Form:
    """What is filled in so far."""

    def __init__(self, fields: list[Field]) -> None:
        self._fields = {field.name: field for field in fields}
        self._values: JsonObject = {}

    def _find(self, names: Iterable[str]) -> Field | None:
        return next((self._fields[name] for name in names if name in self._fields), None)

    def put(self, names: Iterable[str], value: Json) -> None:
        """Give a value to the first of these fields that there is."""
        field = self._find(names)
        if field is None or value is None:
            return
        if field.choices and value not in field.choices:
            raise ModelFailed(
                f"The model's {field.name} cannot be {value}.",
                field=field.name,
                value=value,
                expected=", ".join(str(one) for one in field.choices[:20]),
            )
        self._values[field.name] = value

    def files(self, names: Iterable[str], given: tuple[Media, ...], called: str) -> None:
        """Give files as `data:` URLs; a field that takes one takes the first alone."""
        if not given:
            return
        field = self._find(_spelled(names))
        if field is None:
            raise ModelFailed(
                f"This model takes no {called}.",
                field=called,
                expected=f"a model that takes one, or no {called}",
            )
        urls: list[Json] = [one.data_url for one in given]
        self._values[field.name] = urls if field.is_list else urls[0]

    def ratio(self, ratio: str, side: int) -> None:
        """Say how wide and high, in the model's own way; without one it decides itself."""
        field = self._find(("aspect_ratio", "ratio"))
        if field is not None:
            if not field.choices or ratio in field.choices:
                self._values[field.name] = ratio
            return
        wide, high = (float(part) for part in ratio.split(":"))
        scale = side / max(wide, high)
        width, height = (round(part * scale / 16) * 16 for part in (wide, high))
        size = self._find(("image_size", "video_size", "size"))
        if size is not None and size.schema.get("type") in ("object", None):
            self._values[size.name] = {"width": width, "height": height}
        elif "width" in self._fields and "height" in self._fields:
            self._values |= {"width": width, "height": height}

    def nearest(self, names: Iterable[str], value: float | None) -> None:
        """Give a number, or of choices such as `5`, `"5"` or `"5s"` the one that is nearest."""
        field = self._find(names)
        if field is None or value is None:
            return
        numbers = {
            float(found.group()): choice
            for choice in field.choices
            if (found := _NUMBER.search(str(choice)))
        }
        if numbers:
            self._values[field.name] = numbers[min(numbers, key=lambda one: abs(one - value))]
        elif field.schema.get("type") == "string":
            self._values[field.name] = f"{value:g}"
        else:
            self._values[field.name] = round(value) if value == round(value) else value

    def done(self) -> JsonObject:
        """Return the values. Raises ModelFailed when the model wants more than a node has."""
        lacking = [
            field.name
            for field in self._fields.values()
            if field.required and field.name not in self._values and "default" not in field.schema
        ]
        if lacking:
            raise ModelFailed(
                f"The model wants more than this node has: {', '.join(lacking)}.",
                field="model",
                value=lacking[0],
                expected="another model, or the node fal app with its whole input",
            )
        return self._values


def _spelled(names: Iterable[str]) -> Iterator[str]:
    """Yield names as models spell those of files."""
    for name in names:
        bare = name.removesuffix("s")
        yield from (f"{name}_url", f"{name}_urls", f"{bare}_urls", name)


#: Where the results of a task stand.
_IMAGES = ("images", "image", "output")
_RESULTS: Mapping[str, tuple[str, ...]] = {
    "image": _IMAGES,
    "edit": _IMAGES,
    "video": ("video", "videos", "output"),
    "sound": ("audio", "audio_file", "audio_url", "audios", "output"),
}


def results(output: Json, task: str) -> list[str]:
    """Return the URLs of what a model has made, out of its output as it comes."""
    if isinstance(output, dict):
        for name in _RESULTS[task]:
            if output.get(name):
                return _urls(output[name])
        return []
    return _urls(output)


def _urls(value: Json) -> list[str]:
    if isinstance(value, str):
        return [value] if value.startswith(("http://", "https://", "data:")) else []
    if isinstance(value, list):
        return [url for one in value for url in _urls(one)]
    if isinstance(value, dict):
        return _urls(value.get("url"))
    return []
