"""fal's queue for nodes of models: what an endpoint takes is read from its published schema."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from workflows.errors import ModelFailed
from workflows.graph.document import is_number
from workflows.nodes.fal import service
from workflows.nodes.models import filling, published
from workflows.nodes.models.client import Client
from workflows.nodes.models.dialect import Dialect, Job, Listed
from workflows.nodes.models.fetching import made
from workflows.nodes.models.requests import ModelRequest
from workflows.types import JsonObject

#: fal's categories, and the tasks they are.
_CATEGORIES = {
    "text-to-image": "image",
    "image-to-image": "edit",
    "text-to-video": "video",
    "image-to-video": "video",
    "text-to-audio": "sound",
    "text-to-music": "sound",
}
_PAGE = "100"


@dataclass(frozen=True)
class FalModels(Dialect):
    """Every endpoint of fal that makes images, videos or audio."""

    tasks: ClassVar[frozenset[str]] = frozenset({"image", "edit", "video", "sound", "any"})
    jobs: ClassVar[frozenset[str]] = tasks

    async def models(self, client: Client) -> list[Listed]:
        """List the endpoints of each category as fal orders them, then the first of all others."""
        found: dict[str, Listed] = {}
        for category in (*_CATEGORIES, ""):
            query = {"category": category, "status": "active", "limit": _PAGE}
            body = await _catalogue(client, {key: value for key, value in query.items() if value})
            for row in body.get("models") or []:
                one = _listed(row)
                if one.name:
                    found.setdefault(one.name, one)
        return list(found.values())

    async def takes(self, client: Client, name: str, task: str) -> list[published.Field]:
        """Read what an endpoint takes from its published schema."""
        _check(name)
        return await _fields(client, name)

    async def check(self, client: Client) -> None:
        """Read a price, which only a key may."""
        query = {"endpoint_id": "fal-ai/flux/dev"}
        await client.at(service.urls().platform).json("/v1/models/pricing", query=query)

    async def begin(self, client: Client, name: str, task: str, request: ModelRequest) -> str:
        """Hand a request in."""
        _check(name)
        fields = await _fields(client, name)
        sent = filling.fill(fields, request)
        body = await client.json(f"/{name}", body=sent, model=name)
        found = body.get("request_id")
        if not isinstance(found, str) or not found:
            raise ModelFailed(
                "fal gave no id for the request.",
                field="model",
                value=name,
                expected="a request_id",
                status=502,
            )
        return found

    async def status(self, client: Client, name: str, task: str, request_id: str) -> Job:
        """Poll a request, and fetch what it has made."""
        place = f"/{_app(name)}/requests/{request_id}"
        state = await client.json(f"{place}/status", query={"logs": "1"}, model=name)
        status = state.get("status")
        if status == "IN_QUEUE":
            position = state.get("queue_position")
            return Job(text=f"Waiting at fal, {position} ahead", state="queued")
        if status != "COMPLETED":
            return Job(text="Running at fal", state="running")
        output = await client.json(place, model=name)
        return await made(client, output, task, name)

    @property
    def prices(self) -> str:
        """fal lists what a unit of an endpoint costs; the response says how many it took."""
        return service.urls().platform

    async def price(self, client: Client, name: str, made: int) -> None:
        """Multiply units and their price, where both are known and it is money."""
        body = await client.json(
            "/v1/models/pricing", query={"endpoint_id": name}, timeout_seconds=20
        )
        for row in body.get("prices") or []:
            if not isinstance(row, dict) or row.get("currency") != "USD":
                continue
            units = client.bill.usage.get("units")
            if units is None and str(row.get("unit") or "").startswith("image"):
                units = made
            if units is not None and is_number(row.get("unit_price")):
                client.bill.pay(Decimal(str(row["unit_price"])) * Decimal(str(units)))
            return

    async def drop(self, client: Client, name: str, request_id: str) -> None:
        """Cancel a request; one that is done is no mistake."""
        with suppress(ModelFailed):
            await client.call(
                f"/{_app(name)}/requests/{request_id}/cancel", method="PUT", model=name
            )


async def _catalogue(client: Client, query: dict[str, str]) -> JsonObject:
    """Read fal's catalogue, which is public; another Patchbay's is shown the key, at its origin."""
    platform = client.at(service.urls().platform)
    if service.origin_of(platform.base) != service.origin_of(client.base):
        platform = platform.anonymous()
    return await platform.json("/v1/models", query=query, timeout_seconds=20)


async def _fields(client: Client, name: str) -> list[published.Field]:
    body = await _catalogue(client, {"endpoint_id": name, "expand": "openapi-3.0"})
    for row in body.get("models") or []:
        whole: Any = row.get("openapi")
        if isinstance(whole, dict):
            schema = _input(whole)
            if schema:
                return published.fields_of(schema, whole)
    raise ModelFailed(
        f"fal does not say what {name} takes.",
        field="model",
        value=name,
        expected="an endpoint of fal, such as fal-ai/flux/dev",
    )


def _input(whole: JsonObject) -> JsonObject:
    """Return the schema of an endpoint's input: that of the POST which is no cancel."""
    for path, item in (whole.get("paths") or {}).items():
        body = (item.get("post") or {}).get("requestBody") if "/requests/" not in path else None
        if isinstance(body, dict):
            content = (body.get("content") or {}).get("application/json") or {}
            found = content.get("schema") or {}
            return published.plain(found, whole)
    return {}


def _listed(row: Any) -> Listed:
    if not isinstance(row, dict):
        return Listed("", ())
    facts = row.get("metadata") or {}
    category, label = str(facts.get("category") or ""), facts.get("display_name") or ""
    task = _CATEGORIES.get(category)
    tasks = (task, "any") if task else ("any",)
    words = "" if task else category.replace("-", " ")
    return Listed(str(row.get("endpoint_id") or ""), tasks, str(label), note=words)


def _app(name: str) -> str:
    """Return an endpoint's app: its requests are found without what follows `owner/name`."""
    return "/".join(name.split("/")[: 3 if name.startswith("workflows/") else 2])


def _check(name: str) -> None:
    if not service.is_app(name) or ".." in name:
        raise ModelFailed(
            f"{name} is no endpoint of fal.",
            field="model",
            value=name,
            expected="owner/name, such as fal-ai/flux/dev",
        )
