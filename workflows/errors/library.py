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


class VersionNotFound(PatchbayError):
    """This version of the workflow is not kept."""

    code = "VERSION_NOT_FOUND"
    status = 404


class CommentNotFound(PatchbayError):
    """Comment not found"""

    code = "COMMENT_NOT_FOUND"
    status = 404


class CommentForbidden(PatchbayError):
    """Only its author may change a comment, and only its author or the owner may delete it."""

    code = "COMMENT_FORBIDDEN"
    status = 403


class CommentLimitReached(PatchbayError):
    """This workflow holds as many comments as this server allows."""

    code = "COMMENT_LIMIT_REACHED"
    status = 403


class FolderNotFound(PatchbayError):
    """Folder not found"""

    code = "FOLDER_NOT_FOUND"
    status = 404


class InvalidParent(PatchbayError):
    """A folder cannot be there."""

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


class CollectionNotFound(PatchbayError):
    """Collection not found"""

    code = "COLLECTION_NOT_FOUND"
    status = 404


class CollectionExists(PatchbayError):
    """There is a collection of this name already."""

    code = "COLLECTION_EXISTS"
    status = 409


class CollectionLimitReached(PatchbayError):
    """This account holds as many collections as this server allows."""

    code = "COLLECTION_LIMIT_REACHED"
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


class RoleForbidden(PatchbayError):
    """Your role in this workflow does not allow that."""

    code = "ROLE_FORBIDDEN"
    status = 403


class ShareLinkNotFound(PatchbayError):
    """This link is no longer valid."""

    code = "SHARE_LINK_NOT_FOUND"
    status = 404


class UserNotFound(PatchbayError):
    """There is no user of this name."""

    code = "USER_NOT_FOUND"
    status = 404


class BatchReused(PatchbayError):
    """This batchId was used for other operations."""

    code = "BATCH_REUSED"
    status = 422


class IdReused(PatchbayError):
    """This id was that of a node or an edge that has been deleted."""

    code = "ID_REUSED"
    status = 422


class OtherHistory(PatchbayError):
    """This workflow was restored from a backup: it does not have the version you edited."""

    code = "OTHER_HISTORY"
    status = 409
