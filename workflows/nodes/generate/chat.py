"""Chat: a language model replies to a prompt, with images to read and a form to fill in."""

from __future__ import annotations

import json
from typing import Any

from workflows.errors import ModelFailed, NodeError
from workflows.graph.ports import Input, Output
from workflows.nodes.context import Context
from workflows.nodes.models import calls
from workflows.nodes.models.requests import Chat
from workflows.nodes.registry import node
from workflows.types import Json, JsonObject

CATEGORY = "Generate"
#: More images than this no model takes at once.
MAX_IMAGES = 16
EFFORTS = ("", "low", "medium", "high")


@node(
    "chat",
    name="Chat",
    category=CATEGORY,
    description="Asks a language model, about images too, and returns its response.",
    aliases=(
        "llm",
        "language model",
        "gpt",
        "chatgpt",
        "openai",
        "claude",
        "anthropic",
        "gemini",
        "ollama",
        "llama",
        "mistral",
        "openrouter",
        "lm studio",
        "ai",
        "prompt",
        "ask",
        "write",
        "rewrite",
        "summarize",
        "translate",
        "text generation",
        "structured output",
        "agent",
        "assistant",
        "google",
        "groq",
        "deepseek",
        "xai",
        "grok",
        "together",
        "hugging face",
        "huggingface",
        "qwen",
        "gpt-4",
        "gpt-5",
        "question",
        "answer questions",
        "chatbot",
        "json output",
        "classify",
        "extract data",
        "code",
        "python",
        "regex",
    ),
    inputs=(
        Input("prompt", "text", "Prompt", required=True, widget="textarea"),
        calls.model_input("chat"),
        Input(
            "system",
            "text",
            "Instructions",
            widget="textarea",
            help="How the model should behave, for every prompt.",
            advanced=True,
        ),
        Input("images", "list<image>", "Images", many=True, help="What the prompt is about."),
        Input(
            "temperature",
            "number",
            "Temperature",
            widget="number",
            min=0,
            max=2,
            step=0.1,
            advanced=True,
            help="0 is most predictable. Empty leaves it to the model; many new ones take none.",
        ),
        Input(
            "maxTokens",
            "number",
            "Longest response",
            widget="number",
            min=1,
            max=1_000_000,
            step=1,
            unit="tokens",
            advanced=True,
        ),
        Input(
            "effort",
            "text",
            "Effort",
            default="",
            widget="pills",
            options=EFFORTS,
            labels={"": "Usual"},
            advanced=True,
            help="How long models that reason think first.",
        ),
        Input(
            "schema",
            "json",
            "JSON schema",
            widget="json",
            advanced=True,
            help="What the response has to look like; it then comes out as JSON too.",
        ),
        calls.KEY,
    ),
    outputs=(
        Output("text", "text", "Text"),
        Output("json", "json", "JSON"),
        Output("usage", "json", "Usage"),
    ),
    deterministic=False,
    cacheable=False,
    preview="text",
    width=320,
    timeout_seconds=900,
)
async def chat(
    context: Context,
    *,
    prompt: str,
    model: str | None,
    system: str | None,
    images: list[Json] | None,
    temperature: float | None,
    maxTokens: float | None,
    effort: str | None,
    schema: Json,
    credential: str | None,
) -> JsonObject:
    """Return the response as `text`, as `json` where a schema is given, and its token counts."""
    given = images or []
    if len(given) > MAX_IMAGES:
        raise NodeError(
            f"{len(given)} images are too many.",
            field="images",
            value=len(given),
            expected=f"at most {MAX_IMAGES}",
        )
    if schema is not None and not isinstance(schema, dict):
        raise NodeError(
            "The schema is no JSON object.",
            field="schema",
            value=schema,
            expected='a JSON schema such as {"type": "object", "properties": {…}}',
        )
    chosen = await calls.choose(context, model)
    request = Chat(
        prompt,
        system or "",
        tuple([await calls.image(context, one, "images") for one in given]),
        temperature,
        round(maxTokens) if maxTokens is not None else None,
        schema,
        effort or "",
    )
    reply = await calls.paid(context, chosen, chosen.dialect.chat, request, calls.showing(context))
    if reply.cut:
        context.warn("The response ends where the longest response is reached.")
    usage: JsonObject = {**reply.usage, "model": model}
    if reply.cost is not None:
        usage["cost"] = reply.cost
    return {"text": reply.text, "json": _json(reply.text, schema, reply.cut), "usage": usage}


def _json(text: str, schema: Json, cut: bool) -> Json:
    if schema is None:
        return None
    try:
        return json.loads(_bare(text))
    except (ValueError, RecursionError) as error:
        facts: dict[str, Any] = {"value": text[:300]}
        expected = "a longer limit" if cut else "a model that can be held to a JSON schema"
        raise ModelFailed(
            "The response is not the JSON that the schema asks for.",
            field="maxTokens" if cut else "schema",
            expected=expected,
            **facts,
        ) from error


def _bare(text: str) -> str:
    """Return a response without the code fence that some models put around JSON."""
    stripped = text.strip()
    if stripped.startswith("```") and stripped.endswith("```"):
        return stripped[3:-3].removeprefix("json").strip()
    return stripped
