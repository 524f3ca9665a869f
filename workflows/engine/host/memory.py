"""The memory one call of a node holds: what it has loaded and will make, as one reservation."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Hashable, Iterable
from concurrent.futures import Future
from contextlib import ExitStack
from typing import Any, BinaryIO

from workflows.errors import MediaTooLarge, NodeError
from workflows.media import images, memory
from workflows.media.processes.pixels import Encoded, Pixels


class Room:
    """Grows before something is taken and never shrinks before `close`.

    All images that a call is known to read count from its first one on, so that it need not wait
    for a second one while it holds a first.
    """

    __slots__ = (
        "_bytes",
        "_coming",
        "_holding",
        "_largest",
        "_loaded",
        "_lock",
        "_pixel_bytes",
        "_run",
        "files",
    )

    def __init__(self, run: Hashable, pixel_bytes: int) -> None:
        self._run = run
        self._pixel_bytes = pixel_bytes
        self._holding: memory.Holding | None = None
        self._lock = asyncio.Lock()
        #: What is there besides images, in bytes.
        self._bytes = 0
        #: The largest image there has been, px.
        self._largest = 0
        #: Closed when the call is done.
        self.files = ExitStack()
        self._coming: dict[Hashable, int] = {}
        self._loaded: list[tuple[weakref.ref[Pixels | Encoded], int]] = []

    @property
    def bytes(self) -> int:
        """How much is held."""
        return 0 if self._holding is None else self._holding.bytes

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been reserved yet."""
        return self._holding is None

    def expect(self, images: Iterable[tuple[Hashable, int]]) -> None:
        """Note images (name, px) that the call will load besides the first."""
        self._coming.update(images)

    async def image(self, name: Hashable, pixels: int, decoding: int, field: str) -> None:
        """Make room for an image that takes so many bytes while it is decoded."""
        self._coming.pop(name, None)
        self._largest = max(self._largest, pixels, *self._coming.values())
        rest = (self._pixels() + sum(self._coming.values())) * images.PIXEL_BYTES
        # What a process makes is there twice while it is copied into shared memory.
        working = self._largest * self._pixel_bytes
        own = max(working, decoding) + pixels * images.PIXEL_BYTES
        await self._grow(self._bytes + own + rest, field, f"{pixels / 1e6:.1f} megapixels")

    async def new_image(self, pixels: int, field: str, pixel_bytes: int | None = None) -> None:
        """Make room for an image that the call makes."""
        self._largest = max(self._largest, pixels)
        working = self._largest * ((pixel_bytes or self._pixel_bytes) + images.PIXEL_BYTES)
        kept = self._pixels() * images.PIXEL_BYTES
        own = max(working, kept + pixels * images.PIXEL_BYTES)
        await self._grow(self._bytes + own, field, f"{pixels / 1e6:.1f} megapixels")

    async def more(self, count: int, field: str) -> None:
        """Make room for so many bytes that stay until the end of the call."""
        held = self.bytes
        self._bytes += count
        await self._grow(held + count, field, f"{count:,} bytes")

    def loaded(self, image: Pixels | Encoded, pixels: int) -> None:
        """Count an image for as long as it is there."""
        self._loaded.append((weakref.ref(image), pixels))

    def share(self, future: Future[Any]) -> None:
        """Hold what is held until some work is over, even if no one waits for it any more."""
        holding = self._holding
        if holding is not None:
            holding.share()
            future.add_done_callback(holding.close)

    def enter_process(self) -> None:
        """Never wait from now on: the call has a process, for which others wait."""
        if self._holding is not None:
            self._holding.in_process = True

    def keep(self, file: BinaryIO | None) -> None:
        """Close a file when the call is done."""
        if file is not None:
            self.files.enter_context(file)

    def close(self) -> None:
        """Give everything back: the call is done, or waits for a provider and keeps nothing."""
        self.files.close()
        if self._holding is not None:
            self._holding.close()
        self._holding, self._bytes, self._largest = None, 0, 0
        self._coming.clear()
        self._loaded.clear()

    def _pixels(self) -> int:
        self._loaded = [(image, pixels) for image, pixels in self._loaded if image() is not None]
        return sum(pixels for _, pixels in self._loaded)

    async def _grow(self, total: int, field: str, value: str) -> None:
        async with self._lock:
            if self._holding is None:
                self._holding = memory.budget().holding(self._run)
            try:
                await self._holding.have(total)
            except MediaTooLarge as error:
                refused = NodeError(
                    f"Working on this takes {total / memory.MB:,.0f} MB of memory.",
                    field=field,
                    value=value,
                    expected=error.context["expected"],
                )
                refused.code = error.code
                raise refused from error
