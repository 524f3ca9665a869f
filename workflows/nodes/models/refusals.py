"""What a provider's refusal means: a wrong key, no credit, too busy, refused, gone, or wrong input.

Services word the same thing differently, and money often wears the clothes of a rate limit, so the
code in the body is read before the status (providers sheet, section 2.2).
"""

from __future__ import annotations

import json
import re
from typing import Any

from workflows.errors import (
    ModelBusy,
    ModelCredit,
    ModelFailed,
    ModelGone,
    ModelKeyRefused,
    ModelRefused,
    NodeError,
)
from workflows.types import Json, JsonObject

_LONGEST = 500
_MONEY = re.compile(
    r"insufficient[_ ]?(quota|balance|credit|fund)|credit balance|credit_balance|spend_limit"
    r"|usage_limit_exceeded|billing_error|plan and billing|exhausted balance|payment required"
    r"|quota_exceeded"
    r"|out of credit|monthly included credits|prepayment credits|api usage limits",
    re.IGNORECASE,
)
_REFUSAL = re.compile(
    r"moderation_blocked|content[_ ]polic|content_filter|safety|prohibited|flagged|against_policy"
    r"|nsfw",
    re.IGNORECASE,
)
_GONE = re.compile(
    r"model_not_found|model_decommissioned|model.{0,80}(not found|does not exist|no longer)"
    r"|invalid_model|version does not exist|not_found_error",
    re.IGNORECASE,
)
_KEY = re.compile(
    r"invalid_api_key|api_key_invalid|api key not valid|authentication", re.IGNORECASE
)
_DELAY = re.compile(r'"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"')


def refused(who: str, provider: str, model: str, response: Any, body: bytes) -> NodeError:
    """Return the error of a response whose status is no success."""
    text = body[:65_536].decode("utf-8", "replace")
    wait = _seconds(response.headers.get("retry-after")) or _delay(text)
    try:
        facts: Json = json.loads(text)
    except (ValueError, RecursionError):
        facts = None
    words = sentence(facts) or text.strip()[:_LONGEST] or f"HTTP {response.status}"
    return _error(who, provider, model, response.status, text, words, wait)


def said(who: str, provider: str, model: str, body: JsonObject) -> NodeError:
    """Return the error that a body holds although its status was a success."""
    text = json.dumps(body)[:65_536]
    error = body.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    status = code if isinstance(code, int) and 400 <= code < 600 else 502
    return _error(who, provider, model, status, text, sentence(body) or "an error", None)


def sentence(facts: Json) -> str:
    """Return what a body says went wrong, wherever that service puts it."""
    if isinstance(facts, str):
        return facts[:_LONGEST]
    if isinstance(facts, list):
        return "; ".join(filter(None, map(sentence, facts[:5])))[:_LONGEST]
    if not isinstance(facts, dict):
        return ""
    for key in ("error", "message", "detail", "msg", "title", "status"):
        found = facts.get(key)
        if found:
            return sentence(found)
    return ""


def _error(
    who: str, provider: str, model: str, status: int, text: str, words: str, wait: float | None
) -> NodeError:
    cause: JsonObject = {"provider": provider, "status": status, "message": words}
    name = f"{provider}/{model}" if model else provider
    more: dict[str, Any] = {"value": name, "cause": cause}
    if _MONEY.search(text) or status == 402:
        return ModelCredit(
            f"{who} wants to be paid first: {words}",
            field="model",
            expected=f"credit at {who}, or a model of another provider",
            status=402,
            **more,
        )
    if (status in (401, 403) and not _REFUSAL.search(text)) or (
        status == 400 and _KEY.search(text)
    ):
        return ModelKeyRefused(
            f"{who} does not accept the key: {words}",
            field="credential",
            expected=f"a key of {who} that is valid and may use this model",
            **more,
        )
    if status in (429, 503, 529):
        return ModelBusy(
            f"{who} is too busy: {words}",
            field="model",
            expected="a moment of patience",
            status=503,
            transient=True,
            retry_after=wait,
            **more,
        )
    if _REFUSAL.search(text):
        return ModelRefused(
            f"{who} refuses this: {words}",
            field="prompt",
            expected="another prompt, image or model",
            **more,
        )
    if status == 404 or _GONE.search(text):
        return ModelGone(
            f"{who} has no model {model}: {words}" if model else f"{who}: {words}",
            field="model",
            expected=f"a model that {who} lists",
            **more,
        )
    if status >= 500:
        return ModelFailed(
            f"{who} failed: {words}",
            field="model",
            expected="a response; what this call has cost is not known",
            status=502,
            **more,
        )
    return ModelFailed(
        f"{who} does not take this: {words}",
        field="model",
        expected=f"what {who} describes for this model",
        **more,
    )


def _seconds(value: str | None) -> float | None:
    try:
        return max(float(value), 0.0) if value else None
    except ValueError:
        return None


def _delay(text: str) -> float | None:
    found = _DELAY.search(text)
    return float(found.group(1)) if found else None
