"""Decoded images in shared memory: made in a media process, held by the server, read by the next.

The memory has no name and belongs to the processes with its descriptor, so nothing is left behind
however one ends. It is sealed once it is written: no process changes an image that others read.
"""

from __future__ import annotations

import fcntl
import mmap
import os
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from PIL.Image import Image

#: Mode -> bytes a pixel as Pillow keeps it: colors have four, whether they are seen through or not.
PIXEL_BYTES = {"L": 1, "RGB": 4, "RGBA": 4}
#: Mode -> how Pillow calls the same bytes when it writes them.
_RAW = {"L": "L", "RGB": "RGBX", "RGBA": "RGBA"}
_WRITE_BYTES = 256 * 1024
_SEALS = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE


class Sized:
    """What is `size` px large: (width, height)."""

    __slots__ = ()
    size: tuple[int, int]

    @property
    def width(self) -> int:
        """Px."""
        return self.size[0]

    @property
    def height(self) -> int:
        """Px."""
        return self.size[1]


class Pixels(Sized):
    """A decoded image; `size` is (width, height) in px. The server reads these facts alone.

    `origin` is how it can be made again, None where nothing stored says so.
    """

    __slots__ = ("__weakref__", "descriptor", "mode", "origin", "size")

    def __init__(self, descriptor: int, mode: str, size: tuple[int, int]) -> None:
        self.descriptor = descriptor
        self.mode = mode
        self.size = size
        self.origin: Any = None

    @property
    def bytes(self) -> int:
        """How much memory they take."""
        return size_of(self.mode, self.size)

    def check(self) -> None:
        """Raise ValueError unless the memory is as large as it must be and cannot be changed."""
        if fcntl.fcntl(self.descriptor, fcntl.F_GET_SEALS) & _SEALS != _SEALS:
            raise ValueError("the memory of an image is not sealed")
        if os.fstat(self.descriptor).st_size != self.bytes:
            raise ValueError("the memory of an image is of another size")

    def __del__(self) -> None:
        os.close(self.descriptor)


class Encoded(Sized):
    """An image that is decoded where it is used; `size` and `mode` are those it has then.

    For one that is used once and decodes quickly, that takes less than a copy in shared memory.
    `step` is the one that is to blame for it, if that is not the one it is used in.
    """

    __slots__ = ("__weakref__", "field", "file", "limits", "mode", "origin", "size", "step")

    def __init__(
        self,
        file: BinaryIO,
        limits: Any,
        mode: str | None,
        size: tuple[int, int],
        field: str | None,
        step: str = "",
    ) -> None:
        self.origin: Any = None
        self.step = step
        self.file = file
        self.limits = limits
        self.mode = mode
        self.size = size
        self.field = field

    @property
    def facts(self) -> tuple[Any, ...]:
        """What a process has to know besides the file."""
        return self.limits, self.mode, self.field, self.step


def size_of(mode: str, size: tuple[int, int]) -> int:
    """Return the bytes that an image of a mode and a size takes. Raises ValueError for others."""
    width, height = size
    if mode not in PIXEL_BYTES or width < 1 or height < 1:
        raise ValueError(f"no image is {mode} of {width} x {height} px")
    return width * height * PIXEL_BYTES[mode]


def plain(image: Image) -> Image:
    """Return an image in one of the modes that images are handed on in."""
    if image.mode in PIXEL_BYTES:
        return image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def share(image: Image) -> Pixels:
    """Copy an image into shared memory. Raises MemoryError."""
    from PIL import Image as Pillow

    image = plain(image)
    descriptor = os.memfd_create("image", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    shared = Pixels(descriptor, image.mode, image.size)
    # Written, not mapped: pages that are written need not be cleared and touched before.
    encoder = Pillow._getencoder(image.mode, "raw", (_RAW[image.mode], 0, 1))
    encoder.setimage(image.im, (0, 0, *image.size))
    row = image.width * PIXEL_BYTES[image.mode]
    if encoder.encode_to_file(descriptor, max(_WRITE_BYTES, row)) < 0:
        raise MemoryError
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, _SEALS)
    return shared


def view(shared: Pixels) -> Any:
    """Return the image whose pixels are those in shared memory; changing it copies them first."""
    from PIL import Image as Pillow

    memory = mmap.mmap(shared.descriptor, shared.bytes, prot=mmap.PROT_READ)
    # What `frombuffer` does for RGBA, for RGB too, which Pillow keeps in as many bytes.
    core = Pillow.core.map_buffer(  # type: ignore[attr-defined]
        memory, shared.size, "raw", 0, (shared.mode, 0, 1)
    )
    image = Pillow.new(shared.mode, (0, 0))._new(core)
    image.readonly = 1
    return image
