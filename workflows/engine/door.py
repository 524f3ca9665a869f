"""A node's door to a runner: what it may ask there for its run, and what it gets to see of it.

Files from a runner go into our storage under the hash of their content; what the runner calls them
is only ever sent back to it, and shown.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import logging
import mimetypes
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO
from uuid import UUID

from django.conf import settings

from workflows.engine import database, files, runners
from workflows.errors import (
    BadPicture,
    BlockedAddress,
    FetchError,
    FetchRefused,
    FetchUnsent,
    NodeError,
    PatchbayError,
    RunnerMissing,
    RunnerUnreachable,
)
from workflows.media import images, storage
from workflows.media.sniff import HEAD_BYTES, sniff
from workflows.media.storage import CHUNK_BYTES
from workflows.models import Runner
from workflows.nodes.runner import Look, Outcome, Refused
from workflows.runners.link import Link
from workflows.runners.shapes import Ended, File
from workflows.runners.watch import Watch
from workflows.types import Json, JsonObject

if TYPE_CHECKING:
    from workflows.engine.run import ActiveRun

logger = logging.getLogger(__name__)

#: How long a look waits for news.
LOOK_SECONDS = 2.0
#: Bytes of a file that are gathered before a thread writes them.
WRITE_BYTES = 1024 * 1024
#: How long a file may be on its way, and how often it may begin anew when the connection is lost.
COPY_SECONDS = 1800.0
COPY_TRIES = 3
PREVIEW_WIDTH = 256  # px
PREVIEW_BYTES = 64 * 1024
#: Previews come no more often than this, and ever more seldom the longer a request runs.
PREVIEW_SECONDS = 1.0
PREVIEWS_PER_DOUBLING = 30

#: Values of headers that are at least so long are kept out of everything a run says.
SECRET_LENGTH = 8

_MEDIA = ("image", "video", "audio")


async def choose(run: ActiveRun, tags: list[str], field: str) -> Door:
    """Pick a runner that has the tags. Raises NodeError naming `field` when there is none."""
    links = run.host.links
    found = await database.read(runners.match, run.owner_id, tags)
    if not found:
        raise RunnerMissing(
            "No active runner has all these tags." if tags else "There is no active runner.",
            field=field, value=tags, expected="the tags of a registered runner",
        )  # fmt: skip
    answering = [row for row in found if not links.failed_lately(row.pk)] or found
    row = runners.choose(answering, links.open_requests)
    return Door(run, str(row.pk), row.name)


async def find(run: ActiveRun, id: str) -> Door:
    """Return a runner by its id. Raises NodeError when it is not registered any more."""
    door = Door(run, id, "")
    row, _ = await door._link()
    door.name = row.name
    return door


class Door:
    """One runner for one run; implements `workflows.nodes.runner.Runner`."""

    def __init__(self, run: ActiveRun, id: str, name: str) -> None:
        self.id = id
        self.name = name
        self._run = run

    async def catalogue(self) -> JsonObject:
        """Return the node types, kept from before or asked for."""
        row, link = await self._link()
        kept = await database.read(runners.kept_catalogue, row)
        if kept is not None:
            return kept
        try:
            answer = await link.client.object_info()
        except PatchbayError as error:
            raise self._unreachable(link, error) from error
        await database.read(runners.keep_catalogue, row, answer)
        return answer

    async def upload(self, value: Json, *, folder: str, field: str) -> str:
        """Copy a media value into a folder of the runner's inputs."""
        opener = await files.source(self._run, value, field)
        threads = self._run.host.threads
        file = await threads.run(opener)
        try:
            size, sha256 = await threads.run(_measure, file)
            name = f"{sha256[:40]}{_ending(value, await threads.run(_head, file))}"
            _, link = await self._link()
            link.used_at = time.monotonic()
            return await link.client.upload(name, folder, self._pieces(file), size)
        except NodeError:
            raise
        except PatchbayError as error:
            raise self._unreachable(link, error) from error
        finally:
            file.close()

    async def _pieces(self, file: BinaryIO) -> AsyncIterator[bytes]:
        while piece := await self._run.host.threads.run(file.read, CHUNK_BYTES):
            yield piece

    async def hand_in(
        self,
        prompt_id: str,
        prompt: JsonObject,
        *,
        titles: Mapping[str, str],
        workflow: JsonObject | None = None,
    ) -> Refused | None:
        """Hand a prompt in, watching it from before it can begin."""
        _, link = await self._link()
        await link.ready()
        watch = link.watch(prompt_id, titles, handed_in=False)
        # Previews are off unless they are asked for; old servers know only their command line.
        extra: JsonObject = {"preview_method": "auto"}
        if workflow is not None:
            extra["extra_pnginfo"] = {"workflow": workflow}
        body: JsonObject = {
            "prompt": prompt, "prompt_id": prompt_id, "client_id": link.client_id,
            "extra_data": extra,
        }  # fmt: skip
        try:
            taken, refusal = await link.client.prompt(body)
        except (FetchUnsent, FetchRefused, BlockedAddress) as error:
            link.drop(prompt_id)
            raise self._unreachable(link, error) from error
        except FetchError as error:
            # It may have arrived. Looking is safe; handing in again would not be.
            watch.problem = error.message
            logger.info("runner %s: nobody knows of %s: %s", self.id, prompt_id, error)
            return None
        finally:
            watch.handed_in = True
            link.look()
        if not taken:
            link.drop(prompt_id)
            return Refused(refusal.message, refusal.nodes)
        return Refused("", refusal.nodes) if refusal.nodes else None

    async def look(self, prompt_id: str) -> Look:
        """Wait for news of a request, and tell how it stands."""
        _, link = await self._link()
        watch = link.watch(prompt_id)
        if watch.ended is None and not watch.is_lost:
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await watch.changed.wait()
            except TimeoutError:
                pass
            watch.changed.clear()
        if watch.ended is not None and not watch.told_running:
            # It may all have happened between two looks; whoever watches sees it in order.
            watch.told_running = True
            return Look("running", text=watch.text)
        state = watch.state
        watch.told_running = watch.told_running or state == "running"
        away = 0.0 if watch.away_since is None else time.monotonic() - watch.away_since
        if watch.ended is not None:
            state = "ended"
        elif watch.is_lost:
            state = "lost"
            link.drop(prompt_id)
        elif watch.away_since is not None:
            state = "away"
        return Look(
            state, watch.position, watch.fraction, watch.text, await self._preview(watch), away,
            settings.RUNNER_LOST_SECONDS, watch.problem, _outcome(watch.ended),
        )  # fmt: skip

    async def keep(self, prompt_id: str, file: JsonObject) -> JsonObject:
        """Copy a file into our storage; one that was copied before is not copied again."""
        _, link = await self._link()
        watch = link.watch(prompt_id)
        key = json.dumps(file, sort_keys=True)
        if key not in watch.kept:
            named = File(file["filename"], file["subfolder"], file["folder"])
            watch.kept[key] = await self._copy(link, named)
        found: JsonObject = watch.kept[key]
        return found

    async def cancel(self, prompt_id: str) -> None:
        """Take a request out of the queue, or stop it."""
        _, link = await self._link()
        try:
            await link.client.cancel(prompt_id)
        except PatchbayError as error:
            raise self._unreachable(link, error) from error
        finally:
            link.drop(prompt_id)

    async def forget(self, prompt_id: str) -> None:
        """Watch a request no longer; the setting RUNNER_FORGET makes the runner forget it too."""
        _, link = await self._link()
        link.drop(prompt_id)
        if settings.RUNNER_FORGET:
            try:
                await link.client.forget(prompt_id)
            except PatchbayError as error:
                raise self._unreachable(link, error) from error

    async def _link(self) -> tuple[Runner, Link]:
        try:
            found = await self._run.host.links.of(UUID(self.id))
        except PatchbayError as error:
            raise RunnerUnreachable(
                f"The runner {self.name} has an address that cannot be called.",
                expected="a runner with a proper address", status=502,
            ) from error  # fmt: skip
        if found is None:
            raise RunnerMissing(
                "The runner that has this is not registered any more.", value=self.id,
                expected="a registered runner",
            )  # fmt: skip
        for value in found[1].endpoint.headers.values():
            # A short one is no secret, and taking it out of every text would do harm.
            if len(value.rpartition(" ")[2]) >= SECRET_LENGTH:
                self._run.secrets.add(value)
        return found

    def _unreachable(self, link: Link, error: PatchbayError) -> NodeError:
        """Turn what went wrong between us and the runner into an error of the node.

        Whoever may use a shared runner is not told its address.
        """
        link.failed_at = time.monotonic()
        return RunnerUnreachable(
            f"The runner {self.name} does not answer as it should: {error.message}",
            expected=error.context.get("expected") or "a runner that answers",
            transient=bool(getattr(error, "transient", False)), status=502,
        )  # fmt: skip

    async def _copy(self, link: Link, file: File) -> JsonObject:
        deadline = time.monotonic() + COPY_SECONDS
        for tried in range(1, COPY_TRIES + 1):
            try:
                stored = await self._download(link, file, deadline - time.monotonic())
            except FetchError as error:
                late = time.monotonic() >= deadline
                if late or tried == COPY_TRIES or not error.transient:
                    failure = self._unreachable(link, error)
                    failure.transient = failure.transient and not late
                    raise failure from error
                logger.info("runner %s: %s comes again: %s", self.id, file.filename[:200], error)
            except PatchbayError as error:
                raise files.blame(error, None) from error
            else:
                break
        name = PurePosixPath(file.filename.replace("\\", "/")).name
        try:
            reference = await files.adopt(self._run, stored, name)
        except NodeError as error:
            if error.code == BadPicture.code:
                raise _not_as_named(name, "a file that cannot be opened") from error
            raise
        guessed = (mimetypes.guess_type(name)[0] or "").partition("/")[0]
        content_type: str = reference["content_type"]
        told = content_type.partition("/")[0]
        if guessed in _MEDIA and told not in _MEDIA and content_type != storage.UNKNOWN_TYPE:
            raise _not_as_named(name, content_type)
        return reference

    async def _download(self, link: Link, file: File, seconds: float) -> storage.Stored:
        threads, gathered = self._run.host.threads, bytearray()
        with storage.Writer(settings.LIMITS["runner_file_bytes"]) as writer:

            async def sink(piece: bytes) -> None:
                gathered.extend(piece)
                if len(gathered) >= WRITE_BYTES:
                    await threads.run(writer.write, bytes(gathered))
                    gathered.clear()

            status = await link.client.view(file, sink, seconds)
            if status != 200:
                raise NodeError(
                    f"The runner {self.name} does not give out the file it has named: {status}.",
                    value=file.filename[:200], expected="a file",
                )  # fmt: skip
            await threads.run(writer.write, bytes(gathered))
            return await threads.run(writer.commit)

    async def _preview(self, watch: Watch) -> JsonObject | None:
        """Return the latest preview in small, unless there was one a moment ago."""
        now = time.monotonic()
        if watch.preview is None or now < watch.preview_due:
            return None
        picture, watch.preview = watch.preview, None
        pause = max(PREVIEW_SECONDS, (now - watch.since) / PREVIEWS_PER_DOUBLING)
        watch.preview_due = now + pause
        try:
            body = await self._run.host.threads.run(
                images.thumbnail, picture, PREVIEW_WIDTH, images.limits()
            )
        except PatchbayError:
            return None
        if len(body) > PREVIEW_BYTES:
            return None
        address = f"data:image/webp;base64,{base64.b64encode(body).decode()}"
        return {"url": address, "content_type": "image/webp", "size": len(body), "name": "preview"}


def _not_as_named(name: str, what: str) -> NodeError:
    return NodeError(
        f"The runner sent {storage.clean_name(name)}, which is not what its name says.",
        value=what, expected="a picture, video or sound",
    )  # fmt: skip


def _outcome(ended: Ended | None) -> Outcome | None:
    if ended is None:
        return None
    outputs: dict[str, JsonObject] = {}
    for node, made in ended.outputs.items():
        rows = [
            {"filename": file.filename, "subfolder": file.subfolder, "folder": file.folder}
            for file in made.files
        ]
        outputs[node] = {"files": rows, "texts": list(made.texts)}
    return Outcome(ended.outcome, outputs, ended.error)


def _measure(file: BinaryIO) -> tuple[int, str]:
    """Return size and SHA-256 of a file, and go back to its beginning."""
    digest, size = hashlib.sha256(), 0
    while piece := file.read(CHUNK_BYTES):
        digest.update(piece)
        size += len(piece)
    file.seek(0)
    return size, digest.hexdigest()


def _head(file: BinaryIO) -> bytes:
    head = file.read(HEAD_BYTES)
    file.seek(0)
    return head


def _ending(value: Json, head: bytes) -> str:
    """Return the ending that tells ComfyUI's loaders what a file is."""
    sniffed = sniff(head)
    found = mimetypes.guess_extension(sniffed) if sniffed else None
    if found and sniffed not in ("text/plain", "text/html"):
        return found
    name = value.get("name") if isinstance(value, dict) else None
    ending = PurePosixPath(name).suffix if isinstance(name, str) else ""
    return ending.lower() if ending[1:].isascii() and ending[1:].isalnum() else ""
