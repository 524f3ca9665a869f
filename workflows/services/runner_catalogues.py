"""The node types of runners: which runner a graph may go to, and what it lacks of the graph."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import Annotated

from workflows.bodies import Body, Meta
from workflows.errors import (
    PatchbayError,
    RunnerUnreachable,
)
from workflows.graph import formats
from workflows.models import Runner, RunnerCatalogue, User
from workflows.runners import pool
from workflows.services.runner_fields import Tags, tags_of
from workflows.types import Json, JsonObject

#: How often a runner is read again for node types that a graph needs and it had not got.
READ_AGAIN_SECONDS = 30.0


class ComfyGraph(Body):
    """A ComfyUI graph, in the format of its API or of its pages."""

    graph: Annotated[JsonObject, Meta(extra={"expected": "a ComfyUI graph, as a JSON object"})]


class TaggedGraph(ComfyGraph):
    """A ComfyUI graph that may go to the runners with these tags."""

    tags: Tags = []


def runners_matching(*, user: User, tags: list[str]) -> list[Runner]:
    """List the runners that a user's run with these tags may be given to."""
    return pool.match(user.pk, tags)


def runner_lacking(*, user: User, request: TaggedGraph) -> tuple[Runner, JsonObject | None] | None:
    """Return which runner that a graph may be given to lacks least of it, and what that is.

    None means that there is no such runner, and for what is lacking, that its node types are not
    known although they were read. Raises InvalidBody for anything but a ComfyUI file.
    """
    graph = request.graph
    formats.comfy_check(graph)
    candidates = runners_matching(user=user, tags=tags_of(request.tags))
    if not candidates:
        return None
    lacks = partial(formats.comfy_lacks, graph)
    best = pool.knowing(candidates, lacks)[0]
    for _ in candidates:
        if pool.stored_catalogue(best) is not None or pool.is_down(best):
            break
        try:
            pool.catalogue(best)
        except PatchbayError:
            break
        # Now that it is known, another may lack less.
        best = pool.knowing(candidates, lacks)[0]
    found = pool.stored_catalogue(best)
    if found is None:
        return best, None
    return best, formats.comfy_lacking(graph, _completed(best, found, graph))


def catalogue_of(
    runners: list[Runner], *, graph: Json = None, read: bool = False
) -> JsonObject | None:
    """Return the node types of the first of these runners whose are known, or None.

    With a `graph` that of the one which lacks least of it; if something is lacking still, a runner
    that responds is read again now and then. With `read` one is read where none are known;
    raises RunnerUnreachable when it does not respond.
    """
    if graph is not None:
        runners = pool.knowing(runners, partial(formats.comfy_lacks, graph))
    for runner in runners:
        found = pool.stored_catalogue(runner)
        if found is not None:
            return found if graph is None else _completed(runner, found, graph)
    # What an earlier version had is better than nothing.
    earlier = RunnerCatalogue.objects.filter(runner__in=runners).order_by("-updated_at").first()
    if earlier is not None or not (read and runners):
        return None if earlier is None else earlier.object_info
    try:
        return pool.catalogue(runners[0])
    except PatchbayError as error:
        raise RunnerUnreachable(
            f"The runner {runners[0].name} does not say which nodes it has."
        ) from error


def catalogue_for(*, user: User, graph: Json = None) -> JsonObject | None:
    """Return the known node types of a runner that the user may use, best of a graph's."""
    return catalogue_of(runners_matching(user=user, tags=[]), graph=graph)


def _completed(runner: Runner, found: JsonObject, graph: Json) -> JsonObject:
    """Read a runner again where its stored node types lack something of a graph."""
    if (
        not pool.is_down(runner)
        and any(formats.comfy_lacks(graph, found))
        and not pool.read_lately(runner, READ_AGAIN_SECONDS)
    ):
        with suppress(PatchbayError):
            return pool.catalogue(runner, fresh=True)
    return found
