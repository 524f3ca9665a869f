"""Every error says for itself how it looks in a response."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import workflows.api.errors
import workflows.api.ranges
import workflows.compat.fal.errors  # noqa: F401
from workflows.errors import PatchbayError


def _below(kind: type[PatchbayError]) -> Iterator[type[PatchbayError]]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def test_every_error_has_a_code_and_an_http_status() -> None:
    found = {one for one in _below(PatchbayError) if one.__module__.startswith("workflows.")}
    assert len(found) > 80
    for one in found:
        assert one.code.isupper(), one
        assert 400 <= one.status < 600, one


def test_an_error_without_a_status_cannot_be_declared() -> None:
    with pytest.raises(TypeError, match="Nameless has no HTTP status"):

        class Nameless(PatchbayError):
            pass
