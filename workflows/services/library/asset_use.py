"""What uses files, and deleting them: where documents and runs of their owner name them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet, TextField
from django.db.models.functions import Cast

from workflows.graph.strict_json import dumps
from workflows.media import storage
from workflows.models import Run, User, Workflow
from workflows.nodes import registry
from workflows.services.library.asset_list import assets_named
from workflows.types import JsonObject

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
#: Workflows that are shown of those that use files.
MAX_WORKFLOWS = 50


@dataclass(slots=True)
class UsingWorkflow:
    """A workflow that names some of the files: titles of its nodes; `pinned` hold one as result."""

    workflow: Workflow
    nodes: list[str] = field(default_factory=list)
    pinned: list[str] = field(default_factory=list)
    is_cover: bool = False


@dataclass(frozen=True, slots=True)
class Use:
    """What uses some files: `runs` counts those that were given one or show one as their result."""

    workflows: list[UsingWorkflow]
    workflow_count: int
    runs: int


def assets_use(*, user: User, ids: Sequence[str]) -> Use:
    """Return what of the account's own uses these files of it. Raises AssetNotFound."""
    wanted = {str(id) for id in assets_named(user, ids).values_list("pk", flat=True)}
    using = _naming(
        Workflow.objects.filter(owner=user), ("nodes", "cover", "thumbnail", "extra"), wanted
    )
    runs = _naming(Run.objects.filter(owner=user), ("inputs", "output"), wanted)
    shown = Workflow.objects.filter(pk__in=list(using)[:MAX_WORKFLOWS])
    rows = [_use_of(workflow, wanted) for workflow in shown.order_by("name", "pk")]
    return Use(rows, len(using), len(runs))


def assets_delete(*, user: User, ids: Sequence[str]) -> int:
    """Delete files of the account, whatever uses them; return how many. Raises AssetNotFound."""
    with transaction.atomic():
        assets = list(assets_named(user, ids))
        for asset in assets:
            storage.asset_delete(asset)
    return len(assets)


def _naming(rows: QuerySet[Model], names: tuple[str, ...], wanted: set[str]) -> dict[Any, None]:
    """Return the keys of the rows in whose columns one of the ids is."""
    found: dict[Any, None] = {}
    for name in names:
        texts = rows.annotate(_text=Cast(name, TextField())).values_list("pk", "_text")
        for pk, text in texts.iterator(chunk_size=200):
            if text and not wanted.isdisjoint(_ids(text)):
                found[pk] = None
    return found


def _ids(text: str) -> Iterator[str]:
    return (id.lower() for id in _UUID.findall(text))


def _use_of(workflow: Workflow, wanted: set[str]) -> UsingWorkflow:
    use = UsingWorkflow(workflow)
    use.is_cover = _names(wanted, [workflow.cover, workflow.thumbnail])
    for node in workflow.nodes:
        title = _title(node)
        if _names(wanted, node.get("pinned")):
            use.pinned.append(title)
        if _names(wanted, node.get("data")):
            use.nodes.append(title)
    return use


def _names(wanted: set[str], value: object) -> bool:
    return value is not None and not wanted.isdisjoint(_ids(dumps(value)))


def _title(node: JsonObject) -> str:
    data = node.get("data")
    label = data.get("label") if isinstance(data, dict) else None
    if isinstance(label, str) and label.strip():
        return label
    known = registry.node_types().get(node.get("type", ""))
    return known.name if known is not None else str(node.get("type", ""))
