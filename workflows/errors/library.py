"""Workflows, folders, templates and aliases that are missing, taken, changed or too many."""

from __future__ import annotations

from workflows.errors.base import PatchbayError


class InvalidSlug(PatchbayError):
    """A slug has lowercase letters, digits and hyphens only."""

    code = "INVALID_SLUG"
    status = 400


class WorkflowNotFound(PatchbayError):
    """Workflow not found"""

    code = "WORKFLOW_NOT_FOUND"
    status = 404


class FolderNotFound(PatchbayError):
    """Folder not found"""

    code = "FOLDER_NOT_FOUND"
    status = 404


class InvalidParent(PatchbayError):
    """A folder cannot lie there."""

    code = "INVALID_PARENT"
    status = 400


class FolderExists(PatchbayError):
    """There is a folder of this name here already."""

    code = "FOLDER_EXISTS"
    status = 409


class FolderLimitReached(PatchbayError):
    """This account holds as many folders as this server allows."""

    code = "FOLDER_LIMIT_REACHED"
    status = 403


class GraphTemplateLimitReached(PatchbayError):
    """Template limit exceeded for your tier"""

    code = "GRAPH_TEMPLATE_LIMIT_REACHED"
    status = 403


class ParameterLimitReached(PatchbayError):
    """Workflow parameter limit exceeded for your tier"""

    code = "PARAMETER_LIMIT_REACHED"
    status = 403


class WorkflowLimitReached(PatchbayError):
    """This account holds as many workflows as its tier allows."""

    code = "WORKFLOW_LIMIT_REACHED"
    status = 403


class NameTaken(PatchbayError):
    """Another workflow of yours has this name."""

    code = "NAME_TAKEN"
    status = 400


class AliasNotFound(PatchbayError):
    """App alias not found"""

    code = "ALIAS_NOT_FOUND"
    status = 404


class AliasExists(PatchbayError):
    """This app id is an alias already."""

    code = "ALIAS_EXISTS"
    status = 409


class AliasForbidden(PatchbayError):
    """Only staff may change the app aliases of the whole site."""

    code = "ALIAS_FORBIDDEN"
    status = 403


class TemplateForbidden(PatchbayError):
    """Only staff may publish templates on this server."""

    code = "TEMPLATE_FORBIDDEN"
    status = 403


class VersionConflict(PatchbayError):
    """The workflow has changed since the version you edited."""

    code = "CONFLICT"
    status = 409
