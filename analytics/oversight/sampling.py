"""An inspector's random sample of acts: drawn by a recorded seed, judged one by one."""

from __future__ import annotations

import random
import secrets

import pandas as pd

from analytics.oversight.actor import Actor
from analytics.oversight.audit import record
from analytics.store import Store, now

KINDS = {  # what a sample is drawn from, and which acts these are
    "Decisions": ("record decision", "release edition", "erase", "approve request", "refuse request"),
    "Searches": ("search", "person search"),
    "Looks at rows": ("view rows", "view lead", "view account", "view community", "list evidence", "trace"),
    "Reveals": ("reveal personal data", "reveal possible victim", "export unmasked rows"),
}
JUDGEMENTS = ("in order", "to be explained", "not in order")


def draw_sample(store: Store, actor: Actor, kind: str, size: int, seed: int | None = None) -> int:
    """Draw `size` records of a kind at random, and return the sample's number. The seed is recorded; with the
    number of the last record it draws the same again. Raises ValueError where there is none to draw from."""
    seed = secrets.randbelow(1 << 31) if seed is None else seed
    last, sequences = read_population(store, kind)
    if not sequences:
        raise ValueError(f"There is no record yet to draw from: {kind.lower()}.")
    chosen = random.Random(seed).sample(sequences, min(size, len(sequences)))
    with store.write(changes_data=False) as cursor:
        ((number,),) = cursor.execute(
            "INSERT INTO audit_sample (drawn_from, seed, last_sequence, drawn_by, drawn_at)"
            " VALUES (?, ?, ?, ?, ?) RETURNING sample_id",
            [kind, seed, last, actor.name, now()],
        ).fetchall()
        cursor.executemany(
            "INSERT INTO audit_sample_item VALUES (?, ?, ?)",
            [[number, position, sequence] for position, sequence in enumerate(sorted(chosen), 1)],
        )
        detail = {"from": kind, "of": len(sequences), "size": len(chosen), "seed": seed}
        record(cursor, actor, "draw sample", f"sample {number}", detail=detail)
    return int(number)


def read_population(store: Store, kind: str) -> tuple[int, list[int]]:
    """The number of the last record, and those of all records of a kind."""
    rows = store.rows(
        "SELECT sequence FROM audit WHERE act IN (SELECT unnest($acts)) ORDER BY 1",
        {"acts": list(KINDS[kind])},
    )
    last = store.rows("SELECT coalesce(max(sequence), 0) AS n FROM audit")[0]["n"]
    return int(last), [row["sequence"] for row in rows]


def note_on(store: Store, actor: Actor, sample_id: int, sequence: int, judgement: str, note: str) -> None:
    """Record what the inspector found of one record of a sample. Raises ValueError without a judgement, or
    without words where something is not in order."""
    if judgement not in JUDGEMENTS:
        raise ValueError("Choose what you found.")
    if judgement != JUDGEMENTS[0] and not note.strip():
        raise ValueError("Say what is to be explained or not in order.")
    with store.write(changes_data=False) as cursor:
        cursor.execute(
            "INSERT INTO audit_sample_note VALUES (?, ?, ?, ?, ?, ?)",
            [sample_id, sequence, judgement, note.strip(), actor.name, now()],
        ).fetchall()
        record(cursor, actor, "judge sample", f"sample {sample_id}", detail={"record": sequence})


def list_samples(store: Store) -> pd.DataFrame:
    """Every sample, the latest first, with how many of its records were judged."""
    return store.query(
        "SELECT s.*, count(i.sequence) AS size, count(n.sequence) AS judged FROM audit_sample s"
        " JOIN audit_sample_item i USING (sample_id) LEFT JOIN (SELECT DISTINCT sample_id, sequence"
        " FROM audit_sample_note) n USING (sample_id, sequence) GROUP BY ALL ORDER BY sample_id DESC"
    ).to_pandas()


def read_sample(store: Store, sample_id: int) -> pd.DataFrame:
    """The records of a sample with the latest judgement of each."""
    return store.query(
        "SELECT a.sequence, a.recorded_at, a.actor, a.role, a.act, a.object, a.purpose,"
        " CAST(a.detail AS VARCHAR) AS detail, n.judgement, n.note, n.noted_by FROM audit_sample_item i"
        " JOIN audit a USING (sequence) LEFT JOIN (SELECT * FROM audit_sample_note QUALIFY row_number() OVER"
        " (PARTITION BY sample_id, sequence ORDER BY noted_at DESC) = 1) n USING (sample_id, sequence)"
        " WHERE sample_id = $sample ORDER BY sequence",
        {"sample": sample_id},
    ).to_pandas()
