"""Comments, and edits that come at once, again on PostgreSQL."""

from __future__ import annotations

import pytest

from tests.api.conftest import hers, his, token  # noqa: F401
from tests.api.test_comments import *  # noqa: F403
from tests.api.test_live import *  # noqa: F403

pytestmark = [  # type: ignore[assignment]
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
]
