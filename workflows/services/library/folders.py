"""Folders: a user's tree of folders, at most `MAX_DEPTH` deep and without cycles.

Whatever changes the tree, or puts a workflow into it, holds the owner's lock, so that two moves
that are harmless alone cannot make a cycle together and no workflow lands in a folder that is gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F

from workflows.bodies import UNSET, Body, Meta, UnsetType
from workflows.errors import (
    FolderExists,
    FolderLimitReached,
    FolderNotFound,
    InvalidBody,
    InvalidParent,
)
from workflows.models import Change, Folder, User, Workflow
from workflows.services.database import row_id
from workflows.services.locks import hold

#: Folders on the way from the root to the deepest one.
MAX_DEPTH = 10
MAX_NAME = 200

#: A folder in a body; null is the root.
FolderId = Annotated[
    str | int | None, Meta(extra={"expected": "a folder's id or null", "unknown": FolderNotFound})
]
_Name = Annotated[
    str,
    Meta(
        max_length=MAX_NAME,
        # No control characters, but for spaces around it.
        pattern=r"^\s*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*\s*$",
        extra={"expected": f"one line of 1 to {MAX_NAME} characters"},
    ),
]

#: Parent of each folder, by id; None at the root.
Tree = Mapping[int, int | None]


class NewFolder(Body):
    """A folder to make; without a parent at the root."""

    name: _Name
    parent_id: FolderId = None


class FolderFields(Body):
    """What is to be changed of a folder: one of them or both."""

    name: _Name | UnsetType = UNSET
    parent_id: FolderId | UnsetType = UNSET


def folder_list(*, user: User) -> list[Folder]:
    """List the user's folders by name, each with `workflow_count`, the workflows directly in it.

    One query, however many there are.
    """
    rows = Folder.objects.filter(owner=user).annotate(workflow_count=Count("workflows"))
    return sorted(rows, key=lambda row: (row.name.casefold(), row.pk))


def folder_get(*, user: User, folder_id: str | int, field: str | None = None) -> Folder:
    """Return one of the user's own folders, with `workflow_count`.

    `field` names the key of a body the id came from. Raises FolderNotFound.
    """
    text = str(folder_id)
    rows = Folder.objects.filter(owner=user).annotate(workflow_count=Count("workflows"))
    folder = rows.filter(pk=row_id(text)).first()
    if folder is None:
        raise FolderNotFound(**({"field": field, "value": text[:80]} if field else {}))
    return folder


@transaction.atomic
def folder_create(*, user: User, request: NewFolder) -> Folder:
    """Make a folder.

    Raises FolderNotFound, InvalidParent, FolderExists, FolderLimitReached.
    """
    name = request.name.strip()
    hold(f"owner:{user.pk}")
    parent = _parent(user, request.parent_id)
    tree = _tree(user)
    limit = settings.LIMITS["folders_per_user"]
    if len(tree) >= limit:
        raise FolderLimitReached(limit=limit, current=len(tree))
    _check_depth(tree, parent, below=1)
    _check_free(user, parent, name)
    folder = Folder.objects.create(owner=user, parent=parent, name=name)
    return folder_get(user=user, folder_id=folder.pk)


@transaction.atomic
def folder_save(*, user: User, folder_id: str, request: FolderFields) -> Folder:
    """Rename a folder, move it, or both.

    Raises FolderNotFound, InvalidBody, InvalidParent (into itself, or too deep), FolderExists.
    """
    hold(f"owner:{user.pk}")
    folder = folder_get(user=user, folder_id=folder_id)
    if not request.given():
        raise InvalidBody(
            "There is nothing to change.", field="name", expected="name, parentId or both"
        )
    if request.name is not UNSET:
        folder.name = request.name.strip()
    if request.parent_id is not UNSET:
        folder.parent = _parent(user, request.parent_id)
        _check_place(user, folder)
    _check_free(user, folder.parent, folder.name, but=folder.pk)
    folder.save()
    return folder


@transaction.atomic
def folder_delete(*, user: User, folder_id: str, recursive: bool = False) -> None:
    """Delete a folder; what it holds moves to its parent, or with `recursive` is deleted too.

    A folder that moves up beside one of its name gets a number. Raises FolderNotFound.
    """
    hold(f"owner:{user.pk}")
    folder = folder_get(user=user, folder_id=folder_id)
    if recursive:
        inside = {folder.pk, *_below(_tree(user), folder.pk)}
        Workflow.objects.filter(owner=user, folder_id__in=inside).delete()
        Folder.objects.filter(owner=user, pk__in=inside).delete()
        return
    _move_workflows_up(user, folder)
    _move_folders_up(user, folder)
    folder.delete()


def _move_workflows_up(user: User, folder: Folder) -> None:
    """Write what one move would write: a version and a Change for each workflow."""
    inside = Workflow.objects.select_for_update().filter(owner=user, folder=folder)
    versions = dict(inside.order_by("pk").values_list("pk", "version"))
    rows = Workflow.objects.filter(pk__in=versions)
    rows.update(folder=folder.parent_id, version=F("version") + 1)
    Change.objects.bulk_create(
        Change(workflow_id=id, version=version + 1, author=user, batch_id=uuid4(), label="Moved")
        for id, version in versions.items()
    )


def _move_folders_up(user: User, folder: Folder) -> None:
    taken = {
        row.name
        for row in Folder.objects.filter(owner=user, parent=folder.parent_id)
        if row.pk != folder.pk
    }
    # A child may have the name of the folder that goes, so that one makes room first.
    Folder.objects.filter(pk=folder.pk).update(parent=folder.parent_id, name=f"{uuid4()}")
    for child in Folder.objects.filter(owner=user, parent=folder).order_by("pk"):
        child.name = _free_name(child.name, taken)
        taken.add(child.name)
        child.parent_id = folder.parent_id
        child.save()


def _free_name(name: str, taken: set[str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name[: MAX_NAME - 8]} ({number})"
    return free


def _parent(user: User, id: FolderId) -> Folder | None:
    return None if id is None else folder_get(user=user, folder_id=id, field="parentId")


def _tree(user: User) -> dict[int, int | None]:
    return dict(Folder.objects.filter(owner=user).values_list("pk", "parent_id"))


def _below(tree: Tree, id: int) -> set[int]:
    """Collect all folders below one."""
    children: dict[int | None, list[int]] = {}
    for child, parent in tree.items():
        children.setdefault(parent, []).append(child)
    found: set[int] = set()
    waiting = [id]
    while waiting:
        inner = children.get(waiting.pop(), [])
        found.update(inner)
        waiting.extend(inner)
    return found


def _depth(tree: Tree, id: int | None) -> int:
    """Count the folders from the root down to one, itself included."""
    depth = 0
    while id is not None:
        depth += 1
        id = tree[id]
    return depth


def _height(tree: Tree, id: int) -> int:
    """Count the levels of a folder and what is in it."""
    top = _depth(tree, id)
    return max((_depth(tree, inner) for inner in _below(tree, id)), default=top) - top + 1


def _check_place(user: User, folder: Folder) -> None:
    tree = _tree(user)
    parent = folder.parent
    if parent is not None and parent.pk in {folder.pk, *_below(tree, folder.pk)}:
        raise InvalidParent(
            "A folder cannot be in itself.",
            field="parentId",
            value=str(parent.pk),
            expected="a folder that is not inside this one",
        )
    _check_depth(tree, parent, below=_height(tree, folder.pk))


def _check_depth(tree: Tree, parent: Folder | None, *, below: int) -> None:
    depth = _depth(tree, parent.pk if parent else None) + below
    if depth > MAX_DEPTH:
        raise InvalidParent(
            f"Folders can be nested {MAX_DEPTH} deep.",
            field="parentId",
            value=str(parent.pk) if parent else None,
            expected=f"at most {MAX_DEPTH} levels",
        )


def _check_free(user: User, parent: Folder | None, name: str, *, but: int = 0) -> None:
    if Folder.objects.filter(owner=user, parent=parent, name=name).exclude(pk=but).exists():
        raise FolderExists(field="name", value=name, expected="a name that is free in this folder")
