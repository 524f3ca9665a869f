"""What a caller passes on for a while, a temporary token or a place for an upload, names its giver.

The key or the session it was requested by is in it, and is looked up at each use: what was passed
on ends with it, whatever time it had left. The texts are signed by what puts a grant into one; a
session's key, which could be read there, is encrypted.
"""

from __future__ import annotations

from cryptography.fernet import InvalidToken

from workflows.api.auth import Caller
from workflows.errors import Unauthorized
from workflows.fields import fernet
from workflows.services.identity import sessions, tokens

_KEY, _SESSION = "k", "s"


def grant_of(caller: Caller) -> str:
    """Return the text that names a caller: letters, digits, `_`, `-` and `=`."""
    if caller.token is not None:
        return f"{_KEY}{caller.token.pk}"
    return _SESSION + fernet().encrypt((caller.session or "").encode()).decode()


def caller_by(grant: str) -> Caller:
    """Return whom a grant names, with the rights they have now.

    Raises Unauthorized when the key is revoked or over, the session has ended or the account is
    deactivated, and ApiKeyAccessDenied.
    """
    kind, text = grant[:1], grant[1:]
    if kind == _KEY and text.isascii() and text.isdigit():
        token = tokens.token_valid(token_id=int(text))
        if token is not None:
            return Caller(token.owner, tokens.token_capabilities(token), token)
    elif kind == _SESSION:
        try:
            key = fernet().decrypt(text).decode()
        except InvalidToken:
            raise Unauthorized() from None
        user = sessions.session_user(key=key)
        if user is not None:
            return Caller(user, tokens.session_capabilities(user), session=key)
    raise Unauthorized()
