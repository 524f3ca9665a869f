"""Pages that sites named by their owner may show in a frame; every other page can stand in none.

A page in a frame of another site has no session (`canvas/origin.py`), so what can be clicked
there is what all may do.
"""

from __future__ import annotations

from csp.constants import SELF
from django.http import HttpResponseBase

from workflows.graph.origins import origins_of
from workflows.models import Workflow


def allow_frames(response: HttpResponseBase, workflow: Workflow) -> None:
    """Let the sites a public workflow names (`embedOrigins`) show this page in a frame."""
    origins = origins_of(workflow.extra.get("embedOrigins"))
    if workflow.public_playground and origins:
        response._csp_replace = {"frame-ancestors": [SELF, *origins]}  # type: ignore[attr-defined]
        response._embeddable = True  # type: ignore[attr-defined]


def embeddable(response: HttpResponseBase) -> bool:
    """Return whether some site may show a page in a frame."""
    return getattr(response, "_embeddable", False)
