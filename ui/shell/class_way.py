"""A team of an exercise: each browser is let in by the link of its seat, in that seat's role."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

from starlette.requests import HTTPConnection

from analytics.oversight import Actor
from analytics.oversight.sessions import hash_secret
from analytics.store import live_on
from analytics.training.exercise.classroom import CONDUCTED, Classroom, read_classroom
from analytics.training.exercise.revealed import follow_exercise
from analytics.training.exercise.state import read_exercise
from ui.shell.single_user import SingleUserWay, has_token

CLASS = "ACHILLES_CLASS"  # the environment variable that names who may enter the app of a team
_STDIN = 0
_END_SECONDS = 20.0  # for open pages to be let go and the store to be closed
_SEAT = 16  # characters that name a seat in the audit trail


class ClassWay(SingleUserWay):
    """The links that the trainer hands out. Nobody here is alone on a machine: a seat does what its role
    does, for training. From the start the app lives on the day that the exercise has reached."""

    def __init__(self, room_file: Path):
        self.room: Classroom = read_classroom(room_file)
        super().__init__(self.room.seats[0].token)
        live_on(read_exercise(room_file.parents[2]).today)
        follow_exercise(room_file.parents[2])

    def find_actor(self, request: HTTPConnection) -> Actor | None:
        for seat in self.room.seats:
            if has_token(request, seat.token.encode()):
                name = f"{self.room.team}, {seat.label}"
                return Actor(name, seat.role, "training", hash_secret(seat.token)[:_SEAT])
        return None


def end_with_conductor() -> None:
    """End this app when the process that started it for a team has ended, also where it was killed. An app
    that somebody started by hand goes on."""
    if os.environ.get(CONDUCTED):
        threading.Thread(target=_wait_for_conductor, name="conductor", daemon=True).start()


def _wait_for_conductor() -> None:
    while os.read(_STDIN, 1):  # nobody writes: it returns when the conductor's end is closed
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_END_SECONDS)
    os._exit(1)
