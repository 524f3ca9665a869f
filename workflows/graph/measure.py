"""How large a value is, counted before anything of that size is built.

Pure. Counting stops as soon as it is clear that a limit is passed, whatever else is there.
"""

from __future__ import annotations

from workflows.errors import NodeError
from workflows.types import Json

#: Work on more than this belongs in a thread: up to here it takes a few milliseconds.
LOOP_BYTES = 256 * 1024
#: Texts up to this length are taken for plain ones; counting them exactly is not worth the while.
_SHORT = 1_000


def json_bytes(value: Json, most: int) -> int:
    """Return at least how many bytes a value has as JSON text; more than `most` is not exact."""
    count, waiting = 0, [value]
    while waiting and count <= most:
        item = waiting.pop()
        if isinstance(item, str):
            count += 2 + _escaped(item)
        elif isinstance(item, dict):
            count += 2 + len(item)
            for name, entry in item.items():
                count += 3 + len(name)
                waiting.append(entry)
                if count > most:
                    break
        elif isinstance(item, list | tuple):
            count += 2 + len(item)
            if count + len(item) <= most:
                waiting.extend(item)
            else:
                count += len(item)  # each has one character at least
        else:
            count += 1
    return count


def _escaped(text: str) -> int:
    if len(text) <= _SHORT or text.isascii():
        return len(text)
    # A character of two or three bytes in UTF-8 takes six when it is escaped, one of four twelve.
    more = len(text.encode("utf-8", "surrogatepass")) - len(text)
    return len(text) + more * 5 // 2


class Tally:
    """Adds up what would become part of a result, and says so once it is too much."""

    def __init__(self, most: int, noun: str, field: str) -> None:
        self.most = most
        self.count = 0
        self._noun = noun
        self._field = field

    def add(self, count: int, field: str | None = None) -> None:
        """Count more. Raises NodeError, before it is built, when there would be too much."""
        self.count += count
        if self.count > self.most:
            raise NodeError(
                f"There would be more than {self.most:,} {self._noun}.",
                field=field or self._field,
                value=self.count,
                expected=f"at most {self.most:,} {self._noun}",
            )

    def text(self, text: str, field: str | None = None) -> str:
        """Count a text and return it."""
        self.add(len(text), field)
        return text
