from __future__ import annotations

from workflows.lean import without

# The REST framework loads whatever it can work with; together that is a tenth of a start.
with without("django.contrib.postgres", "markdown", "pygments", "requests", "uritemplate", "yaml"):
    import rest_framework.compat  # noqa: F401
