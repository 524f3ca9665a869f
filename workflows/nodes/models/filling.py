"""Putting what a node has where a model's schema has a place for it; what is left is for the card.

Models word the same thing differently (`image_url`, `image_urls`, `input_image`; `aspect_ratio` or
`image_size`). Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from workflows.errors import ModelFailed
from workflows.graph.node_ports import DECLARED_NAME
from workflows.graph.ports import MEDIA
from workflows.nodes.models import published
from workflows.nodes.models.published import Field
from workflows.nodes.models.requests import (
    Fields,
    Media,
    ModelRequest,
    NewAudio,
    NewImages,
    NewOfAny,
    NewVideo,
)
from workflows.types import Json, JsonObject

_FIRST = ("first_frame", "start_image", "start_frame", "image", "input_image", "init_image")
_LAST = ("last_frame", "end_image", "last_image", "tail_image", "end_frame")
_MANY = ("images", "image", "input_images", "reference_images", "input_image", "image_input")
_MASK = ("mask", "mask_image")
#: A schema of thousands of fields is none that a card can show.
MAX_FIELDS = 200
SHOWN = 3
_NUMBER = re.compile(r"\d+(\.\d+)?")


def rows(fields: Iterable[Field], task: str) -> list[JsonObject]:
    """Return what a model takes besides what the node of a task has, required ones first.

    Of those that it can do without, the card shows files, for their ports, and the first few.
    """
    known = list(fields)
    taken = _form(known, _EMPTY[task]).places if task in _EMPTY else set()
    if task == "image":  # its node has no input for files, so what a model takes is its own field
        taken -= {field.name for field in known if field.media}
    shown = [
        field.row()
        for field in known[:MAX_FIELDS]
        if field.name not in taken and DECLARED_NAME.fullmatch(field.name)
    ]
    optional = [row for row in shown if not row.get("required") and row["type"] not in MEDIA]
    for row in optional[SHOWN:]:
        row["advanced"] = True
    return sorted(shown, key=lambda row: (not row.get("required"), bool(row.get("advanced"))))


#: An empty request of each task: what it has a place for is found with it.
_EMPTY: Mapping[str, ModelRequest] = {
    "image": NewImages(""),
    "edit": NewImages(""),
    "video": NewVideo(""),
    "sound": NewAudio(""),
    "any": NewOfAny(),
}


def fill(fields: list[Field], request: ModelRequest) -> JsonObject:
    """Fill in the request, and the model's own fields.

    Raises ModelFailed for what has no place, and for what the model wants besides.
    """
    return _form(fields, request).done(request.fields)


def _form(fields: list[Field], request: ModelRequest) -> _Form:
    form = _Form(fields)
    if isinstance(request, NewImages):
        _images(form, request)
    elif isinstance(request, NewVideo):
        _video(form, request)
    elif isinstance(request, NewAudio):
        _audio_body(form, request)
    return form


def _images(form: _Form, request: NewImages) -> None:
    form.put(("prompt", "text", "instruction"), request.prompt)
    form.files(_MANY, request.images, "image")
    form.files(_MASK, () if request.mask is None else (request.mask,), "mask")
    form.ratio(request.ratio, request.size)
    count = request.count if request.count > 1 else None
    form.put(("num_images", "num_outputs", "n", "number_of_images"), count)
    form.put(("seed",), request.seed)
    form.put(("negative_prompt",), request.negative or None)


def _video(form: _Form, request: NewVideo) -> None:
    form.put(("prompt", "text"), request.prompt)
    form.files(_FIRST, () if request.first is None else (request.first,), "first")
    form.files(_LAST, () if request.last is None else (request.last,), "last")
    form.ratio(request.ratio, 1280)
    form.nearest(("duration", "seconds", "video_length"), request.seconds)
    form.put(("resolution",), request.resolution or None)
    form.put(("seed",), request.seed)


def _audio_body(form: _Form, request: NewAudio) -> None:
    form.put(("prompt", "text", "lyrics"), request.prompt)
    names = ("duration", "seconds", "seconds_total", "duration_seconds", "audio_length_in_s")
    form.nearest(names, request.seconds)


class _Form:
    """What is filled in so far."""

    def __init__(self, fields: list[Field]) -> None:
        self._fields = {field.name: field for field in fields}
        self._values: JsonObject = {}
        #: The names of the fields that a task's own inputs fill in.
        self.places: set[str] = set()

    def _find(self, names: Iterable[str]) -> Field | None:
        found = next((self._fields[name] for name in names if name in self._fields), None)
        if found is not None:
            self.places.add(found.name)
        return found

    def _next_of(self, called: str) -> Field | None:
        """Return the first field of a kind of file that nothing else has taken."""
        kind = "image" if called == "first" else called
        free = (row for row in self._fields.values() if row.name not in self.places)
        found = next((row for row in free if row.media == kind and "mask" not in row.name), None)
        if found is not None:
            self.places.add(found.name)
        return found

    def put(self, names: Iterable[str], value: Json) -> None:
        """Give a value to the first of these fields that there is."""
        field = self._find(names)
        if field is not None and value is not None:
            self._values[field.name] = field.sent(value)

    def files(self, names: Iterable[str], given: tuple[Media, ...], called: str) -> None:
        """Give files as `data:` URLs; a field that takes one takes the first alone."""
        field = self._find(_spelled(names)) or self._next_of(called)
        if not given:
            return
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
        elif size is None and "width" in self._fields and "height" in self._fields:
            self._values |= {"width": width, "height": height}
            self.places |= {"width", "height"}

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

    def done(self, further: Fields) -> JsonObject:
        """Return the values, with the model's own fields where nothing else is; others are passed
        over, because the node may have had another model. Raises ModelFailed when the model wants
        more.
        """
        free = (row for row in self._fields.values() if row.name not in self._values)
        self._values |= published.sent(free, further)
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
                expected="another model, or these fields: choose the model again to get them",
            )
        return self._values


def _spelled(names: Iterable[str]) -> Iterator[str]:
    """Yield names as models spell those of files."""
    for name in names:
        bare = name.removesuffix("s")
        yield from (f"{name}_url", f"{name}_urls", f"{bare}_urls", name)
