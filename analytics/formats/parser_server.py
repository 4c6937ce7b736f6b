"""A process that has the parsers' libraries loaded and forks one child for each file.

Loading them takes more processor time than most files need. The server itself never reads a file: it imports
a parser's module when that is first asked for, forks, and the child limits itself as one that was started
afresh. It stays single-threaded, since only then is a fork safe. Started by `analytics.formats.parser_start`,
on Linux alone; it ends when the application does, or when nobody asked for long."""

from __future__ import annotations

import ctypes
import gc
import json
import os
import selectors
import signal
import socket
import sys
import tempfile
import traceback
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module

from analytics.formats.parser_process import ParserTask, run_task

MAXIMUM_REQUEST = 1 << 16
_IDLE_SECONDS = 15 * 60
_SET_PARENT_DEATH_SIGNAL = 1
_PROGRESS = 3  # the descriptor after input, output and errors
_DESCRIPTORS = 5
# What libraries import only once they work: the first array made by pyarrow imports pandas.
_LOADED_LATE = ("pandas", "encodings.idna", "_strptime")


@dataclass(frozen=True)
class _ForkedParser:
    """A child not yet ended. `handle`: readable once it has; `channel`: where its code goes, closed by the
    application to have it killed."""

    pid: int
    handle: int
    channel: int


def main() -> None:
    """The last argument is the descriptor of the socket that requests come on."""
    control = int(sys.argv[-1])
    os.close(os.pidfd_open(os.getpid()))  # a kernel that cannot do so is found out before a child is there
    ParserServer(socket.socket(fileno=control)).serve()


class ParserServer:
    """Serves the requests on a socket: each is a task, with the descriptors of a channel and of the child's
    input, output, errors and signs of life."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._selector = selectors.DefaultSelector()
        self._selector.register(control, selectors.EVENT_READ)
        self._children: dict[int, _ForkedParser] = {}

    def serve(self) -> None:
        """Until the application has gone, or has asked for nothing for long."""
        while events := self._selector.select(None if self._children else _IDLE_SECONDS):
            for key, _ in events:
                if key.fileobj is self._control:
                    if not self._accept():
                        self._kill_all()
                        return
                elif (child := self._children.get(key.fd)) is not None:
                    self._attend(child, key.fd)

    def _accept(self) -> bool:
        """Fork a child for the next request; False where there will be none any more."""
        message, descriptors, _, _ = socket.recv_fds(self._control, MAXIMUM_REQUEST, _DESCRIPTORS)
        if not message:
            return False
        channel, *streams = descriptors
        task = ParserTask.from_arguments([*json.loads(message), str(_PROGRESS)])
        _load(task.module)
        server = os.getpid()
        pid = os.fork() if _is_single_threaded() else -1
        if pid == 0:
            _run_child(task, streams, server)
        for stream in streams:
            os.close(stream)
        if pid < 0:
            os.close(channel)  # the application then starts a process of its own
            return True
        child = _ForkedParser(pid, os.pidfd_open(pid), channel)
        for descriptor in (child.handle, child.channel):
            self._children[descriptor] = child
            self._selector.register(descriptor, selectors.EVENT_READ)
        return True

    def _attend(self, child: _ForkedParser, descriptor: int) -> None:
        """Report the code of a child that has ended; kill one that the application gave up."""
        if descriptor == child.channel:
            self._selector.unregister(child.channel)
            os.kill(child.pid, signal.SIGKILL)
            return
        _, status = os.waitpid(child.pid, 0)
        with suppress(OSError):
            os.write(child.channel, str(os.waitstatus_to_exitcode(status)).encode())
        for descriptor in (child.handle, child.channel):
            del self._children[descriptor]
            with suppress(KeyError):
                self._selector.unregister(descriptor)
            os.close(descriptor)

    def _kill_all(self) -> None:
        for child in set(self._children.values()):
            os.kill(child.pid, signal.SIGKILL)


def _load(module: str) -> None:
    """Import a parser's module with its libraries, once; the child reports why it cannot be."""
    if module in sys.modules:
        return
    for name in (*_LOADED_LATE, module):
        with suppress(ImportError):
            import_module(name)
    gc.collect()
    gc.freeze()  # collecting garbage in a child would copy what it shares with this process


def _is_single_threaded() -> bool:
    return len(os.listdir("/proc/self/task")) == 1


def _run_child(task: ParserTask, streams: list[int], server: int) -> None:
    """The forked child from its first step to its end: it never returns."""
    code = 1
    try:
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != server:  # which ended before the kernel was asked to end this one with it
            os._exit(1)
        for target, stream in enumerate(streams):
            os.dup2(stream, target)
        os.closerange(_PROGRESS + 1, os.sysconf("SC_OPEN_MAX"))
        os.chdir(task.folder)
        os.environ["TMPDIR"] = tempfile.tempdir = task.folder
        code = run_task(task)
    finally:
        if sys.exception() is not None:
            traceback.print_exc()
        with suppress(OSError, ValueError):
            sys.stderr.flush()
        os._exit(code)
