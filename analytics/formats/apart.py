"""Parse a file in a process of its own, limited in memory, time, files and network.

A parser that crashes, hangs or eats memory on a hostile file then ends that process alone, and the user
is given the reason in words."""

from __future__ import annotations

import json
import os
import re
import selectors
import signal
import subprocess
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from analytics.formats.header import UnreadableFile
from analytics.formats.parsed import ParsedFile, read_parsed
from analytics.formats.parser_process import REFUSED, TOO_LARGE, ParserTask
from analytics.formats.parser_start import ParserChild, ParserResult, ServerGone, run_unwatched, start_child

_GB = 1 << 30
_SMALL_MB = 4  # of more, longer is waited
_SECONDS, _SECONDS_PER_MB, _MAXIMUM_SECONDS = 20, 10, 600  # of processor time
_WAITED, _WAITED_FACTOR = 30, 3  # seconds on the clock; a busy machine serves others too
_SILENCE = 20  # seconds on the clock without a sign of life
_TOO_LONG = "is too large: it needs more time than is allowed for its size"
_READ_AT_ONCE = 1 << 20
_OUT_OF_MEMORY = re.compile(r"bad_alloc|out of memory|memory allocation|cannot allocate", re.IGNORECASE)
_CLASS_OF_ERROR = re.compile(r"^[\w.]+(?:Error|Exception|BadZipFile): ")


@dataclass(frozen=True)
class ParserLimits:
    """Bytes of memory, seconds of the processor, and seconds on the clock."""

    memory: int
    processor: int
    clock: int


@dataclass(frozen=True)
class Parser:
    """A function of this package that parses one kind of file, what the file is called in a message, and the
    most memory that it may take."""

    function: str
    noun: str
    advice: str
    memory: int = 2 * _GB
    memory_per_byte: int = 30
    maximum_memory: int = 8 * _GB

    def limits(self, size: int) -> ParserLimits:
        """Those of a file of so many bytes."""
        memory = min(self.memory + self.memory_per_byte * size, self.maximum_memory)
        beyond = max((size >> 20) - _SMALL_MB, 0)
        seconds = min(_SECONDS + _SECONDS_PER_MB * beyond, _MAXIMUM_SECONDS)
        return ParserLimits(memory, seconds, _WAITED_FACTOR * seconds if beyond else _WAITED)


class _OutOfTime(Exception):
    """A parser's process took too long; the message says in what way."""


def parse_apart(parser: Parser, data: bytes | Path, **options: object) -> ParsedFile:
    """What the parser makes of the file. Of a Path the process may read that file where it lies; bytes are
    given to it. Raises UnreadableFile with the parser's own reason or where a limit was met, ValueError where
    the file is damaged."""
    content, path = (b"", str(data.resolve())) if isinstance(data, Path) else (data, "")
    limits = parser.limits(Path(path).stat().st_size if path else len(content))
    said = json.dumps(options).encode() + b"\n"
    with tempfile.TemporaryDirectory() as folder:
        task = ParserTask(folder, parser.function, limits.memory, limits.processor, path)
        try:
            ended = _run(task, (said, content), limits.clock)
        except _OutOfTime as error:
            raise UnreadableFile(f"The {parser.noun} {error}. {parser.advice}") from error
    if ended.code:
        raise _failure(parser, ended)
    return read_parsed(ended.output)


def _run(task: ParserTask, content: tuple[bytes, ...], seconds: int) -> ParserResult:
    """Run the task in a process; in one started afresh where that which forks them has ended meanwhile."""
    if os.name == "nt":
        try:
            return run_unwatched(task, b"".join(content), seconds)
        except subprocess.TimeoutExpired as error:
            raise _OutOfTime(_TOO_LONG) from error
    try:
        with closing(start_child(task)) as child:
            return _exchange(child, content, seconds)
    except ServerGone:
        with closing(start_child(task, is_forked=False)) as child:
            return _exchange(child, content, seconds)


def _exchange(child: ParserChild, content: tuple[bytes, ...], seconds: int) -> ParserResult:
    """Give the process its content and gather what it writes. Raises _OutOfTime where it takes longer than so
    many seconds, or shows no sign of life: that it read, wrote or used the processor."""
    waiting = [memoryview(part) for part in content if part]
    read: dict[int, list[bytes]] = {child.output: [], child.errors: [], child.progress: []}
    end = time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        os.set_blocking(child.content, False)
        selector.register(child.content, selectors.EVENT_WRITE)
        for descriptor in read:
            selector.register(descriptor, selectors.EVENT_READ)
        while selector.get_map():
            events = selector.select(max(min(end - time.monotonic(), _SILENCE), 0))
            if time.monotonic() >= end:
                raise _OutOfTime(_TOO_LONG)
            if not events:
                raise _OutOfTime(f"cannot be read: its reader stood still for {_SILENCE} seconds")
            for key, _ in events:
                if key.fd == child.content:
                    is_over = _write_next(child.content, waiting)
                else:
                    part = os.read(key.fd, _READ_AT_ONCE)
                    is_over = not part
                    if key.fd != child.progress:
                        read[key.fd].append(part)
                if is_over:
                    selector.unregister(key.fd)
                    child.close_one(key.fd)
    code = child.wait(min(end - time.monotonic(), _SILENCE))
    if code is None:
        raise _OutOfTime("cannot be read: its reader did not end")
    output, errors = (b"".join(read[descriptor]) for descriptor in (child.output, child.errors))
    return ParserResult(code, output, errors.decode(errors="replace"))


def _write_next(descriptor: int, waiting: list[memoryview]) -> bool:
    """Write as much as the pipe takes; whether that was all, or nobody reads it any more."""
    if not waiting:
        return True
    try:
        written = os.write(descriptor, waiting[0])
    except BrokenPipeError:
        return True
    waiting[0] = waiting[0][written:]
    if not waiting[0]:
        del waiting[0]
    return not waiting


def _failure(parser: Parser, ended: ParserResult) -> ValueError:
    """Why the process ended, as an error to raise."""
    reason = ended.errors.strip().rpartition("\n")[2]
    ended_by = signal.Signals(-ended.code).name if ended.code < 0 else ""
    if ended.code == REFUSED:
        return UnreadableFile(json.loads(reason))
    if ended.code == TOO_LARGE or ended_by == "SIGKILL" or _OUT_OF_MEMORY.search(ended.errors):
        return _too_large(parser, "more memory or time")
    if ended_by == "SIGXCPU":
        return _too_large(parser, "more time")
    if ended_by:
        return ValueError(f"the library that reads it crashed ({ended_by})")
    return ValueError(_CLASS_OF_ERROR.sub("", reason))


def _too_large(parser: Parser, what: str) -> UnreadableFile:
    return UnreadableFile(
        f"The {parser.noun} is too large: it needs {what} than is allowed for its size. {parser.advice}"
    )
