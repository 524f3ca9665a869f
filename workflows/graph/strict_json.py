"""Reading and writing JSON exactly: what goes in comes out, and what cannot be kept is refused.

Python's own parser takes NaN, 1e400, duplicate keys and lone surrogates, and dies of deep nesting;
databases then lose or refuse them later. Here each is refused as it comes in, with the place of it.
"""

from __future__ import annotations

import json
import math
import re
from itertools import accumulate

from workflows.errors import InvalidBody, TooLarge
from workflows.types import Json

#: Nesting of lists and objects; the deepest real document has about eight levels.
MAX_DEPTH = 64
#: Keys of objects in one text, and as many lists and objects.
MAX_KEYS = 200_000
#: Values in lists and objects of one text.
MAX_VALUES = 1_000_000

_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_STRUCTURE = b'"[]{}:,'
_NOT_STRUCTURE = bytes(set(range(256)) - set(_STRUCTURE))
#: Opening brackets count +1, closing ones -1 (255 as a signed byte).
_STEPS = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")

_HEX = rb"[0-9a-fA-F]"
_SURROGATES = re.compile(
    rb"\\u[dD][89abAB]" + _HEX + rb"{2}\\u[dD][c-fC-F]" + _HEX + rb"{2}"
    rb"|(\\u[dD][89a-fA-F]" + _HEX + rb"{2})"
)
_LONG_INTEGER = re.compile(r"\d{4301,}")
#: Characters of the text shown around a fault.
_EXCERPT = 24


def loads(
    body: bytes,
    *,
    max_bytes: int,
    max_depth: int = MAX_DEPTH,
    max_keys: int = MAX_KEYS,
    null_for_nan: bool = False,
) -> Json:
    """Parse a JSON text (RFC 8259), keeping every value exactly and the order of keys.

    Raises TooLarge when it has more than `max_bytes` bytes, `max_keys` keys (or as many lists and
    objects) or `MAX_VALUES` values, else InvalidBody; both name `field`, `value` and `expected`,
    and `position` (byte offset) where there is one. Time is linear in the length of the body.
    `null_for_nan` reads NaN and infinities, which some programs write, as null.
    """
    if len(body) > max_bytes:
        raise TooLarge(
            f"The body has {len(body)} bytes; this server accepts at most {max_bytes}.",
            field="body",
            value=len(body),
            expected=f"at most {max_bytes} bytes",
        )
    if body.startswith(_BYTE_ORDER_MARKS):
        raise _invalid("a byte order mark", "UTF-8 without a byte order mark", 0)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _invalid(repr(body[error.start : error.end]), "UTF-8 text", error.start) from error
    _scan(body, max_depth, max_keys)
    try:
        return json.loads(
            text,
            parse_constant=_nothing if null_for_nan else _refuse_constant,
            parse_float=_finite,
            object_pairs_hook=_distinct,
        )
    except json.JSONDecodeError as error:
        position = len(text[: error.pos].encode())
        found = text[error.pos : error.pos + _EXCERPT] or "the end of the text"
        raise _invalid(found, f"JSON ({error.msg})", position) from error
    except ValueError as error:  # the interpreter's limit on the digits of an integer
        number = _LONG_INTEGER.search(text)
        start = len(text[: number.start()].encode()) if number else None
        found = (number.group()[:_EXCERPT] + "…") if number else "an integer"
        raise _invalid(found, "an integer of at most 4300 digits", start) from error


def dumps(value: Json) -> str:
    """Write a value as compact ASCII JSON; `loads` gives back the same value.

    Raises ValueError for NaN and infinities, which JSON has no word for.
    """
    return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def _scan(body: bytes, max_depth: int, max_keys: int) -> None:
    """Refuse NUL, lone surrogates, too deep and too many before anything is built.

    The scan presumes valid JSON. In a broken text it may go astray, but only behind the first
    fault, which the parser, reading from the left, never passes.
    """
    if b"\\" in body:
        # Doubled backslashes become two other characters, so that each one left starts an escape.
        body = body.replace(b"\\\\", b"__")
        nul = body.find(b"\\u0000")
        if nul >= 0:
            raise _invalid("\\u0000", "text without the NUL character", nul)
        if b"\\ud" in body or b"\\uD" in body:  # the search alone is ten times slower than this
            _refuse_lone_surrogates(body)
        body = body.replace(b'\\"', b"")
    depth = _count(body, max_keys)
    if depth > max_depth:
        raise InvalidBody(
            f"The body is nested {depth} levels deep; at most {max_depth} are taken.",
            field="body",
            value=depth,
            expected=f"at most {max_depth} levels of nesting",
        )


def check_counts(body: bytes, max_keys: int = MAX_KEYS) -> None:
    """Raise TooLarge when a JSON text holds more than can be read without much time and memory."""
    if b"\\" in body:
        body = body.replace(b"\\\\", b"__").replace(b'\\"', b"")
    _count(body, max_keys)


def _count(body: bytes, max_keys: int) -> int:
    """Count what is in a text without escapes; return how deep it is nested."""
    structure = body.translate(None, _NOT_STRUCTURE)
    # Taking away two neighbouring quotes leaves what is inside and outside of strings as it was.
    structure = structure.replace(b'""', b"")
    outside = b"".join(structure.split(b'"')[::2])
    brackets = outside.translate(None, b":,")
    containers = brackets.count(b"[") + brackets.count(b"{")
    values = outside.count(b",") + containers  # at most: one more than commas in each
    for count, most, noun in (
        (outside.count(b":"), max_keys, "keys"),
        (containers, max_keys, "lists and objects"),
        (values, MAX_VALUES, "values"),
    ):
        if count > most:
            raise TooLarge(
                f"The body has {count} {noun}; this server accepts at most {most}.",
                field="body",
                value=count,
                expected=f"at most {most} {noun}",
            )
    steps = memoryview(brackets.translate(_STEPS)).cast("b")
    return max(accumulate(steps), default=0)


def _refuse_lone_surrogates(body: bytes) -> None:
    for match in _SURROGATES.finditer(body):
        if match.group(1):
            lone = match.group(1).decode()
            raise _invalid(lone, "surrogates in pairs only", match.start())


def _invalid(found: str, expected: str, position: int | None) -> InvalidBody:
    where = "" if position is None else f" at byte {position}"
    facts = {"field": "body", "value": found, "expected": expected, "position": position}
    return InvalidBody(
        f"The body is not what was expected{where}: found {found}, expected {expected}.",
        **{key: fact for key, fact in facts.items() if fact is not None},
    )


def _refuse_constant(name: str) -> Json:
    raise _invalid(name, "a finite number", None)


def _nothing(name: str) -> Json:
    return None


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise _invalid(text[:_EXCERPT], "a number below 1.8e308", None)
    return number


def _distinct(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    result = dict(pairs)
    if len(result) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise InvalidBody(
                    f"The key {key[:_EXCERPT]!r} is twice in one object.",
                    field=key,
                    value=key,
                    expected="each key once",
                )
            seen.add(key)
    return result
