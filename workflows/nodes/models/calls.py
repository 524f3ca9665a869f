"""A node's call of the model it has chosen: whose, where, with which key."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from workflows.errors import (
    CredentialMissing,
    ModelFailed,
    ModelMissing,
    NodeError,
    ServerNotAllowed,
)
from workflows.graph.node_ports import declared_rows
from workflows.graph.ports import LOCAL, MEDIA, OF_MODEL, TASKS, WORKFLOW, Input
from workflows.nodes.context import Charged, Context
from workflows.nodes.models import filling, outputs, providers, published
from workflows.nodes.models.client import Client
from workflows.nodes.models.dialect import Dialect, OnText
from workflows.nodes.models.requests import Fields, Kept, Media, ModelRequest
from workflows.types import Json, JsonObject

if TYPE_CHECKING:
    from PIL.Image import Image

R = TypeVar("R")

#: What is shown of a response while it grows: its end, so that the journal stays small.
SHOWN = 600
SHOWN_SECONDS = 0.1

#: What an image is scaled to before it is sent to be looked at, px of the longer side.
LOOKED_AT = 1568
#: And before it is sent to be worked on.
SENT = 2048


@dataclass(frozen=True, slots=True)
class Chosen:
    """A model, the way its provider speaks, and the way there."""

    name: str
    dialect: Dialect
    client: Client

    @property
    def id(self) -> str:
        """`provider/name`."""
        return f"{self.client.provider}/{self.name}"


def model_input(task: str, default: str = "") -> Input:
    """Declare the field that chooses a model of a task."""
    return Input(
        "model",
        "text",
        "Model",
        required=not default,
        default=default or None,
        widget="model",
        task=task,
        port=False,
    )


#: The field that chooses the key; without a choice the newest of the model's provider is used.
KEY = Input(
    "credential",
    "text",
    "API key",
    widget="credential",
    port=False,
    advanced=True,
    provider=OF_MODEL,
    help="Empty uses your newest key of the model's provider.",
)


def split(model: str | None) -> tuple[str, str]:
    """Return provider and name of `provider/name`. Raises ModelMissing."""
    provider, _, name = (model or "").strip().partition("/")
    if not provider or not name:
        raise ModelMissing(
            "No model is chosen." if not model else f"{model} names no provider.",
            field="model",
            value=model,
            expected="a model such as openai/gpt-image-2 or ollama/llama3.2",
        )
    return provider, name


def dialect_of(model: str | None) -> Dialect:
    """Return the way the provider of a model speaks. Raises ModelMissing."""
    provider, _ = split(model)
    if provider == WORKFLOW:
        return Dialect()
    known = providers.PROVIDERS.get(provider)
    return known.dialect if known is not None else providers.SERVER


def is_workflow(model: str | None) -> bool:
    """Return whether the model is a workflow of this server."""
    return split(model)[0] == WORKFLOW


async def by_workflow(context: Context, model: str | None, request: ModelRequest) -> Json:
    """Have a workflow of this server process a request, and return its result.

    The request goes into the fields of the workflow that have a place for it. Raises NodeError.
    """
    owner, _, name = split(model)[1].partition("/")

    def inputs(schema: JsonObject) -> JsonObject:
        return filling.fill(published.fields_of(schema, schema), request)

    return await context.run_workflow(owner, name, inputs)


async def files_of_workflow(
    context: Context, model: str | None, task: str, request: ModelRequest
) -> list[Json]:
    """Do the same and return the files it has made for the task. Raises ModelFailed for none."""
    output = await by_workflow(context, model, request)
    made = outputs.files(output, task)
    if not made:
        raise ModelFailed(
            f"The workflow {split(model)[1]} has made nothing that this node returns.",
            field="model",
            value=model,
            expected=f"a result for {TASKS[task]}",
        )
    return made


def kept(value: Json) -> Kept:
    """Return a file as a workflow of this server takes it: by its URL."""
    url = value.get("url") if isinstance(value, dict) else value
    kind = value.get("content_type") if isinstance(value, dict) else ""
    return Kept(b"", str(kind or ""), url=str(url or ""))


async def choose(context: Context, model: str | None) -> Chosen:
    """Return the model with the way to it.

    Raises ModelMissing, CredentialMissing, ServerNotAllowed, and what `context.credential` raises.
    """
    provider, name = split(model)
    known = providers.PROVIDERS.get(provider)
    if known is not None:
        base = providers.base_of(known)
        header = await context.credential(url=base)
        if header is None:
            raise CredentialMissing(
                f"{known.name} needs a key of yours.",
                field="model",
                value=model,
                expected=f"an API key of {known.name}, stored on the page Models",
                cause={"provider": provider},
            )
        allow = (base,) if providers.is_moved(known) else ()
        return Chosen(
            name, known.dialect, _client(context, provider, known.name, base, header, allow)
        )
    server = await context.server(provider)
    if server is None or provider == LOCAL:
        raise ServerNotAllowed(
            f"There is no provider {provider} here.",
            field="model",
            value=model,
            expected="a known provider, or a server that staff allow on the page Models",
        )
    header = await _key_of_server(context, server)
    client = _client(context, provider, provider, server, header, (server,))
    return Chosen(name, providers.SERVER, client)


async def paid(
    context: Context, chosen: Chosen, task: Callable[..., Awaitable[R]], *request: Any
) -> R:
    """Do a task of the model's dialect; its key's cap is kept, and what it has cost noted.

    Raises KeyCapReached, and what the task raises: what that has cost is noted where it was said.
    """
    await context.spend(chosen.id)
    try:
        async with context.slot(split(chosen.id)[0]):
            made = await task(chosen.client, chosen.name, *request)
    except NodeError:
        if chosen.client.bill.says:
            await context.charged(charged(chosen))
        raise
    await context.charged(charged(chosen))
    return made


def charged(chosen: Chosen, request_id: str = "") -> Charged:
    """Return what was said of the cost of all that went through a model's client."""
    bill = chosen.client.bill
    return Charged(chosen.id, bill.usd, dict(bill.usage), request_id)


async def _key_of_server(context: Context, server: str) -> dict[str, str]:
    """Return the key of a server, most of which want none."""
    try:
        return await context.credential(url=server) or {}
    except NodeError as error:
        if error.code == "CREDENTIAL_NOT_BOUND":
            return {}
        raise


def _client(
    context: Context,
    provider: str,
    who: str,
    base: str,
    header: dict[str, str],
    allow: tuple[str, ...],
) -> Client:
    # Origins are compared whole: what follows the host is of no account.
    origins = tuple("/".join(row.split("/")[:3]) for row in allow)
    fetch = partial(context.fetch, field="model", allow=origins, once=True)
    return Client(provider, who, base.rstrip("/"), fetch, header)


def showing(context: Context) -> OnText:
    """Return what shows a text on the card while it grows."""

    due = 0.0

    async def on_text(parts: Sequence[str]) -> None:
        nonlocal due
        # Looked at before anything is put together: a long response has many thousand pieces.
        if (now := time.monotonic()) < due:
            return
        due = now + SHOWN_SECONDS
        end, length = len(parts), 0
        while end > 0 and length <= SHOWN:
            end -= 1
            length += len(parts[end])
        text = "".join(parts[end:])
        cut = end > 0 or length > SHOWN
        await context.progress(None, f"…{text[-SHOWN:]}" if cut else text)

    return on_text


async def fields(context: Context, inputs: JsonObject) -> Fields:
    """Return the values of the model's own fields, those that `data["inputs"]` declares."""
    found: dict[str, Json | Media | list[Media]] = {}
    for row in declared_rows(context.data.get("inputs"), ("model", "credential")):
        name, value = str(row["name"]), inputs.get(row["name"])
        kind = str(row.get("type"))
        if value is None or kind not in MEDIA:
            found[name] = value
        elif isinstance(value, list):
            found[name] = [await _media(context, one, name, kind) for one in value]
        else:
            found[name] = await _media(context, value, name, kind)
    return found


async def _media(context: Context, value: Json, field: str, kind: str) -> Media:
    if is_workflow(context.data.get("model")):
        return kept(value)
    if kind == "image":
        return await image(context, value, field, side=SENT)
    return await recording(context, value, field)


async def image(context: Context, value: Json, field: str, *, side: int = LOOKED_AT) -> Media:
    """Return an image as it is sent: upright, at most `side` px, JPEG or, if need be, PNG."""
    image = await context.load_image(value, field=field)
    body, content_type = await context.run_cpu(encoded, image, side)
    return Media(body, content_type, "image.png" if "png" in content_type else "image.jpg")


async def recording(context: Context, value: Json, field: str) -> Media:
    """Return an audio file as it is sent: as it is stored."""
    body = await context.load_bytes(value, field=field)
    facts = value if isinstance(value, dict) else {}
    name = str(facts.get("name") or "audio")
    return Media(body, str(facts.get("content_type") or "application/octet-stream"), name)


def encoded(image: Image, side: int, transparent: bool | None = None) -> tuple[bytes, str]:
    """Return an image as JPEG, or as PNG where it can be seen through. In a media process."""
    import io

    small = image.copy()
    small.thumbnail((side, side))
    target = io.BytesIO()
    keeps = "A" in small.getbands() if transparent is None else transparent
    if keeps:
        small.convert("RGBA").save(target, "PNG")
        return target.getvalue(), "image/png"
    small.convert("RGB").save(target, "JPEG", quality=90)
    return target.getvalue(), "image/jpeg"
