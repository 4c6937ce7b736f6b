"""A process that imports adverts into Parquet files and removes rows and sources is killed again and again.

    python -m bench.parquet_kills [--rounds 100] [--seed 1]

Each round begins on the store that the last one left. The process appends a line to a journal, synced to
the disk, before each act and after it; the kill (SIGKILL) comes at a random moment. Then the store is opened:
what the journal says is done must be there, what was under way whole or not at all, the sealed record must
hold, and the folder must have the files that the store names and no other, each with its rows. Prints what
was lost and in which act the kills fell."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import tempfile
import time
from collections import Counter
from contextlib import closing
from datetime import date
from multiprocessing.process import BaseProcess
from pathlib import Path

import pyarrow.parquet as pq

from analytics.ingest import SourceDetails, import_file, propose_mapping, read_file
from analytics.oversight import Actor, record
from analytics.oversight.relocation import move_store
from analytics.oversight.seal import verify_store
from analytics.store import Store
from analytics.store.removal import delete_rows, delete_source_rows

ACTOR = Actor("A")
DETAILS = SourceDetails("Round", "Invented", "Trial", "P", date(2030, 1, 1))
ROWS = 3000
LEFT = 3  # sources that are not removed


def import_one(store: Store, folder: Path) -> str:
    """A file of adverts is imported; its source."""
    file = folder / f"{random.SystemRandom().randrange(10**9)}.csv"
    lines = [f"{row},{file.stem} says {row},+44770090{row:04d}" for row in range(ROWS)]
    file.write_text("\n".join(["id,body,phone", *lines]) + "\n", encoding="utf-8")
    report = import_file(store, ACTOR, file, propose_mapping(read_file(file), "advert"), DETAILS)
    file.unlink()
    return f"import {report.source_id}"


def remove_rows(store: Store, source: int) -> str:
    """The first thousand rows of a source go: its file is written anew."""
    with store.write() as cursor:
        delete_rows(cursor, "advert", source, list(range(2, 1002)))
        record(cursor, ACTOR, "remove source", f"rows of {source}")
    return f"rows {source}"


def remove_source(store: Store, source: int) -> str:
    """A whole source goes with its files."""
    with store.write() as cursor:
        delete_source_rows(cursor, source)
        record(cursor, ACTOR, "remove source", str(source))
    return f"remove {source}"


def work(path: Path, journal: Path) -> None:
    """Act until killed, and write down what is begun and what is done."""
    store = Store(path)

    def note(line: str) -> None:
        with journal.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())

    note("ready")
    while True:
        sources = [row["source_id"] for row in store.rows("SELECT source_id FROM source ORDER BY 1")]
        note("begin import 0")
        note(import_one(store, path.parent))
        if len(sources) >= LEFT:
            note(f"begin rows {sources[-1]}")
            note(remove_rows(store, sources[-1]))
            note(f"begin remove {sources[0]}")
            note(remove_source(store, sources[0]))


def check(path: Path, lines: list[str], expected: dict[int, int]) -> tuple[list[str], dict[int, int]]:
    """What is not as the journal says, where `expected` has the rows of each source before; and the rows of
    each source now."""
    wrong: list[str] = []
    for line in lines:
        what, *rest = line.split()
        if what == "import":
            expected[int(rest[0])] = ROWS
        elif what == "rows":
            expected[int(rest[0])] = ROWS - 1000
        elif what == "remove":
            del expected[int(rest[0])]
    begun = lines[-1].split()[1:] if lines[-1].startswith("begin") else []
    with closing(Store(path)) as store:
        wrong += [f"{fault.where}: {fault.what}" for fault in verify_store(store).faults]
        query = (
            "SELECT s.source_id, count(a.source_id) AS n FROM source s LEFT JOIN advert a USING (source_id)"
            " GROUP BY ALL"
        )
        found = {row["source_id"]: row["n"] for row in store.rows(query)}
        stray = store.rows(
            "SELECT 1 FROM advert WHERE source_id NOT IN (SELECT source_id FROM source) LIMIT 1"
        )
        named = {row["file"]: row["rows"] for row in store.rows("SELECT file, rows FROM parquet_file")}
        there = {
            str(file.relative_to(store.files)): pq.read_metadata(file).num_rows
            for file in store.files.rglob("*")
            if file.is_file()
        }
    if stray:
        wrong.append("rows of no source")
    if named != there:
        wrong.append(f"the store names {len(named)} files, {len(there)} are there, or their rows differ")
    allowed = [expected]
    if begun[:1] == ["import"]:
        allowed.append(expected | {max([0, *found]): ROWS})
    elif begun[:1] == ["rows"]:
        allowed.append(expected | {int(begun[1]): ROWS - 1000})
    elif begun[:1] == ["remove"]:
        allowed.append({source: rows for source, rows in expected.items() if source != int(begun[1])})
    if found not in allowed:
        wrong.append(f"sources have {found}, not {expected} after {lines[-1]}")
    return wrong, found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["analytics.ingest", "analytics.oversight.seal", "pyarrow.parquet"])
    moments, wrong, during = random.Random(arguments.seed), [], Counter[str]()
    acts: Counter[str] = Counter()
    sources: dict[int, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "achilles.duckdb"
        with closing(Store(path)) as store:
            move_store(store, ACTOR, "parquet")
        seconds = 1.0  # that an act takes, as it turns out here
        for number in range(arguments.rounds):
            journal = Path(folder) / f"journal-{number}"
            journal.touch()
            process = processes.Process(target=work, args=(path, journal), daemon=True)
            process.start()
            began = _await_ready(journal, process)
            time.sleep(moments.uniform(0, 6 * seconds))
            process.kill()
            process.join()
            lines = journal.read_text(encoding="utf-8").splitlines()
            done = [line for line in lines[1:] if not line.startswith("begin")]
            if done:
                seconds = (time.monotonic() - began) / len(done)
            acts.update(line.split()[0] for line in done)
            during[lines[-1].split()[1] if lines[-1].startswith("begin") else "between"] += 1
            found, sources = check(path, lines, dict(sources))
            wrong += found
            print(
                f"{number + 1}: {len(done)} acts, {lines[-1]}, {len(found)} wrong",
                *found,
                sep="\n  ",
                flush=True,
            )
    told = ", ".join(f"{count} in {what}" for what, count in sorted(during.items()))
    print(f"{arguments.rounds} kills ({told}) over {dict(acts)}: {len(wrong)} wrong")
    raise SystemExit(bool(wrong))


def _await_ready(journal: Path, process: BaseProcess) -> float:
    while not journal.read_text(encoding="utf-8"):
        if not process.is_alive():
            raise SystemExit("the process ended by itself")
        time.sleep(0.02)
    return time.monotonic()


if __name__ == "__main__":
    main()
