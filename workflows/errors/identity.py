"""API keys, credentials, webhooks and invitations that are missing, taken or too many."""

from __future__ import annotations

from workflows.errors.base import PatchbayError


class InvalidCapability(PatchbayError):
    """This is not a capability."""

    code = "INVALID_CAPABILITY"
    status = 400


class CapabilityAboveCeiling(PatchbayError):
    """This account's tier cannot grant that capability."""

    code = "CAPABILITY_ABOVE_CEILING"
    status = 403


class KeyNotFound(PatchbayError):
    """API key not found"""

    code = "API_KEY_NOT_FOUND"
    status = 404


class KeyLimitReached(PatchbayError):
    """This account holds as many keys as this server allows; revoke one first."""

    code = "API_KEY_LIMIT_REACHED"
    status = 403


class WebhookNotFound(PatchbayError):
    """This key has no webhook"""

    code = "WEBHOOK_NOT_FOUND"
    status = 404


class DeliveryNotFound(PatchbayError):
    """Delivery not found"""

    code = "DELIVERY_NOT_FOUND"
    status = 404


class CredentialNotFound(PatchbayError):
    """Credential not found"""

    code = "CREDENTIAL_NOT_FOUND"
    status = 404


class CredentialExists(PatchbayError):
    """There is a credential of this name already."""

    code = "CREDENTIAL_EXISTS"
    status = 409


class CredentialLimitReached(PatchbayError):
    """This account holds as many credentials as this server allows."""

    code = "CREDENTIAL_LIMIT_REACHED"
    status = 403


class InvitationNotFound(PatchbayError):
    """This invitation has been used or is over."""

    code = "INVITATION_NOT_FOUND"
    status = 404
