"""The process in which one file is parsed, and then nothing more: limited first, then given the file's bytes.

Its input holds the parser's options (a line of JSON) and the file, unless it may read that where it lies. The
columns go to its output as an Arrow stream. It ends with 0 (parsed), REFUSED (the reason, as JSON, is the
last line of its errors), TOO_LARGE, or 1 after any other error, whose text is that last line. A signal ends
it where a library crashes or a limit is met."""

from __future__ import annotations

import json
import os
import signal
import sys
import warnings
from dataclasses import astuple, dataclass
from importlib import import_module
from pathlib import Path
from typing import Self

from analytics.formats.confinement import (
    confine_to_folder,
    forbid_network_and_programs,
    limit_memory_and_time,
)
from analytics.formats.header import UnreadableFile
from analytics.formats.parsed import write_parsed

REFUSED, TOO_LARGE = 3, 4
_SIGN_OF_LIFE_EVERY = 0.1  # seconds of processor time


@dataclass(frozen=True)
class ParserTask:
    """What one process is to do. `folder`: its own; `parser`: module:function, the module one of this package
    where its name has no dot; `memory` in bytes and `seconds` of processor time; `path`: of the file, ''
    where it comes on the input; `progress`: the descriptor that shows signs of life, -1 for none."""

    folder: str
    parser: str
    memory: int
    seconds: int
    path: str
    progress: int = -1

    def to_arguments(self) -> list[str]:
        return [str(value) for value in astuple(self)]

    @classmethod
    def from_arguments(cls, arguments: list[str]) -> Self:
        folder, parser, memory, seconds, path, progress = arguments
        return cls(folder, parser, int(memory), int(seconds), path, int(progress))

    @property
    def module(self) -> str:
        name = self.parser.partition(":")[0]
        return name if "." in name else f"analytics.formats.{name}"

    @property
    def function(self) -> str:
        return self.parser.partition(":")[2]


def main() -> None:
    """In a process started for the task that its arguments name."""
    sys.exit(run_task(ParserTask.from_arguments(sys.argv[-6:])))


def run_task(task: ParserTask) -> int:
    """Limit this process, for good, and parse the file: the code to end with. Other errors than a refusal are
    raised."""
    warnings.simplefilter("ignore")
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no part of the table
    try:
        limit_memory_and_time(task.memory, task.seconds)
        _show_signs_of_life(task.progress)
        parse = getattr(import_module(task.module), task.function)
        confine_to_folder(Path(task.folder), readable=(task.path,) if task.path else ())
        forbid_network_and_programs()
        with output:
            options = json.loads(sys.stdin.buffer.readline())
            content = Path(task.path) if task.path else sys.stdin.buffer.read()
            write_parsed(parse(content, **options), output)
    except UnreadableFile as error:
        print("\n" + json.dumps(str(error)), file=sys.stderr, flush=True)
        return REFUSED
    except MemoryError:
        return TOO_LARGE
    finally:
        _end_signs_of_life(task.progress)
    return 0


def _show_signs_of_life(descriptor: int) -> None:
    """Have a byte written to the descriptor for each tenth of a second of processor time, even while a
    library computes: the signal's own handler writes it."""
    if descriptor < 0:
        return
    os.set_blocking(descriptor, False)
    signal.signal(signal.SIGPROF, lambda *_: None)
    signal.siginterrupt(signal.SIGPROF, False)
    signal.set_wakeup_fd(descriptor, warn_on_full_buffer=False)
    signal.setitimer(signal.ITIMER_PROF, _SIGN_OF_LIFE_EVERY, _SIGN_OF_LIFE_EVERY)


def _end_signs_of_life(descriptor: int) -> None:
    """Without its handler the signal would end the process."""
    if descriptor >= 0:
        signal.setitimer(signal.ITIMER_PROF, 0)
