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

#: How often a runner is asked again for node types that a graph needs and it had not got.
ASK_AGAIN_SECONDS = 30.0


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

    None stands for no such runner, and for what is lacking where it has not told its node types. A
    runner that has not is asked. Raises InvalidBody for anything but a ComfyUI file.
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
    runners: list[Runner], *, graph: Json = None, ask: bool = False
) -> JsonObject | None:
    """Return the node types of the first of these runners that has told them, or None.

    With a `graph` that of the one which lacks least of it; if something is lacking still, a runner
    that answers is asked again now and then. With `ask` one is asked where none has told them;
    raises RunnerUnreachable when it does not answer.
    """
    if graph is not None:
        runners = pool.knowing(runners, partial(formats.comfy_lacks, graph))
    for runner in runners:
        found = pool.stored_catalogue(runner)
        if found is not None:
            return found if graph is None else _completed(runner, found, graph)
    # What an earlier version has told is better than nothing.
    earlier = RunnerCatalogue.objects.filter(runner__in=runners).order_by("-updated_at").first()
    if earlier is not None or not (ask and runners):
        return None if earlier is None else earlier.object_info
    try:
        return pool.catalogue(runners[0])
    except PatchbayError as error:
        raise RunnerUnreachable(
            f"The runner {runners[0].name} does not say which nodes it has."
        ) from error


def catalogue_for(*, user: User, graph: Json = None) -> JsonObject | None:
    """Return what a runner that the user may use has told of its node types, best of a graph's."""
    return catalogue_of(runners_matching(user=user, tags=[]), graph=graph)


def _completed(runner: Runner, found: JsonObject, graph: Json) -> JsonObject:
    """Ask a runner again where its kept node types lack something of a graph."""
    if (
        not pool.is_down(runner)
        and any(formats.comfy_lacks(graph, found))
        and not pool.read_lately(runner, ASK_AGAIN_SECONDS)
    ):
        with suppress(PatchbayError):
            return pool.catalogue(runner, fresh=True)
    return found
