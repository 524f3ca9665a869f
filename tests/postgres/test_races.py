"""The races of the API again, on PostgreSQL, where nothing is serialised by itself."""

from __future__ import annotations

import pytest

from tests.api.conftest import engine, hers, his, token  # noqa: F401
from tests.api.test_races import *  # noqa: F403
from tests.api.test_run_workflow import (  # noqa: F401
    test_a_key_used_for_another_request_is_422,
    test_a_repeated_key_starts_one_run_however_many_send_it_at_once,
    test_a_run_waits_and_answers_the_result,
)

pytestmark = [  # type: ignore[assignment]
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
]
