"""Who runs models, and a user's account with each: its key, its client, its known models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from workflows.bodies import SECRET, Body, Meta
from workflows.engine.credentials import provider_header
from workflows.errors import CredentialMissing, FetchTimeout, PatchbayError, ProviderNotFound
from workflows.media import fetch
from workflows.models import Credential, ModelServer, User
from workflows.nodes.models import providers
from workflows.nodes.models.client import Client
from workflows.nodes.models.dialect import Dialect, Listed
from workflows.nodes.models.providers import PROVIDERS, SERVER, Provider
from workflows.services import model_servers

State = Literal["connected", "needsKey", "open"]


class Trial(Body):
    """A key to be tried out; without one, the stored key is."""

    secret: Annotated[str, Meta(extra=SECRET)] | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """A provider, and the user's key of it if there is one."""

    id: str
    name: str
    kind: Literal["cloud", "server"]
    base: str
    tasks: tuple[str, ...]
    state: State
    credential: Credential | None = None
    key_url: str = ""
    key_hint: str = ""

    @property
    def dialect(self) -> Dialect:
        """Return how its API is spoken."""
        known = PROVIDERS.get(self.id)
        return known.dialect if known else SERVER

    @property
    def known(self) -> tuple[Listed, ...]:
        """Return the dated list of its models, which is used where its own cannot be had."""
        known = PROVIDERS.get(self.id)
        return known.known if known else ()

    def client(self, headers: dict[str, str]) -> Client:
        """Return a client of its API that sends these headers."""
        known = PROVIDERS.get(self.id)
        if known is None or providers.is_moved(known):
            return model_servers.client_of(self.id, self.base, headers).named(self.name)
        return Client(self.id, self.name, self.base, fetch.fetch, headers)

    def headers(self, user: User) -> dict[str, str] | None:
        """Return the header of the stored key; none is needed: {}; it is missing: None."""
        header = provider_header(user.pk, self.id, self.base)
        return {} if header is None and self.state == "open" else header

    def missing(self, field: str, value: str = "") -> CredentialMissing:
        """Return the error of a call that needs a key."""
        return CredentialMissing(
            f"No key of {self.name} is stored.",
            field=field,
            value=value or None,
            expected=f"an API key of {self.name}",
        )

    def slow(self) -> PatchbayError:
        """Return the error of a call that gets no response in time."""
        return FetchTimeout(
            f"{self.name} does not respond.", value=self.base, expected="a response"
        )


def provider_list(*, user: User) -> list[Account]:
    """List the providers, those that a user has a key of first, then the servers allowed here."""
    keys = _keys(user)
    cloud = [_account(row, keys.get(row.id)) for row in PROVIDERS.values()]
    servers = [_server(row, keys.get(row.slug)) for row in model_servers.server_list()]
    return sorted(cloud, key=lambda row: row.state != "connected") + servers


def account_of(user: User, provider_id: str) -> Account:
    """Return one of the providers; raises ProviderNotFound."""
    for row in provider_list(user=user):
        if row.id == provider_id:
            return row
    raise ProviderNotFound()


def _keys(user: User) -> dict[str, Credential]:
    """Map provider to the user's newest key of it."""
    rows = Credential.objects.filter(owner=user).defer("secret").order_by("pk")
    return {row.provider.lower(): row for row in rows}


def _account(row: Provider, credential: Credential | None) -> Account:
    return Account(
        row.id,
        row.name,
        "cloud",
        providers.base_of(row),
        row.tasks,
        "connected" if credential else "needsKey",
        credential,
        row.key_url,
        row.key_hint,
    )


def _server(row: ModelServer, credential: Credential | None) -> Account:
    tasks = ("chat", "describe", "image", "edit", "speak", "transcribe", "embed")
    state: State = "connected" if credential else "open"
    return Account(row.slug, row.name, "server", row.base_url, tasks, state, credential)
