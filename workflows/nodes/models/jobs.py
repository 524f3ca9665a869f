"""The queues of providers whose requests take minutes: the chosen model says whose queue it is.

The engine writes a request's id down before anything waits, so a process that dies reads that
request again instead of paying for another one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from mimetypes import guess_extension

from workflows.errors import NodeError
from workflows.nodes.context import Context
from workflows.nodes.models import calls
from workflows.nodes.models.outputs import with_files
from workflows.nodes.models.requests import ModelRequest
from workflows.nodes.provider import Completed, Failed, Pending, Provider
from workflows.types import Json, JsonObject

#: Seconds between two polls of a request.
POLL_SECONDS = 2.0

#: Makes a request of a node's inputs.
MakeRequest = Callable[[Context, JsonObject], Awaitable[ModelRequest]]


class Jobs(Provider):
    """Requests of one task; `make` makes them, `name` is what their files are called."""

    name = "models"
    slots = 64

    def __init__(self, task: str, make: MakeRequest, name: str) -> None:
        self._task, self._make, self._file = task, make, name

    async def takes(self, context: Context, inputs: JsonObject) -> bool:
        """Take what the model's provider has a queue for; the rest the node does itself."""
        return self._task in calls.dialect_of(inputs.get("model")).jobs

    async def submit(self, context: Context, inputs: JsonObject, key: str) -> str:
        """Hand a request in; what has arrived is not sent again."""
        chosen = await calls.choose(context, inputs.get("model"))
        request = await self._make(context, inputs)
        await context.spend(chosen.id)
        return await chosen.dialect.begin(chosen.client, chosen.name, self._task, request)

    async def poll(self, context: Context, request_id: str) -> Completed | Pending | Failed:
        """Poll the request; what it has made is stored here at once."""
        chosen = await calls.choose(context, context.data.get("model"))
        try:
            job = await chosen.dialect.status(chosen.client, chosen.name, self._task, request_id)
        except NodeError as error:
            if error.transient:
                return Pending(POLL_SECONDS, None, error.message[:200])
            if chosen.client.bill.says:
                await context.charged(calls.charged(chosen, request_id))
            return Failed(error)
        if not job.done and job.output is None:
            runner: JsonObject = {"id": chosen.client.provider, "name": chosen.client.who}
            return Pending(POLL_SECONDS, job.fraction, job.text, state=job.state, runner=runner)
        await self._price(context, chosen, len(job.done))
        await context.charged(calls.charged(chosen, request_id))
        made: list[Json] = [
            await context.save_bytes(
                one.body,
                name=f"{self._file}-{number}{guess_extension(one.content_type) or ''}",
                content_type=one.content_type,
            )
            for number, one in enumerate(job.done, 1)
        ]
        return Completed(made if job.output is None else [with_files(job.output, made), *made])

    async def _price(self, context: Context, chosen: calls.Chosen, made: int) -> None:
        """Read what the request has cost, if its key may be shown where that is said."""
        where = chosen.dialect.prices
        if chosen.client.bill.usd is not None or not where:
            return
        with suppress(NodeError):
            header = await context.credential(url=where)
            client = replace(chosen.client.at(where), headers=header or {})
            await chosen.dialect.price(client, chosen.name, made)

    async def cancel(self, context: Context, request_id: str) -> None:
        """Cancel it, where the provider can."""
        chosen = await calls.choose(context, context.data.get("model"))
        await chosen.dialect.drop(chosen.client, chosen.name, request_id)
