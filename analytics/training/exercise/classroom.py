"""The teams' own apps: one process a team, each with its store open, and the links that lead into them.

One process, the conductor, starts them, lets days pass by the exercise's clock and sends what is due. It ends
when the exercise has ended, and its teams' processes with it; they end too where it is killed.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from pydantic import Field

from analytics.oversight import Actor
from analytics.shared.schema import FileModel, parse_json
from analytics.shared.wording import counted
from analytics.store import UnusableStore
from analytics.store.copies import open_private
from analytics.training.exercise.injects import send_due_injects
from analytics.training.exercise.orders import OrderFailed
from analytics.training.exercise.paths import team_folder, team_store
from analytics.training.exercise.running import (
    advance_exercise,
    count_due_days,
    resume_exercise,
    start_exercise,
)
from analytics.training.exercise.state import Exercise, ExerciseRefused, read_exercise

if sys.platform != "win32":
    import fcntl

CONDUCTED = "ACHILLES_CONDUCTED"  # set where the app's standard input is a pipe from the conductor
CLASS_FILE = "class.json"  # beside a team's store; the app reads it by ACHILLES_CLASS
_ROOT = Path(__file__).parents[3]
LOOPBACK = "127.0.0.1"
_LOCK = ".conductor.lock"  # who conducts has it, and touches it at every look at the clock
_EVERY = 2.0  # seconds between looks at the clock
_INJECTS_EVERY = 15.0
_RESTART_AFTER = 30.0
_START_SECONDS = 30.0
_END_SECONDS = 15.0
_TRIES = 5


class Seat(FileModel):
    """One browser of a team: what it is called, its role, and the token in its link."""

    label: str
    role: str
    token: Annotated[str, Field(min_length=16)]


class Classroom(FileModel):
    """How the browsers of one team get in."""

    team: str
    host: str
    port: int
    seats: tuple[Seat, ...]


class SeatLink(FileModel):
    """What the trainer hands out for one seat."""

    team: str
    label: str
    role: str
    address: str


def prepare_classrooms(folder: Path, exercise: Exercise, host: str | None, port: int) -> None:
    """Write who may enter each team's app. `host` is what the browsers type; None: as before, at first this
    machine alone. Links that were handed out for it stay as they are; one whose port somebody else has taken
    gets another port."""
    taken: set[int] = set()
    for team in exercise.teams:
        path = team_folder(folder, team) / CLASS_FILE
        former = read_classroom(path) if path.exists() else None
        if former is not None and host in (None, former.host):
            room = former.model_copy(update={"port": _find_free_port(former.port, taken)})
        else:
            seats = tuple(
                Seat(label=role.label, role=role.role, token=secrets.token_urlsafe(18))
                for role in exercise.plan.roles
            )
            room = Classroom(team=team, host=host or LOOPBACK, port=_find_free_port(port, taken), seats=seats)
        taken.add(room.port)
        with open_private(path) as file:
            file.write(room.model_dump_json(indent=1).encode())


def read_classroom(path: Path) -> Classroom:
    """Who may enter a team's app. Raises InvalidFile, FileNotFoundError."""
    return parse_json(path.read_bytes(), Classroom, path.name)


def list_links(folder: Path) -> list[SeatLink]:
    """The links of every team and seat; none before the first start."""
    found = []
    for team in read_exercise(folder).teams:
        path = team_folder(folder, team) / CLASS_FILE
        if not path.exists():
            continue
        room = read_classroom(path)
        found += [
            SeatLink(
                team=team,
                label=seat.label,
                role=seat.role,
                address=f"http://{room.host}:{room.port}/?token={seat.token}",
            )
            for seat in room.seats
        ]
    return found


def write_hand_out(exercise: Exercise, links: Sequence[SeatLink]) -> str:
    """The task and the link of each seat, a page a team, to be printed or sent."""
    pages = []
    for team in exercise.teams:
        seats = [f"{link.label} ({link.role}): {link.address}" for link in links if link.team == team]
        head = f"EXERCISE: invented data\n{exercise.plan.title}\nTeam {team}"
        length = f"You have {counted(exercise.plan.clock.minutes, 'minute')}."
        once = "One link for each person. Keep yours to yourself."
        pages.append("\n\n".join([head, exercise.plan.task.strip(), length, once, "\n".join(seats)]))
    return "\n\f\n".join(pages) + "\n"


def start_class(folder: Path, actor: Actor, *, host: str | None = None, port: int = 8611) -> list[SeatLink]:
    """Start the clock and the app of each team; returns the links. Where the conductor has died, the clock
    has stood since; after the reveal the apps alone are opened. Raises ExerciseRefused."""
    phase = read_exercise(folder).phase
    if phase not in ("running", "revealed"):
        start_exercise(folder, actor)
    elif phase == "running" and not is_conducted(folder):
        resume_exercise(folder, actor, _find_last_beat(folder))
    return open_classrooms(folder, host=host, port=port)


def open_classrooms(folder: Path, *, host: str | None = None, port: int = 8611) -> list[SeatLink]:
    """Start the conductor, unless it runs, and with it the app of each team; returns the links."""
    folder = folder.resolve()
    if is_conducted(folder):
        return list_links(folder)
    prepare_classrooms(folder, read_exercise(folder), host, port)
    command = [sys.executable, "-m", "analytics.cli", "exercise", "conduct", str(folder)]
    with (folder / "conductor.log").open("ab") as log:
        subprocess.Popen(
            command,
            cwd=_ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    until = time.monotonic() + _START_SECONDS
    while not is_conducted(folder) and time.monotonic() < until:
        time.sleep(0.5)
    return list_links(folder)


def is_conducted(folder: Path) -> bool:
    """Whether a conductor looks after the teams' apps."""
    if not (folder / _LOCK).exists():
        return False
    with _alone(folder) as is_alone:
        return not is_alone


def conduct(folder: Path, actor: Actor, report: Callable[[str], None]) -> None:
    """Keep the teams' apps running, let days pass and send what is due, until the exercise has ended. Returns
    soon where another process does so already."""
    for _ in range(_TRIES):  # who only looks whether somebody conducts has the lock for a moment
        with _alone(folder) as is_alone:
            if is_alone:
                _Conductor(folder, actor, report).run()
                return
        time.sleep(0.3)


class _Conductor:
    """The apps of the teams, and the clock."""

    def __init__(self, folder: Path, actor: Actor, report: Callable[[str], None]):
        self._folder, self._actor, self._report = folder, actor, report
        self._apps: dict[str, subprocess.Popen[bytes]] = {}
        self._begun: dict[str, float] = {}
        self._next_injects = 0.0

    def run(self) -> None:
        signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))  # the teams' apps end with it
        try:
            while (exercise := read_exercise(self._folder)).phase != "ended":
                for team in exercise.teams:
                    self._keep_open(team)
                if exercise.phase == "running":
                    self._pass_time(exercise)
                os.utime(self._folder / _LOCK)
                time.sleep(_EVERY)
        finally:
            end_apps(self._apps.values())

    def _keep_open(self, team: str) -> None:
        """Start the app of a team, again where it has ended, at most every half minute."""
        app, at = self._apps.get(team), time.monotonic()
        if app is not None and app.poll() is None:
            return
        if app is not None and at - self._begun[team] < _RESTART_AFTER:
            return
        self._begun[team] = at
        self._apps[team] = start_app(self._folder, team)
        self._report(f"{team}: app started, process {self._apps[team].pid}")

    def _pass_time(self, exercise: Exercise) -> None:
        try:
            if days := count_due_days(exercise):
                self._report(f"{days} days pass")
                advance_exercise(self._folder, self._actor, days)
            if time.monotonic() >= self._next_injects or days:
                self._next_injects = time.monotonic() + _INJECTS_EVERY
                for state in send_due_injects(self._folder, self._actor):
                    self._report(f"{state.inject.code} sent to {state.team}")
        except (ExerciseRefused, OrderFailed, UnusableStore) as error:
            self._report(f"Not done, tried again soon: {error}")
            self._next_injects = time.monotonic() + _INJECTS_EVERY


def start_app(folder: Path, team: str) -> subprocess.Popen[bytes]:
    """The app of a team, in a process of its own. Its standard input is a pipe that closes when this process
    has ended, however it ended: then the app ends too."""
    room_file = team_folder(folder, team) / CLASS_FILE
    room = read_classroom(room_file)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ACHILLES_")}
    for name in ("ACHILLES_SIGNING_KEY", "ACHILLES_HEADS"):
        if name in os.environ:
            environment[name] = os.environ[name]
    environment |= {
        "ACHILLES_STORE": str(team_store(folder, team)),
        "ACHILLES_CLASS": str(room_file),
        CONDUCTED: "yes",
        "ACHILLES_WARM_UP": "no",
        "OMP_NUM_THREADS": "1",
    }
    command = [sys.executable, "-m", "streamlit", "run", str(_ROOT / "app.py")]
    command += ["--server.port", str(room.port), "--server.headless", "true"]
    command += ["--server.address", LOOPBACK if room.host in (LOOPBACK, "localhost") else "0.0.0.0"]
    with (team_folder(folder, team) / "app.log").open("ab") as log:
        return subprocess.Popen(
            command, cwd=_ROOT, env=environment, stdin=subprocess.PIPE, stdout=log, stderr=log
        )


def end_apps(apps: Collection[subprocess.Popen[bytes]], seconds: float = _END_SECONDS) -> None:
    """Ask apps to end, all at once, and end those that have not done so in time: a store survives that."""
    for app in apps:
        app.terminate()
    until = time.monotonic() + seconds
    for app in apps:
        try:
            app.wait(max(until - time.monotonic(), 0.0))
        except subprocess.TimeoutExpired:
            app.kill()
            app.wait()


def _find_last_beat(folder: Path) -> datetime | None:
    """When a conductor last looked at the clock, in UTC without a zone; None where none ever has."""
    path = folder / _LOCK
    if not path.exists():
        return None
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(tzinfo=None)


def _find_free_port(port: int, taken: set[int]) -> int:
    """The first free port from this one on, but for those taken."""
    while True:
        if port in taken:
            port += 1
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                port += 1
                continue
            return port


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether this process alone conducts the exercise, until the block ends."""
    descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        is_alone = True
        if sys.platform != "win32":
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                is_alone = False
        yield is_alone
    finally:
        os.close(descriptor)
