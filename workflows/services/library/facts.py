"""What a gallery says of a template besides its own words: its category, kinds, needs and time.

All of it follows from the document, so that it is as true of a template that users have published
as of the shipped ones; the time alone is measured.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypedDict
from uuid import UUID

from django.db.models import OuterRef, Subquery

from workflows.graph.document import is_number
from workflows.graph.node_ports import outputs_of, port_name
from workflows.graph.ports import LOCAL, NodeType, item_type
from workflows.models import Run, RunStatus, Workflow
from workflows.nodes import registry
from workflows.nodes.fal import equivalents
from workflows.nodes.local import pack
from workflows.nodes.models.providers import PROVIDERS
from workflows.nodes.providers.comfyui import TYPE as COMFY
from workflows.services.library import apps
from workflows.types import Json, JsonObject, PortType

Kind = Literal["image", "video", "audio", "text"]
#: Key of a document: how many seconds a run usually takes, where its owner has not run it.
USUAL_SECONDS = "usualSeconds"
#: The kind of what comes out of a port.
_KINDS: Mapping[PortType, Kind] = {
    "image": "image",
    "mask": "image",
    "video": "video",
    "audio": "audio",
    "text": "text",
}
#: They take a simpler way where their model is not here.
_GO_ON_WITHOUT = frozenset({"cutOut"})
_MAX_KEPT = 2_000


class Need(TypedDict):
    """What must be there before a template can run: a key, weights, a server or a runner.

    `id` is that of the provider, of the local model or of the server, empty for a runner.
    """

    kind: Literal["key", "weights", "server", "runner"]
    id: str
    name: str


class TemplateFacts(TypedDict):
    """What the gallery shows of a template; `category` is its first tag, `ms` how long it takes."""

    category: str | None
    kinds: list[Kind]
    needs: list[Need]
    ms: int | None


@dataclass(frozen=True, slots=True)
class _Followed:
    """What follows from one version of a document."""

    kinds: list[Kind]
    needs: list[Need]
    usual_ms: int | None


_kept: OrderedDict[tuple[UUID, int], _Followed] = OrderedDict()
_lock = threading.Lock()


def template_facts(rows: Iterable[Workflow]) -> dict[int, TemplateFacts]:
    """Return the facts of those rows that are templates, by primary key, in two queries at most.

    Documents are read once for each version; the rows may leave them out.
    """
    templates = [row for row in rows if row.is_template]
    if not templates:
        return {}
    followed = _followed(templates)
    times = _times(templates)
    return {
        row.pk: {
            "category": next(iter(row.tags), None),
            "kinds": followed[row.pk].kinds,
            "needs": followed[row.pk].needs,
            "ms": times.get(row.pk, followed[row.pk].usual_ms),
        }
        for row in templates
    }


def follow(nodes: list[JsonObject], edges: list[JsonObject]) -> tuple[list[Kind], list[Need]]:
    """Return what kinds of result a document gives, and what it needs, each once and in order."""
    needs = {(need["kind"], need["id"]): need for node in nodes if (need := _need(node))}
    return list(dict.fromkeys(_kinds(nodes, edges))), list(needs.values())


def _followed(templates: list[Workflow]) -> dict[int, _Followed]:
    with _lock:
        found = {row.pk: _kept.get((row.uid, row.version)) for row in templates}
    missing = [pk for pk, known in found.items() if known is None]
    documents = Workflow.objects.filter(pk__in=missing) if missing else Workflow.objects.none()
    for pk, uid, version, nodes, edges, extra in documents.values_list(
        "pk", "uid", "version", "nodes", "edges", "extra"
    ):
        seconds = extra.get(USUAL_SECONDS)
        usual = round(seconds * 1000) if is_number(seconds) and seconds >= 0 else None
        found[pk] = known = _Followed(*follow(nodes, edges), usual)
        with _lock:
            _kept[uid, version] = known
            while len(_kept) > _MAX_KEPT:
                _kept.popitem(last=False)
    return {pk: known or _Followed([], [], None) for pk, known in found.items()}


def _times(templates: list[Workflow]) -> dict[int, int]:
    """Return how long the newest completed run of each template by its owner took, in ms."""
    newest = Run.objects.filter(
        owner=OuterRef("owner"), workflow=OuterRef("pk"), status=RunStatus.COMPLETED
    ).order_by("-created_at")
    rows = Workflow.objects.filter(pk__in=[row.pk for row in templates]).annotate(
        began=Subquery(newest.values("created_at")[:1]),
        ended=Subquery(newest.values("finished_at")[:1]),
    )
    return {
        pk: max(0, round((ended - began).total_seconds() * 1000))
        for pk, began, ended in rows.values_list("pk", "began", "ended")
        if began and ended
    }


def _need(node: JsonObject) -> Need | None:
    data, known = node["data"], registry.get(node["type"])
    if known is None:
        return None
    if node["type"] == COMFY:
        return {"kind": "runner", "id": "", "name": "ComfyUI"}
    if node["type"] == apps.NODE_TYPE:
        app = data.get("app")
        away = isinstance(app, str) and not app.startswith("workflows/")
        return _key(apps.PROVIDER) if away and equivalents.get(app) is None else None
    field = next((port for port in known.node_type.inputs if port.widget == "model"), None)
    if field is None or node["type"] in _GO_ON_WITHOUT:
        return None
    chosen = data.get(field.name) or field.default
    provider, _, model = chosen.partition("/") if isinstance(chosen, str) else ("", "", "")
    if provider == LOCAL:
        return _weights(model)
    if provider in PROVIDERS:
        return _key(provider)
    return {"kind": "server", "id": provider, "name": provider} if model else None


def _key(provider: str) -> Need:
    return {"kind": "key", "id": provider, "name": PROVIDERS[provider].name}


def _weights(id: str) -> Need | None:
    """Return what a local model needs; some have all they need in a library that is always here."""
    model = pack.by_id().get(id)
    if model and not model.files and not model.library.variable:
        return None
    return {"kind": "weights", "id": id, "name": model.name if model else id}


def _kinds(nodes: list[JsonObject], edges: list[JsonObject]) -> Iterator[Kind]:
    """Yield the kinds of what reaches the outputs; without any, of what all nodes put out."""
    types = registry.node_types()
    by_id = {node["id"]: node for node in nodes}
    sinks = {node["id"] for node in nodes if (known := types.get(node["type"])) and known.sink}
    reached = [
        kind
        for edge in edges
        if edge["target"] in sinks
        if (kind := _kind(by_id.get(edge["source"]), edge.get("sourceHandle"), types))
    ]
    if reached:
        yield from reached
        return
    for node in nodes:
        if known := types.get(node["type"]):
            for port in outputs_of(known, node["data"]):
                if kind := _KINDS.get(item_type(port.type)):
                    yield kind


def _kind(source: JsonObject | None, handle: Json, types: Mapping[str, NodeType]) -> Kind | None:
    known = types.get(source["type"]) if source else None
    if source is None or known is None:
        return None
    ports = {port.name: port.type for port in outputs_of(known, source["data"])}
    name = port_name(handle, "out", set(ports))
    return _KINDS.get(item_type(ports[name])) if name else None
