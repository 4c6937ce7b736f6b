"""Import of damaged files: tracebacks, the longest time and the peak memory.

    python -m bench.import_fuzz [--files 10000] [--seed 1] [--keep FOLDER] [--state FILE]

Small valid files of every format are damaged at random: bytes changed, cut out, repeated or put in, of a
zip file also within its members. Each is read once, then mapped as proposed, previewed and imported as the
kind it was made for and as one other; a STIX bundle is read and drafted as a report. Every outcome but rows
and a refusal in words is a traceback; the file that gave it goes to FOLDER. Ended early (Ctrl-C, SIGTERM) it
prints the figures so far; with a state it goes on from there when it is called again. Times are on the clock,
the application's processor time beside them: on a busy machine the clock counts the others too."""

from __future__ import annotations

import argparse
import io
import json
import random
import resource
import signal
import tempfile
import threading
import time
import traceback
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

from analytics.exchange import NotStix, read_stix
from analytics.exchange.received import draft_report
from analytics.formats.parser_start import stop_server
from analytics.ingest import RawTable, UnreadableFile, import_file, job, propose_mapping, read_file
from analytics.ingest.job import ROWS
from analytics.ingest.preview import preview
from analytics.oversight import Actor
from analytics.store import Store
from bench.import_files import STIX, build_files
from bench.import_throughput import DETAILS

Outcome = TypeVar("Outcome")

_HANG = 30.0  # seconds
_SAVED_EVERY = 200  # files
_MAXIMUM_DAMAGES = 6
_SPECIAL = (
    b"\0",
    b'"',
    b"\xff",
    b"\xed\xa0\xbd",
    b"NaN",
    b"1e999",
    b"9" * 400,
    b"[" * 300,
    b"<",
    b"&#0;",
    b"\\u0000",
)


def damage(data: bytes, rng: random.Random) -> bytes:
    """The file with some bytes changed, cut, repeated or put in; of a zip file as often within one member."""
    if data[:4] == b"PK\x03\x04" and rng.random() < 0.7:
        return _damage_member(data, rng)
    content = bytearray(data)
    for _ in range(rng.randint(1, _MAXIMUM_DAMAGES)):
        at = rng.randrange(len(content) + 1)
        length = rng.choice((1, 2, 4, 16, 200))
        what = rng.randrange(5)
        if what == 0 and at < len(content):
            content[at] = rng.randrange(256)
        elif what == 1:
            del content[at : at + length]
        elif what == 2:
            content[at:at] = content[at : at + length] * rng.choice((1, 3, 50))
        elif what == 3:
            content[at:at] = rng.choice(_SPECIAL)
        else:
            content[at : at + 4] = rng.choice(
                (b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\0\0", b"9999")
            )
    return bytes(content if rng.random() < 0.95 else content[: rng.randrange(len(content) + 1)])


def _damage_member(data: bytes, rng: random.Random) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        chosen = rng.choice(old.namelist())
        for name in old.namelist():
            new.writestr(name, damage(old.read(name), rng) if name == chosen else old.read(name))
    return buffer.getvalue()


def read_once(path: Path, kind: str) -> Callable[..., RawTable]:
    """What stands for `read_file` where a file was read already: its table, or the refusal again."""
    try:
        raw = read_file(path, kind=kind)
    except UnreadableFile as error:
        refusal = str(error)

        def refuse(*_: object, **__: object) -> RawTable:
            raise UnreadableFile(refusal)

        return refuse
    return lambda *_, **__: raw


def receive_once(path: Path) -> str:
    """Read a bundle and draft its report; returns what became of it."""
    today = date.today()
    try:
        draft_report(
            read_stix(path.read_bytes()),
            title="b",
            sent_by="b",
            legal_basis="b",
            purpose="b",
            retention_group="3",
            received_on=today,
            review_date=today,
        )
    except NotStix:
        return "refused"
    except Exception as error:  # noqa: BLE001  each other exception is what this bench counts
        traceback.print_exc()
        return type(error).__name__
    return "rows"


def import_once(store: Store, path: Path, kind: str) -> str:
    """Preview and import a file; returns what became of it: rows, refused or an exception's name."""
    try:
        raw = job.read_file(path)
        mapping = propose_mapping(raw, kind, path.name)
        preview(store, raw, mapping)
        import_file(store, Actor("bench"), path, mapping, DETAILS)
    except UnreadableFile:
        return "refused"
    except Exception as error:  # noqa: BLE001  each other exception is what this bench counts
        traceback.print_exc()
        return type(error).__name__
    return "rows"


@dataclass
class Figures:
    """What has become of the files so far. `longest` on the clock and `longest_processor`: seconds, and what
    took them. `peaks`: GB of the application and of a parser's process."""

    seed: int
    outcomes: dict[str, int] = field(default_factory=dict)
    longest: tuple[float, str] = (0.0, "")
    longest_processor: tuple[float, str] = (0.0, "")
    files: int = 0
    hangs: int = 0
    peaks: tuple[float, float] = (0.0, 0.0)

    def note_peaks(self) -> None:
        """The peak of a parser's process is known once the one that forked it has ended."""
        stop_server()
        whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        own, children = (resource.getrusage(who).ru_maxrss / 1e6 for who in whose)
        self.peaks = (max(own, self.peaks[0]), max(children, self.peaks[1]))

    def print(self) -> None:
        imports = sum(self.outcomes.values())
        tracebacks = imports - self.outcomes.get("rows", 0) - self.outcomes.get("refused", 0)
        print(json.dumps(self.outcomes))
        print(
            f"{self.files:,} files, {imports:,} imports: {tracebacks} tracebacks, "
            f"{self.hangs} over {_HANG:.0f} s, "
            f"longest {self.longest[0]:.1f} s ({self.longest[1]}), "
            f"by processor time {self.longest_processor[0]:.1f} s "
            f"({self.longest_processor[1]}), peak memory {self.peaks[0]:.2f} GB, of a parser's process "
            f"{self.peaks[1]:.2f} GB"
        )


@dataclass
class Run:
    """Tries the files one after the other; `folder`: where those go that gave a traceback."""

    figures: Figures
    folder: Path | None
    rng: random.Random = field(default_factory=random.Random)
    stop: threading.Event = field(default_factory=threading.Event)

    def try_file(self, store: Store, folder: Path, kind: str, suffix: str, content: bytes) -> None:
        self.rng.seed(f"{self.figures.seed} {self.figures.files}")  # whatever was tried before
        path = folder / f"damaged.{suffix}"
        path.write_bytes(damage(content, self.rng))
        self.figures.files += 1
        if kind == STIX:
            self._note(path, kind, lambda: receive_once(path))
            return
        try:
            self._time(f"reading {suffix}", lambda: setattr(job, "read_file", read_once(path, kind)))
        except Exception as error:  # noqa: BLE001  each other exception is what this bench counts
            traceback.print_exc()
            self._count(type(error).__name__, path, kind)
            return
        for tried in (kind, self.rng.choice([other for other in ROWS if other != kind])):
            self._note(path, tried, lambda tried=tried: import_once(store, path, tried))

    def _note(self, path: Path, kind: str, attempt: Callable[[], str]) -> None:
        self._count(self._time(f"{kind} {path.suffix}", attempt), path, kind)

    def _count(self, outcome: str, path: Path, kind: str) -> None:
        outcomes = self.figures.outcomes
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
        if outcome not in ("rows", "refused") and self.folder:
            self.folder.mkdir(exist_ok=True)
            (self.folder / f"{self.figures.files}.{kind}{path.suffix}").write_bytes(path.read_bytes())

    def _time(self, what: str, attempt: Callable[[], Outcome]) -> Outcome:
        start, processor = time.perf_counter(), time.process_time()
        outcome = attempt()
        seconds, processor = time.perf_counter() - start, time.process_time() - processor
        figures = self.figures
        figures.longest = max(figures.longest, (seconds, what))
        figures.longest_processor = max(figures.longest_processor, (processor, what))
        figures.hangs += seconds > _HANG
        return outcome


def read_state(path: Path | None, seed: int) -> Figures:
    if path is None or not path.exists():
        return Figures(seed)
    figures = Figures(**json.loads(path.read_text()))
    if figures.seed != seed:
        raise SystemExit(f"the state is of seed {figures.seed}")
    figures.longest, figures.longest_processor = tuple(figures.longest), tuple(figures.longest_processor)
    return figures


def save_state(path: Path | None, figures: Figures) -> None:
    figures.note_peaks()
    if path is not None:
        path.write_text(json.dumps(asdict(figures)))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="Stop after so long.")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--state", type=Path, help="Where the figures stand from one call to the next.")
    arguments = parser.parse_args()
    run = Run(read_state(arguments.state, arguments.seed), arguments.keep)
    for number in (signal.SIGTERM, signal.SIGINT):  # an exception would be taken for one of the import's own
        signal.signal(number, lambda *_: run.stop.set())
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        valid = build_files(folder)
        store = Store(folder / "fuzz.duckdb")
        try:
            for number in range(run.figures.files, arguments.files):
                if run.stop.is_set() or time.perf_counter() - begun > arguments.seconds:
                    break
                run.try_file(store, folder, *valid[number % len(valid)])
                if arguments.state and number % _SAVED_EVERY == 0:
                    save_state(arguments.state, run.figures)
        finally:
            save_state(arguments.state, run.figures)
            run.figures.print()
            store.close()


if __name__ == "__main__":
    main()
