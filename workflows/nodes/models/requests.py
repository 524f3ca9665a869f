"""The request of a task to a model and its result, the same for every provider."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field

from workflows.types import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Media:
    """A file as it travels to or from a provider."""

    body: bytes
    content_type: str
    name: str = "file"

    @property
    def data_url(self) -> str:
        """The file as a `data:` URL."""
        return f"data:{self.content_type};base64,{base64.b64encode(self.body).decode()}"


@dataclass(frozen=True, slots=True)
class Kept(Media):
    """A file that is stored here, for those that can read it by its URL."""

    url: str = ""

    @property
    def data_url(self) -> str:
        """The file's own URL: there is nothing to be sent."""
        return self.url


#: The model's own fields by name, as its schema calls them.
Fields = Mapping[str, Json | Media | list[Media]]


@dataclass(frozen=True, slots=True)
class Chat:
    """A question. `schema`: a JSON schema that the response has to fit."""

    prompt: str
    system: str = ""
    images: tuple[Media, ...] = ()
    temperature: float | None = None
    max_tokens: int | None = None
    schema: JsonObject | None = None
    effort: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """A response to a question; `usage` counts tokens, `cost` is USD where the provider says so."""

    text: str
    usage: JsonObject = field(default_factory=dict)
    cost: float | None = None
    cut: bool = False


@dataclass(frozen=True, slots=True)
class NewImages:
    """Images to be made, after `images` and where `mask` is white, if they are given.

    `ratio` is like `16:9`, `size` the longer side in px; what a provider has no word for is left
    to it.
    """

    prompt: str
    images: tuple[Media, ...] = ()
    mask: Media | None = None
    ratio: str = "1:1"
    size: int = 1024
    count: int = 1
    seed: int | None = None
    negative: str = ""
    transparent: bool = False
    fields: Fields = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Speech:
    """A text to be spoken; `speed` 1 is ordinary, `style` says how, in words."""

    text: str
    voice: str = ""
    speed: float = 1.0
    style: str = ""
    fields: Fields = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recording:
    """Speech to be written down; `language` is a code such as `en`, empty: found out."""

    audio: Media
    language: str = ""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A stretch of what was said, in seconds."""

    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said; `segments` and `words` only where the provider gives times."""

    text: str
    segments: tuple[Spoken, ...] = ()
    words: tuple[Spoken, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class NewAudio:
    """A sound effect or music to be made; `seconds` None lets the model choose."""

    prompt: str
    music: bool = False
    seconds: float | None = None
    fields: Fields = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a moderation model says: whether anything is wrong, and how sure it is of what."""

    flagged: bool
    categories: dict[str, Json]
    scores: dict[str, Json]


@dataclass(frozen=True, slots=True)
class NewVideo:
    """A video to be made, from its first and to its last frame where they are given."""

    prompt: str
    first: Media | None = None
    last: Media | None = None
    seconds: float | None = None
    ratio: str = "16:9"
    resolution: str = ""
    seed: int | None = None
    fields: Fields = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewOfAny:
    """Whatever a model makes, of its own fields."""

    fields: Fields = field(default_factory=dict)


#: A request to a model that may take its time.
ModelRequest = NewImages | NewVideo | NewAudio | NewOfAny
