"""Slugs: a workflow's permanent URL, one space for all users.

What was given once stays with its owner, also when the workflow is deleted: links and keys that
name it must not lead to what another user makes. The unique index decides; the lock on the base
only makes sure that a thousand users who choose one name at once wait for each other instead of
failing.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import IntegrityError, transaction
from django.db.models import Func, IntegerField

from workflows.graph.slug import MAX_LENGTH, candidate, slugify
from workflows.models import Slug, Workflow
from workflows.prepared import Parameter, PreparedQuery, insert
from workflows.services.locks import hold

TRIES = 5
#: Bases alike in this many characters wait for each other: a number behind makes them collide.
BASE_LENGTH = MAX_LENGTH - 10
#: Slugs that are looked up at once.
PAGE = 100

#: An owner's deleted workflow of a base, the lowest number first.
_MINE = PreparedQuery(
    lambda: (
        Slug.objects.filter(base=Parameter("base"), owner=Parameter("owner"), workflow=None)
        .order_by("number")
        .values_list("slug", "number")[:1]
    )
)
_HIGHEST = PreparedQuery(
    lambda: Slug.objects.filter(base=Parameter("base")).values_list(
        Func("number", function="MAX", output_field=IntegerField())
    )
)


def insert_with_slug(workflow: Workflow, *, handle: str | None = None) -> None:
    """Insert a new workflow under the first free slug of its name, in the caller's transaction.

    `handle` is its name among its owner's workflows; without one it is the slug.
    """
    base = slugify(workflow.name)
    hold(f"slug:{base[:BASE_LENGTH]}")
    slugs = free_slugs(base, workflow.owner_id)
    for attempt in range(1, TRIES + 1):
        workflow.slug, number, was_mine = next(slugs)
        workflow.handle = handle or workflow.slug
        try:
            with transaction.atomic():
                insert(workflow)
                _give(workflow, base, number, was_mine)
        except IntegrityError:
            if attempt == TRIES:
                raise
        else:
            return


def free_slugs(base: str, owner_id: int) -> Iterator[tuple[str, int, bool]]:
    """Yield slugs for a base with their numbers, and whether each was the owner's already.

    First comes one of the owner's deleted workflows, then what follows the highest number that was
    given. A name that is itself `poster-7` may have taken one of those: all but the first of them,
    of which the unique index decides, are passed over.
    """
    again = _MINE.one(base=base, owner=owner_id)
    if again is not None:
        yield *again, True
    (highest,) = _HIGHEST.one(base=base) or (None,)
    number = (highest or 0) + 1
    yield candidate(base, number), number, False
    while True:
        page = [(candidate(base, at), at) for at in range(number + 1, number + 1 + PAGE)]
        taken = Slug.objects.in_bulk([slug for slug, _ in page])
        yield from ((slug, at, False) for slug, at in page if slug not in taken)
        number += PAGE


def _give(workflow: Workflow, base: str, number: int, was_mine: bool) -> None:
    if was_mine:
        Slug.objects.filter(slug=workflow.slug).update(workflow=workflow)
        return
    insert(
        Slug(
            slug=workflow.slug,
            base=base,
            number=number,
            owner_id=workflow.owner_id,
            workflow=workflow,
        )
    )
