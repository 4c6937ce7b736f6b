"""Work in the background: one registry, found by what it answers, stopped and forgotten by its rules."""

from __future__ import annotations

import threading

import pytest

from analytics.shared.progress import Cancelled
from ui.components.background import STOPPED, Kind, Task, TaskRegistry

KIND = Kind("test", maximum=3, refusals=(LookupError,))
LONG = 30.0  # seconds: no test waits so long


class Gate:
    """Work that reports a step and then waits until it is let go."""

    def __init__(self) -> None:
        self.begun, self.go, self.runs = threading.Event(), threading.Event(), 0

    def __call__(self, progress, cancelled) -> str:
        self.runs += 1
        progress("Waiting at the gate", 0.5)
        self.begun.set()
        assert self.go.wait(LONG)
        progress("Through", 2.0)
        return "done"


@pytest.fixture
def tasks():
    return TaskRegistry()


def ask(tasks: TaskRegistry, subject: str, work, session: str, open_sessions=("a", "b")) -> Task:
    return tasks.ask(KIND, subject, work, session=session, is_open=lambda name: name in open_sessions)


def test_work_shows_its_step_and_gives_its_result(tasks):
    gate = Gate()
    task = tasks.start(KIND, "x", gate)
    assert gate.begun.wait(LONG) and (task.step, task.share) == ("Waiting at the gate", 0.5)
    assert not task.has_ended and not task.wait(0)
    with pytest.raises(RuntimeError, match="not ended"):
        _ = task.result
    gate.go.set()
    assert task.wait(LONG) and task.has_succeeded and task.result == "done"
    assert (task.step, task.share) == ("Through", 1.0)


def test_whoever_asks_the_same_finds_the_work_running_and_its_result(tasks):
    gate = Gate()
    first = tasks.find_or_start(KIND, "x", gate)
    assert tasks.find_or_start(KIND, "x", gate) is first and tasks.find(KIND, "x") is first
    assert tasks.find_running(KIND) is first
    gate.go.set()
    first.wait(LONG)
    assert tasks.find_or_start(KIND, "x", gate) is first and gate.runs == 1
    assert tasks.find_running(KIND) is None
    assert tasks.find(KIND, "y") is None and tasks.find(Kind("other"), "x") is None


def test_cancelled_work_stops_at_its_next_step(tasks):
    gate = Gate()
    task = tasks.start(KIND, "x", gate)
    gate.begun.wait(LONG)
    task.cancel()
    assert task.is_stopping and not task.has_ended
    gate.go.set()
    assert task.wait(LONG) and task.failure == STOPPED and not task.has_succeeded


def test_work_may_say_itself_what_became_of_it_when_stopped(tasks):
    def work(progress, cancelled):
        raise Cancelled("Stopped; the campaigns are unchanged.")

    task = tasks.start(KIND, "x", work)
    assert task.wait(LONG) and task.failure == "Stopped; the campaigns are unchanged."
    assert task.refusal is None


def test_a_refusal_is_the_users_to_read_and_keeps_its_error():
    task = Task()
    task.run(lambda *_: {}["no such row"], KIND)
    assert task.has_ended and task.failure == "'no such row'" and isinstance(task.refusal, KeyError)


def test_an_error_not_foreseen_is_raised_for_the_log_and_not_shown():
    task = Task()
    with pytest.raises(ZeroDivisionError):
        task.run(lambda *_: 1 / 0, KIND)
    assert task.has_ended and task.failure == KIND.failed and "zero" not in task.failure
    stopped = Task()
    stopped.cancel()
    stopped.run(lambda *_: 1 / 0, KIND)  # what breaks because it was stopped is no failure
    assert stopped.failure == STOPPED


def test_work_is_done_again_once_it_is_forgotten(tasks):
    task = tasks.start(KIND, "x", lambda *_: 1)
    task.wait(LONG)
    tasks.forget(KIND, "x")
    again = tasks.find_or_start(KIND, "x", lambda *_: 2)
    assert again.wait(LONG) and (task.result, again.result) == (1, 2)


def test_only_so_many_ended_tasks_are_kept_the_oldest_go_first_and_none_that_runs(tasks):
    gate = Gate()
    running = tasks.start(KIND, "running", gate)
    for subject in "abcd":
        tasks.start(KIND, subject, lambda *_: None).wait(LONG)
    other = Kind("other")
    tasks.start(other, "a", lambda *_: None).wait(LONG)
    assert [subject for subject in "abcd" if tasks.find(KIND, subject)] == ["c", "d"]
    assert tasks.find(KIND, "running") is running and not running.is_stopping and tasks.find(other, "a")
    gate.go.set()
    running.wait(LONG)


def test_outdated_work_is_stopped_and_forgotten(tasks):
    gate = Gate()
    old, new = tasks.start(KIND, ("leads", 1), gate), tasks.start(KIND, ("leads", 2), gate)
    tasks.discard(KIND, lambda subject: subject[1] < 2)
    assert old.is_stopping and not new.is_stopping
    assert tasks.find(KIND, ("leads", 1)) is None and tasks.find(KIND, ("leads", 2)) is new
    gate.go.set()
    assert old.wait(LONG) and new.wait(LONG) and old.failure == STOPPED and new.result == "done"


def test_what_a_session_leaves_is_stopped_unless_another_open_one_waits_for_it(tasks):
    gate = Gate()
    shared = ask(tasks, "x", gate, "a")
    assert ask(tasks, "x", gate, "b") is shared
    ask(tasks, "y", gate, "a")
    assert not shared.is_stopping  # b waits
    ask(tasks, "y", gate, "b")
    assert shared.is_stopping
    gate.go.set()
    shared.wait(LONG)
    assert ask(tasks, "x", gate, "a") is not shared  # stopped when all had left it: it begins anew


def test_who_comes_back_to_work_that_had_ended_finds_its_result(tasks):
    ended = ask(tasks, "x", lambda *_: 1, "a")
    assert ended.wait(LONG)
    ask(tasks, "y", lambda *_: 2, "a").wait(LONG)
    assert ask(tasks, "x", lambda *_: 3, "a") is ended and ended.result == 1


def test_a_session_that_has_closed_waits_for_nothing(tasks):
    gate = Gate()
    left = ask(tasks, "x", gate, "gone", ("a", "gone"))
    ask(tasks, "x", gate, "a", ("a", "gone"))
    ask(tasks, "y", gate, "a", ("a",))
    assert left.is_stopping
    gate.go.set()


def test_a_reloaded_page_finds_the_work_of_its_former_session(tasks):
    gate = Gate()
    task = ask(tasks, "x", gate, "before")
    assert ask(tasks, "x", gate, "after", ("after",)) is task and not task.is_stopping
    gate.go.set()
    assert task.wait(LONG) and task.result == "done"


def test_stopped_work_stays_stopped_for_the_session_that_stopped_it(tasks):
    gate = Gate()
    task = ask(tasks, "x", gate, "a")
    gate.begun.wait(LONG)
    task.cancel()
    gate.go.set()
    task.wait(LONG)
    assert ask(tasks, "x", gate, "a") is task and task.failure == STOPPED


def test_many_sessions_at_once_start_the_work_once(tasks):
    gate, found = Gate(), []
    threads = [
        threading.Thread(target=lambda: found.append(tasks.find_or_start(KIND, "x", gate))) for _ in range(16)
    ]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    gate.go.set()
    assert found[0].wait(LONG) and len(set(map(id, found))) == 1 and gate.runs == 1


def test_the_registry_knows_no_streamlit():
    import subprocess
    import sys

    program = "import sys, ui.components.background; sys.exit('streamlit' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
