"""Providers of models: keys, credit, refusals, and servers that are allowed here."""

from __future__ import annotations

from workflows.errors.base import PatchbayError
from workflows.errors.execution import NodeError


class ProviderNotFound(PatchbayError):
    """There is no such provider"""

    code = "PROVIDER_NOT_FOUND"
    status = 404


class TaskNotFound(PatchbayError):
    """There is no such task"""

    code = "TASK_NOT_FOUND"
    status = 404


class ServersForbidden(PatchbayError):
    """Only staff may allow servers of models here."""

    code = "SERVERS_FORBIDDEN"
    status = 403


class ServerNotFound(PatchbayError):
    """There is no such server"""

    code = "SERVER_NOT_FOUND"
    status = 404


class ServerExists(PatchbayError):
    """There is a server of this name already."""

    code = "SERVER_EXISTS"
    status = 409


class ModelMissing(NodeError):
    """No model is chosen."""

    code = "MODEL_MISSING"


class ModelKeyRefused(NodeError):
    """The provider does not accept the key."""

    code = "MODEL_KEY_REFUSED"


class ModelCredit(NodeError):
    """The account at the provider has no credit."""

    code = "MODEL_CREDIT"


class KeyCapReached(NodeError):
    """The key may not spend what this call may cost."""

    code = "KEY_CAP_REACHED"


class ModelBusy(NodeError):
    """The provider takes no more requests at the moment."""

    code = "MODEL_BUSY"


class ModelRefused(NodeError):
    """The provider or its model refuses the request."""

    code = "MODEL_REFUSED"


class ModelGone(NodeError):
    """The provider has no such model, or has none any more."""

    code = "MODEL_GONE"


class ModelFailed(NodeError):
    """The provider's response is an error, or cannot be read."""

    code = "MODEL_FAILED"


class ServerNotAllowed(NodeError):
    """No server of this name is allowed here."""

    code = "SERVER_NOT_ALLOWED"
