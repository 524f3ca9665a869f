"""One of FFmpeg's filters at work: frames go in at its entries and come out changed."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any


class Filter:
    """A filter for frames in FFmpeg's pixel format `form`, with an entry for each size."""

    def __init__(
        self, name: str, arguments: str, form: str, sizes: list[tuple[int, int]], rate: Fraction
    ) -> None:
        import av

        pixels = av.VideoFormat(form)
        # Kept, for the entries and the exit do not keep it.
        self._graph = av.filter.Graph()
        self._graph.threads = 1
        work = self._graph.add(name, arguments)
        self._sink = self._graph.add("buffersink")
        self._entries = []
        for number, (width, height) in enumerate(sizes):
            entry = self._graph.add_buffer(
                width=width, height=height, format=pixels, time_base=1 / rate
            )
            entry.link_to(work, 0, number)
            self._entries.append(entry)
        work.link_to(self._sink)
        self._graph.configure()

    def push(self, frame: Any, entry: int = 0) -> None:
        """Let a frame in; None: there are no more."""
        self._entries[entry].push(frame)

    def pulled(self) -> Iterator[Any]:
        """Yield the frames that have come out so far."""
        return pulled(self._sink)


def pulled(sink: Any) -> Iterator[Any]:
    """Yield the frames that wait at the exit of a graph of filters."""
    import av

    while True:
        try:
            yield sink.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
