"""Apps, which a step can call by name: a person's workflows, templates and built-in utilities.

An app's fields are declared like those of a request input, so that one form shows both.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from workflows.graph.ports import MEDIA, Input, Output, is_list
from workflows.graph.schema import fields_of
from workflows.models import User, Workflow
from workflows.nodes.fal import equivalents
from workflows.types import JsonObject

#: The node type that calls an app, and the namespace of workflows.
NODE_TYPE = "falApp"
#: Who runs what nothing here runs, as credentials name it.
PROVIDER = "fal"
NAMESPACE = "workflows"
#: Rows of one answer.
MAX_ROWS = 50


def app_list(*, user: User, text: str = "") -> list[JsonObject]:
    """List the apps whose id, name or description holds a text: workflows first, at most 50.

    Workflows are the person's own, newest first, then templates of others.
    """
    wanted = text.casefold().strip()
    rows = _workflows(user, Q(owner=user) | Q(is_template=True)).order_by("-updated_at")
    listed = sorted(
        (row for row in rows if not row.archived and not row.hidden),
        key=lambda row: row.owner_id != user.pk,
    )
    found = [_workflow(row) for row in listed]
    found += _utilities()
    places = ("id", "name", "description")
    hits = (row for row in found if any(wanted in row[key].casefold() for key in places))
    return [row for row, _ in zip(hits, range(MAX_ROWS), strict=False)]


def apps_named(*, user: User, ids: Collection[str]) -> list[JsonObject]:
    """Return those of some apps that run here, each with its fields and outputs."""
    found = []
    for app in sorted(ids):
        parts = app.strip("/").split("/")
        if parts[0] == NAMESPACE and len(parts) == 3:
            allowed = Q(owner=user) | Q(is_public=True) | Q(is_template=True)
            named = Q(owner__username=parts[1], handle=parts[2])
            for row in _workflows(user, allowed).filter(named).defer(None):
                fields = [dict(field.declared) for field in fields_of({"nodes": row.nodes})]
                found.append({**_workflow(row), "id": app, "fields": fields, "outputs": []})
        elif (equivalent := equivalents.get(app.strip("/"))) is not None:
            fields = [_field(port) for port in equivalent.inputs()]
            outputs = [_output(port) for port in equivalent.outputs]
            found.append({**_utility(app), "fields": fields, "outputs": outputs})
    return found


def _workflows(user: User, allowed: Q):  # type: ignore[no-untyped-def]
    rows = Workflow.objects.select_related("owner").filter(allowed)
    return rows.defer("nodes", "edges", "viewport", "extra")


def app_id(workflow: Workflow) -> str:
    """Return the id by which steps and clients of fal call a workflow."""
    return f"{NAMESPACE}/{workflow.owner.username}/{workflow.handle}"


def _workflow(row: Workflow) -> JsonObject:
    return {
        "id": app_id(row),
        "name": row.name,
        "description": row.description,
        "kind": "workflow",
        "slug": row.slug,
    }


def _utilities() -> list[JsonObject]:
    """List the utilities; one that goes by several ids is listed by the first of them alone."""
    rows: dict[tuple[object, str], JsonObject] = {}
    for app in sorted(
        equivalents.names(), key=lambda app: (not app.startswith(equivalents.UTILITIES), app)
    ):
        row = _utility(app)
        rows.setdefault((equivalents.find(app), row["name"].removesuffix(" image")), row)
    return list(rows.values())


def _utility(app: str) -> JsonObject:
    found = equivalents.get(app.strip("/"))
    name = app.strip("/").rpartition("/")[2].replace("-", " ")
    return {
        "id": app,
        "name": name[:1].upper() + name[1:],
        "description": found.description if found else "",
        "kind": "utility",
    }


def _field(port: Input) -> JsonObject:
    """Declare an input as a request input declares a field."""
    if is_list(port.type):
        type = "list"
    elif port.type in MEDIA:
        type = "image" if port.type == "mask" else port.type
    else:
        type = port.widget or "text"
    found: JsonObject = {"name": port.name, "label": port.label or port.name, "type": type}
    facts = {"required": port.required or None, "default": port.default, "min": port.min,
             "max": port.max, "step": port.step, "help": port.help or None,
             "options": list(port.options) or None, "unit": port.unit or None,
             "advanced": port.advanced or None}  # fmt: skip
    return {**found, **{key: fact for key, fact in facts.items() if fact is not None}}


def _output(port: Output) -> JsonObject:
    return {"name": port.name, "label": port.label or port.name, "type": port.type}
