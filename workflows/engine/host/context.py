"""What a node has of its host, as the engine opens it: files, fetch, progress and threads."""

from __future__ import annotations

import copy
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, ParamSpec, TypeVar, cast

from django.conf import settings

from workflows import database
from workflows.engine.credentials import model_server
from workflows.engine.host import derived, derived_images, files, nested, runner_handle
from workflows.engine.host.image_loading import ImageLoader
from workflows.engine.host.memory import Room
from workflows.engine.host.origins import origin_of
from workflows.engine.host.payment import Payment
from workflows.engine.host.reports import Reports
from workflows.engine.limits import slots_of
from workflows.errors import FetchUnsent, PatchbayError
from workflows.journal.events import Progress, Warned
from workflows.media import clips, fetch, images, memory, storage
from workflows.media.drafts import new_draft
from workflows.media.fetch import Fetched
from workflows.media.origin import Origin
from workflows.media.processes import lanes
from workflows.media.processes.pixels import Pixels
from workflows.media.processes.pool import Lane, Work
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

#: What is kept of a node's warnings.
MOST_WARNINGS = 50
LONGEST_WARNING = 1_000


class NodeContext:
    """What one node of one run can use; implements `workflows.nodes.context.Context`."""

    __slots__ = (
        "_arguments",
        "_node",
        "_payment",
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
        self._run = run
        self._suspect = suspect
        self._node = node
        self._reports = Reports(run)
        self._arguments: JsonObject = {}
        self._room: Room | None = None
        self._payment = Payment(run, node)

    def for_item(self) -> NodeContext:
        """Return the context of one of several calls: what it holds is its own."""
        return copy.copy(self)

    @contextmanager
    def call(self, arguments: JsonObject) -> Iterator[None]:
        """Hold memory, and money of a key, for a call of the node until its end."""
        self._arguments = arguments
        self._payment = payment = Payment(self._run, self._node, arguments)
        try:
            yield
        finally:
            self.let_go()
            payment.release()

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
        loader = ImageLoader(self._run, self._node, self._arguments, self._held, self.run_cpu)
        return cast("Image", await loader.load(value, field, mode))

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
        return await self._payment.credential(url, field)

    async def spend(self, model: str) -> None:
        """Reserve what a call may cost within the caps of its run and of the key that it uses."""
        await self._payment.spend(model)

    async def charged(self, charged: Charged) -> None:
        """Note what a call has cost, in the journal and in the ledger at once."""
        await self._payment.charged(charged)

    @asynccontextmanager
    async def slot(self, provider: str) -> AsyncIterator[None]:
        """Hold one of the calls of a provider that may be under way at once."""
        async with AsyncExitStack() as held:
            run_id = self._run.run_id
            slots = self._run.host.slots.of(provider, slots_of(provider), run_id)
            with self._run.host.waits(run_id):
                async with self.outside():
                    await held.enter_async_context(slots)
            yield

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


def _read(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read()
