"""The templates Patchbay ships: installed at every start, updated when what is shipped has changed.

`workflows/samples` holds one document per template and the pictures they refer to as
`{"sample": "<file name>"}`. They belong to a system account that nobody can log in to.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from workflows.graph.diff import diff
from workflows.media import storage
from workflows.models import Asset, User, Workflow
from workflows.models.people import Tier
from workflows.services.changes import change_write
from workflows.services.documents import check, document_from, document_of, document_store
from workflows.services.slugs import insert_with_slug
from workflows.types import Json, JsonObject

SYSTEM_USER = "patchbay"
SAMPLES = Path(__file__).resolve().parent.parent / "samples"


def templates_install(folder: Path = SAMPLES) -> int:
    """Install or update the shipped templates and return how many changed; usually none does."""
    files = sorted(folder.rglob("*.json"))
    if not files:
        return 0
    with transaction.atomic():
        owner = _system_user()
        return sum(_install(owner, folder, path) for path in files)


def _install(owner: User, folder: Path, path: Path) -> bool:
    body = json.loads(path.read_text(encoding="utf-8"))
    document = {"nodes": [], "edges": [], **document_from(_filled(owner, folder, body))}
    check(document)
    workflow = Workflow.objects.filter(owner=owner, handle=path.stem).first()
    if workflow is None:
        workflow = Workflow(owner=owner, is_template=True, updated_at=timezone.now())
        document_store(workflow, document)
        insert_with_slug(workflow, handle=path.stem)
        return True
    before = document_of(workflow)
    operations = diff(before, {**before, **document})
    if operations:
        change_write(workflow=workflow, author=owner, operations=operations, label="New version")
    return bool(operations)


def _filled(owner: User, folder: Path, body: JsonObject) -> JsonObject:
    """Return a document with its samples replaced by references to shared files."""

    def fill(value: Json) -> Json:
        if isinstance(value, list):
            return [fill(item) for item in value]
        if not isinstance(value, dict):
            return value
        if value.keys() == {"sample"}:
            return storage.reference(_sample(owner, folder, value["sample"]))
        return {key: fill(item) for key, item in value.items()}

    filled: JsonObject = fill(body)
    cover = filled.get("cover")
    if isinstance(cover, dict):
        # A cover names addresses (spec native 2.1), not media references.
        filled["cover"] = {
            key: item["url"] if isinstance(item, dict) else item for key, item in cover.items()
        }
    return filled


def _sample(owner: User, folder: Path, name: str) -> Asset:
    """Return the shared file with a shipped picture's content, stored on first use."""
    path = next((path for path in folder.rglob("*") if path.name == name), None)
    if path is None:
        raise FileNotFoundError(f"the template's sample {name!r} is not in {folder}")
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    found = Asset.objects.filter(owner=owner, sha256=digest, shared=True).first()
    if found is not None and storage.exists(digest):
        return found
    if found is not None:
        # The row survived a loss of files: put the content back under the same id.
        storage.write(content, len(content))
        return found
    return storage.asset_create(owner, content, name, shared=True)


def _system_user() -> User:
    user, created = User.objects.get_or_create(
        username=SYSTEM_USER, defaults={"tier": Tier.ENTERPRISE, "is_active": False}
    )
    if created:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user
