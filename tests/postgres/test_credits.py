"""The ledger and the invitations again, on PostgreSQL, where nothing is serialised by itself."""

from __future__ import annotations

import pytest

from tests.api.conftest import engine, her_browser, hers, token  # noqa: F401
from tests.api.test_charge_credits import (  # noqa: F401
    paid_type,
    pro,
    test_a_list_pays_for_every_item_and_stops_where_the_balance_ends,
    test_a_node_is_paid_once_whatever_is_written_twice,
    test_each_finished_node_is_charged_and_the_answer_says_what_it_cost,
    test_grants_at_once_are_one_grant,
    test_runs_at_once_never_spend_the_same_credits,
)
from tests.api.test_invite_person import (  # noqa: F401
    path,
    test_ten_who_use_a_link_at_once_make_one_account,
)

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
