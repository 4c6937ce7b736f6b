"""Parse a file in a process of its own, limited in memory, time, files and network.

A parser that crashes, hangs or eats memory on a hostile file then ends that process alone, and the user
is given the reason in words."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from analytics.formats.header import UnreadableFile
from analytics.formats.parsed import ParsedFile, read_parsed
from analytics.formats.parser_process import REFUSED, TOO_LARGE

_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from analytics.formats.parser_process import main; main()"
)
_ROOT = Path(__file__).parents[2]
_GB = 1 << 30
_SECONDS, _SECONDS_PER_MB, _MAXIMUM_SECONDS = 20, 10, 600
_WAITED_BEYOND = 60  # seconds on the clock beyond those of the processor: a busy machine serves others too
_OUT_OF_MEMORY = re.compile(r"bad_alloc|out of memory|memory allocation|cannot allocate", re.IGNORECASE)
_CLASS_OF_ERROR = re.compile(r"^[\w.]+(?:Error|Exception|BadZipFile): ")
_ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",  # the others reserve address space, of which there is a limit
    "MALLOC_ARENA_MAX": "2",
    "PROJ_NETWORK": "OFF",
    "RUST_BACKTRACE": "0",
}


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

    def limits(self, size: int) -> tuple[int, int]:
        """Bytes of memory and seconds of processor time for a file of so many bytes."""
        memory = min(self.memory + self.memory_per_byte * size, self.maximum_memory)
        return memory, min(_SECONDS + _SECONDS_PER_MB * (size >> 20), _MAXIMUM_SECONDS)


def parse_apart(parser: Parser, data: bytes | Path, **options: object) -> ParsedFile:
    """What the parser makes of the file. Of a Path the process may read that file where it lies; bytes are
    given to it. Raises UnreadableFile with the parser's own reason or where a limit was met, ValueError where
    the file is damaged."""
    content, path = (b"", str(data.resolve())) if isinstance(data, Path) else (data, "")
    memory, seconds = parser.limits(Path(path).stat().st_size if path else len(content))
    with tempfile.TemporaryDirectory() as folder:
        arguments = [folder, parser.function, json.dumps(options), str(memory), str(seconds), path]
        try:
            done = subprocess.run(
                [sys.executable, "-I", "-c", _START, str(_ROOT), *arguments],
                input=content,
                capture_output=True,
                cwd=folder,
                env={**os.environ, **_ENVIRONMENT, "TMPDIR": folder},
                timeout=seconds + _WAITED_BEYOND,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise _too_large(parser, "more time") from error
    if done.returncode:
        raise _failure(parser, done.returncode, done.stderr.decode(errors="replace"))
    return read_parsed(done.stdout)


def _failure(parser: Parser, code: int, errors: str) -> ValueError:
    """Why the process ended, as an error to raise."""
    reason = errors.strip().rpartition("\n")[2]
    ended_by = signal.Signals(-code).name if code < 0 else ""
    if code == REFUSED:
        return UnreadableFile(json.loads(reason))
    if code == TOO_LARGE or ended_by == "SIGKILL" or _OUT_OF_MEMORY.search(errors):
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
