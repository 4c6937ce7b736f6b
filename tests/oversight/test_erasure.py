"""What is erased is gone from the file, and a store that was stopped in the middle is whole."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from analytics.oversight import Actor, Refused, record
from analytics.oversight.byte_search import find_in_file
from analytics.oversight.erasure import ErasureRequest, NothingToErase, erase
from analytics.oversight.seal import verify_store
from analytics.store import Store
from analytics.store.copies import files_folder
from analytics.store.gate import StillRead
from analytics.tasking.certificate import build_certificate
from analytics.tasking.paper import print_docx, print_pdf

ACTOR = Actor("A")
TEXT = "Zofia Przykładowa works at the Amber House, ring 07700 900417"
SOURCES = (
    "INSERT INTO source (source_id, kind, name, file_name, sha256, importer, imported_at, imported_by,"
    " legal_basis, purpose, handling, review_date, rows_in, rows_accepted, rows_quarantined)"
    " SELECT i, 'advert', 'Adverts', 'a.csv', 'f', 'csv', '2026-01-01', 'A', 'law', 'test', 'P',"
    " '2027-01-01', 300, 300, 0 FROM range(1, 3) t(i)"
)
ADVERTS = (
    "INSERT INTO advert (source_id, row_number, title, body, contact, place)"
    " SELECT s, i, 'Advert number ' || i || ' of source ' || s, 'A common wording of source ' || s,"
    " '0770090' || s || i, 'Vellmouth' FROM range(1, 3) a(s), range(2, 302) t(i)"
)
QUOTED = (
    "INSERT INTO product VALUES (7, 1, 'brief', 'Brief',"
    " '{\"what\": \"ring 07700 900417, she is called Zofia Przykładowa\"}', [], 'A', '2026-01-02')"
)


@pytest.fixture
def filled(store):
    with store.write() as cursor:
        for statement in (SOURCES, ADVERTS, QUOTED):
            cursor.execute(statement).fetchall()
        cursor.execute(
            "UPDATE advert SET body = ?, title = 'Zofia Przykładowa' WHERE source_id = 1 AND row_number = 9",
            [TEXT],
        ).fetchall()
        record(cursor, ACTOR, "import", "source 1")
    return store


def list_strays(store: Store) -> list[Path]:
    """What lies beside a store apart from the Parquet files that it names."""
    own = {
        Path(store.path),
        *(store.files / row["file"] for row in store.rows("SELECT file FROM parquet_file")),
    }
    return [file for file in Path(store.path).parent.rglob("*") if file.is_file() and file not in own]


def approved(cursor) -> None:
    """A second person has approved it."""


def test_an_erased_source_is_in_no_byte_of_the_store(filled):
    path = Path(filled.path)
    before = filled.data_version()
    proof = erase(filled, ACTOR, ErasureRequest("complaint 3", "s 47 DPA", sources=(1,)), approved)
    assert proof.rows == {"advert": 300, "source": 1} and proof.found == {}
    assert proof.searched > 600 and proof.elsewhere >= 1  # the town is in the other source too
    assert not find_in_file(path, [TEXT, "Advert number 77 of source 1", "A common wording of source 1"])
    assert find_in_file(path, ["Zofia Przykładowa"])  # in the brief that quotes it, as the certificate says
    assert [(one.table, one.where) for one in proof.quotations] == [("product", ("7 version 1",))]
    assert not list_strays(filled) and path.stat().st_mode & 0o777 == 0o600
    assert filled.rows("SELECT count(*) AS n FROM advert")[0]["n"] == 300
    assert filled.data_version() > before and not verify_store(filled).faults
    with filled.write() as cursor:
        cursor.execute("UPDATE product SET title = 'B'").fetchall()
        record(cursor, ACTOR, "save brief", "product 7 version 1")
    assert not verify_store(filled).faults


def test_a_single_row_goes_with_what_was_read_from_it(filled):
    with filled.write() as cursor:
        cursor.execute(
            "INSERT INTO advert_identifier VALUES (1, 9, 'phone', '+447700900417', 'body', 0, 5, 1, NULL)"
        ).fetchall()
    erase(filled, ACTOR, ErasureRequest("court order", "law", rows=(("advert", 1, 9),)), approved)
    counts = filled.rows("SELECT (SELECT count(*) FROM advert) AS a, count(*) AS i FROM advert_identifier")
    assert counts == [{"a": 599, "i": 0}]
    assert not find_in_file(Path(filled.path), [TEXT, "+447700900417"])
    assert filled.rows("SELECT act, object, purpose FROM audit ORDER BY sequence DESC LIMIT 1") == [
        {"act": "erase", "object": "advert 1:9", "purpose": "court order"}
    ]


def test_without_approval_reason_or_object_nothing_changes(filled):
    def refuse(cursor) -> None:
        raise Refused("two persons")

    request = ErasureRequest("why", "law", sources=(1,))
    with pytest.raises(Refused, match="two persons"):
        erase(filled, ACTOR, request, refuse)
    for wrong in (ErasureRequest("", "law", (1,)), ErasureRequest("why", "law", (9,))):
        with pytest.raises(NothingToErase):
            erase(filled, ACTOR, wrong, approved)
    with pytest.raises(Refused):
        erase(filled, Actor("B", "officer"), request, approved)
    assert filled.rows("SELECT count(*) AS n FROM advert")[0]["n"] == 600
    assert not list_strays(filled)


def test_readers_wait_and_a_long_one_stops_it(filled):
    reads, ends = threading.Event(), threading.Event()

    def read() -> None:
        with filled.read() as cursor:
            reads.set()
            ends.wait(10)
            cursor.execute("SELECT count(*) FROM advert").fetchall()

    reader = threading.Thread(target=read)
    reader.start()
    reads.wait(10)
    with pytest.raises(StillRead), filled.set_aside(0.1):
        pass
    ends.set()
    reader.join()
    with filled.set_aside(0.1) as path:
        assert path.exists()
    assert filled.rows("SELECT count(*) AS n FROM advert")[0]["n"] == 600


_KILLED = """
import os, sys
from analytics.oversight import Actor, erasure
from analytics.oversight.erasure import ErasureRequest, erase
from analytics.store import Store
stop = sys.argv[2]
def progress(step, share):
    if step == stop:
        os._exit(9)
erase(Store(sys.argv[1]), Actor("A"), ErasureRequest("why", "law", (1,)), lambda cursor: None, progress)
"""


@pytest.mark.parametrize("step", ["Writing the store anew", "Putting it in place"])
def test_a_process_killed_in_the_middle_leaves_the_old_store_whole(filled, step):
    path = filled.path
    filled.close()
    done = subprocess.run([sys.executable, "-c", _KILLED, path, step], check=False)
    left = set(os.listdir(Path(path).parent)) - {"test.duckdb", files_folder(Path(path)).name}
    assert done.returncode == 9 and left
    store = Store(path)
    assert store.rows("SELECT count(*) AS n FROM advert")[0]["n"] == 600
    assert not verify_store(store).faults and not list_strays(store)
    store.close()


def test_the_certificate_says_what_and_repeats_none_of_it(filled):
    proof = erase(filled, ACTOR, ErasureRequest("complaint 3", "s 47 DPA", sources=(1,)), approved)
    paper = build_certificate(proof, "3", "9-AAAA-BBBB-CCCC")
    words = " ".join(paper.sections.values())
    assert (
        "none was found, apart from 1 that other texts quote" in words
        and "product: 1 row (7 version 1)" in words
        and "Zofia" not in words
    )
    assert print_pdf(paper).startswith(b"%PDF") and print_docx(paper).startswith(b"PK")
