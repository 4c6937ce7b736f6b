"""A disk that fills up in mid-import: the message, and what is left."""

import subprocess
import sys

import duckdb
import pytest

from analytics.ingest import (
    UnreadableFile,
    import_file,
)
from analytics.shared.progress import Cancelled
from analytics.store import Store
from tests.ingest.helpers import ACTOR, DETAILS, GOOD, HEADER, proposed, run, written

SQUARE = (
    '{"type": "Feature", "properties": {"name": "A"}, "geometry": {"type": "Polygon", "coordinates": '
    "[[[-0.1, 51.5], [-0.1, 51.6], [0.0, 51.6], [-0.1, 51.5]]]}}"
)

FULL_DISK = """
import random, resource, sys
from pathlib import Path
from analytics.ingest import UnreadableFile
from analytics.store import Store
from tests.ingest.helpers import run, written
folder = Path(sys.argv[1])
store = Store(folder / "full.duckdb")
print(run(store, folder / "first.csv").accepted)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]) << 10, resource.RLIM_INFINITY))
try:
    run(store, folder / "big.csv")
except UnreadableFile as error:
    print(error)
"""


def test_a_full_disk_is_said_and_leaves_the_store_as_it_was(tmp_path):
    resource = pytest.importorskip("resource")
    assert resource
    written(tmp_path, HEADER + GOOD, "first.csv")
    text = HEADER + "".join(
        f"2024-07-01 22:15,Theft {k * 7919 % 1_000_003},-0.{k * 104_729 % 999_983 + 1_000_000},51.5\n"
        for k in range(300_000)
    )
    written(tmp_path, text, "big.csv")
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path), "3000"], capture_output=True, text=True, check=False
    )
    first, message = done.stdout.strip().split("\n")
    assert first == "1" and "disk that holds the store is full" in message, done
    store = Store(tmp_path / "full.duckdb")
    assert store.rows("SELECT count(*) AS n FROM incident") == [{"n": 1}]
    assert run(store, tmp_path / "big.csv").accepted == 300_000
    store.close()


def test_boundaries_record_a_failure_and_can_be_cancelled(store, tmp_path):
    with pytest.raises(UnreadableFile, match="no outlines"):
        run(store, written(tmp_path, HEADER + GOOD), "boundary")
    assert store.rows("SELECT kind, file_name FROM import_failure") == [
        {"kind": "boundary", "file_name": "crimes.csv"}
    ]
    path, steps = written(tmp_path, SQUARE, "beats.geojson"), []
    with pytest.raises(Cancelled):
        import_file(
            store,
            ACTOR,
            path,
            proposed(path, "boundary"),
            DETAILS,
            cancelled=lambda: len(steps) >= 3,
            progress=lambda text, share: steps.append(text),
        )
    assert store.rows("SELECT count(*) AS n FROM boundary") == [{"n": 0}]
    assert run(store, path, "boundary").accepted == 1


@pytest.mark.parametrize("at", ["Reading dates", "Reading coordinates", "Locating", "Writing"])
def test_cancelling_breaks_off_a_long_step_and_leaves_nothing(store, tmp_path, at):
    """Every text of this file is different, so that each step takes longer than the watch between two
    looks."""
    lines = (
        f"{2010 + k // 60_000}-{1 + k // 5000 % 12:02d}-{1 + k // 200 % 25:02d} "
        f"{k // 60 % 24:02d}:{k % 60:02d},"
        f"Theft {k},{-0.1 - k / 1e6:.6f},{51.4 + k % 997 / 5000:.6f}\n"
        for k in range(200_000)
    )
    path, steps = written(tmp_path, HEADER + "".join(lines)), []
    mapping = proposed(path)
    with pytest.raises(Cancelled, match="nothing of it was kept") as raised:
        import_file(
            store,
            ACTOR,
            path,
            mapping,
            DETAILS,
            cancelled=lambda: at in steps,
            progress=lambda text, share: steps.append(text),
        )
    assert steps[-1] == at
    if at == "Writing":  # broken off within, not met by the look before the next step
        assert isinstance(raised.value.__cause__, duckdb.InterruptException)
    assert [store.rows(f"SELECT count(*) AS n FROM {t}")[0]["n"] for t in ("incident", "source", "area")] == [
        0,
        0,
        0,
    ]
    assert store.rows("SELECT count(*) AS n FROM import_failure") == [{"n": 0}]
