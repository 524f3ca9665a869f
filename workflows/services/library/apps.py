"""Apps, which a step can call by name: a user's workflows, templates and built-in utilities.

An app's fields are declared like those of a request input, so that one form shows both.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass

from django.db.models import Q

from workflows.errors import WorkflowNotFound
from workflows.graph.ports import MEDIA, Input, Output, is_list
from workflows.graph.schema import fields_of
from workflows.models import User, Workflow
from workflows.nodes.fal import equivalents
from workflows.services.library import aliases, named
from workflows.services.library.workflows import HEAVY
from workflows.types import JsonObject

#: The node type that calls an app.
NODE_TYPE = "falApp"
#: Who runs what nothing here runs, as credentials name it.
PROVIDER = "fal"
#: Rows of one response.
MAX_ROWS = 50


@dataclass(frozen=True, slots=True)
class App:
    """One app: a workflow under its own id or an alias, or a utility, whose ports are known."""

    id: str
    name: str
    description: str
    workflow: Workflow | None = None
    fields: tuple[JsonObject, ...] = ()
    outputs: tuple[JsonObject, ...] = ()

    @property
    def category(self) -> str:
        """What kind of app it is."""
        return "utility" if self.workflow is None else "workflow"

    def page(self, origin: str) -> str:
        """Return the URL of the page where it is edited, "" for a utility."""
        return "" if self.workflow is None else f"{origin}/app/editor/{self.workflow.slug}"

    def row(self) -> JsonObject:
        """Return it as the canvas lists it."""
        found: JsonObject = {
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "kind": self.category,
        }
        return found if self.workflow is None else {**found, "slug": self.workflow.slug}


def apps_all(*, user: User) -> list[App]:
    """List every app: the user's workflows, newest first, templates of others, aliases, utilities.

    The heavy columns of the workflows are left in the database.
    """
    rows = Workflow.objects.select_related("owner").filter(Q(owner=user) | Q(is_template=True))
    listed = sorted(
        rows.filter(archived=False, hidden=False).defer(*HEAVY).order_by("-updated_at"),
        key=lambda row: row.owner_id != user.pk,
    )
    found = [_workflow(row) for row in listed]
    for alias in aliases.alias_list(user=user):
        if alias.is_readable_for(user.pk):
            found.append(_workflow(alias.workflow, alias.app))
    return found + _utilities()


def app_list(*, user: User, text: str = "") -> list[JsonObject]:
    """List the apps whose id, name or description holds a text, at most 50."""
    wanted = text.casefold().strip()
    hits = (
        app.row()
        for app in apps_all(user=user)
        if any(wanted in place.casefold() for place in (app.id, app.name, app.description))
    )
    return [row for row, _ in zip(hits, range(MAX_ROWS), strict=False)]


def apps_found(*, user: User, ids: Collection[str]) -> list[App]:
    """Return those of some apps that run here."""
    found = []
    for id in ids:
        if (app := utility(id)) is not None:
            found.append(app)
            continue
        with suppress(WorkflowNotFound):
            row = named.workflow_of_app(user=user, app=id.strip("/"))
            if row is not None:
                found.append(_workflow(row, id))
    return found


def apps_named(*, user: User, ids: Collection[str]) -> list[JsonObject]:
    """Return those of some apps that run here, each with its fields and outputs."""
    found = []
    for app in apps_found(user=user, ids=sorted(ids)):
        fields = list(app.fields)
        if app.workflow is not None:
            declared = fields_of({"nodes": app.workflow.nodes})
            fields = [dict(field.declared) for field in declared]
        found.append({**app.row(), "fields": fields, "outputs": list(app.outputs)})
    return found


def app_ids(*, user: User) -> dict[str, str]:
    """Map the slugs of the user's own workflows to the ids they are called by."""
    rows = Workflow.objects.filter(owner=user).values_list("slug", "handle")
    return {slug: f"{aliases.NAMESPACE}/{user.username}/{handle}" for slug, handle in rows}


def utility(id: str) -> App | None:
    """Return a built-in utility by an id it goes by, or None."""
    found = equivalents.get(id.strip("/"))
    if found is None:
        return None
    name = id.strip("/").rpartition("/")[2].replace("-", " ")
    return App(
        id,
        name[:1].upper() + name[1:],
        found.description,
        fields=tuple(map(_field, found.inputs())),
        outputs=tuple(map(_output, found.outputs)),
    )


def app_id(workflow: Workflow) -> str:
    """Return the id by which steps and clients of fal call a workflow."""
    return f"{aliases.NAMESPACE}/{workflow.owner.username}/{workflow.handle}"


def _workflow(row: Workflow, id: str | None = None) -> App:
    return App(id or app_id(row), row.name, row.description, row)


def _utilities() -> list[App]:
    """List the utilities; one that goes by several ids is listed by the first of them alone."""
    found: dict[tuple[object, str], App] = {}
    for id in sorted(
        equivalents.names(), key=lambda app: (not app.startswith(equivalents.UTILITIES), app)
    ):
        app = utility(id)
        if app is not None:
            found.setdefault((equivalents.find(id), app.name.removesuffix(" image")), app)
    return list(found.values())


def _field(port: Input) -> JsonObject:
    """Declare an input as a request input declares a field."""
    if is_list(port.type):
        type = "list"
    elif port.type in MEDIA:
        type = "image" if port.type == "mask" else port.type
    else:
        type = port.widget or "text"
    found: JsonObject = {"name": port.name, "label": port.label or port.name, "type": type}
    facts = {
        "required": port.required or None,
        "default": port.default,
        "min": port.min,
        "max": port.max,
        "step": port.step,
        "help": port.help or None,
        "options": list(port.options) or None,
        "unit": port.unit or None,
        "advanced": port.advanced or None,
    }
    return {**found, **{key: fact for key, fact in facts.items() if fact is not None}}


def _output(port: Output) -> JsonObject:
    return {"name": port.name, "label": port.label or port.name, "type": port.type}
