"""Files of workflows: reading one that a user brings, writing one's own in a format.

Reading stores nothing and fetches nothing; what was read is the caller's to create or insert.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from django.conf import settings

from workflows.errors import InvalidBody
from workflows.graph import formats, strict_json
from workflows.graph.formats import Imported
from workflows.media.embedded import workflow_in
from workflows.media.processes import lanes
from workflows.media.references import media_ids
from workflows.media.sniff import HEAD_BYTES, sniff
from workflows.models import Asset, Credential, User
from workflows.nodes import registry
from workflows.services.library import apps
from workflows.services.library.access import workflow_readable
from workflows.services.library.choices import without_choices
from workflows.services.library.documents import check, document_of
from workflows.services.runner_catalogues import catalogue_for
from workflows.types import Json, JsonObject

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
#: Names listed in one warning.
_LISTED = 5


def file_read(*, user: User, content: bytes, name: str) -> Imported:
    """Read a workflow file of any known format; `name` is the file's, for users only.

    Raises InvalidBody, saying what was expected, and TooLarge.
    """
    value = _json(content, name)
    return checked(
        user=user, found=formats.read(value, name, lambda: catalogue_for(user=user, graph=value))
    )


def checked(*, user: User, found: Imported) -> Imported:
    """Hold what was read to this server's limits, and say what of it will not work here.

    Raises InvalidBody and TooLarge.
    """
    check({**found.document, "name": found.name})
    nodes, removed = without_choices(found.document["nodes"])
    return replace(
        found,
        document={**found.document, "nodes": nodes},
        warnings=[*found.warnings, *_warnings(user, found.document)],
        removed=[*found.removed, *removed],
    )


def comfy_view(*, user: User, graph: Json) -> formats.ComfyView:
    """Return what a viewer draws of a ComfyUI file, values named by a runner the user may use.

    Raises InvalidBody for anything but a ComfyUI file.
    """
    return formats.comfy_view(graph, catalogue_for(user=user, graph=graph))


def comfy_ports(*, user: User, graph: Json) -> JsonObject:
    """Return what of a ComfyUI file can be a port, as a runner knows it that the user may use.

    Raises InvalidBody for anything but a ComfyUI file.
    """
    return formats.comfy_ports(graph, catalogue_for(user=user, graph=graph))


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was written: its name, what it holds, and in words what was left out."""

    name: str
    content: Json
    removed: list[str]


def workflow_export(*, user: User, slug: str, format: str) -> Exported:
    """Return a file that holds a workflow the user may read, without choices of credentials.

    Raises WorkflowNotFound, and InvalidBody for a format that cannot hold it.
    """
    workflow = workflow_readable(user=user, slug=slug)
    nodes, removed = without_choices(workflow.nodes)
    document = {**document_of(workflow), "nodes": nodes}
    document, said = formats.without_modes(document, format, registry.node_types())
    content = formats.write(document, format, lambda: catalogue_for(user=user))
    ending = "" if format == formats.PATCHBAY else f".{format}"
    return Exported(f"{workflow.slug}{ending}.json", content, [*removed, *said])


def _json(content: bytes, name: str) -> Json:
    """Return the JSON in a file, or in the metadata of an image, video or audio file."""
    shown = name[:80] or "The file"
    kind = sniff(content[:HEAD_BYTES]) or "an unknown file"
    if kind.partition("/")[0] in ("image", "video", "audio"):
        carried = lanes.pages().call(workflow_in, content, settings.LIMITS["document_bytes"])
        if carried is not None:
            return carried
        raise InvalidBody(
            f"{shown} carries no workflow; expected {formats.EXPECTED}.",
            field="file",
            value=kind,
            expected=formats.EXPECTED,
        )
    text = content.removeprefix(_BYTE_ORDER_MARK)
    if text.lstrip()[:1] not in (b"{", b"["):
        raise InvalidBody(
            f"{shown} holds no workflow: it is no JSON; expected {formats.EXPECTED}.",
            field="file",
            value=kind,
            expected=formats.EXPECTED,
        )
    try:
        return strict_json.loads(
            text, max_bytes=settings.LIMITS["document_bytes"], null_for_nan=True
        )
    except InvalidBody as error:
        message = error.message.replace("The body", shown, 1)
        raise InvalidBody(message, **{**error.context, "field": "file"}) from error


def _warnings(user: User, document: JsonObject) -> list[str]:
    """Return what of a document will not work here as it is."""
    types = {node["type"] for node in document["nodes"]}
    found = []
    unknown = sorted(types - registry.node_types().keys())
    if unknown:
        found.append(
            f"This server does not know {_words(unknown, 'node type')}; such nodes are kept as "
            "they are and cannot run."
        )
    missing = _missing_files(user, document)
    if missing:
        files = "One file it uses is" if missing == 1 else f"{missing} files it uses are"
        found.append(f"{files} not on this server; choose them again before you run it.")
    names = {
        str(node["data"].get("app") or "")
        for node in document["nodes"]
        if node["type"] == apps.NODE_TYPE
    }
    elsewhere = sorted(names - {row["id"] for row in apps.apps_named(user=user, ids=names)} - {""})
    if elsewhere and not Credential.objects.filter(owner=user, provider=apps.PROVIDER).exists():
        subject, verb = _words(elsewhere, "app"), "run" if len(elsewhere) > 1 else "runs"
        found.append(
            f"{subject[0].upper()}{subject[1:]} {verb} at fal, not here: "
            "that needs your credential for fal (Settings, Credentials)."
        )
    return found


def _missing_files(user: User, document: JsonObject) -> int:
    """Count the files a document refers to that the user may not read here."""
    keys = set()
    for text in media_ids([document["nodes"]]):
        try:
            keys.add(UUID(text))
        except ValueError:
            continue
    readable = Asset.objects.readable(user.pk).filter(pk__in=keys)
    return len(keys) - readable.count()


def _words(names: list[str], noun: str) -> str:
    listed = ", ".join(names[:_LISTED])
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return f"the {noun}{'s' if len(names) > 1 else ''} {listed}{more}"
