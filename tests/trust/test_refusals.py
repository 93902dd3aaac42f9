"""A database in trouble and hostile text, in their short form, over HTTP to a real server."""

from __future__ import annotations

import pytest

from tests.trust import hostile, refusals
from tests.trust.parts import KINDS

on_both = pytest.mark.parametrize("kind", KINDS)


@on_both
def test_a_database_in_trouble_refuses_in_words_and_is_back_by_itself(kind):
    wrong = [fault for fault in refusals.refused(kind, 1) if not fault.held]
    assert not wrong, wrong


@on_both
def test_hostile_text_is_the_same_wherever_it_is_read_and_never_an_error(kind):
    fault = hostile.pasted(kind, 300)
    assert fault.held, fault.wrong
