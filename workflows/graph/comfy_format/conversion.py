"""Any ComfyUI file -> the prompt that a runner gets."""

from __future__ import annotations

from workflows.graph.comfy_format.catalogue import Catalogue
from workflows.graph.comfy_format.converted import Converted, of_api
from workflows.graph.comfy_format.files import File
from workflows.graph.comfy_format.from_ui import of_ui


def convert(file: File, catalogue: Catalogue | None = None) -> Converted:
    """Return the prompt for a file, placeholders as they are.

    The values of a UI file have names only in the catalogue (`/object_info`); without one the file
    itself is read, and what stays open is in the warnings. Raises InvalidBody for an API file
    with entries that are no nodes.
    """
    return of_api(file.graph) if file.format == "api" else of_ui(file.graph, catalogue)
