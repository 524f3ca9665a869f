"""Slugs: a workflow's permanent address, one space for everybody.

The unique index decides; the lock on the base slug only makes sure that a thousand people who
choose one name at once wait for each other instead of failing.
"""

from __future__ import annotations

from itertools import count, repeat

from django.db import IntegrityError, transaction
from django.db.models import Q

from workflows.graph.slug import MAX_LENGTH, candidate, slugify
from workflows.models import Workflow
from workflows.services.locks import hold

TRIES = 5
#: Slugs alike in this many characters are counted up together; a number still fits behind it.
STEM_LENGTH = MAX_LENGTH - 10


def insert_with_slug(workflow: Workflow, *, handle: str | None = None) -> None:
    """Insert a new workflow under the first free slug of its name, in the caller's transaction.

    `handle` is its name among its owner's workflows; without one it is the slug.
    """
    base = slugify(workflow.name)
    hold(f"slug:{base[:STEM_LENGTH]}")
    for attempt in range(1, TRIES + 1):
        workflow.slug = free_slug(base)
        workflow.handle = handle or workflow.slug
        try:
            with transaction.atomic():
                workflow.save(force_insert=True)
        except IntegrityError:
            if attempt == TRIES:
                raise
        else:
            return


def free_slug(base: str) -> str:
    """Return `base`, or `base-2`, `base-3`… if it is taken."""
    stem = base[:STEM_LENGTH] if len(base) > STEM_LENGTH else f"{base}-"
    alike = Q(slug=base) | Q(slug__startswith=stem)
    taken = set(Workflow.objects.filter(alike).values_list("slug", flat=True))
    return next(slug for slug in map(candidate, repeat(base), count(1)) if slug not in taken)
