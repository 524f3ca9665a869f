"""Multipart bodies: texts and files by name, each once, the files on disk and gone afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParser

from workflows.api.base import has_body
from workflows.api.errors import BadRequest, UnsupportedMediaType
from workflows.errors import InvalidBody, TooLarge
from workflows.graph.strict_json import loads
from workflows.types import JsonObject

TYPE = "multipart/form-data"
#: Room for boundaries and the headers of parts beside what the parts hold.
FRAME_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Form:
    """What a body holds; a name is either a text or a file."""

    fields: dict[str, str] = field(default_factory=dict)
    files: dict[str, UploadedFile[bytes]] = field(default_factory=dict)

    def text(self, name: str, most: int, *, required: bool = True) -> str | None:
        """Return a text of 1 to `most` characters, trimmed. Raises InvalidBody."""
        if name not in self.fields:
            if required:
                raise InvalidBody(
                    f"{name} is required", field=name, expected=f"a text of 1 to {most} characters"
                )
            return None
        value = self.fields[name].strip()
        if not value:
            raise InvalidBody(
                f"{name} cannot be empty", field=name, expected=f"1 to {most} characters"
            )
        if len(value) > most:
            raise InvalidBody(
                f"{name} is too long",
                field=name,
                value=len(value),
                expected=f"1 to {most} characters",
            )
        return value

    def json(self, name: str, *, required: bool = True) -> JsonObject | None:
        """Return the JSON object in a file, or in a text. Raises InvalidBody and TooLarge."""
        if name in self.files:
            # Read up to the limit: a file of 50 MB is refused without being held.
            content = self.files[name].read(settings.LIMITS["document_bytes"] + 1)
        elif name in self.fields:
            content = self.fields[name].encode()
        elif required:
            raise InvalidBody(f"{name} is required", field=name, expected="a JSON file")
        else:
            return None
        try:
            found = loads(content, max_bytes=settings.LIMITS["document_bytes"], null_for_nan=True)
        except InvalidBody as error:
            raise InvalidBody(
                f"{name} is not valid JSON: {error.message}", **{**error.context, "field": name}
            ) from error
        if not isinstance(found, dict):
            raise InvalidBody(f"{name} must be a JSON object", field=name, expected="an object")
        return found


@contextmanager
def form_of(request: HttpRequest, *, may_be_empty: bool = False) -> Iterator[Form]:
    """Read the form of a request; its files are removed when the block is left.

    Identify the caller first: only the body of a known one is parsed. Raises TooLarge,
    UnsupportedMediaType, BadRequest for a body that is no form, and InvalidBody for a name that
    comes twice.
    """
    if may_be_empty and not has_body(request):
        yield Form()
        return
    given = request.headers.get("content-type", "")
    if given.split(";")[0].strip().lower() != TYPE:
        raise UnsupportedMediaType(field="Content-Type", value=given[:200], expected=TYPE)
    most = settings.LIMITS["comfy_bytes"]
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdigit()):
        raise BadRequest(field="Content-Length", value=length[:40], expected="a number of bytes")
    if int(length) > most + FRAME_BYTES:
        raise TooLarge(value=int(length), expected=f"at most {most:,} bytes")
    # Bodies are parsed into files here; the folder may have been cleaned away meanwhile.
    Path(settings.FILE_UPLOAD_TEMP_DIR).mkdir(parents=True, exist_ok=True, mode=0o700)
    handlers = [TemporaryFileUploadHandler(request)]
    texts, files = MultiPartParser(request.META, request, handlers, "utf-8").parse()
    try:
        size = 0
        for name in {*texts, *files}:
            parts = [*texts.getlist(name), *files.getlist(name)]
            if len(parts) != 1:
                raise InvalidBody(
                    f"{name[:80]} is given {len(parts)} times",
                    field=name[:80],
                    value=len(parts),
                    expected="once",
                )
            if "\0" in name or (isinstance(parts[0], str) and "\0" in parts[0]):
                raise InvalidBody(
                    f"{name[:80]!r} holds a NUL",
                    field=name[:80].replace("\0", ""),
                    expected="text without NUL",
                )
            size += parts[0].size or 0 if isinstance(parts[0], UploadedFile) else len(parts[0])
        if size > most:
            raise TooLarge(value=size, expected=f"at most {most:,} bytes")
        yield Form(
            {name: parts[0] for name, parts in texts.lists()},
            {name: parts[0] for name, parts in files.lists()},
        )
    finally:
        for _, found in files.lists():
            for file in found:
                with suppress(OSError):
                    file.close()
