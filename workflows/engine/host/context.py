"""What a node has of its host, as the engine opens it: files, fetch, progress and threads."""

from __future__ import annotations

import asyncio
import copy
import time
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, BinaryIO, ParamSpec, TypeVar, cast

from django.conf import settings

from workflows import database
from workflows.billing.ledger import Spent
from workflows.billing.prices import usual_usd
from workflows.engine.credentials import Key, credential_headers, model_server
from workflows.engine.host import derived, derived_images, files, nested, runner_handle
from workflows.engine.host.derived_images import StoredImage
from workflows.engine.host.memory import Room
from workflows.engine.host.origins import origin_of
from workflows.engine.limits import slots_of
from workflows.engine.spending import Hold
from workflows.errors import FetchUnsent, PatchbayError
from workflows.failpoints import failpoint
from workflows.graph import credentials
from workflows.graph.work import LONGEST_MODEL, of_calls
from workflows.journal import events
from workflows.journal.events import Progress, Warned
from workflows.media import clips, fetch, images, memory, storage
from workflows.media.draft_file import again
from workflows.media.drafts import new_draft
from workflows.media.fetch import Fetched
from workflows.media.origin import Origin
from workflows.media.processes import lanes
from workflows.media.processes.pixels import Encoded, Pixels
from workflows.media.processes.pool import Lane, Work
from workflows.media.references import asset_id
from workflows.types import Json, JsonObject
from workflows.weights import store

if TYPE_CHECKING:
    from PIL.Image import Image

    from workflows.engine.run import ActiveRun
    from workflows.engine.suspects import Suspect
    from workflows.graph.plan import PlannedNode
    from workflows.nodes.context import Charged, Clip, Inputs, Response
    from workflows.nodes.runner import Lacks, Runner
    from workflows.nodes.video.derived import Derived

P = ParamSpec("P")
R = TypeVar("R")
Y = TypeVar("Y")

#: A node's progress is written down at most this often; the first and the last report always are.
PROGRESS_SECONDS = 0.5
#: What is kept of a node's warnings.
MOST_WARNINGS = 50
LONGEST_WARNING = 1_000


class NodeContext:
    """What one node of one run can use; implements `workflows.nodes.context.Context`."""

    __slots__ = (
        "_arguments",
        "_fields",
        "_holds",
        "_key",
        "_node",
        "_reports",
        "_room",
        "_run",
        "_suspect",
        "data",
        "inputs",
        "node_id",
        "run_id",
        "warnings",
    )

    def __init__(self, run: ActiveRun, node: PlannedNode, suspect: Suspect | None = None) -> None:
        self.run_id = str(run.run_id)
        self.node_id = node.id
        self.data: JsonObject = node.data
        self.inputs: JsonObject = run.plan.inputs
        #: What has been said of the node, by processes before this one too.
        self.warnings = list(run.past.warnings.get(node.id, ()))
        self._fields = {port.name: port for port in node.node_type.inputs}
        self._run = run
        self._suspect = suspect
        self._node = node
        self._reports = _Reports(run)
        self._arguments: JsonObject = {}
        self._room: Room | None = None
        self._key: Key | None = None
        self._holds: list[Hold] = []

    def for_item(self) -> NodeContext:
        """Return the context of one of several calls: what it holds is its own."""
        return copy.copy(self)

    @contextmanager
    def call(self, arguments: JsonObject) -> Iterator[None]:
        """Hold memory, and money of a key, for a call of the node until its end."""
        self._arguments, self._key, self._holds = arguments, None, []
        try:
            yield
        finally:
            self.let_go()
            for hold in self._holds:
                self._run.host.spending.release(hold)
            self._holds = []

    def let_go(self) -> None:
        """Give the call's memory back: it is done, or waits for a provider and keeps nothing."""
        if self._room is not None:
            self._room.close()
            self._room = None

    def _held(self) -> Room:
        if self._room is None:
            run = self._run
            self._room = Room(run.run_id, self._node.node_type.pixel_bytes)
        return self._room

    def _origin(self) -> Origin:
        return origin_of(self._run, self._node, self._arguments)

    async def progress(
        self, fraction: float | None, text: str = "", preview: JsonObject | None = None
    ) -> None:
        """Report how far the node is; coalesced, so cheap to call often."""
        secrets = self._run.secrets
        if self._reports.items is not None:
            done, count = self._reports.items
            fraction, text = done / count, ": ".join(filter(None, (f"{done} of {count}", text)))
        self._reports.add(
            Progress(self.node_id, fraction, secrets.text(text), secrets.json(preview))
        )

    async def item_done(self, done: int, count: int, made: JsonObject | None) -> None:
        """Report that `done` calls of a list are done; `made` is an image or video of the first.

        It is shown while the others are worked on. A list without any is not reported.
        """
        if made is not None or self._reports.items is not None:
            self._reports.items = done, count
            await self.progress(None, "", made)

    def warn(self, message: str) -> None:
        """Note what the node's author should know; said once however often it is noted."""
        said = self._run.secrets.text(message)[:LONGEST_WARNING]
        if said not in self.warnings and len(self.warnings) < MOST_WARNINGS:
            self.warnings.append(said)
            self._run.journal.append(Warned(self.node_id, said))

    async def load_image(self, value: Json, *, field: str, mode: str | None = None) -> Image:
        """Open a media value as a decoded image, in `mode` if given."""
        room = self._held()
        recipe_id = await self._recipe_of(value, field)
        if room.is_empty:
            room.expect(await files.sizes(self._run, self._arguments.values()))
        try:
            if recipe_id is not None:
                id = asset_id(value) or ""
                pixels: Pixels | Encoded = await self._derived(recipe_id, id, field, mode)
            else:
                pixels = await self._stored(value, field, mode)
        except PatchbayError as error:
            raise files.as_node_error(error, field) from error
        room.loaded(pixels, pixels.width * pixels.height)
        return cast("Image", pixels)

    async def _stored(self, value: Json, field: str, mode: str | None) -> Pixels | Encoded:
        found = await files.find(self._run, value, field)
        with found.file:
            name = found.asset and found.asset.sha256
            pixels: Pixels | Encoded | None = (
                memory.image_cache().get((name, mode)) if name else None
            )
            if pixels is None:
                pixels = await self._decoded(found, field, mode)
                if name and isinstance(pixels, Pixels):
                    memory.budget().keep((name, mode), pixels)
            else:
                await self._held().image(found.id, pixels.width * pixels.height, 0, field)
        if name:
            pixels.origin = StoredImage(name, mode, *pixels.size, self._node.title)
        return pixels

    async def _recipe_of(self, value: Json, field: str) -> str | None:
        """Return the recipe of a derived image that is no file yet."""
        # What this run has made and still has is not looked up again.
        known = self._run.recipes.get(asset_id(value) or "")
        if known is not None and memory.image_cache().get((known, None)) is not None:
            return known
        asset = await files.recipe_of(self._run, value, field)
        if asset is None or asset.content_type != derived_images.CONTENT_TYPE:
            return None
        return asset.sha256

    async def _derived(self, recipe_id: str, id: str, field: str, mode: str | None) -> Pixels:
        """Open a derived image: its pixels, made again if they are gone."""
        name = (recipe_id, None)
        pixels = memory.image_cache().get(name)
        if pixels is None:
            made = await database.read(derived.image_of, recipe_id)
            opened = self._held().files
            ready = await self.run_thread(derived.opened_image, made, opened, field)
            area = made.width * made.height
            await self._held().image(id, area, made.decoding_bytes, field)
            pixels = cast(Pixels, await self.run_cpu(derived_images.make, ready.recipe))
            pixels.origin = made
            memory.budget().keep(name, pixels)
        else:
            await self._held().image(id, pixels.width * pixels.height, 0, field)
        if self._alone(field):
            memory.image_cache().taken(name)
        if mode not in (None, pixels.mode):
            pixels = cast(Pixels, await self.run_cpu(images.convert, cast("Image", pixels), mode))
        return pixels

    async def _decoded(self, found: files.Found, field: str, mode: str | None) -> Pixels | Encoded:
        limits = images.limits()
        opened = await self.run_cpu(images.opening, found.file, limits)
        area = opened.width * opened.height
        await self._held().image(found.id, area, opened.decoding_bytes, field)
        if opened.mode is not None and mode in (None, opened.mode) and self._alone(field):
            file = again(found.file)
            self._held().keep(file)
            return Encoded(file, limits, opened.mode, opened.size, field)
        return cast(Pixels, await self.run_cpu(images.decode, found.file, limits, mode))

    def _alone(self, field: str) -> bool:
        """Return whether no other node reads what comes to a field."""
        plan = self._run.plan
        sources = [source for source, _ in self._node.links.get(field, ())]
        return all(len(plan.dependants[source]) == 1 for source in sources)

    async def make_room(
        self, width: int, height: int, *, field: str, pixel_bytes: int | None = None
    ) -> None:
        """Wait for the memory that a new image of a size takes."""
        await self._held().new_image(width * height, field, pixel_bytes)

    async def save_image(
        self, image: Image, *, name: str, format: str = "PNG", **options: Any
    ) -> JsonObject:
        """Store an image, encoded or as its recipe; return its media reference."""
        if format == "PNG" and not options and isinstance(image, Pixels):
            kept = await derived.keep_image(self._run, self._node, image, name, self._origin())
            if kept is not None:
                return kept
        with self.new_file() as file:
            await self.run_cpu(images.encode_to, file, image, format, **options)
            facts = storage.Facts(f"image/{format.lower()}", *image.size)
            saved = await files.save(self._run, file, name, facts, origin=self._origin())
        if format == "PNG" and isinstance(image, Pixels):
            memory.budget().keep((saved["sha256"], None), image)
        return saved

    async def load_bytes(self, value: Json, *, field: str) -> bytes:
        """Read the bytes behind a media value."""
        found = await files.find(self._run, value, field)
        with found.file as file:
            await self._held().more(found.size, field)
            return await self.run_thread(_read, file)

    async def file(self, value: Json, *, field: str) -> JsonObject:
        """Return the whole media reference of a file of this server."""
        return await files.reference(self._run, value, field)

    async def load_clip(self, value: Json, *, field: str, kind: str = "video") -> Clip:
        """Open a video or an audio file; one that is derived is opened as its recipe."""
        room, limits = self._held(), clips.limits()
        asset = await files.recipe_of(self._run, value, field)
        if asset is not None and asset.content_type != derived_images.CONTENT_TYPE:
            opened = room.files
            made = await self.run_thread(derived.opened_clip, asset.sha256, opened, field)
            if kind == "audio" and not made.has_audio:
                raise files.as_node_error(clips.without(kind, asset.content_type), field)
            await room.more(made.decoding_bytes, field)
            return cast("Clip", made)
        found = await files.find(self._run, value, field)
        room.keep(found.file)
        try:
            facts = await self.run_cpu(clips.find, found.file, kind, limits, field)
        except PatchbayError as error:
            raise files.as_node_error(error, field) from error
        sha256 = found.asset.sha256 if found.asset is not None else None
        clip = clips.FoundClip(found.file, facts, limits, field, sha256)
        await room.more(clip.decoding_bytes, field)
        return cast("Clip", clip)

    async def keep_clip(self, clip: Clip, *, name: str) -> JsonObject | None:
        """Keep a derived video as its recipe if all that follow join it."""
        return await derived.keep_clip(
            self._run, self._node, cast("Derived", clip), name, self._origin()
        )

    def new_file(self) -> BinaryIO:
        """Return an empty file on disk that is gone once closed."""
        return new_draft(int(settings.LIMITS["upload_bytes"]))

    async def save_bytes(
        self, body: bytes | BinaryIO, *, name: str, content_type: str
    ) -> JsonObject:
        """Store bytes; their type follows from their content, not from `content_type`."""
        return await files.save(self._run, body, name, origin=self._origin())

    async def fetch(
        self,
        url: str,
        *,
        field: str,
        method: str = "GET",
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
        timeout_seconds: float = 60.0,
        max_bytes: int = fetch.MAX_BYTES,
        sink: fetch.Sink | None = None,
        allow: tuple[str, ...] = (),
        once: bool = False,
    ) -> Response:
        """Call a URL that a user chose, through the guard."""
        try:
            async with self.outside():
                response = await fetch.fetch(
                    url,
                    method=method,
                    headers=headers,
                    body=body,
                    timeout_seconds=timeout_seconds,
                    max_bytes=max_bytes,
                    sink=sink,
                    allow=allow,
                )
            return cast("Response", self._scrubbed(response))
        except PatchbayError as error:
            failure = files.as_node_error(error, field)
            failure.transient = failure.transient and (not once or isinstance(error, FetchUnsent))
            raise failure from error

    async def credential(self, *, url: str, field: str = "credential") -> dict[str, str] | None:
        """Return the header that shows the credential of one of the node's fields to `url`."""
        run, chosen = self._run, self.data.get(field)
        port = credentials.resolved(self._node.node_type, self._fields[field], self.data)
        if run.scope.own and not port.provider and chosen in (None, ""):
            return None
        shown = await database.read(
            credential_headers,
            run.payer_id,
            run.scope,
            self.node_id,
            port,
            chosen,
            url,
            run.secrets,
        )
        if shown is None:
            return None
        headers, key = shown
        # The first key of a call is the one that pays; further ones only look something up.
        self._key = self._key or key
        return headers

    async def spend(self, model: str) -> None:
        """Reserve what a call may cost within the caps of its run and of the key that it uses."""
        if self._holds:
            return
        usd, spending = self._usual(model), self._run.host.spending
        if self._run.money is not None:
            self._holds.append(await spending.hold_of_run(self._run.money, usd))
        if self._run.allowed is not None:
            self._holds.append(await spending.hold_of_user(self._run.allowed, usd))
        if self._key is not None:
            hold = await spending.hold(self._key, usd)
            self._holds += [] if hold is None else [hold]

    @asynccontextmanager
    async def slot(self, provider: str) -> AsyncIterator[None]:
        """Hold one of the calls of a provider that may be under way at once."""
        async with AsyncExitStack() as held:
            slots = self._run.host.slots.of(provider, slots_of(provider))
            with self._run.host.waits(self._run.run_id):
                async with self.outside():
                    await held.enter_async_context(slots)
            yield

    async def charged(self, charged: Charged) -> None:
        """Note what a call has cost, in the journal and in the ledger at once."""
        key, usd = self._key, charged.usd
        event = events.Charged(
            self.node_id,
            charged.model,
            None if usd is None else float(usd),
            dict(charged.usage),
            charged.request_id or uuid.uuid4().hex,
        )
        spent = Spent(
            self._run.payer_id,
            self.node_id,
            event.call,
            charged.model[:LONGEST_MODEL],
            usd,
            None if usd is not None else self._usual(charged.model),
            event.usage,
            key.id if key else "",
            key.name if key else "",
        )
        self._run.journal.append(event, charge=spent)
        # The money is gone, whatever becomes of us now.
        await self._run.journal.flush()
        failpoint("step.charged")

    def _usual(self, model: str) -> Decimal:
        rows = of_calls(self._node.node_type, [self._arguments])
        return usual_usd(self._node.type, model, sum(row.amount for row in rows))

    async def server(self, name: str) -> str | None:
        """Return the URL of a model server that is allowed here."""
        return await database.read(model_server, name)

    def _scrubbed(self, response: Fetched) -> Fetched:
        """Return a response without what it repeats of the run's secrets."""
        secrets = self._run.secrets
        if not secrets:
            return response
        headers = {name: secrets.text(value) for name, value in response.headers.items()}
        body, url = secrets.body(response.body), secrets.text(response.url)
        return Fetched(response.status, headers, body, url)

    async def runner(self, tags: list[str], *, field: str, lacks: Lacks) -> Runner:
        """Pick one of the runners that have all these tags, whose node types lack least."""
        return await runner_handle.choose(self._run, tags, field, lacks, self._origin())

    async def runner_at(self, id: str) -> Runner:
        """Return the runner of this id, whatever its tags and state."""
        return await runner_handle.find(self._run, id, self._origin())

    async def run_workflow(self, owner: str, name: str, inputs: Inputs) -> JsonObject:
        """Run another workflow for the run's owner and return its result."""
        # Its nodes need memory too, and must never wait for what this one holds.
        self.let_go()
        async with self.outside():
            return await nested.run(self._run, self.node_id, owner, name, inputs)

    async def is_account(self, name: str) -> bool:
        """Return whether a user here has that name."""
        return await database.read(nested.is_account, name)

    async def alias(self, app: str) -> tuple[str, str] | None:
        """Return the owner and name of the workflow an app id names."""
        return await database.read(nested.alias_of, self._run.payer_id, app)

    async def run_cpu(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call a module-level function in a media process."""
        work = lanes.short().begin(function, *args, **kwargs)
        self._keep_for(work)
        try:
            made = await work.result()
            if not kwargs:
                derived_images.trace(function, args, made, self._held().bytes)
            return made
        except PatchbayError as error:
            if error.context.get("field") is None:
                raise
            # An image that is decoded there names its field, which the node may have to rename.
            raise files.as_node_error(error, None) from error

    def run_steps(
        self, function: Callable[P, Iterator[Y]], /, *args: P.args, **kwargs: P.kwargs
    ) -> AsyncGenerator[Y, Any]:
        """Run a module-level generator function in a media process, step by step."""
        return self._stepped(lanes.long(), function, *args, **kwargs)

    def _stepped(
        self,
        lane: Lane,
        function: Callable[P, Iterator[Y]],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> AsyncGenerator[Y, Any]:
        steps = lane.begin_steps(function, *args, **kwargs)
        self._keep_for(steps)
        self._held().enter_process()
        return steps.values()

    async def weights(self, model: str, *, field: str) -> str:
        """Return the folder of a local model's weights."""
        return await self.run_thread(store.folder_of, model, field)

    def run_model(
        self, function: Callable[P, Iterator[Y]], /, *args: P.args, **kwargs: P.kwargs
    ) -> AsyncGenerator[Y, Any]:
        """Run a module-level generator function in a process for models, step by step."""
        return self._stepped(lanes.models(), function, *args, **kwargs)

    async def run_thread(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call a function in one of the engine's threads."""
        return await self._run.host.threads.run(function, *args, **kwargs)

    def _keep_for(self, work: Work[Any]) -> None:
        """Hold the call's memory until the work is over, even if no one waits for it any more."""
        if self._room is not None:
            self._room.share(work.future)

    @asynccontextmanager
    async def outside(self) -> AsyncIterator[None]:
        """Mark the time in which the node waits for a provider and does nothing itself."""
        if self._suspect is None:
            yield
            return
        async with self._suspect.outside():
            yield

    def close(self) -> None:
        """Write down the last report; the node is done."""
        self._reports.close()


class _Reports:
    """Coalesces the progress that the calls of one node report."""

    __slots__ = ("_due", "_run", "_timer", "_waiting", "items")

    def __init__(self, run: ActiveRun) -> None:
        self._run = run
        self._due = 0.0
        self._waiting: Progress | None = None
        self._timer: asyncio.TimerHandle | None = None
        #: Of a list's calls, how many are done and how many there are; None for a single call.
        self.items: tuple[int, int] | None = None

    def add(self, report: Progress) -> None:
        """Write a report down now or a little later, unless a newer one takes its place."""
        if report.preview is None and self._waiting is not None:
            report = replace(report, preview=self._waiting.preview)
        now = time.monotonic()
        if now >= self._due and self._timer is None:
            self._due = now + PROGRESS_SECONDS
            self._run.journal.append(report)
            return
        self._waiting = report
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._due - now, self._report)

    def close(self) -> None:
        """Write the last one down."""
        if self._timer is not None:
            self._timer.cancel()
        self._report()

    def _report(self) -> None:
        report, self._waiting, self._timer = self._waiting, None, None
        if report is None or self._run.journal.broken is not None:
            return
        self._due = time.monotonic() + PROGRESS_SECONDS
        self._run.journal.append(report)


def _read(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read()
