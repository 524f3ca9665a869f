"""The templates Patchbay ships: installed at every start, updated when what is shipped has changed.

They belong to a system account that no one can log in to; their documents share their images.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache

from django.db import transaction
from django.utils import timezone

from workflows.graph.diff import diff
from workflows.graph.document import same
from workflows.media import hashed, storage
from workflows.models import Asset, User, Version, Workflow
from workflows.models.people import Tier
from workflows.samples import templates
from workflows.services.library.assets import assets_share
from workflows.services.library.changes import change_write
from workflows.services.library.documents import check, document_from, document_of, document_store
from workflows.services.library.slugs import insert_with_slug
from workflows.types import Json, JsonObject

SYSTEM_USER = "patchbay"
#: The reference of the sample with a name.
Reference = Callable[[str], Json]


@transaction.atomic
def templates_install() -> int:
    """Install or update the shipped templates and return how many changed; usually none does."""
    owner = _system_user()

    @cache  # templates share their samples
    def reference(name: str) -> Json:
        return storage.reference(_sample(owner, name))

    return sum(_install(owner, slug, reference) for slug in templates.slugs())


def _install(owner: User, slug: str, reference: Reference) -> bool:
    body = _with_images(templates.document(slug), reference)
    document: JsonObject = {"nodes": [], "edges": [], **document_from(body)}
    check(document)
    workflow = Workflow.objects.filter(owner=owner, handle=slug).first()
    if workflow is None:
        workflow = Workflow(owner=owner, is_template=True, updated_at=timezone.now())
        document_store(workflow, document)
        insert_with_slug(workflow, handle=slug)
        assets_share(workflow=workflow, document=document)
        _publish(workflow)
        return True
    before = document_of(workflow)
    operations = diff(before, {**before, **document})
    if operations:
        change_write(workflow=workflow, author=owner, operations=operations, label="New version")
    if operations or workflow.published is None:
        _publish(workflow)
    return bool(operations)


def _publish(workflow: Workflow) -> None:
    """Publish a template as it is: under the next number where its graph has changed."""
    published, document = workflow.published, document_of(workflow)
    graph = {key: document[key] for key in ("nodes", "edges")}
    if published is None or not same(graph, {key: published.document[key] for key in graph}):
        number = 1 if published is None else (published.number or 0) + 1
        published = Version(workflow=workflow, number=number, author=workflow.owner)
    published.version, published.document = workflow.version, document
    published.save()
    workflow.published = published
    workflow.save(update_fields=["published"])


def _with_images(body: JsonObject, reference: Reference) -> JsonObject:
    """Return a document with its samples replaced by references to files of the system account."""
    filled: JsonObject = templates.with_samples(body, reference)
    cover = filled.get("cover")
    if isinstance(cover, dict):
        # A cover names URLs (spec native 2.1), not media references.
        filled["cover"] = {
            key: item["url"] if isinstance(item, dict) else item for key, item in cover.items()
        }
    return filled


def _sample(owner: User, name: str) -> Asset:
    """Return the file with a shipped sample's content, stored on first use."""
    content = templates.sample(name).read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    found = Asset.objects.filter(owner=owner, sha256=digest).first()
    if found is None:
        return storage.asset_create(owner, content, name)
    if not hashed.exists(digest):
        # The rows have survived a loss of files: the content goes back under the same id.
        hashed.write(content, len(content))
    return found


def _system_user() -> User:
    user, created = User.objects.get_or_create(
        username=SYSTEM_USER, defaults={"tier": Tier.ENTERPRISE, "is_active": False}
    )
    if created:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user
