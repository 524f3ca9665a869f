"""The slug, a workflow's short name in URLs: made once from its name.

Which slugs are taken is the database's matter; here is what they look like.
"""

from __future__ import annotations

import re
import unicodedata

#: Characters of a slug, a number behind it included.
MAX_LENGTH = 80
#: The slug of a name that has no letter or digit to offer.
FALLBACK = "untitled-workflow"

#: What a slug in a URL may look like.
PATTERN = re.compile(r"[a-z0-9-]{1,80}")

_OTHER = re.compile(r"[^a-z0-9]+")


def slugify(name: str) -> str:
    """Make a slug: no accents, lowercase, one hyphen for all else, at most 80 characters."""
    # Names have at most 200 characters; a caller's megabyte is not worth decomposing.
    decomposed = unicodedata.normalize("NFKD", name[:1_000])
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    hyphened = _OTHER.sub("-", plain.lower()).strip("-")
    return hyphened[:MAX_LENGTH].strip("-") or FALLBACK


def candidate(base: str, number: int) -> str:
    """Return the `number`-th slug to try for a base: itself, then `base-2`, `base-3`, …

    The base is shortened where the number would make it too long. `number` counts from 1.
    """
    if number <= 1:
        return base
    suffix = f"-{number}"
    return base[: MAX_LENGTH - len(suffix)].rstrip("-") + suffix
