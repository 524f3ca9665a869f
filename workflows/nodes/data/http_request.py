"""HTTP request: calls a service on the web."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from urllib.parse import SplitResult, quote, urlencode, urlsplit, urlunsplit

from workflows.errors import NodeError, TooLarge
from workflows.graph import strict_json
from workflows.graph.measure import LOOP_BYTES, Tally, json_bytes
from workflows.graph.ports import Input, Output
from workflows.nodes.context import Context, apart
from workflows.nodes.registry import node
from workflows.nodes.text.template import as_text
from workflows.types import Json, JsonObject

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")
BODY_MODES = ("none", "json", "form", "raw")
MAX_SECONDS = 60
MAX_TEXT_BYTES = 4_000_000
#: Characters that everything sent may have together: URL, headers and body.
MAX_SENT_CHARACTERS = 8_000_000

#: A placeholder `{{name}}` is replaced by a value of the input `params`.
_PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_.-]{0,63})\s*\}\}")


@node(
    "httpRequest",
    name="HTTP request",
    category="Data",
    description="Sends a request to a web service and reads its response.",
    aliases=("api", "rest", "webhook", "fetch", "curl", "url", "get", "post", "download", "json"),
    inputs=(
        Input(
            "url",
            "text",
            "URL",
            required=True,
            widget="text",
            placeholder="https://api.example.com/items?q={{word}}",
        ),
        Input("method", "text", "Method", default="GET", widget="select", options=METHODS),
        Input(
            "credential",
            "text",
            "Credential",
            widget="credential",
            port=False,
            help="One of your API keys; it is sent only to its allowed domains.",
        ),
        Input(
            "params",
            "any",
            "Parameters",
            help="Values for {{placeholders}} in the URL, headers, query and body.",
        ),
        Input("headers", "json", "Headers", widget="json", help="An object of names and values."),
        Input(
            "query",
            "json",
            "Query",
            widget="json",
            help="Added to the URL; an object of names and values.",
        ),
        Input(
            "bodyMode",
            "text",
            "Body type",
            default="none",
            widget="pills",
            options=BODY_MODES,
            labels={"json": "JSON"},
        ),
        Input(
            "body",
            "any",
            "Body",
            widget="json",
            shown_when={"bodyMode": BODY_MODES[1:]},
        ),
        Input(
            "responsePath",
            "text",
            "Response path",
            widget="text",
            placeholder="data.0.url",
            help="A path in the JSON response; empty for all of it.",
        ),
        Input(
            "timeout",
            "number",
            "Timeout",
            default=30,
            widget="slider",
            min=1,
            max=MAX_SECONDS,
            step=1,
            unit="s",
            advanced=True,
        ),
        Input(
            "allowErrors",
            "boolean",
            "Accept error responses",
            default=False,
            widget="toggle",
            help="Otherwise a response of 400 or above fails the node.",
            advanced=True,
        ),
    ),
    outputs=(
        Output("response", "any", "Response"),
        Output("text", "text", "Text"),
        Output("status", "number", "Status"),
    ),
    deterministic=False,
    cacheable=False,
    width=320,
    timeout_seconds=MAX_SECONDS + 30,
)
async def http_request(
    context: Context,
    *,
    url: str | None,
    method: str,
    params: Json,
    headers: Json,
    query: Json,
    bodyMode: str,
    body: Json,
    responsePath: str | None,
    credential: str | None,
    timeout: float,  # noqa: ASYNC109 - the name of the field
    allowErrors: bool,
) -> JsonObject:
    """Return the JSON (or the requested part), the text, and the status of the response."""
    _check_choice("method", method, METHODS)
    _check_choice("bodyMode", bodyMode, BODY_MODES)
    values = params if isinstance(params, dict) else {} if params is None else {"input": params}
    given = [url, values, headers, query, body]
    size = json_bytes(given, LOOP_BYTES)
    target, sent, content = await apart(
        context, size, _request, str(url or "").strip(), values, headers, query, bodyMode, body
    )
    shown = await context.credential(url=target)
    if shown:
        taken = {name.lower() for name in shown}
        sent = {name: text for name, text in sent.items() if name.lower() not in taken} | shown
    await context.progress(None, f"{method} {split_url(target).netloc}")
    response = await context.fetch(
        target,
        field="url",
        method=method,
        headers=sent,
        body=content,
        timeout_seconds=min(float(timeout), MAX_SECONDS),
        max_bytes=MAX_TEXT_BYTES,
    )
    if response.status >= 400 and not allowErrors:
        raise NodeError(
            f"The service returned {response.status}: {_text(response.body)[:300].strip()}",
            field="url",
            value=response.status,
            expected="a response below 400, or the switch Accept error responses",
            transient=response.status in (429, 502, 503, 504),
            retry_after=_seconds(response.headers.get("retry-after")),
        )
    is_json = "json" in response.headers.get("content-type", "").lower()
    required = is_json or bool(responsePath)
    text, parsed = await apart(context, len(response.body), _read, response.body, required)
    picked = pick(parsed, responsePath) if responsePath else parsed
    return {"response": picked, "text": text, "status": response.status}


def split_url(target: str, field: str = "url") -> SplitResult:
    """Take a URL apart. Raises NodeError naming `field` for one that is malformed."""
    try:
        return urlsplit(target)
    except ValueError as error:
        raise NodeError(
            "This is not a URL.",
            field=field,
            value=target[:500],
            expected="such as https://example.com/data",
        ) from error


def _request(
    url: str, values: JsonObject, headers: Json, query: Json, mode: str, body: Json
) -> tuple[str, dict[str, str], bytes | None]:
    """Return the URL, the headers and the body with every placeholder filled."""
    fill = _Filler(values)
    target = fill.text(url, "url", lambda text: quote(text, safe=""))
    added = _pairs(query, fill, "query")
    if added:
        parts = split_url(target)
        joined = "&".join(part for part in (parts.query, urlencode(added)) if part)
        target = urlunsplit(parts._replace(query=joined))
    sent = _pairs(headers, fill, "headers")
    content, content_type = _body(mode, body, fill)
    if content_type and not any(name.lower() == "content-type" for name in sent):
        sent["Content-Type"] = content_type
    return target, sent, content


def pick(value: Json, path: str) -> Json:
    """Follow names and positions with dots between. Raises NodeError when it leads nowhere."""
    found = value
    for part in path.strip().removeprefix("$").strip(".").split("."):
        if isinstance(found, dict) and part in found:
            found = found[part]
        elif isinstance(found, list) and part.isdecimal() and int(part) < len(found):
            found = found[int(part)]
        else:
            there = (
                ", ".join(list(found)[:10])
                if isinstance(found, dict)
                else f"0 to {len(found) - 1}"
                if isinstance(found, list) and found
                else "nothing"
            )
            raise NodeError(
                f"The response has no {part!r} there; it has {there}.",
                field="responsePath",
                value=path,
                expected="a path such as data.0.url",
            )
    return found


def _check_choice(field: str, value: str, options: tuple[str, ...]) -> None:
    if value not in options:
        raise NodeError(
            f"{value!r} is not one of the choices.",
            field=field,
            value=value,
            expected=", ".join(options),
        )


class _Filler:
    """Fills the placeholders of one request, and counts the result before it is put together."""

    def __init__(self, values: JsonObject) -> None:
        self._values = values
        self._tally = Tally(MAX_SENT_CHARACTERS, "characters", "body")

    def text(self, text: str, field: str, escape: Callable[[str], str] = str) -> str:
        """Fill the placeholders of a text."""
        values, tally = self._values, self._tally

        def put(match: re.Match[str]) -> str:
            if values.get(match.group(1)) is None:
                raise NodeError(
                    f"No value for {match.group(0)}.",
                    field=field,
                    value=match.group(1),
                    expected="one of " + (", ".join(values) or "the parameters, which are empty"),
                )
            return tally.text(escape(as_text(values[match.group(1)])), field)

        tally.add(len(text), field)
        return _PLACEHOLDER.sub(put, text)

    def tree(self, tree: Json) -> Json:
        """Fill the placeholders in the texts of JSON; one alone keeps its value's type."""
        if isinstance(tree, dict):
            return {name: self.tree(value) for name, value in tree.items()}
        if isinstance(tree, list):
            return [self.tree(value) for value in tree]
        if isinstance(tree, str):
            whole = _PLACEHOLDER.fullmatch(tree)
            value = self._values.get(whole.group(1)) if whole else None
            if value is not None:
                self._tally.add(json_bytes(value, self._tally.most), "body")
                return value
            return self.text(tree, "body")
        return tree


def _pairs(given: Json, fill: _Filler, field: str) -> dict[str, str]:
    if given is None or given == "":
        return {}
    pairs = given
    if isinstance(given, str):
        pairs = _parse(given, required=False)
    if not isinstance(pairs, dict) or any(
        isinstance(value, dict | list) for value in pairs.values()
    ):
        raise NodeError(
            f"The {field} are not names with values.",
            field=field,
            value=given,
            expected='an object such as {"name": "value"}',
        )
    return {
        name: fill.text(as_text(value), field) for name, value in pairs.items() if value is not None
    }


def _body(mode: str, given: Json, fill: _Filler) -> tuple[bytes | None, str]:
    """Return the body's bytes and content type; placeholders are filled inside texts alone."""
    if mode == "none" or given is None:
        return None, ""
    if mode == "form":
        pairs = _pairs(given, fill, "body")
        return urlencode(pairs).encode(), "application/x-www-form-urlencoded"
    if mode == "raw":
        return fill.text(as_text(given), "body").encode(), "text/plain; charset=utf-8"
    tree = given
    if isinstance(given, str):
        tree = _parse(given, required=False)
    return json.dumps(fill.tree(tree)).encode(), "application/json"


def _read(body: bytes, required: bool) -> tuple[str, Json]:
    """Return the text of a response, and what it says if it is JSON."""
    text = _text(body)
    try:
        strict_json.check_counts(body)
    except TooLarge as error:
        if not required:
            return text, text
        raise NodeError(
            f"The response is too large: {error.message}",
            field="url",
            value=error.context["value"],
            expected=error.context["expected"],
        ) from error
    return text, _parse(text, required=required)


def _parse(text: str, *, required: bool) -> Json:
    try:
        return json.loads(text, parse_constant=_no_number, parse_float=_finite)
    except _NoNumber as error:
        if required:
            raise NodeError(
                f"The response contains {error}, which is not a JSON number.",
                field="responsePath",
                value=str(error),
                expected="finite numbers",
            ) from error
        return text
    except (ValueError, RecursionError) as error:
        if required:
            raise NodeError(
                "The response is not JSON.",
                field="responsePath",
                value=text[:200],
                expected="JSON, or no path",
            ) from error
        return text


class _NoNumber(ValueError):
    """A number that could be kept nowhere: NaN, an infinity or one beyond 1.8e308."""


def _no_number(name: str) -> Json:
    raise _NoNumber(name)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _NoNumber(text[:40])
    return number


def _text(body: bytes) -> str:
    if len(body) > MAX_TEXT_BYTES:
        raise NodeError(
            f"The response has {len(body):,} bytes.",
            field="url",
            value=len(body),
            expected=f"at most {MAX_TEXT_BYTES:,}; Load image reads images",
        )
    return body.decode("utf-8", "replace")


def _seconds(value: str | None) -> float | None:
    return float(value) if value and value.isdecimal() else None
