"""The races about folders again, on PostgreSQL, where moves really happen at one moment."""

from __future__ import annotations

import pytest

from tests.api.conftest import hers, his, token  # noqa: F401
from tests.api.test_folders import (  # noqa: F401
    test_a_folder_that_goes_while_workflows_come_leaves_no_orphan,
    test_deleting_moves_content_up_and_numbers_equal_names,
    test_recursive_deletes_everything_inside_and_nothing_beside,
    test_two_opposite_moves_never_make_a_cycle,
)

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
