"""What happens to a browser, in its short form: killed, half an hour without the network, its session ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.trust import browsers, sessions
from tests.trust.table import Fault

Alone = Callable[..., Fault]


@pytest.fixture
def alone() -> Iterator[Alone]:
    """A fault in a thread of its own: Playwright drives one browser per thread, and the other stories have theirs."""
    with ThreadPoolExecutor(1) as thread:
        yield lambda fault, *times, **how: thread.submit(fault, *times, **how).result()


def test_what_was_typed_a_second_before_the_browser_is_killed_comes_back_and_cannot_be_read_meanwhile(alone):
    fault = alone(browsers.killed, "SQLite", 3)
    assert fault.held, fault
    assert fault.acknowledged


def test_what_was_typed_in_the_file_of_a_case_cannot_be_read_in_the_folder_of_a_whole_browser(alone):
    fault = alone(browsers.remembered, "SQLite", 1)
    assert fault.held, fault
    assert fault.acknowledged > 5


def test_a_form_that_the_browser_remembers_is_caught(alone):
    fault = alone(browsers.remembered, "SQLite", 1, spoilt=True)
    assert any("text of the file can be read in Default/Sessions" in sentence for sentence in fault.wrong), fault


def test_half_an_hour_offline_is_replayed_in_order_and_once(alone):
    fault = alone(browsers.offline, "PostgreSQL", 3)
    assert fault.held, fault
    assert fault.acknowledged


def test_a_draft_in_clear_is_caught(alone):
    fault = alone(browsers.killed, "SQLite", 1, spoilt=True)
    assert any("draft can be read" in sentence for sentence in fault.wrong)


def test_a_session_that_ends_in_mid_sentence_loses_no_letter_and_shows_none_to_anybody_else(alone):
    fault = alone(sessions.ended, "SQLite", 4)
    assert fault.held, fault
    assert fault.remark == "1 times somebody else came"


def test_a_log_in_that_opens_under_the_fingers_is_caught(alone):
    assert alone(sessions.ended, "SQLite", 3, hasty=True).lost
