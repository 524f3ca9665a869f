"""The tasks of a provider; every provider's file implements the tasks it has."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, NoReturn

from workflows.errors import ModelGone
from workflows.graph.ports import TASKS
from workflows.nodes.models import published
from workflows.nodes.models.client import Client
from workflows.nodes.models.published import Field
from workflows.nodes.models.requests import (
    Chat,
    Fields,
    Media,
    ModelRequest,
    NewAudio,
    NewImages,
    Recording,
    Reply,
    Speech,
    Transcript,
    Verdict,
)
from workflows.types import Json, JsonObject

#: Gets the pieces so far of a response that grows.
OnText = Callable[[Sequence[str]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Listed:
    """A model as its provider lists it: its name there, and the tasks it is for.

    `label` is what people call it, `price` words, `note` what else is worth knowing.
    """

    name: str
    tasks: tuple[str, ...]
    label: str = ""
    price: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """The state of a request that takes minutes: done with files, or going on (`state`).

    `output` is the whole of what a model has made, as `outputs.gathered` returns it.
    """

    done: tuple[Media, ...] = ()
    fraction: float | None = None
    text: str = ""
    state: str = "running"
    output: Json = None


class Dialect:
    """A way of speaking. A task that a provider does not have is refused with a sentence.

    `name` in every method is the model's name at the provider.
    """

    #: The tasks that are implemented; `describe` follows from `chat`.
    tasks: ClassVar[frozenset[str]] = frozenset()
    #: By task, what requests take besides, as JSON schemas by name: no listing publishes it.
    fields: ClassVar[Mapping[str, JsonObject]] = {}
    #: Those of them that are requests with an id, which can be found again.
    jobs: ClassVar[frozenset[str]] = frozenset()

    async def models(self, client: Client) -> list[Listed]:
        """List what the provider has."""
        return []

    async def takes(self, client: Client, name: str, task: str) -> list[Field]:
        """Return what a model takes, as its provider says, or else as its documentation does."""
        return self.own(task)

    def own(self, task: str) -> list[Field]:
        """Return the fields of a task that are in the documentation alone."""
        return published.fields_of({"properties": dict(self.fields.get(task, {}))}, {})

    def further(self, task: str, fields: Fields) -> JsonObject:
        """Return those values that a request takes. Raises ModelFailed for what does not fit."""
        return published.sent(self.own(task), fields)

    async def check(self, client: Client) -> None:
        """Make one harmless call that only a good key can make."""
        await self.models(client)

    async def chat(self, client: Client, name: str, request: Chat, on_text: OnText) -> Reply:
        """Return the response to a question, reporting it as it grows."""
        self._lacks(client, name, "chat")

    async def images(self, client: Client, name: str, request: NewImages) -> list[Media]:
        """Return new images, or edited ones where there are some to begin with."""
        self._lacks(client, name, "images")

    async def speak(self, client: Client, name: str, request: Speech) -> Media:
        """Return a text as speech."""
        self._lacks(client, name, "speech")

    async def transcribe(self, client: Client, name: str, request: Recording) -> Transcript:
        """Return speech as a text."""
        self._lacks(client, name, "transcripts")

    async def sound(self, client: Client, name: str, request: NewAudio) -> Media:
        """Return a sound effect or music."""
        self._lacks(client, name, "sound")

    async def embed(self, client: Client, name: str, texts: list[str]) -> list[list[float]]:
        """Return a vector for each text."""
        self._lacks(client, name, "embeddings")

    async def moderate(self, client: Client, name: str, text: str, images: list[Media]) -> Verdict:
        """Judge a text and images."""
        self._lacks(client, name, "moderation")

    async def begin(self, client: Client, name: str, task: str, request: ModelRequest) -> str:
        """Hand a request in and return its id."""
        self._lacks(client, name, TASKS[task].lower())

    async def status(self, client: Client, name: str, task: str, request_id: str) -> Job:
        """Poll a request. Raises NodeError when it has failed."""
        self._lacks(client, name, TASKS[task].lower())

    @property
    def prices(self) -> str:
        """Where a key is shown to learn what a request has cost; empty: its response says all."""
        return ""

    async def price(self, client: Client, name: str, made: int) -> None:
        """Put on the client's bill what a request that has made so many files has cost."""

    async def drop(self, client: Client, name: str, request_id: str) -> None:
        """Cancel a request whose result is not needed any more."""

    def _lacks(self, client: Client, name: str, what: str) -> NoReturn:
        raise ModelGone(
            f"{client.who} makes no {what} here.",
            field="model",
            value=f"{client.provider}/{name}",
            expected="a model of another provider",
        )
