"""Start the process that parses one file: forked from a warm one where that is safe, else started afresh."""

from __future__ import annotations

import atexit
import json
import os
import socket
import subprocess
import sys
import threading
from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from analytics.formats.parser_process import ParserTask

_START = "import sys; sys.path.insert(0, sys.argv[1]); from analytics.formats.{} import main; main()"
_ROOT = Path(__file__).parents[2]
_HAS_FORK = sys.platform == "linux"  # of macOS's own libraries some do not outlive a fork
# What a parser's process may know of the environment: nothing that a user or a service put there.
_INHERITED = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "PROJ_DATA",
    "PROJ_LIB",
    "GDAL_DATA",
    "SYSTEMROOT",
    "WINDIR",
    "NUMBER_OF_PROCESSORS",
)
_ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",  # the others reserve address space, of which there is a limit
    "JE_ARROW_MALLOC_CONF": "background_thread:false",  # a fork is safe where there is one thread
    "MALLOC_ARENA_MAX": "2",
    "PROJ_NETWORK": "OFF",
    "RUST_BACKTRACE": "0",
}


@dataclass(frozen=True)
class ParserResult:
    """How a parser's process ended: its code, of a signal its negative number, and what it wrote."""

    code: int
    output: bytes
    errors: str


class ServerGone(Exception):
    """The process that forks the parsers has ended, or cannot fork."""


class ParserChild(ABC):
    """A process that parses one file, as this one sees it: the descriptors of its `content` (to write), of
    its `output`, `errors` and signs of life (`progress`, to read). Whoever makes one closes it, which ends
    the process."""

    def __init__(self, task: ParserTask) -> None:
        theirs, ours = [], []
        for is_written in (True, False, False, False):
            reading, writing = os.pipe()
            theirs.append(reading if is_written else writing)
            ours.append(writing if is_written else reading)
        self.content, self.output, self.errors, self.progress = self._open = ours
        try:
            self._start(task, theirs)
        except BaseException:
            self._close_pipes()
            raise
        finally:
            for descriptor in theirs:
                os.close(descriptor)

    @abstractmethod
    def _start(self, task: ParserTask, theirs: list[int]) -> None:
        """Start the process with its ends of the pipes."""

    @abstractmethod
    def wait(self, seconds: float) -> int | None:
        """The code it ended with, of a signal its negative number; None where it has not after so long."""

    @abstractmethod
    def kill(self) -> None:
        """End it at once, if it still runs."""

    def close_one(self, descriptor: int) -> None:
        self._open.remove(descriptor)
        os.close(descriptor)

    def close(self) -> None:
        self.kill()
        self._close_pipes()

    def _close_pipes(self) -> None:
        for descriptor in list(self._open):
            self.close_one(descriptor)


class ColdChild(ParserChild):
    """Started afresh, with libraries to load."""

    def _start(self, task: ParserTask, theirs: list[int]) -> None:
        content, output, errors, progress = theirs
        self._process = subprocess.Popen(
            _make_command(task, progress),
            stdin=content,
            stdout=output,
            stderr=errors,
            pass_fds=(progress,),
            cwd=task.folder,
            env=make_environment(task.folder),
        )

    def wait(self, seconds: float) -> int | None:
        try:
            return self._process.wait(max(seconds, 0))
        except subprocess.TimeoutExpired:
            return None

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


class ForkedChild(ParserChild):
    """Forked from the process that has the libraries loaded. Raises ServerGone where that cannot be."""

    def _start(self, task: ParserTask, theirs: list[int]) -> None:
        self._channel, their_channel = socket.socketpair()
        try:
            with their_channel:
                _SERVER.request(task, [their_channel.fileno(), *theirs])
        except BaseException:
            self._channel.close()
            raise

    def wait(self, seconds: float) -> int | None:
        self._channel.settimeout(max(seconds, 0.001))
        try:
            code = self._channel.recv(16)
        except TimeoutError:
            return None
        except OSError as error:
            raise ServerGone from error
        if not code:
            raise ServerGone
        return int(code)

    def kill(self) -> None:
        self._channel.close()


def start_child(task: ParserTask, *, is_forked: bool = True) -> ParserChild:
    """Start the process for a task, forked if it may and can be."""
    if is_forked and _HAS_FORK:
        with suppress(ServerGone):
            return ForkedChild(task)
    return ColdChild(task)


def run_unwatched(task: ParserTask, content: bytes, seconds: int) -> ParserResult:
    """Run a task where pipes cannot be waited for together (Windows). Raises TimeoutExpired."""
    done = subprocess.run(
        _make_command(task, -1),
        input=content,
        capture_output=True,
        cwd=task.folder,
        env=make_environment(task.folder),
        timeout=seconds,
        check=False,
    )
    return ParserResult(done.returncode, done.stdout, done.stderr.decode(errors="replace"))


def _make_command(task: ParserTask, progress: int) -> list[str]:
    arguments = [*task.to_arguments()[:-1], str(progress)]
    return [sys.executable, "-I", "-c", _START.format("parser_process"), str(_ROOT), *arguments]


def make_environment(folder: str | None = None) -> dict[str, str]:
    """What a parser's process is given as its environment, with the folder of its temporary files."""
    own = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), folder) if folder else {}
    return {**{name: os.environ[name] for name in _INHERITED if name in os.environ}, **_ENVIRONMENT, **own}


class _WarmServer:
    """This application's own server of parsers, started when first asked and again when it has ended."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def request(self, task: ParserTask, descriptors: list[int]) -> None:
        """Have it fork a child. Raises ServerGone where it cannot be reached."""
        message = json.dumps(task.to_arguments()[:-1]).encode()
        with self._lock:
            for is_last in (False, True):
                if self._control is None:
                    self._control = self._start()
                try:
                    socket.send_fds(self._control, [message], descriptors)
                    return
                except OSError as error:
                    self._stop()
                    if is_last:
                        raise ServerGone from error

    def _start(self) -> socket.socket:
        control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-I",
                    "-c",
                    _START.format("parser_server"),
                    str(_ROOT),
                    str(theirs.fileno()),
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                cwd="/",
                env=make_environment(),
                start_new_session=True,  # Ctrl+C is for the application, which ends this one
            )
        return control

    def stop(self) -> None:
        """End it, and what it has forked."""
        with self._lock:
            self._stop()

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.wait()
        self._control = self._process = None


_SERVER = _WarmServer()
stop_server = _SERVER.stop
atexit.register(stop_server)
