"""Parsers that do what a hostile file might make one do; run only in a parser's own process."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

from analytics.formats.parsed import ParsedFile


def try_what_is_forbidden(data: bytes) -> ParsedFile:
    """What becomes of each: a socket, a program, a file outside read and one written. Then the names of the
    environment, and how many descriptors are open beside input, output, errors and one more."""
    outside = Path(data.decode())
    attempts: tuple[Callable[[], object], ...] = (
        socket.socket,
        lambda: subprocess.run(["true"], check=False),
        lambda: outside.read_bytes(),
        lambda: outside.with_name("new").write_bytes(b"x"),
    )
    outcomes = [_outcome(attempt) for attempt in attempts]
    descriptors = [number for number in range(4, 1024) if _is_open(number)]
    return _say(*outcomes, " ".join(os.environ), str(len(descriptors)))


def _outcome(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, "forbidden")
    return "allowed"


def _say(*texts: str) -> ParsedFile:
    return ParsedFile.from_table(pa.table({"text": list(texts)}))


def take_memory(data: bytes) -> ParsedFile:
    return _say(str(len(bytes(16 << 30))))


def sleep(data: bytes) -> ParsedFile:
    time.sleep(600)
    return _say("woke")


def spin(data: bytes) -> ParsedFile:
    end = time.process_time() + float(data)
    while time.process_time() < end:
        pass
    return _say("ended")


def crash(data: bytes) -> ParsedFile:
    os.abort()


def find_process(data: bytes) -> ParsedFile:
    return _say(str(os.getpid()), str(os.getppid()))


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True
