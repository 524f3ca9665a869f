"""Derived images: what a step has made of stored images, and how to make the same again.

The pixels go on to the next step as they are. What is stored is a recipe in their place, so that
nothing is encoded between two steps, and is carried out only where the pixels are gone meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

from workflows.media import images
from workflows.media.images import PIXEL_BYTES
from workflows.media.processes.pixels import Encoded, Pixels, plain
from workflows.nodes.recipes import carry_out, is_kept, kept, later
from workflows.types import JsonObject

if TYPE_CHECKING:
    from PIL.Image import Image

#: What was made of an image in more calls is written to a file, from which others go on.
MOST_CALLS = 8
_NAME = "derived image"
CONTENT_TYPE = "image/png"
#: Bytes a pixel that decoding takes at most, whatever the format.
_DECODING_BYTES = 20


kept("convert image")(images.convert)


@kept("stored image")
@dataclass(frozen=True, slots=True)
class StoredImage:
    """A stored file as a step reads it, in a mode if one was requested; `step` names that step."""

    sha256: str
    mode: str | None
    width: int
    height: int
    step: str = ""


@kept(_NAME)
@dataclass(frozen=True, slots=True)
class DerivedImage:
    """An image that a step has made; `recipe` makes it again.

    `calls` is of how many calls it consists, `bytes` what they take besides the stored images.
    """

    recipe: Any
    mode: str
    width: int
    height: int
    bytes: int
    calls: int

    @property
    def duration(self) -> None:
        """It has none."""

    @property
    def parts(self) -> set[Any]:
        """The stored images that it is made of."""
        return set(_images(self.recipe))

    @property
    def decoding_bytes(self) -> int:
        """How many bytes making it again takes at most: all it is made of is decoded first."""
        areas = [part.width * part.height for part in self.parts]
        decoding = max(areas, default=0) * _DECODING_BYTES
        return int(max(self.bytes, decoding) + sum(areas) * PIXEL_BYTES)


def trace(function: Callable[..., Any], args: tuple[Any, ...], made: Any, held: int) -> None:
    """Note on images that a call has made how it did that, if that can be written down.

    `held` is how many bytes the call takes.
    """
    several = isinstance(made, tuple | list)
    images = [(at if several else None, one) for at, one in enumerate(made if several else [made])]
    found = [(at, one) for at, one in images if isinstance(one, Pixels)]
    if not found or not is_kept(function):
        return
    try:
        origins = _origins(args)
    except ValueError:
        return
    before, peak, calls = 0, held, 1
    for origin in _images(origins):
        if isinstance(origin, DerivedImage):
            calls += origin.calls
            peak = max(peak, before + origin.bytes)
            before += origin.width * origin.height * PIXEL_BYTES
    if calls > MOST_CALLS:
        return
    call = later(function, *_inlined(origins))
    for at, one in found:
        one.origin = DerivedImage(later(drawn, call, at), one.mode, *one.size, peak, calls)


def is_one(text: JsonObject) -> bool:
    """Return whether a recipe's text is one of an image."""
    return text.get("do") == _NAME


def opened(image: DerivedImage, open: Callable[[StoredImage], Any]) -> DerivedImage:
    """Return a derived image that can be sent to a process: `open` opens what it is made of."""
    files = {part: open(part) for part in image.parts}

    def replaced(value: Any) -> Any:
        if isinstance(value, partial):
            return partial(value.func, *map(replaced, value.args))
        if isinstance(value, tuple | list):
            return type(value)(map(replaced, value))
        return files[value] if isinstance(value, StoredImage) else value

    return replace(image, recipe=replaced(image.recipe))


@kept("image")
def drawn(made: Any, at: int | None) -> Image:
    """Return what a call has made, as the next one gets it."""
    return plain(made if at is None else made[at])


def make(recipe: Any) -> Image:
    """Make an image again. For a media process, as what follows."""
    image: Image = carry_out(recipe)
    return image


def write(file: BinaryIO, recipe: Any) -> Iterator[float]:
    """Make an image and write it to a file, as a step would have; no step is reported."""
    images.encode_to(file, carry_out(recipe), "PNG")
    yield from ()


def preview(recipe: Any, width: int) -> bytes:
    """Make a thumbnail of a width of an image."""
    return images.preview(carry_out(recipe), width)


def small(recipe: Any, side: int, mode: str | None) -> Image:
    """Make an image, its longer side at most `side` px."""
    image = carry_out(recipe)
    return images.shrunk(image if mode is None else image.convert(mode), side)


def _images(value: Any) -> Iterator[Any]:
    """Yield the images in a recipe or in the arguments of a call."""
    if isinstance(value, partial):
        yield from _images(value.args)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _images(item)
    elif isinstance(value, StoredImage | DerivedImage):
        yield value


def _origins(value: Any) -> Any:
    """Return arguments with its origin for each image. Raises ValueError for one without."""
    if isinstance(value, tuple | list):
        return tuple(map(_origins, value))
    if not isinstance(value, Pixels | Encoded):
        return value
    if value.origin is None:
        raise ValueError("nothing says how this image is made")
    return value.origin


def _inlined(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return tuple(map(_inlined, value))
    return value.recipe if isinstance(value, DerivedImage) else value
