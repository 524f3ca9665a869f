"""What a provider can be asked for; every provider's file implements the tasks it has."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, NoReturn

from workflows.errors import ModelGone
from workflows.graph.ports import TASKS
from workflows.nodes.models import published
from workflows.nodes.models.door import Door
from workflows.nodes.models.published import Field
from workflows.nodes.models.requests import (
    Asked,
    Chat,
    Fields,
    Media,
    NewImages,
    NewSound,
    Recording,
    Reply,
    Speech,
    Transcript,
    Verdict,
)
from workflows.types import Json, JsonObject

#: Gets the pieces so far of a response that grows.
Told = Callable[[Sequence[str]], Awaitable[None]]


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
    """How a request stands that takes minutes: done with files, or going on (`state`).

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

    async def models(self, door: Door) -> list[Listed]:
        """List what the provider has."""
        return []

    async def takes(self, door: Door, name: str, task: str) -> list[Field]:
        """Return what a model takes, as its provider says, or else as its documentation does."""
        return self.own(task)

    def own(self, task: str) -> list[Field]:
        """Return the fields of a task that stand in the documentation alone."""
        return published.fields_of({"properties": dict(self.fields.get(task, {}))}, {})

    def further(self, task: str, fields: Fields) -> JsonObject:
        """Return those values that a request takes. Raises ModelFailed for what does not fit."""
        return published.sent(self.own(task), fields)

    async def check(self, door: Door) -> None:
        """Make one harmless call that only a good key can make."""
        await self.models(door)

    async def chat(self, door: Door, name: str, asked: Chat, told: Told) -> Reply:
        """Return the response to a question, telling it as it grows."""
        self._lacks(door, name, "chat")

    async def images(self, door: Door, name: str, asked: NewImages) -> list[Media]:
        """Return new images, or edited ones where there are some to begin with."""
        self._lacks(door, name, "images")

    async def speak(self, door: Door, name: str, asked: Speech) -> Media:
        """Return a text as speech."""
        self._lacks(door, name, "speech")

    async def transcribe(self, door: Door, name: str, asked: Recording) -> Transcript:
        """Return speech as a text."""
        self._lacks(door, name, "transcripts")

    async def sound(self, door: Door, name: str, asked: NewSound) -> Media:
        """Return a sound or a piece of music."""
        self._lacks(door, name, "sound")

    async def embed(self, door: Door, name: str, texts: list[str]) -> list[list[float]]:
        """Return a vector for each text."""
        self._lacks(door, name, "embeddings")

    async def moderate(self, door: Door, name: str, text: str, images: list[Media]) -> Verdict:
        """Judge a text and images."""
        self._lacks(door, name, "moderation")

    async def begin(self, door: Door, name: str, task: str, asked: Asked) -> str:
        """Hand a request in and return its id."""
        self._lacks(door, name, TASKS[task].lower())

    async def look(self, door: Door, name: str, task: str, request_id: str) -> Job:
        """Ask how a request stands. Raises NodeError when it has failed."""
        self._lacks(door, name, TASKS[task].lower())

    @property
    def prices(self) -> str:
        """Where a key is shown to learn what a request has cost; empty: its response says all."""
        return ""

    async def price(self, door: Door, name: str, made: int) -> None:
        """Put on the door's bill what a request that has made so many files has cost."""

    async def drop(self, door: Door, name: str, request_id: str) -> None:
        """Say that nobody wants the result any more."""

    def _lacks(self, door: Door, name: str, what: str) -> NoReturn:
        raise ModelGone(
            f"{door.who} makes no {what} here.",
            field="model",
            value=f"{door.provider}/{name}",
            expected="a model of another provider",
        )
