"""Database fields of our own: exact JSON text and encrypted text."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

from workflows.graph import long_json
from workflows.types import Json

if TYPE_CHECKING:

    class JsonText(models.TextField[Json, Json]):
        """What django-stubs reads the types of an attribute from; at run time a plain TextField."""

        _pyi_private_set_type: Json
        _pyi_private_get_type: Json
        _pyi_lookup_exact_type: Json

    Text = models.TextField[str, str]
else:
    JsonText = Text = models.TextField

_encoder = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def encode(value: Json) -> str:
    """Write JSON that keeps every value: ASCII only, no NaN, no spaces, keys in their order."""
    return _encoder.encode(value)


def encode_long(value: Json) -> str:
    """Write as `encode` does what may have megabytes."""
    return "".join(long_json.chunks(value, _encoder))


class DocumentField(JsonText):
    """JSON kept as text, so that what is read equals what was written on every database.

    `jsonb` would drop key order, `-0.0` and large floats, and refuse NUL and lone surrogates; text
    does none of that (measured, see docs/decisions).
    """

    def from_db_value(self, value: str | None, expression: object, connection: object) -> Json:
        """Parse the stored text."""
        return None if value is None else long_json.loads(value)

    def to_python(self, value: Json) -> Json:
        """Leave a Python value as it is; text is a JSON string, never JSON source."""
        return value

    def get_prep_value(self, value: Json) -> str | None:
        """Encode for the database. None is SQL NULL where the column allows it, else JSON null."""
        if value is None and self.null:
            return None
        return encode(value)

    def value_to_string(self, obj: models.Model) -> str:
        """Encode for a fixture."""
        return encode(self.value_from_object(obj))


@cache
def fernet() -> MultiFernet:
    """Return the cipher made of ENCRYPTION_KEYS: the first encrypts, all decrypt."""
    keys = [Fernet(key) for key in settings.ENCRYPTION_KEYS]
    if not keys:
        raise ImproperlyConfigured("ENCRYPTION_KEYS is empty; it needs at least one Fernet key.")
    return MultiFernet(keys)


class EncryptedField(Text):
    """Text that is encrypted in the database (Fernet, keys outside the database)."""

    def from_db_value(
        self, value: str | None, expression: object, connection: object
    ) -> str | None:
        """Decrypt; a key that does not fit is a configuration error, not an empty secret."""
        if value is None:
            return None
        try:
            return fernet().decrypt(value.encode()).decode()
        except InvalidToken as error:
            raise ImproperlyConfigured(
                f"{self.model.__name__}.{self.name} was encrypted with a key that is not in "
                "ENCRYPTION_KEYS. Restore the key file that belongs to this database."
            ) from error

    def get_prep_value(self, value: str | None) -> str | None:
        """Encrypt for the database."""
        return None if value is None else fernet().encrypt(value.encode()).decode()
