"""What happens to a browser, in its short form: killed, half an hour without the network, its session ended."""

from __future__ import annotations

from tests.trust import browsers, sessions


def test_what_was_typed_a_second_before_the_browser_is_killed_comes_back_and_cannot_be_read_meanwhile():
    fault = browsers.killed("SQLite", 3)
    assert fault.held, fault
    assert fault.acknowledged


def test_half_an_hour_offline_is_replayed_in_order_and_once():
    fault = browsers.offline("PostgreSQL", 3)
    assert fault.held, fault
    assert fault.acknowledged


def test_a_draft_in_clear_is_caught():
    fault = browsers.killed("SQLite", 1, spoilt=True)
    assert any("draft can be read" in sentence for sentence in fault.wrong)


def test_a_session_that_ends_in_mid_sentence_loses_no_letter_and_shows_none_to_anybody_else():
    fault = sessions.ended("SQLite", 4)
    assert fault.held, fault
    assert fault.remark == "1 times somebody else came"


def test_a_log_in_that_opens_under_the_fingers_is_caught():
    assert sessions.ended("SQLite", 3, hasty=True).lost
