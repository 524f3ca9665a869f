"""What a host offers a node type; the engine and the tests' fake both provide it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, BinaryIO, ParamSpec, Protocol, TypeVar

from workflows.graph.measure import LOOP_BYTES
from workflows.types import Json, JsonObject, NodeId

if TYPE_CHECKING:
    from av import VideoFrame
    from numpy.typing import NDArray
    from PIL.Image import Image

    from workflows.nodes.runner import Lacks, Runner


@dataclass(frozen=True, slots=True)
class Charged:
    """What a provider was paid for a call: `usd` as it says, None where it does not say.

    `model` is `provider/name`, `usage` what was counted (tokens, seconds, …). `request_id` is the
    request's, where it has one: a request is paid once, however often its result is fetched.
    """

    model: str
    usd: Decimal | None = None
    usage: Mapping[str, float] = field(default_factory=dict)
    request_id: str = ""


P = ParamSpec("P")
R = TypeVar("R")
Y = TypeVar("Y")


class Response(Protocol):
    """A response of the guarded fetch, fully read and within its limits."""

    status: int
    headers: dict[str, str]
    body: bytes
    url: str


class Clip(Protocol):
    """A video or audio, opened; only `run_cpu` and `run_steps` can read it, here are its facts.

    Sizes are px as shown, times seconds from its beginning; `duration` is 0 where it is not known.
    """

    width: int
    height: int
    duration: float
    rate: Fraction
    has_audio: bool

    def frames(
        self, start: float = 0.0, end: float | None = None, *, near: bool = False
    ) -> Iterator[tuple[float, VideoFrame]]:
        """Yield each frame, upright, with its time, from the one that is seen at `start` on.

        With `near` it may begin a little earlier, which is much faster in a long video.
        """
        ...

    def steady(
        self, rate: Fraction, start: float = 0.0, end: float | None = None
    ) -> Iterator[VideoFrame]:
        """Yield the frames as a video of `rate` frames a second has them."""
        ...

    def audio(self, start: float = 0.0, end: float | None = None) -> Iterator[NDArray[Any]]:
        """Yield the audio without gaps: stereo float32 (2, n), 48,000 samples a second."""
        ...

    def stored_audio(self) -> Iterator[Any]:
        """Yield the stream of its audio, then its packets as they are stored; nothing without."""
        ...

    def frame_image(self, frame: VideoFrame) -> Image:
        """Return a frame as an image: RGB, or RGBA where it can be seen through."""
        ...


async def apart(
    context: Context, size: int, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs
) -> R:
    """Work on `size` bytes: at once when they are few, else in a thread."""
    if size <= LOOP_BYTES:
        return function(*args, **kwargs)
    return await context.run_thread(function, *args, **kwargs)


#: The inputs of another workflow, or what makes them of its JSON schema.
Inputs = JsonObject | Callable[[JsonObject], JsonObject]


class Context(Protocol):
    """A node's only way to storage, network, progress and secrets.

    Media on connections are references, never bytes:
    `{"asset": uuid, "url": "/media/<uuid>", "content_type", "size" bytes, "sha256", "width" px,
    "height" px, "duration" seconds, "name"}`. `load_image` also takes a bare URL (ours, http(s) or
    data:), as API callers send them.
    """

    run_id: str
    node_id: NodeId
    data: JsonObject
    inputs: JsonObject
    """The values given to the run as a whole (request input reads them)."""

    def warn(self, message: str) -> None:
        """Note a sentence that the node's author should know although the node runs.

        It is kept with the node's row and shown with its result.
        """
        ...

    async def load_image(self, value: Json, *, field: str, mode: str | None = None) -> Image:
        """Open a media reference as a fully decoded image, in `mode` if given.

        The pixels are where `run_cpu` works: only size and mode can be read here.
        Raises NodeError naming `field` when it is not an image, too large or not to be had.
        """
        ...

    async def make_room(
        self, width: int, height: int, *, field: str, pixel_bytes: int | None = None
    ) -> None:
        """Wait for the memory that making an image of this size takes.

        A pixel takes what the node type says, or `pixel_bytes`. What is read has its room by
        itself. Raises NodeError naming `field` when it is too large.
        """
        ...

    async def save_image(
        self, image: Image, *, name: str, format: str = "PNG", **options: Any
    ) -> JsonObject:
        """Store an image and return its media reference; `options` go to Pillow's save.

        Without any it may be kept as its recipe, while only joining nodes read it.
        """
        ...

    async def load_bytes(self, value: Json, *, field: str) -> bytes:
        """Read a media reference's bytes."""
        ...

    async def file(self, value: Json, *, field: str) -> JsonObject:
        """Return the whole media reference of a file of this server that a value names.

        Raises NodeError naming `field` when there is no such file.
        """
        ...

    async def load_clip(self, value: Json, *, field: str, kind: str = "video") -> Clip:
        """Open a media reference that must hold a `kind`: video (a GIF is one), audio or any.

        Raises NodeError naming `field` when it does not, is too long, too large or not to be had.
        """
        ...

    async def keep_clip(self, clip: Clip, *, name: str) -> JsonObject | None:
        """Keep a derived video as its recipe, and return the media reference of it.

        None: it has to be written to a file now, for something other than a joining node needs it.
        """
        ...

    def new_file(self) -> BinaryIO:
        """Return an empty file on disk to write to; it is gone once closed. For `save_bytes`."""
        ...

    async def save_bytes(
        self, body: bytes | BinaryIO, *, name: str, content_type: str
    ) -> JsonObject:
        """Store bytes, or all that a file holds, and return their media reference."""
        ...

    async def fetch(
        self,
        url: str,
        *,
        field: str,
        method: str = "GET",
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
        timeout_seconds: float = 60.0,
        max_bytes: int = 100 * 1024 * 1024,
        sink: Callable[[bytes], Awaitable[None]] | None = None,
        allow: tuple[str, ...] = (),
        once: bool = False,
    ) -> Response:
        """Call a URL that a user chose, through the guard; private addresses are refused.

        A response of more than `max_bytes` is too large. `sink` takes the pieces of its body as
        they come. `allow` are origins that may be private, from `server` alone. `once`: what may
        have arrived, and have been charged, is not sent again.

        Raises NodeError naming `field` (blocked, unreachable, too large, too slow).
        """
        ...

    async def credential(self, *, url: str, field: str = "credential") -> dict[str, str] | None:
        """Return the header that shows the run owner's credential to the origin of `url`.

        It is the one that the node's `field` of the widget `credential` chooses, or in a workflow
        of another user the one that the owner has bound to it; None: none is chosen.
        The secret in it is hidden from everything the run reports; send it and keep it nowhere.
        Raises NodeError naming `field`: no such credential, none bound, or not one for this origin.
        """
        ...

    async def spend(self, model: str) -> None:
        """Return whether a call of a model may be made on the key that `credential` has shown.

        What it may cost is reserved until the node's call is over. Raises KeyCapReached, and
        RunCapReached when it is more than the run may spend.
        """
        ...

    def slot(self, provider: str) -> AbstractAsyncContextManager[None]:
        """Return what to hold around a call of a provider, so that not too many are under way."""
        ...

    async def charged(self, charged: Charged) -> None:
        """Note what a call has cost at its provider, whatever becomes of the node."""
        ...

    async def server(self, name: str) -> str | None:
        """Return the URL of a model server that the operator allows, None for no such."""
        ...

    async def is_account(self, name: str) -> bool:
        """Return whether `workflows/<name>/…` means a user of this server."""
        ...

    async def alias(self, app: str) -> tuple[str, str] | None:
        """Return the owner and name of the workflow an app id is an alias of, None for no alias.

        The run's owner's own aliases go before those of the site. Raises NodeError naming `app`
        when the owner may not read the workflow any more.
        """
        ...

    async def runner(self, tags: list[str], *, field: str, lacks: Lacks) -> Runner:
        """Pick a registered ComfyUI server that has all these tags, for the run's owner.

        Of several it is one whose node types lack least, which `lacks` counts.
        Raises NodeError naming `field` when there is none, or none of them responds.
        """
        ...

    async def runner_at(self, id: str) -> Runner:
        """Return the runner that has been picked before. Raises NodeError when it is gone."""
        ...

    async def run_workflow(self, owner: str, name: str, inputs: Inputs) -> JsonObject:
        """Run another workflow, `<owner>/<name>`, and return its result.

        `inputs` may be a function that makes them of the JSON schema of what it takes.

        It must be the user's own, public or a template. Raises NodeError when it is not there,
        does not take these inputs, fails, or is too deep in workflows that run workflows.
        """
        ...

    async def progress(
        self, fraction: float | None, text: str = "", preview: JsonObject | None = None
    ) -> None:
        """Report how far the node is (0..1, None: unknown); calls are coalesced."""
        ...

    async def run_cpu(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call a module-level function in a media process, so that the engine stays responsive.

        Images, clips and files of this context go to it and images come back without being copied.
        Besides them arguments can be whatever can be pickled, results plain values. A process may
        die of what it reads: that fails this node and nothing else.
        """
        ...

    def run_steps(
        self, function: Callable[P, Iterator[Y]], /, *args: P.args, **kwargs: P.kwargs
    ) -> AsyncGenerator[Y, Any]:
        """Run a module-level generator function in a media process, for long work in steps.

        Each value it yields comes out here, and what is sent goes in; it works on when the next is
        requested. Use it in `contextlib.aclosing`: what is not read to its end is stopped there.
        """
        ...

    async def weights(self, model: str, *, field: str) -> str:
        """Return the folder of the weights of a local model; "" where its library brings them.

        Raises LibraryMissing and WeightsMissing naming `field`: they say what is to be done.
        """
        ...

    def run_model(
        self, function: Callable[P, Iterator[Y]], /, *args: P.args, **kwargs: P.kwargs
    ) -> AsyncGenerator[Y, Any]:
        """Do the same as `run_steps` in a process that keeps the model it has loaded."""
        ...

    async def run_thread(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call a function that works on texts and data in a thread of the server."""
        ...
