"""One way to report progress and to stop."""

from __future__ import annotations

import pytest

from analytics.shared.progress import Cancelled, cancellable, ignore_progress, never_cancelled, part_of


def test_a_part_reports_its_share_of_all_the_work():
    steps = []
    part = part_of(lambda step, share: steps.append((step, share)), 0.2, 0.7)
    part("first", 0.0)
    part("last", 1.0)
    assert steps == [("first", 0.2), ("last", pytest.approx(0.7))]


def test_work_that_is_cancelled_stops_before_the_next_step_with_its_message():
    steps, stopped = [], []
    report = cancellable(lambda step, share: steps.append(step), lambda: bool(stopped), "Stopped here.")
    report("one", 0.0)
    stopped.append(True)
    with pytest.raises(Cancelled, match=r"^Stopped here\.$"):
        report("two", 0.5)
    assert steps == ["one"]


def test_without_a_watcher_nothing_is_reported_and_nothing_stops():
    assert cancellable(ignore_progress, never_cancelled, "Stopped.")("step", 1.0) is None
