"""A process that signs people in, decides, imports and erases at once is killed again and again.

    python -m bench.oversight.kills [--rounds 100] [--seed 1]

Each round begins on the store that the last one left. After each act the process appends a line to a journal,
synced to the disk; the kill (SIGKILL) comes at a random moment. Then the store is opened: everything in the
journal must be there, what was erased must be in no byte of the file, and the sealed record must hold. What
was under way may be there or not, but whole: an import with all its rows or none. Prints what was lost."""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

from analytics.ingest import SourceDetails, import_file, propose_mapping, read_file
from analytics.oversight import Actor
from analytics.oversight.accounts import add_person, check_password, use_code
from analytics.oversight.byte_search import find_in_file
from analytics.oversight.erasure import ErasureRequest, erase
from analytics.oversight.seal import verify_store
from analytics.oversight.sessions import Limits, Sessions
from analytics.store import Store
from analytics.tasking.products import record_decision, save_product

PERSON, PASSWORD = "Ana Lim", "seven grey herons wait"
ADMINISTRATOR = Actor("Root", "administrator", "administration")
DATA_OFFICER = Actor("Eve Holt", "data officer")
COMMANDER = Actor("Cora Fay", "commander")
DETAILS = SourceDetails("Round", "Invented", "Trial", "P", date(2030, 1, 1))
ROWS = 300
LIMITS = Limits(timedelta(minutes=15), timedelta(hours=10))


def _name_row(number: int, row: int) -> str:
    return f"Amber House of trial {number:06d} and row {row:03d}"


def sign_in(store: Store) -> str:
    """One person signs in by password; the key of the session."""
    check_password(store, PERSON, PASSWORD, "", None)
    _, session = Sessions(LIMITS, lambda: store).open(Actor(PERSON, "analyst", "investigation"), "password")
    return f"session {session.key}"


def decide(store: Store) -> str:
    """A brief is saved and decided on."""
    product, version = save_product(store, Actor(PERSON), "brief", "Brief of the trial", {}, [])
    decision = record_decision(store, COMMANDER, product, version, "declined", "too little", COMMANDER.name)
    return f"decision {decision}"


def import_adverts(store: Store, folder: Path) -> str:
    """A file of adverts is imported; its number and source."""
    number = random.randrange(1_000_000)
    file = folder / f"{number}.csv"
    lines = [f"{row},{_name_row(number, row)},+44770090{row:04d}" for row in range(ROWS)]
    file.write_text("\n".join(["id,body,phone", *lines]) + "\n", encoding="utf-8")
    report = import_file(store, Actor(PERSON), file, propose_mapping(read_file(file), "advert"), DETAILS)
    file.unlink()
    return f"import {number} {report.source_id}"


def erase_oldest(store: Store, imported: list[tuple[int, int]]) -> str:
    """The oldest source of the trial goes for good."""
    number, source = imported[0]
    request = ErasureRequest("trial", "Invented", sources=(source,))
    erase(store, DATA_OFFICER, request, lambda *_: None)
    imported.pop(0)
    return f"erase {number} {source}"


def work(path: Path, journal: Path) -> None:
    """Act in three threads until killed, and write down what was done."""
    store, lock = Store(path), threading.Lock()
    imported: list[tuple[int, int]] = _read_sources(store)

    def note(line: str) -> None:
        with lock, journal.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())

    def repeat(act: Callable[[], str]) -> None:
        try:
            while True:
                note(act())
        finally:  # a trial that stands still would find nothing
            traceback.print_exc()
            os._exit(1)

    def load_and_erase() -> str:
        if len(imported) > 3:
            note(f"begin erase {imported[0][0]} {imported[0][1]}")
            return erase_oldest(store, imported)
        line = import_adverts(store, journal.parent)
        _, number, source = line.split()
        imported.append((int(number), int(source)))
        return line

    acts = (lambda: sign_in(store), lambda: decide(store), load_and_erase)
    threads = [threading.Thread(target=repeat, args=(act,), daemon=True) for act in acts]
    note("ready")
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _read_sources(store: Store) -> list[tuple[int, int]]:
    rows = store.rows("SELECT source_id, file_name FROM source WHERE kind = 'advert' ORDER BY source_id")
    return [(int(Path(row["file_name"]).stem), row["source_id"]) for row in rows]


def check(path: Path, lines: list[str]) -> list[str]:
    """What is not as the journal and the record say."""
    wrong: list[str] = []
    with closing(Store(path)) as store:
        wrong += [f"{fault.where}: {fault.what}" for fault in verify_store(store).faults]
        sessions = {row["key"] for row in store.rows("SELECT key FROM app_session")}
        decisions = {row["decision_id"] for row in store.rows("SELECT decision_id FROM decision")}
        counts = {
            row["source_id"]: row["n"]
            for row in store.rows(
                "SELECT source_id, count(a.source_id) AS n FROM source LEFT JOIN advert a"
                " USING (source_id) WHERE source.kind = 'advert' GROUP BY ALL"
            )
        }
    gone = {line.split()[-1] for line in lines if "erase " in line}
    for line in lines:
        what, *rest = line.split()
        if what == "session" and rest[0] not in sessions:
            wrong.append(f"{line} is lost")
        if what == "decision" and int(rest[0]) not in decisions:
            wrong.append(f"{line} is lost")
        if what == "import" and rest[1] not in gone and counts.get(int(rest[1])) != ROWS:
            wrong.append(f"{line} is lost or in part")
        if what == "erase":
            texts = {_name_row(int(rest[0]), row) for row in range(ROWS)}
            if int(rest[1]) in counts or find_in_file(path, texts):
                wrong.append(f"{line} is still there")
    wrong += [f"source {source} has {count} rows" for source, count in counts.items() if count != ROWS]
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, nargs=2, metavar=("STORE", "JOURNAL"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        work(*arguments.work)
        return
    moments, wrong, done = random.Random(arguments.seed), [], Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "achilles.duckdb"
        with closing(Store(path)) as store:
            use_code(store, PERSON, add_person(store, ADMINISTRATOR, PERSON, ["analyst"]), PASSWORD, None)
        for number in range(arguments.rounds):
            journal = Path(folder) / f"journal-{number}"
            journal.touch()
            _kill_in(path, journal, moments.uniform(0.5, 12.0))
            lines = journal.read_text(encoding="utf-8").splitlines()
            done.update(line.split()[0] for line in lines)
            found = check(path, lines)
            wrong += found
            print(f"{number + 1}: {len(lines) - 1} acts, {len(found)} wrong", *found, sep="\n  ", flush=True)
    acts = ", ".join(
        f"{count} {what}" for what, count in sorted(done.items()) if what not in ("ready", "begin")
    )
    print(f"{arguments.rounds} kills over {acts}: {len(wrong)} wrong")
    raise SystemExit(bool(wrong))


def _kill_in(path: Path, journal: Path, seconds: float) -> None:
    """Start the process, and kill it so long after it began to act."""
    words = [sys.executable, "-m", "bench.oversight.kills", "--work", str(path), str(journal)]
    with subprocess.Popen(words) as process:
        while not journal.read_text(encoding="utf-8"):
            if process.poll() is not None:
                raise SystemExit("the process ended by itself")
            time.sleep(0.05)
        time.sleep(seconds)
        if process.poll() is not None:
            raise SystemExit("the process ended by itself")
        process.send_signal(signal.SIGKILL)


if __name__ == "__main__":
    main()
