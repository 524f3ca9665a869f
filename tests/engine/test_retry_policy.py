"""Which failures are tried again, and when. Pure."""

from __future__ import annotations

import pytest

from workflows.engine import retry
from workflows.errors import FetchError, FetchRefused, NodeError


def test_delays_double_within_their_upper_half() -> None:
    low = [retry.delay(tried, None, lambda: 0.0) for tried in (1, 2, 3)]
    high = [retry.delay(tried, None, lambda: 1.0) for tried in (1, 2, 3)]
    assert low == [0.25, 0.5, 1.0]
    assert high == [0.5, 1.0, 2.0]


def test_the_fourth_failure_is_the_last() -> None:
    assert retry.delay(4, None, lambda: 0.5) is None


def test_retry_after_is_a_lower_bound() -> None:
    assert retry.delay(1, 7.0, lambda: 1.0) == 7.0
    assert retry.delay(1, 0.1, lambda: 1.0) == 0.5


def test_a_server_that_asks_for_hours_is_given_up() -> None:
    assert retry.delay(1, 3600.0, lambda: 0.5) is None


@pytest.mark.parametrize(
    ("error", "transient"),
    [
        (NodeError("busy", transient=True), True),
        (NodeError("wrong"), False),
        (FetchError(), True),
        (FetchRefused(), False),
        (ConnectionResetError(), True),
        (TimeoutError(), True),
        (ValueError(), False),
    ],
)
def test_errors_say_whether_they_are_transient(error: Exception, transient: bool) -> None:
    assert retry.is_transient(error) is transient
