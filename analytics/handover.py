"""The command line beside a running app: a command is handed to the process that has the store open.

DuckDB lets one process write a store. The app listens on a socket beside its store, which its own account
alone may open. A command finds it there, sends its words, and prints what comes back; the app runs the same
command with its open store, as a list of words and never through a shell. Where nobody listens the command
runs by itself."""

from __future__ import annotations

import ctypes
import io
import json
import os
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any, TextIO

import click

from analytics.oversight import Actor
from analytics.oversight.command_line import acting_as

JOB_LOST = 75  # EX_TEMPFAIL of sysexits.h: the server ended before the job did
_LOST = "The app that ran this command has ended. What was not finished is not in the store."
_APART = frozenset(("run", "serve", "warm", "restore"))  # which never run in the app's process
_LONGEST_ADDRESS = 100  # bytes that the system takes for sure
_LONGEST_REQUEST = 1_000_000
_AT_ONCE = 4
_SINK: ContextVar[Callable[[str, str], None] | None] = ContextVar("sink", default=None)
_FOLDER: ContextVar[str | None] = ContextVar("folder", default=None)


def find_socket(store: Path) -> Path:
    """Where the process that has this store open listens."""
    return store.with_name(f"{store.name}.socket")


def hand_over(group: click.Group, words: Sequence[str], store: Path) -> int | None:
    """Run a command in the process that has `store` open, and print what it prints. Its exit code; None where
    it is to run here: nobody listens, or it is one of those that never run there."""
    chosen = _find_store(group, words, store)
    connection = _reach(chosen) if chosen is not None else None
    if connection is None:
        return None
    with connection:
        return _follow(connection, words)


def ask_holder(store: Path, words: Sequence[str]) -> tuple[int, str] | None:
    """Run a command in the process that has `store` open: its exit code and all that it prints. None where
    nobody listens there."""
    connection = _reach(store)
    if connection is None:
        return None
    with connection:
        _send_request(connection, words)
        printed, code = [], JOB_LOST
        for line in connection.makefile("r", encoding="utf-8", newline="\n"):
            answer = json.loads(line)
            if "exit" in answer:
                code = int(answer["exit"])
                break
            printed.append(answer.get("err") or answer.get("out") or "")
    return code, "".join(printed)


def _reach(store: Path) -> socket.socket | None:
    """A connection to the process that has the store open; None where nobody of this account listens."""
    if not hasattr(socket, "AF_UNIX"):
        return None
    path = find_socket(store)
    try:
        return _connect(path) if path.stat().st_uid in (os.geteuid(), 0) else None
    except OSError:  # nobody listens, or a process that was killed left its socket behind
        return None


def _find_store(group: click.Group, words: Sequence[str], usual: Path) -> Path | None:
    """The store that a command would open; None for one that opens none, and for words that are wrong."""
    command: click.Command = group
    context: click.Context | None = None
    name, rest, store = "achilles", list(words), None
    try:
        while True:
            context = command.make_context(name, rest, parent=context, resilient_parsing=True)
            if any(parameter.name == "store_path" for parameter in command.params):
                store = context.params.get("store_path") or usual
            rest = [*context._protected_args, *context.args]
            if not isinstance(command, click.Group) or not rest:
                return store
            found, below, rest = command.resolve_command(context, rest)
            if below is None or found is None or (command is group and found in _APART):
                return None
            name, command = found, below
    except (click.ClickException, click.exceptions.Exit):
        return None


def _follow(connection: socket.socket, words: Sequence[str]) -> int:
    """Send a command, print what comes back. Ctrl+C stops it there; a second one leaves it alone."""
    _send_request(connection, words)
    answers = connection.makefile("r", encoding="utf-8", newline="\n")
    asked_to_stop = False
    while True:
        try:
            line = answers.readline()
            if not line:
                click.echo(
                    "The app that ran this command has ended. What was not finished is not in the store.",
                    err=True,
                )
                return JOB_LOST
            answer = json.loads(line)
            if "exit" in answer:
                return int(answer["exit"])
            click.echo(answer.get("err") or answer.get("out"), nl=False, err="err" in answer)
        except BrokenPipeError:  # whoever read the output has gone, and with us the command ends
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 1
        except KeyboardInterrupt:
            if asked_to_stop:
                raise
            asked_to_stop = True
            with suppress(OSError):
                connection.sendall(b"stop\n")


def _send_request(connection: socket.socket, words: Sequence[str]) -> None:
    request = {
        "words": list(words),
        "folder": os.getcwd(),
        "role": os.environ.get("ACHILLES_ROLE", ""),
        "purpose": os.environ.get("ACHILLES_PURPOSE", ""),
    }
    connection.sendall(json.dumps(request).encode() + b"\n")


class JobServer:
    """Listens beside the store, and runs what its own account sends with the open store."""

    def __init__(self, group: click.Group, store: Path):
        self._group = group
        self._path = find_socket(store)
        self._turns = threading.BoundedSemaphore(_AT_ONCE)
        self._socket: socket.socket | None = None
        self._jobs: set[_Job] = set()

    def start(self) -> None:
        """Listen from now on, where the system has such sockets. A socket that a killed process left goes."""
        if not hasattr(socket, "AF_UNIX"):
            return
        _route_output()
        with suppress(FileNotFoundError):
            self._path.unlink()
        listening = socket.socket(socket.AF_UNIX)
        before = os.umask(0o177)
        try:
            with _short(self._path) as address:
                listening.bind(address)
        except OSError:
            listening.close()
            return
        finally:
            os.umask(before)
        listening.listen()
        self._socket = listening
        threading.Thread(target=self._accept, args=(listening,), daemon=True, name="jobs").start()

    def stop(self) -> None:
        """Listen no more, and stop what runs."""
        if self._socket is None:
            return
        with suppress(FileNotFoundError):
            self._path.unlink()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._socket = None
        for job in list(self._jobs):
            job.stop()
            job.wait()

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True, name="job").start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError, ValueError, KeyError, TypeError):
            peer = _find_peer(connection)
            if peer not in (os.geteuid(), 0):
                return
            import pwd  # not on Windows, where nobody listens

            sent = connection.makefile("r", encoding="utf-8", newline="\n")
            request = json.loads(sent.readline(_LONGEST_REQUEST))
            job = _Job(self._group, connection, request, pwd.getpwuid(peer).pw_name)
            self._jobs.add(job)
            threading.Thread(target=job.watch, args=(sent,), daemon=True, name="job client").start()
            try:
                with self._turns:
                    job.run()
            finally:
                self._jobs.discard(job)


class _Job:
    """One command, for one client."""

    def __init__(self, group: click.Group, connection: socket.socket, request: dict[str, Any], user: str):
        self._group = group
        self._connection = connection
        self._words = [str(word) for word in request["words"]]
        self._folder = str(request["folder"])
        self._actor = Actor(user, str(request["role"]) or "analyst", str(request["purpose"]))
        self._lock = threading.Lock()
        self._thread: int | None = None
        self._stopped = False
        self._done = threading.Event()

    def run(self) -> None:
        """Run the command with the output of this thread sent to the client, then send its exit code."""
        _SINK.set(self._send)
        _FOLDER.set(self._folder)
        code = 130
        try:
            with self._lock:
                if self._stopped:
                    return
                self._thread = threading.get_ident()
            with acting_as(self._actor):
                code = _run(self._group, self._words)
        except KeyboardInterrupt:  # between the command and here
            pass
        finally:
            with self._lock:
                self._thread = None
            self._done.set()
            with suppress(OSError):
                self._connection.sendall(json.dumps({"exit": code}).encode() + b"\n")

    def watch(self, sent: TextIO) -> None:
        """Stop when the client says so, and when it has gone."""
        with suppress(OSError, ValueError):
            sent.readline()
        self.stop()

    def stop(self) -> None:
        """As Ctrl+C does: the command ends where it is, and a transaction that is open is rolled back."""
        with self._lock:
            first, self._stopped = not self._stopped, True
            if first and self._thread is not None:
                raised = ctypes.py_object(KeyboardInterrupt)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._thread), raised)

    def wait(self) -> None:
        self._done.wait(10)

    def _send(self, stream: str, text: str) -> None:
        try:
            self._connection.sendall(json.dumps({stream: text}).encode() + b"\n")
        except OSError as error:
            raise BrokenPipeError("the client has gone") from error


def _run(group: click.Group, words: list[str]) -> int:
    """The exit code of a command, which prints its own errors."""
    try:
        group.main(args=words, prog_name="achilles", standalone_mode=True)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0


def follow_client(command: click.Command) -> click.Command:
    """The same command, whose paths are those of the client's folder where a client sent it."""
    for parameter in command.params:
        if type(parameter.type) is click.Path:
            parameter.type = _ClientPath(parameter.type)
    if isinstance(command, click.Group):
        for below in command.commands.values():
            follow_client(below)
    return command


class _ClientPath(click.Path):
    """A path as the client wrote it."""

    def __init__(self, usual: click.Path):
        vars(self).update(vars(usual))

    def convert(
        self,
        value: str | os.PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> str | bytes | os.PathLike[str]:
        folder = _FOLDER.get()
        if folder is not None and not (self.allow_dash and os.fspath(value) == "-"):
            value = os.path.join(folder, os.fspath(value))
        return super().convert(value, param, ctx)


class _Routed(io.TextIOBase):
    """Standard output or error: of a job to its client, of everything else where it went before."""

    encoding = "utf-8"

    def __init__(self, name: str, usual: TextIO):
        self._name = name
        self._usual = usual

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError("text is written here")
        if (send := _SINK.get()) is None:
            return self._usual.write(text)
        send(self._name, text)
        return len(text)

    def flush(self) -> None:
        if _SINK.get() is None:
            self._usual.flush()

    def isatty(self) -> bool:
        return _SINK.get() is None and self._usual.isatty()

    def fileno(self) -> int:
        return self._usual.fileno()


def _route_output() -> None:
    if not isinstance(sys.stdout, _Routed):
        sys.stdout = _Routed("out", sys.stdout)
        sys.stderr = _Routed("err", sys.stderr)


def _find_peer(connection: socket.socket) -> int:
    """The account at the other end. Where the system does not say, the socket's mode alone protects it."""
    if not hasattr(socket, "SO_PEERCRED"):
        return os.geteuid()
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", credentials)[1])


def _connect(path: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    try:
        with _short(path) as address:
            connection.connect(address)
    except OSError:
        connection.close()
        raise
    return connection


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """The address of a socket, however deep its folder lies: the system takes a hundred bytes."""
    if len(os.fsencode(path)) <= _LONGEST_ADDRESS:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
