"""Starting a run exactly once.

A run freezes the workflow in a snapshot; run, snapshot and first event are written in one
transaction, and the engine is notified when that is committed.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Sequence
from decimal import Decimal
from functools import partial

from django.conf import settings
from django.db import IntegrityError, transaction

from workflows import database
from workflows.billing import credits
from workflows.engine import held, queue
from workflows.engine.credentials import Scope, scope_of
from workflows.engine.run import item_budget
from workflows.engine.spending import PAYER_USD
from workflows.errors import IdempotencyConflict, InvalidBody, InvalidGraph, Problem, TooManyRuns
from workflows.graph import amounts, plan, planner, schema
from workflows.graph import document as shape
from workflows.graph.strict_json import dumps
from workflows.journal import transitions, wake
from workflows.models import Asset, Run, Snapshot, Step, Token, User, Webhook, Workflow
from workflows.models.runs import UNFINISHED, Source
from workflows.nodes import registry
from workflows.prepared import Counted, Parameter, PreparedQuery
from workflows.services.execution.aim import Aim, aim
from workflows.services.execution.requests import RunRequest
from workflows.services.library.paying import payer_of
from workflows.services.limits.idempotency import HEADER, check_key
from workflows.services.locks import hold
from workflows.types import JsonObject, NodeId

logger = logging.getLogger(__name__)

#: The ids of files, wherever they are in a text.
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

#: More runs of one account than are ever being created at the same moment: PostgreSQL has that many
#: connections.
AT_ONCE = 100
#: Ignored inputs that are noted, and characters of each name.
MAX_IGNORED, MAX_SHOWN = 50, 100
_BY_KEY = PreparedQuery(
    lambda: Run.objects.filter(owner=Parameter("owner"), idempotency_key=Parameter("key"))
)
_UNFINISHED = PreparedQuery(
    lambda: Run.objects.filter(UNFINISHED, owner=Parameter("owner")).values_list(Counted())
)
_SNAPSHOT = PreparedQuery(
    lambda: Snapshot.objects.filter(
        workflow=Parameter("workflow"), sha256=Parameter("digest")
    ).defer("nodes", "edges")
)


def run_create(
    *,
    user: User,
    workflow: Workflow,
    request: RunRequest,
    source: str = Source.API,
    idempotency_key: str | None = None,
    tags: list[str] | None = None,
    webhook: Webhook | None = None,
    token: Token | None = None,
    awaited: bool = False,
    streamed: bool = False,
) -> Run:
    """Start a run of a workflow the user may read; a repeated key returns the first run.

    Raises InvalidGraph with every problem; IdempotencyConflict when the key was
    used for another request; TooManyRuns; InsufficientCredits. `webhook` is sent the end,
    `token` is the key that starts it. `awaited` and `streamed` as in `submit`.
    """
    payer = payer_of(user, workflow)
    if payer is not None:
        _check_published(request)
    # What its owner chose counts in what its owner pays for.
    own = workflow.owner_id == (user if payer is None else payer).pk
    run = Run(
        owner=user,
        payer=payer,
        workflow=workflow,
        source=source,
        name=workflow.name,
        inputs=request.inputs,
        options={
            **request.options(),
            **Scope(own, workflow.pk).option(),
            **({} if payer is None else {PAYER_USD: float(workflow.payer_daily_usd)}),
        },
        idempotency_key=idempotency_key,
        tags=tags or [],
        webhook=webhook,
        token=token,
    )
    graph = request.graph({"nodes": workflow.nodes, "edges": workflow.edges})
    fingerprint = request.fingerprint(workflow.slug)
    return submit(
        run,
        graph["nodes"],
        graph["edges"],
        fingerprint,
        request,
        awaited=awaited,
        streamed=streamed,
    )


def _check_published(request: RunRequest) -> None:
    """Raise InvalidBody where a run puts other values into what its payer has published."""
    own = "?version=draft, with your own keys"
    if request.variations is not None:
        raise InvalidBody(
            "The owner pays for what is published, and variations are of something else.",
            field="variations",
            expected=f"null, or {own}",
        )
    if request.reach == "alone":
        raise InvalidBody(
            "The owner pays for what is published, and not for what follows from other runs.",
            field="reach",
            value=request.reach,
            expected=f"to or from, or {own}",
        )


def submit(
    run: Run,
    nodes: list[JsonObject],
    edges: list[JsonObject],
    fingerprint: str,
    request: RunRequest,
    *,
    awaited: bool = False,
    streamed: bool = False,
) -> Run:
    """Start an unsaved run of a graph, or return the one its idempotency key has started before.

    `awaited`: the caller gets the end as the first response, so that the run need not be on disk
    before that; what has effects outside waits for the disk by itself.
    `streamed`: the caller watches the run from its first event on.
    Raises InvalidGraph, InvalidBody, IdempotencyConflict, TooManyRuns and InsufficientCredits.
    """
    key = run.idempotency_key
    check_key(key)
    earlier = _earlier(run.owner, key, fingerprint)
    if earlier is not None:
        return earlier
    document = {"nodes": nodes, "edges": edges}
    _check_files(run, nodes)
    if transitions.IGNORED in run.options:
        run.inputs, unknown = schema.declared(schema.fields_of(document), run.inputs)
        run.options[transitions.IGNORED] = [name[:MAX_SHOWN] for name in unknown[:MAX_IGNORED]]
    aimed = aim(user=run.owner, workflow=run.workflow, document=document, request=request)
    run.options["only"] = aimed.only
    if aimed.held:
        run.options[held.OPTION] = list(aimed.held)
    planned = planner.compile(aimed.document, run.inputs, registry.node_types(), only=aimed.only)
    check_forced(planned, request.force, aimed.held)
    if over := list(amounts.problems(planned, item_budget())):
        raise InvalidGraph(over)
    if planned.randomized:
        run.options[transitions.RANDOMIZED] = dict(planned.randomized)
    cost = credits.plan_cost(planned, (run.payer or run.owner).tier)
    if key is not None:
        run.options["fingerprint"] = fingerprint
    if streamed:
        wake.expect(run.pk)
    try:
        with database.transaction(synced=not awaited):
            return _open(run, document, aimed, planned, fingerprint, cost)
    except IntegrityError:
        # A request with the same key was faster on another connection.
        found = _earlier(run.owner, key, fingerprint)
        if found is None:
            raise
        return found


def check_forced(
    planned: plan.Plan, force: bool | Sequence[str], held: Collection[NodeId] = ()
) -> None:
    """Raise InvalidBody for a node that is to run again and does not run at all."""
    for id in () if isinstance(force, bool) else force:
        if id not in planned.nodes or id in held:
            raise InvalidBody(
                "A node that is to run again is not among those that run.",
                field="force",
                value=id,
                expected="ids of nodes that the run executes",
            )


def _check_files(run: Run, nodes: list[JsonObject]) -> None:
    """Refuse a workflow of another user that names a private file of the user who runs it."""
    author = run.workflow.owner_id if run.workflow else None
    if run.payer is None and scope_of(run.options, run.owner_id, run.workflow_id, author).own:
        return
    named = {
        id.lower(): node["id"]
        for node in nodes
        for id in _UUID.findall(dumps([node["data"], node.get("pinned")]))
    }
    mine = Asset.objects.filter(owner_id=run.owner_id, shares=None, pk__in=list(named))
    problems = [
        Problem(
            "PRIVATE_FILE",
            "This workflow names a file that is private to you.",
            named.get(str(id)),
            value=str(id),
            expected="a file of its author's",
        )
        for id in mine.values_list("pk", flat=True)
    ]
    if problems:
        raise InvalidGraph(problems)


def _open(
    run: Run,
    document: JsonObject,
    aimed: Aim,
    planned: plan.Plan,
    fingerprint: str,
    cost: Decimal,
) -> Run:
    active = check_room(run.owner)
    earlier = _earlier(run.owner, run.idempotency_key, fingerprint)
    if earlier is not None:
        return earlier
    credits.check(owner=run.payer or run.owner, cost=cost)
    if run.webhook is not None and run.webhook.pk is None:
        run.webhook.save()  # that of this one request
    run.snapshot = snapshot_of(run.workflow, document, run.owner)
    queue.open_run(run, active, planned, aimed.document, aimed.held)
    Step.objects.bulk_create([result.step(run, id) for id, result in aimed.held.items()])
    logger.info("the run is accepted", extra={"run_id": str(run.pk)})
    if transitions.START_BY in run.options:
        transaction.on_commit(partial(queue.expire_at, run.pk, run.options[transitions.START_BY]))
    return run


def check_room(owner: User, new: int = 1) -> int:
    """Count the active runs of an account, within the transaction that adds to them.

    Raises TooManyRuns when it may not have so many new ones.
    """
    limit = settings.LIMITS["active_runs_per_user"]
    active = _active(owner)
    if active + new + AT_ONCE > limit:
        # Near the limit only one transaction counts at a time.
        hold(f"owner:{owner.pk}")
        active = _active(owner)
    if active + new > limit:
        raise TooManyRuns(limit=limit, current=active + new - 1)
    return active


def _active(owner: User) -> int:
    ((active,),) = _UNFINISHED.all(owner=owner.pk)
    return int(active)


def snapshot_of(workflow: Workflow | None, document: JsonObject, author: User) -> Snapshot:
    """Return the one row of a workflow with this graph."""
    digest = shape.sha256(document["nodes"], document["edges"])
    found = _SNAPSHOT.one(workflow=workflow.pk, digest=digest) if workflow else None
    return (
        found
        or Snapshot.objects.get_or_create(
            workflow=workflow, sha256=digest, defaults={**document, "author": author}
        )[0]
    )


def _earlier(user: User, key: str | None, fingerprint: str) -> Run | None:
    if key is None:
        return None
    run = _BY_KEY.one(owner=user.pk, key=key)
    if run is not None and run.options.get("fingerprint") != fingerprint:
        raise IdempotencyConflict(field=HEADER, value=key)
    return run
