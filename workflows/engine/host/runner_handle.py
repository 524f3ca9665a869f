"""A node's handle of a runner: what it can do there for its run, and what it gets to see of it."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings

from workflows import database
from workflows.engine.host import runner_files
from workflows.errors import (
    BlockedAddress,
    FetchError,
    FetchRefused,
    FetchUnsent,
    NodeError,
    PatchbayError,
    RunnerMissing,
    RunnerUnreachable,
)
from workflows.media.origin import Origin
from workflows.models import Runner
from workflows.nodes.runner import Lacks, Outcome, Refused, RequestState
from workflows.runners import cancels, pool
from workflows.runners.connection import Connection
from workflows.runners.shapes import Ended, File, titles
from workflows.runners.tracker import Watch
from workflows.types import Json, JsonObject

if TYPE_CHECKING:
    from workflows.engine.run import ActiveRun

logger = logging.getLogger(__name__)

#: How long reading a status waits for news.
POLL_SECONDS = 2.0
#: Previews come no more often than this, and ever more seldom the longer a request runs.
PREVIEW_SECONDS = 1.0
PREVIEWS_PER_DOUBLING = 30

#: A catalogue that was read so lately is not read again.
FRESH_SECONDS = 1.0
#: Values of headers that are at least so long are kept out of everything a run says.
SECRET_LENGTH = 8


async def choose(
    run: ActiveRun, tags: list[str], field: str, lacks: Lacks, origin: Origin
) -> RunnerHandle:
    """Pick a runner that has the tags, and of these one whose node types lack least.

    `origin` is what makes the files that are copied from it.

    Raises NodeError naming `field` when there is none.
    """
    connections = run.host.connections
    found = await database.read(pool.match, run.payer_id, tags)
    if not found:
        raise RunnerMissing(
            "No active runner has all these tags." if tags else "There is no active runner.",
            field=field,
            value=tags,
            expected="the tags of a registered runner",
        )
    found = await database.read(pool.knowing, found, lacks)
    responding = [row for row in found if not connections.failed_lately(row.pk)] or found
    row = pool.choose(responding, connections.open_requests)
    return RunnerHandle(run, str(row.pk), row.name, origin)


async def find(run: ActiveRun, id: str, origin: Origin) -> RunnerHandle:
    """Return a runner by its id. Raises NodeError when it is not registered any more."""
    handle = RunnerHandle(run, id, "", origin)
    row, _ = await handle._connection()
    handle.name = row.name
    return handle


class RunnerHandle:
    """One runner for one run; implements `workflows.nodes.runner.Runner`."""

    def __init__(self, run: ActiveRun, id: str, name: str, origin: Origin) -> None:
        self.id = id
        self.name = name
        self._run = run
        self._origin = origin

    async def catalogue(self, *, fresh: bool = False) -> JsonObject:
        """Return the node types, stored before or read now."""
        row, connection = await self._connection()
        read_at = connection.catalogue_at
        fresh = fresh and (read_at is None or time.monotonic() - read_at > FRESH_SECONDS)
        if not (fresh or connection.may_have_restarted):
            stored = await database.read(pool.stored_catalogue, row)
            if stored is not None:
                return stored
        try:
            found = await connection.catalogue()
        except PatchbayError as error:
            raise self._unreachable(connection, error) from error
        await database.read(pool.store_catalogue, row, found)
        return found

    async def upload(self, value: Json, *, folder: str, field: str) -> str:
        """Copy a media value into a folder of the runner's inputs."""
        try:
            async with runner_files.open_upload(self._run, value, field) as file:
                _, connection = await self._connection()
                connection.used_at = time.monotonic()
                return await connection.client.upload(file.name, folder, file.chunks, file.size)
        except NodeError:
            raise
        except PatchbayError as error:
            raise self._unreachable(connection, error) from error

    async def submit(
        self,
        prompt_id: str,
        prompt: JsonObject,
        *,
        workflow: JsonObject | None = None,
    ) -> Refused | None:
        """Submit a prompt, watching it from before it can begin."""
        _, connection = await self._connection()
        await connection.ready()
        watch = connection.watch(prompt_id, titles(prompt), submitted=False)
        # Previews are off unless they are requested; old servers know only their command line.
        extra: JsonObject = {"preview_method": "auto"}
        if workflow is not None:
            extra["extra_pnginfo"] = {"workflow": workflow}
        body: JsonObject = {
            "prompt": prompt,
            "prompt_id": prompt_id,
            "client_id": connection.client_id,
            "extra_data": extra,
        }
        try:
            taken, refusal = await connection.client.prompt(body)
        except (FetchUnsent, FetchRefused, BlockedAddress) as error:
            connection.drop(prompt_id)
            raise self._unreachable(connection, error) from error
        except FetchError as error:
            # It may have arrived. Reading its status is safe; submitting it again would not be.
            watch.problem = error.message
            logger.info("runner %s: unknown prompt %s: %s", self.id, prompt_id, error)
            return None
        finally:
            watch.submitted = True
            connection.refresh()
        if not taken:
            connection.drop(prompt_id)
            return Refused(refusal.message, refusal.nodes)
        return Refused("", refusal.nodes) if refusal.nodes else None

    async def status(self, prompt_id: str) -> RequestState:
        """Wait for news of a request, and return its state."""
        _, connection = await self._connection()
        watch = connection.watch(prompt_id)
        if watch.ended is None and not watch.is_lost:
            try:
                async with asyncio.timeout(POLL_SECONDS):
                    await watch.changed.wait()
            except TimeoutError:
                pass
            watch.changed.clear()
        if watch.ended is not None and not watch.reported_running:
            # It may all have happened between two reads; watchers see it in order.
            watch.reported_running = True
            return RequestState("running", text=watch.text)
        state = watch.state
        watch.reported_running = watch.reported_running or state == "running"
        away = 0.0 if watch.away_since is None else time.monotonic() - watch.away_since
        if watch.ended is not None:
            state = "ended"
        elif watch.is_lost:
            state = "removed" if watch.is_removed else "lost"
            connection.drop(prompt_id)
            if watch.problem:
                # Should it arrive after all, no one is to wait for it.
                with suppress(PatchbayError):
                    await connection.client.dequeue(prompt_id)
        elif watch.away_since is not None:
            state = "away"
        return RequestState(
            state,
            watch.position,
            watch.fraction,
            watch.text,
            await self._preview(watch),
            away,
            settings.RUNNER_LOST_SECONDS,
            watch.problem,
            _outcome(watch.ended, watch.notices),
        )

    async def keep(self, prompt_id: str, file: JsonObject) -> JsonObject:
        """Copy a file into our storage; one that was copied before is not copied again."""
        _, connection = await self._connection()
        watch = connection.watch(prompt_id)
        key = json.dumps(file, sort_keys=True)
        if key not in watch.copied:
            named = File(file["filename"], file["subfolder"], file["folder"])
            try:
                watch.copied[key] = await runner_files.fetch(
                    self._run, connection.client, named, self._origin
                )
            except FetchError as error:
                raise self._unreachable(connection, error) from error
        found: JsonObject = watch.copied[key]
        return found

    async def cancel(self, prompt_id: str) -> None:
        """Write down that a request is to be cancelled, and have the runner do it."""
        await database.read(cancels.remember, [f"{self.id}/{prompt_id}"])
        connections = self._run.host.connections
        connections.cancels.set()
        if (connection := connections.existing(UUID(self.id))) is not None:
            connection.drop(prompt_id)

    async def forget(self, prompt_id: str) -> None:
        """Watch a request no longer; the setting RUNNER_FORGET makes the runner forget it too."""
        _, connection = await self._connection()
        connection.drop(prompt_id)
        if settings.RUNNER_FORGET:
            try:
                await connection.client.forget(prompt_id)
            except PatchbayError as error:
                raise self._unreachable(connection, error) from error

    async def _connection(self) -> tuple[Runner, Connection]:
        try:
            found = await self._run.host.connections.of(UUID(self.id))
        except PatchbayError as error:
            raise RunnerUnreachable(
                f"The runner {self.name} has a URL that cannot be reached.",
                expected="a runner with a proper URL",
                status=502,
            ) from error
        if found is None:
            raise RunnerMissing(
                "The runner that has this is not registered any more.",
                value=self.id,
                expected="a registered runner",
            )
        for value in found[1].endpoint.headers.values():
            # A short one is no secret, and taking it out of every text would do harm.
            if len(value.rpartition(" ")[2]) >= SECRET_LENGTH:
                self._run.secrets.add(value)
        return found

    def _unreachable(self, connection: Connection, error: PatchbayError) -> NodeError:
        """Turn what went wrong between us and the runner into an error of the node.

        A user of a shared runner does not see its URL.
        """
        connection.failed_at = time.monotonic()
        return RunnerUnreachable(
            f"The runner {self.name} does not respond as expected: {error.message}",
            expected=error.context.get("expected") or "a runner that responds",
            transient=bool(getattr(error, "transient", False)),
            status=502,
        )

    async def _preview(self, watch: Watch) -> JsonObject | None:
        """Return the latest preview in small, unless there was one a moment ago."""
        now = time.monotonic()
        if watch.preview is None or now < watch.preview_due:
            return None
        image, watch.preview = watch.preview, None
        pause = max(PREVIEW_SECONDS, (now - watch.since) / PREVIEWS_PER_DOUBLING)
        watch.preview_due = now + pause
        return await runner_files.preview(self._run, image)


def _outcome(ended: Ended | None, notices: list[str]) -> Outcome | None:
    if ended is None:
        return None
    outputs: dict[str, JsonObject] = {}
    for node, made in ended.outputs.items():
        rows = [
            {"filename": file.filename, "subfolder": file.subfolder, "folder": file.folder}
            for file in made.files
        ]
        outputs[node] = {"files": rows, "texts": list(made.texts)}
    return Outcome(ended.outcome, outputs, ended.error, tuple(notices))
