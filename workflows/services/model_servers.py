"""Servers of models that staff allow here: Ollama, LM Studio, and all that speak as OpenAI does."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from workflows.bodies import Body, Meta, Name
from workflows.errors import (
    FetchRefused,
    InvalidBody,
    PatchbayError,
    ServerExists,
    ServerNotFound,
    ServersForbidden,
)
from workflows.graph.ports import LOCAL
from workflows.media import fetch
from workflows.models import ModelServer, User
from workflows.nodes.models import providers
from workflows.nodes.models.client import Client
from workflows.services.database import one

MAX_SERVERS = 50
#: Where servers of models listen by default.
USUAL = (
    ("Ollama", "http://127.0.0.1:11434/v1"),
    ("LM Studio", "http://127.0.0.1:1234/v1"),
    ("llama.cpp", "http://127.0.0.1:8080/v1"),
    ("vLLM", "http://127.0.0.1:8000/v1"),
    ("LocalAI", "http://127.0.0.1:8081/v1"),
    ("Jan", "http://127.0.0.1:1337/v1"),
)
POLL_SECONDS = 2.0


class NewServer(Body):
    """A server to allow: what it is called here, and the URL before `/chat/completions`."""

    name: Name
    base_url: Annotated[str, Meta(max_length=500)]


@dataclass(frozen=True, slots=True)
class Found:
    """A server that responds on this machine, and how many models it lists."""

    name: str
    base_url: str
    models: int


def server_list() -> list[ModelServer]:
    """List the servers that are allowed, by name."""
    return list(ModelServer.objects.order_by("name", "pk"))


@transaction.atomic
def server_create(*, user: User, request: NewServer) -> ModelServer:
    """Allow a server for everybody here. Raises ServersForbidden, InvalidBody and ServerExists."""
    _staff(user)
    slug = slugify(request.name)[:40]
    if not slug or slug == LOCAL or slug in providers.PROVIDERS:
        raise InvalidBody(
            "This name is taken by a provider." if slug else "The name has no letter in it.",
            field="name",
            value=request.name,
            expected="another name, such as Ollama",
        )
    if ModelServer.objects.count() >= MAX_SERVERS:
        raise InvalidBody(
            f"There are {MAX_SERVERS} servers already.",
            field="name",
            value=request.name,
            expected="fewer servers",
        )
    row = ModelServer(
        slug=slug, name=request.name.strip(), base_url=_base(request.base_url), created_by=user
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise ServerExists(field="name", value=row.name) from error
    return row


def server_delete(*, user: User, slug: str) -> None:
    """Allow a server no longer. Raises ServersForbidden and ServerNotFound."""
    _staff(user)
    found = one(ModelServer.objects.filter(slug=slug))
    if found is None:
        raise ServerNotFound()
    found.delete()


def servers_found(*, user: User) -> list[Found]:
    """Look for servers on the usual ports of this machine, those allowed already left out.

    Raises ServersForbidden.
    """
    _staff(user)
    known = {row.base_url for row in server_list()}
    return asyncio.run(_probe_all([row for row in USUAL if row[1] not in known]))


async def _probe_all(places: list[tuple[str, str]]) -> list[Found]:
    rows = await asyncio.gather(*(_probe(name, base) for name, base in places))
    return [row for row in rows if row is not None]


async def _probe(name: str, base: str) -> Found | None:
    try:
        async with asyncio.timeout(POLL_SECONDS):
            models = await providers.SERVER.models(client_of(name, base))
    except (PatchbayError, TimeoutError):
        return None
    return Found(name, base, len(models))


def client_of(name: str, base: str, headers: dict[str, str] | None = None) -> Client:
    """Return the way to a server that may be private."""
    allowed = partial(fetch.fetch, allow=(fetch.origin_of(base),))
    return Client(name, name, base.rstrip("/"), allowed, headers or {})


def _staff(user: User) -> None:
    if not user.is_staff:
        raise ServersForbidden()


def _base(url: str) -> str:
    try:
        fetch.origin_of(url)
    except FetchRefused as error:
        raise InvalidBody(
            error.message,
            field="baseUrl",
            value=url[:200],
            expected="a URL such as http://127.0.0.1:11434/v1",
        ) from error
    return url.strip().rstrip("/")
