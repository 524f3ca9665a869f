"""Secrets in a file: keys, tokens and passwords are taken out before the file is stored or shared.

A secret is recognized by the name of a value, or by the form that the keys of known services
have. Prompts, seeds, file names and hashes are left alone: a name must say so, or a key must look
like one in full.
"""

from __future__ import annotations

import re

from workflows.graph.comfy_format.files import read
from workflows.graph.comfy_format.shape import definitions, read_graph
from workflows.graph.comfy_format.widgets import read_widgets
from workflows.types import Json, JsonObject

#: Names whose values are secrets, by whole words: api_key, authToken, "Access Token", password.
_NAMES = re.compile(
    r"(^|_)(api_?keys?|apikey|secret(_key)?|client_secret|auth_token|access_token|refresh_token"
    r"|bearer(_token)?|private_key|password|passwd|passphrase|hf_token|api_token|authorization"
    r"|credentials?|auth_token_comfy_org|api_key_comfy_org|session_token|webhook_secret)(_|$)"
)
#: A name that only mentions a secret: whether there is one, how long, where it is kept.
_ABOUT = re.compile(r"(^|_)(use|has|show|enable|max|min|num|count|length|limit|type|name|env)(_|$)")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_OTHER = re.compile(r"[^a-z0-9]+")

#: Names that mean a secret only when the value looks like one.
_MAYBE = re.compile(r"(^|_)(token|auth|cookie)$")
_RANDOM_LOOKING = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9_+/=-]{20,}")

#: Keys of known services, found anywhere in a text.
_SHAPES = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"sk-(?:proj-|ant-|or-v1-|svcacct-)?[A-Za-z0-9_-]{20,}"  # OpenAI, Anthropic, OpenRouter
    r"|hf_[A-Za-z0-9]{30,}"  # Hugging Face
    r"|r8_[A-Za-z0-9]{30,}"  # Replicate
    r"|gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,}"
    r"|glpat-[A-Za-z0-9_-]{20,}"
    r"|AIza[A-Za-z0-9_-]{35}"  # Google
    r"|(?:AKIA|ASIA)[A-Z0-9]{16}"  # Amazon
    r"|xox[abprs]-[A-Za-z0-9-]{20,}"  # Slack
    r"|gsk_[A-Za-z0-9]{40,}|xai-[A-Za-z0-9]{40,}|pplx-[A-Za-z0-9]{40,}|tgp_v1_[A-Za-z0-9_-]{30,}"
    r"|comfyui-[a-f0-9]{40,}"  # Comfy's own
    r"|cfc_[A-Za-z0-9]{20,}"  # ComfyControl
    r"|[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}:[a-f0-9]{32}"  # fal
    r"|eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"  # signed web tokens
    r"|(?i:bearer) +[A-Za-z0-9._~+/-]{20,}=*"
    r")(?![A-Za-z0-9])"
)
#: Values in the place of a secret: nothing, a placeholder, a hint for users, a variable.
_EMPTY = re.compile(
    r"\s*|\$[a-z]+\(.*\)|<[^>]*>|\$\{?[A-Z_]+\}?|[*x•.]+|none|null|changeme"
    r"|your[-_ ].*|(enter|paste|insert) .*",
    re.IGNORECASE | re.DOTALL,
)
_LINK = 2


def strip_secrets(value: Json) -> tuple[Json, list[str]]:
    """Return a file without its secrets, and in words where each one was.

    The file itself stays untouched; without a secret it is returned as it is. A secret becomes an
    empty text, so that its place stays. Raises InvalidBody for anything but a ComfyUI file.
    """
    read(value)
    found = _Search(_widget_names(value))
    cleaned = found.clean(value, (), False)
    return (cleaned, found.removed) if found.removed else (value, [])


def is_secret_name(name: str) -> bool:
    """Return whether a value of this name is a secret."""
    words = _words(name)
    return bool(_NAMES.search(words)) and not _ABOUT.search(words)


class _Search:
    """One walk through a file."""

    def __init__(self, names: dict[int, dict[int, str]]) -> None:
        self.names = names
        self.removed: list[str] = []

    def clean(self, value: Json, path: tuple[str, ...], secret: bool) -> Json:
        """Return a value without secrets; `secret`: its name says that it is one."""
        if isinstance(value, str):
            return self._text(value, path, secret)
        if isinstance(value, dict):
            changed = {
                key: self.clean(
                    one, (*path, key), is_secret_name(key) or (secret and key == "__value__")
                )
                for key, one in value.items()
            }
            return changed if any(changed[key] is not value[key] for key in value) else value
        if isinstance(value, list):
            if secret and len(value) == _LINK and isinstance(value[1], int):
                return value  # a link to where the secret would come from
            names = self.names.get(id(value), {})
            cleaned = [
                self.clean(
                    one,
                    (*path, names.get(at, str(at))),
                    secret or is_secret_name(names.get(at, "")),
                )
                for at, one in enumerate(value)
            ]
            same = all(new is old for new, old in zip(cleaned, value, strict=True))
            return value if same else cleaned
        return value

    def _text(self, text: str, path: tuple[str, ...], secret: bool) -> str:
        if secret:
            if _EMPTY.fullmatch(text):
                return text
            self.removed.append(_place(path))
            return ""
        if path and _MAYBE.search(_words(path[-1])) and _RANDOM_LOOKING.fullmatch(text):
            self.removed.append(_place(path))
            return ""
        found, count = _SHAPES.subn("", text)
        if count:
            self.removed.append(_place(path))
        return found if count else text


def _words(name: str) -> str:
    return _OTHER.sub("_", _CAMEL.sub("_", name).lower()).strip("_")


def _place(path: tuple[str, ...]) -> str:
    """Write where something was, as users know it."""
    return ".".join(path)[:200]


def _widget_names(value: JsonObject) -> dict[int, dict[int, str]]:
    """Return the names of values in lists, where the file has them: by the list's identity."""
    file = read(value)
    names: dict[int, dict[int, str]] = {}
    if file.format != "ui":
        return names
    for graph in (read_graph(file.graph), *definitions(file.graph).values()):
        for node in graph.nodes.values():
            saved = node.raw.get("widgets_values")
            if not isinstance(saved, list):
                continue
            listed = names[id(saved)] = {}
            for name, one in read_widgets(node, None).values.items():
                for path in one.paths:
                    if path[-2:-1] == ("widgets_values",) and isinstance(path[-1], int):
                        listed[path[-1]] = name
    return names
