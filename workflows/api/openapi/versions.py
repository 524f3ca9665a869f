"""The rows about the history of a workflow and its versions."""

from __future__ import annotations

from workflows.api.openapi.row import INTEGER, STRING, Row, parameter
from workflows.api.originals import NewerTemplate, TakenTemplate
from workflows.api.versions import (
    Comparison,
    History,
    KeptVersion,
    UndoSteps,
    VersionAfter,
    Versions,
)
from workflows.services.library.originals import NewerVersion
from workflows.services.library.versions import NewVersion, PublishedNumber, Restore

VERSION = parameter(
    "version",
    {**STRING, "examples": ["published", "draft", "3", "Before the sale"]},
    "The version that runs: `draft`, `published`, the number of a published one, or the name of a "
    "kept one, the newest of that name. A key runs what is published if not given, or the draft as "
    "long as nothing is.",
)
_BEFORE = parameter("before", INTEGER, "The `next` of the page before.")

VERSIONS: dict[tuple[str, str], Row] = {
    ("GET", "/api/workflows/{slug}/history"): Row(
        "getHistory",
        "Versions",
        "Read who changed what",
        {200: ("Entries and kept versions, newest first.", History)},
        query=(_BEFORE,),
    ),
    ("GET", "/api/workflows/{slug}/versions"): Row(
        "listVersions",
        "Versions",
        "List named and published versions",
        {200: ("Newest first.", Versions)},
    ),
    ("POST", "/api/workflows/{slug}/versions"): Row(
        "keepVersion",
        "Versions",
        "Name or publish a version",
        {201: ("The version; a published one is live.", KeptVersion)},
        body=NewVersion,
    ),
    ("PUT", "/api/workflows/{slug}/published"): Row(
        "publishVersion",
        "Versions",
        "Choose the published version that is live",
        {200: ("What is kept, and what is live.", Versions)},
        body=PublishedNumber,
    ),
    ("GET", "/api/workflows/{slug}/compare"): Row(
        "compareVersions",
        "Versions",
        "Compare two versions",
        {200: ("Both, and what is between them.", Comparison)},
        query=(
            parameter("from", INTEGER, "The older version; `to` if not given."),
            parameter("to", INTEGER, "The newer version; the draft if not given."),
        ),
    ),
    ("POST", "/api/workflows/{slug}/restore"): Row(
        "restoreVersion",
        "Versions",
        "Restore a version, or nodes or fields of it",
        {200: ("The new version.", VersionAfter)},
        body=Restore,
        more="It is one new change; what opens a workflow to others stays as it is.",
    ),
    ("GET", "/api/workflows/{slug}/template"): Row(
        "getNewerTemplate",
        "Versions",
        "Compare a copy's template with its newer version",
        {200: ("The newer version, and what it has changed.", NewerTemplate)},
        more="404 when the workflow is no copy of a template that has a newer published version.",
    ),
    ("POST", "/api/workflows/{slug}/template"): Row(
        "takeNewerTemplate",
        "Versions",
        "Take the newer version of a template over, or leave it",
        {200: ("The new version.", TakenTemplate)},
        body=NewerVersion,
        more="It is one new change; what the copy has changed itself stays.",
    ),
    ("GET", "/api/workflows/{slug}/steps"): Row(
        "listSteps",
        "Versions",
        "List what can be undone",
        {200: ("The caller's own steps, the newest first.", UndoSteps)},
        query=(_BEFORE,),
    ),
}
