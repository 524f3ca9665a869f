"""Which credential a node may show: its user chooses it, never the author of a document.

In a run of the user's own workflow the choice in the document counts. As soon as a workflow of
another user is in the way, only what the user has bound to it counts (docs/decisions/009). This is
the only reader of a stored secret; it goes to the origins its owner has allowed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from workflows.engine.secrets import Secrets
from workflows.errors import CredentialNotBound, CredentialUnknown, FetchRefused, NodeError
from workflows.graph.credentials import WANTED, slot_name
from workflows.graph.ports import Input
from workflows.media import fetch
from workflows.models import Credential, CredentialBinding, ModelServer
from workflows.nodes.models import providers
from workflows.types import Json, JsonObject, NodeId

#: Key in the options of a run.
OPTION = "scope"
#: How providers want to be shown a key; others take it as a bearer.
_HEADERS = {row.id: row.header for row in providers.PROVIDERS.values()}
#: Secrets that name their scheme themselves are sent as they are.
_SCHEMES = ("basic ", "bearer ", "key ", "token ")
#: "Last used" is written down no more often.
_USED_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Key:
    """A stored key as the ledger and its user know it, without its secret."""

    id: str
    name: str
    provider: str


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose choices count in a run.

    `own`: its workflow, and every one that led to it, is the user's own. `root` is the workflow
    that the user has started (None: one that is stored nowhere), `path` the nodes from there.
    """

    own: bool = True
    root: int | None = None
    path: tuple[NodeId, ...] = ()

    def option(self) -> JsonObject:
        """Return what a run's options keep of it; nothing for a run of one's own workflow."""
        if self.own and not self.path:
            return {}
        return {OPTION: {"own": self.own, "root": self.root, "path": list(self.path)}}

    def below(self, node_id: NodeId, own: bool) -> Scope:
        """Return the scope of the workflow that a node runs; `own`: it is the user's."""
        return Scope(self.own and own, self.root, (*self.path, node_id))


def scope_of(
    options: JsonObject, owner_id: int, workflow_id: int | None, workflow_owner_id: int | None
) -> Scope:
    """Return the scope of a run."""
    stored = options.get(OPTION)
    if stored is not None:
        return Scope(stored["own"], stored["root"], tuple(stored["path"]))
    return Scope(workflow_owner_id in (None, owner_id), workflow_id)


def credential_headers(
    owner_id: int,
    scope: Scope,
    node_id: NodeId,
    port: Input,
    chosen: Json,
    url: str,
    secrets: Secrets,
) -> tuple[dict[str, str], Key] | None:
    """Return the header that shows a node's credential to the origin of `url`, None without one.

    Beside it is which key that is. `port` is the field that chooses it, `chosen` what the document
    says there. Raises NodeError naming that field. Reads the database.
    """
    row = (_chosen if scope.own else _bound)(owner_id, scope, node_id, port, chosen, url)
    if row is None:
        return None
    origin = _origin(url)
    if origin not in row.allowed_origins:
        allowed = ", ".join(row.allowed_origins) or "nowhere"
        raise NodeError(
            f"The credential {row.name} is not for {origin}.",
            field=port.name,
            value=row.name,
            expected=f"a URL at {allowed}",
        )
    _note_use(row)
    return _header(row, secrets), Key(row.public_id, row.name, row.provider)


def _chosen(
    owner_id: int, scope: Scope, node_id: NodeId, port: Input, chosen: Json, url: str
) -> Credential | None:
    """Return what the user's own document chooses, else the newest one of the port's provider."""
    mine = Credential.objects.filter(owner_id=owner_id)
    if chosen in (None, ""):
        if not port.provider:
            return None
        origin = _origin(url)
        rows = mine.filter(provider__iexact=port.provider).order_by("-pk")
        return next((row for row in rows if origin in row.allowed_origins), None)
    if chosen == WANTED:
        raise CredentialUnknown(
            "This step wants a key, and none is chosen.",
            field=port.name,
            expected="one of your credentials",
        )
    row: Credential | None = mine.filter(public_id=str(chosen)).first()
    if row is None:
        raise CredentialUnknown(
            "There is no such credential.",
            field=port.name,
            value=str(chosen)[:80],
            expected="one of your credentials",
        )
    return row


def _bound(
    owner_id: int, scope: Scope, node_id: NodeId, port: Input, chosen: Json, url: str
) -> Credential | None:
    """Return what the user has bound to the slot of a workflow that is not theirs."""
    slot = slot_name(scope.path, node_id, port.name)
    bindings = CredentialBinding.objects.select_related("credential")
    rows = bindings.filter(user_id=owner_id, slot=slot, credential__owner_id=owner_id)
    binding = None if scope.root is None else rows.filter(workflow_id=scope.root).first()
    if binding is not None:
        credential: Credential = binding.credential
        return credential
    if chosen in (None, "") and not port.provider:
        return None
    raise CredentialNotBound(
        f"This step wants a key of yours for {_origin(url)}, and you have chosen none for it.",
        field=port.name,
        expected="a credential that you choose for this workflow, or a copy of it with your own",
    )


def _origin(url: str) -> str:
    try:
        return fetch.origin_of(url)
    except FetchRefused as error:
        raise NodeError(error.message, field="url", expected="a URL") from error


def _note_use(row: Credential) -> None:
    now = timezone.now()
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - _USED_EVERY)
    if row.last_used_at is None or row.last_used_at < now - _USED_EVERY:
        Credential.objects.filter(stale, pk=row.pk).update(last_used_at=now)


def _header(row: Credential, secrets: Secrets) -> dict[str, str]:
    secrets.add(row.secret)
    return header_of(row.provider, row.secret)


def provider_header(owner_id: int, provider: str, url: str) -> dict[str, str] | None:
    """Return the header that shows the user's newest key of a provider to the origin of `url`.

    For calls the user makes themselves, outside any run. Reads the database.
    """
    origin = _origin(url)
    rows = Credential.objects.filter(owner_id=owner_id, provider__iexact=provider).order_by("-pk")
    row = next((row for row in rows if origin in row.allowed_origins), None)
    return None if row is None else header_of(row.provider, row.secret)


def header_of(provider: str, secret: str) -> dict[str, str]:
    """Return the header that shows a provider its key."""
    name, form = _HEADERS.get(provider.lower(), ("Authorization", "Bearer {}"))
    if secret.lower().startswith(_SCHEMES):
        name, form = "Authorization", "{}"
    return {name: form.format(secret)}


def model_server(slug: str) -> str | None:
    """Return the URL of a model server that staff have allowed. Reads the database."""
    found: str | None = (
        ModelServer.objects.filter(slug=slug).values_list("base_url", flat=True).first()
    )
    return found
