"""fal's workflow format: `contents` <-> document, without loss.

Reads every shape that is seen in the wild (saved by the builder, the Platform API's samples, lists
of nodes and edges, the flat map of an ad-hoc run, the `fal` package's export, the nodes of 2024)
and writes each as it was read; what was made here is written as the builder does.
"""

from __future__ import annotations

from workflows.graph.fal_format.exact import from_document, to_document
from workflows.graph.fal_format.reading import apps_of, described, detect, unwrap
from workflows.graph.fal_format.writing import KNOWN, OWN

__all__ = [
    "KNOWN",
    "OWN",
    "apps_of",
    "described",
    "detect",
    "from_document",
    "to_document",
    "unwrap",
]
