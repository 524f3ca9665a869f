"""Models that run on this server and lack their weights, their library, or a file that is whole."""

from __future__ import annotations

from workflows.errors.base import PatchbayError
from workflows.errors.execution import NodeError


class LocalModelNotFound(PatchbayError):
    """There is no such local model."""

    code = "LOCAL_MODEL_NOT_FOUND"
    status = 404


class LocalModelsForbidden(PatchbayError):
    """Only staff may fetch and remove the models of this server."""

    code = "LOCAL_MODELS_FORBIDDEN"
    status = 403


class LocalModelUnfetchable(PatchbayError):
    """This model cannot be fetched."""

    code = "LOCAL_MODEL_UNFETCHABLE"
    status = 422


class WeightsWrong(PatchbayError):
    """A file of weights is not what its publisher's checksum says."""

    code = "WEIGHTS_WRONG"
    status = 422


class WeightsMissing(NodeError):
    """The model's weights are not on this server."""

    code = "WEIGHTS_MISSING"


class LibraryMissing(NodeError):
    """The library that runs the model is not installed."""

    code = "LIBRARY_MISSING"
