"""Faults made on purpose, in their short form: a real server, its real database, and no word lost."""

from __future__ import annotations

import os
import signal
import time

import pytest

from tests import servers
from tests.trust import kills, people, syncs, weather
from tests.trust.parts import KINDS

on_both = pytest.mark.parametrize("kind", KINDS)


@on_both
def test_no_acknowledged_save_is_lost_or_doubled_by_a_kill(kind):
    fault = kills.killed(kind, 10)
    assert fault.held, fault
    assert fault.acknowledged >= 10


def test_a_worker_that_is_killed_again_and_again_is_replaced_each_time(tmp_path):
    with servers.recension(tmp_path, f"sqlite:///{tmp_path / 'recension.sqlite'}") as server:
        for _time in range(3):
            [worker] = servers.children(server.process.pid)
            os.kill(worker, signal.SIGKILL)
            servers.until(lambda worker=worker: servers.children(server.process.pid) not in ([], [worker]))
        servers.answered(server.process, server.port, time.perf_counter() + servers.PATIENCE)


@on_both
def test_each_acknowledgement_follows_a_sync(kind):
    fault = syncs.watched(kind, 10)
    assert fault.held, fault


@on_both
def test_two_people_in_one_interview_never_write_over_each_other_unseen(kind):
    fault = people.together(kind, 10)
    assert fault.held, fault
    assert not fault.remark.startswith("0 conflicts")


@on_both
def test_a_save_has_one_effect_and_one_receipt_whatever_the_line_does(kind):
    fault = weather.lost_on_the_way(kind, 300)
    assert fault.held, fault
    assert "committed unheard" in fault.remark


def test_an_answer_before_the_commit_is_caught():
    assert kills.killed("SQLite", 4, "too_soon").lost


def test_a_commit_that_is_not_synced_is_caught():
    assert syncs.watched("SQLite", 5, "unsynced").lost


def test_a_save_whose_id_is_forgotten_is_caught():
    assert weather.lost_on_the_way("SQLite", 100, "forgetful").doubled
