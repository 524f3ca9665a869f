"""ComfyUI's workflow files: API format and UI formats -> document, prompt and image, and back.

The file is kept verbatim in one node; everything else here reads it, and writes into it only what
a user changed.
"""

from __future__ import annotations

from workflows.graph.comfy_format.casting import cast
from workflows.graph.comfy_format.files import File, detect, read
from workflows.graph.comfy_format.grammar import Placeholder
from workflows.graph.comfy_format.lacking import Lacking, lacking
from workflows.graph.comfy_format.placeholders import fill_generated
from workflows.graph.comfy_format.prompt import Prompt, placeholders, to_prompt
from workflows.graph.comfy_format.reading import Imported, document_of, to_document
from workflows.graph.comfy_format.secrets import strip_secrets
from workflows.graph.comfy_format.suggest import ports, suggest
from workflows.graph.comfy_format.view import view
from workflows.graph.comfy_format.writing import from_document

__all__ = [
    "File",
    "Imported",
    "Lacking",
    "Placeholder",
    "Prompt",
    "cast",
    "detect",
    "document_of",
    "fill_generated",
    "from_document",
    "lacking",
    "placeholders",
    "ports",
    "read",
    "strip_secrets",
    "suggest",
    "to_document",
    "to_prompt",
    "view",
]
