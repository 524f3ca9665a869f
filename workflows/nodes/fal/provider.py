"""Runs apps at fal: what no workflow here is and nothing here can do, with the owner's own key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workflows.errors import CredentialMissing, NodeError
from workflows.nodes.context import Charged, Context
from workflows.nodes.fal import equivalents, files, service
from workflows.nodes.fal.arguments import NAMESPACE, arguments_of, name_of
from workflows.nodes.provider import Completed, Failed, Pending, Provider
from workflows.types import JsonObject

if TYPE_CHECKING:
    import fal_client

#: Seconds between two polls of a request that waits, and of one that runs.
QUEUED_SECONDS = 2.0
RUNNING_SECONDS = 1.0
#: A bar as tqdm draws it, which is what most models log.
_BAR = re.compile(r"(\d{1,3})%\|")
_LINE = 200
#: Whom a card names as the one that has the work.
_FAL: JsonObject = {"id": service.PROVIDER, "name": service.PROVIDER}


class Fal(Provider):
    """The queue of fal, or of another server that speaks as it does (FAL_ORIGIN)."""

    name = service.PROVIDER
    slots = 64

    async def takes(self, context: Context, inputs: JsonObject) -> bool:
        """Take what is no workflow of an account here, no alias of one and no built-in utility."""
        app = name_of(inputs)
        parts = app.split("/")
        if equivalents.find(app) is not None:
            return False
        if parts[0] == NAMESPACE and (len(parts) < 3 or await context.is_account(parts[1])):
            return False
        return await context.alias(app) is None

    async def submit(self, context: Context, inputs: JsonObject, key: str) -> str:
        """Put the app in fal's queue with its arguments, our files among them made readable."""
        app = name_of(inputs)
        arguments = arguments_of(context, inputs)
        client = await _client(context, app)

        async def upload(body: bytes, kind: str, name: str) -> str:
            rest = service.urls().rest
            if await context.credential(url=rest) is None:
                raise NodeError(
                    f"{name} must be uploaded to fal, and the stored credential is not for {rest}.",
                    field="arguments",
                    value=name,
                    expected=f"a fal credential allowed at {rest}",
                )
            await context.progress(None, f"Uploading {name}")
            with service.calling(app):
                url: str = await client.upload(body, kind, name)
            return url

        sent = await files.outward(context, arguments, upload)
        await context.spend(f"{service.PROVIDER}/{app}")
        with service.calling(app):
            # fal ignores the header; another Patchbay starts nothing twice because of it.
            handle = await client.submit(app, sent, headers={"Idempotency-Key": key})
        return handle.request_id

    async def poll(self, context: Context, request_id: str) -> Completed | Pending | Failed:
        """Poll the request at fal; its place in the queue and its last log line are reported."""
        import fal_client

        app = name_of(context.data)
        client = await _client(context, app)
        with service.calling(app):
            handle = await client.get_handle(app, request_id)
            state = await handle.status(with_logs=True)
        if isinstance(state, fal_client.Queued):
            text = f"Waiting at fal, {state.position} ahead"
            return Pending(
                QUEUED_SECONDS, None, text, state="queued", position=state.position, runner=_FAL
            )
        if isinstance(state, fal_client.InProgress):
            return _running(state.logs)
        with service.calling(app):
            try:
                output = await handle.get()
            except fal_client.FalClientHTTPError as error:
                return Failed(service.as_node_error(error, app))
        await context.charged(Charged(f"{service.PROVIDER}/{app}", request_id=request_id))
        return Completed({"output": output})

    async def cancel(self, context: Context, request_id: str) -> None:
        """Cancel the request at fal; a response that is there already is no mistake."""
        import fal_client

        app = name_of(context.data)
        client = await _client(context, app)
        try:
            await client.cancel(app, request_id)
        except fal_client.FalClientHTTPError as error:
            if error.status_code != 400:
                raise service.as_node_error(error, app) from error


async def _client(context: Context, app: str) -> fal_client.AsyncClient:
    if not service.is_app(app):
        raise nowhere(app, has_key=True)
    header = await context.credential(url=service.urls().queue)
    if header is None:
        raise nowhere(app)
    # In a thread: the library is large, and the engine's loop must not wait for its import.
    await context.run_thread(service.load)
    return service.client(header)


def nowhere(app: str, *, has_key: bool = False) -> NodeError:
    """Return the error of an app that nothing can run, with what is missing for each way."""
    if not has_key and "/" in app and not app.startswith(f"{NAMESPACE}/"):
        queue = service.urls().queue
        return CredentialMissing(
            f"{app} needs a fal key.",
            field="app",
            value=app,
            status=501,
            expected=f"a stored credential of the provider fal that may be sent to {queue}",
        )
    return NodeError(
        f"{app} is not an app that can run here.",
        field="app",
        value=app,
        status=501,
        expected="an app such as owner/name, workflows/<owner>/<name> or one that is built in",
    )


def _running(logs: list[dict[str, object]] | None) -> Pending:
    lines = [str(line.get("message", "")).strip() for line in logs or []]
    last = next((line for line in reversed(lines) if line), "Running at fal")
    bar = _BAR.search(last)
    fraction = min(int(bar.group(1)), 100) / 100 if bar else None
    return Pending(RUNNING_SECONDS, fraction, last[:_LINE], state="running", runner=_FAL)
