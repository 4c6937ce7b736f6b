"""The invented city: repeatable, loadable, and its truth is read by nothing outside training."""

import subprocess
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from analytics.oversight import Actor, verify
from analytics.training import generate, load
from analytics.training.settings import TABLES

ROOT = Path(__file__).parents[2]


def test_same_seed_same_content_other_seed_other_content(tmp_path):
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        generate(seed, 0.05, tmp_path / name)
    for table in (*TABLES, "truth/rows"):
        a, b, c = (pq.read_table(tmp_path / name / f"{table}.parquet") for name in "abc")
        assert a.equals(b), table
        assert not a.equals(c), table
    for file in ("truth/truth.json", "reports.csv"):
        a, b, c = (tmp_path / name / file for name in "abc")
        assert a.read_bytes() == b.read_bytes() != c.read_bytes()


def test_size_follows_scale(city_files):
    counts = {table: pq.read_metadata(city_files / f"{table}.parquet").num_rows for table in TABLES}
    features = counts.pop("boundaries")  # of which there are as many at every scale
    assert 58_000 < sum(counts.values()) < 63_000 and 1_500 < features < 3_000


def test_load_fills_every_table_and_no_truth(loaded, city_files):
    sources = loaded.rows("SELECT * FROM source")
    assert len(sources) == len(TABLES) + 1 and all(source["is_scenario"] for source in sources)
    lines = loaded.rows("SELECT count(*) AS n FROM report_line")[0]["n"]
    assert [s["rows_in"] for s in sources if s["kind"] == "report"] == [lines] and lines > 50
    for source in (source for source in sources if source["kind"] != "report"):
        stored = loaded.rows(f'SELECT count(*) AS n, min(row_number) AS first FROM "{source["kind"]}"')[0]
        assert stored["n"] == source["rows_in"] == source["rows_accepted"] and stored["first"] == 2
    names = {row["table_name"] for row in loaded.rows("SELECT table_name FROM information_schema.tables")}
    assert not any("truth" in name for name in names)
    assert verify(loaded)[2] is None


def test_missing_file_leaves_the_store_unchanged(store, tmp_path):
    generate(1, 0.02, tmp_path)
    (tmp_path / "journeys.parquet").unlink()
    with pytest.raises(FileNotFoundError):
        load(store, tmp_path, Actor("test"))
    assert store.rows("SELECT (SELECT count(*) FROM source) + (SELECT count(*) FROM area) AS n")[0]["n"] == 0


def test_local_times_respect_summer_time(loaded):
    wrong = """
        SELECT count(*) AS n
        FROM incident
        WHERE occurred_from = occurred_to
          AND local_hour <> hour(occurred_from)
              + CASE WHEN local_date BETWEEN DATE '2026-03-30' AND DATE '2026-10-24' THEN 1 ELSE 0 END
          AND local_date NOT IN (DATE '2026-03-29', DATE '2026-10-25')
          AND year(local_date) = 2026
          AND hour(occurred_from) < 23
    """
    assert loaded.rows(wrong)[0]["n"] == 0
    nights = loaded.rows(
        "SELECT local_hour, local_weekday,"
        " hour(timezone('Europe/London', timezone('UTC', occurred_from))) AS h "
        "FROM incident WHERE occurred_to > occurred_from"
    )
    assert len(nights) > 500
    assert all(
        row["local_hour"] is None and row["local_weekday"] is None and row["h"] == 22 for row in nights
    )


def test_the_same_scenario_loads_once_and_another_is_added(store, tmp_path):
    def counts():
        return [
            store.rows(f'SELECT count(*) AS n FROM "{s["kind"]}"')[0]["n"]
            for s in store.rows("SELECT DISTINCT kind FROM source ORDER BY kind")
        ]

    for seed, name in ((1, "first"), (1, "again"), (2, "other")):
        generate(seed, 0.02, tmp_path / name)
    load(store, tmp_path / "first", Actor("test"))
    before, audited = counts(), verify(store)[0]
    assert len(before) > 5
    load(store, tmp_path / "first", Actor("test"))
    load(store, tmp_path / "again", Actor("test"))
    assert counts() == before and verify(store)[0] == audited
    load(store, tmp_path / "other", Actor("test"))
    assert all(after > stored for after, stored in zip(counts(), before, strict=True))


def test_nothing_outside_training_reads_the_truth():
    tracked = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    files = [ROOT / name for name in tracked.stdout.split()]
    assert len(files) > 20
    for file in files:
        # Tests and benches compare with the truth; nothing that a user runs may.
        inside = any(file.is_relative_to(ROOT / room) for room in ("analytics/training", "bench", "tests"))
        if not inside and file.exists():
            text = file.read_text(encoding="utf-8")
            assert not any(word in text for word in ("truth/", '"truth"', "'truth'", "truth.json")), file
