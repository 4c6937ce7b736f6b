"""Complaints, retention, sampling and the reading of the trail: each act recorded, each version kept."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.oversight import Actor, Refused, record
from analytics.oversight.complaints import Complaint, list_complaints, save_complaint
from analytics.oversight.retention import keep_until, list_due
from analytics.oversight.sampling import draw_sample, list_samples, note_on, read_population, read_sample
from analytics.oversight.seal import verify_store
from analytics.oversight.trail import TrailFilter, find_viewers, list_recent_reveals, read_trail

OFFICER = Actor("D", "data officer", "complaint", "s1")
INSPECTOR = Actor("I", "inspector", "inspection", "s2")
ANALYST = Actor("A")
SOURCE = (
    "INSERT INTO source (kind, name, file_name, sha256, importer, imported_at, imported_by, legal_basis,"
    " purpose, handling, review_date, rows_in, rows_accepted, rows_quarantined) VALUES ('advert', 'Adverts',"
    " 'a.csv', 'f', 'csv', '2026-01-01', 'A', 'law', 'test', 'P', '2026-06-01', 3, 3, 0)"
)


@pytest.fixture
def watched(store):
    with store.write() as cursor:
        cursor.execute(SOURCE).fetchall()
        record(cursor, ANALYST, "import", "source 1")
        for number in range(30):
            record(cursor, ANALYST, "search", "the whole store", detail={"typed": f"word {number}"})
        record(cursor, ANALYST, "read report", "report 3 version 2")
        record(cursor, ANALYST, "reveal personal data", "report 3", detail={"reason": "welfare visit"})
    return store


def test_a_complaint_is_answered_in_versions(store):
    complaint = Complaint(date(2026, 5, 1), "Ref 9", "wrong address searched", date(2026, 6, 1), "D")
    number = save_complaint(store, OFFICER, complaint)
    with pytest.raises(ValueError, match="how it ended"):
        save_complaint(store, OFFICER, Complaint(**complaint.__dict__ | {"state": "upheld"}), number)
    ended = Complaint(**complaint.__dict__ | {"state": "upheld", "outcome": "apology, rows erased"})
    save_complaint(store, OFFICER, ended, number)
    save_complaint(store, OFFICER, complaint)
    register = list_complaints(store)
    assert register.complaint_id.tolist() == [2, 1] and register.version.tolist() == [1, 2]
    acts = [row["act"] for row in store.rows("SELECT act FROM audit ORDER BY sequence")]
    assert acts == ["save complaint", "close complaint", "save complaint"] and not verify_store(store).faults
    with pytest.raises(KeyError):
        save_complaint(store, OFFICER, complaint, 9)
    with pytest.raises(Refused):
        save_complaint(store, INSPECTOR, complaint)


def test_what_is_due_is_kept_with_a_reason(watched):
    (due,) = list_due(watched, date(2026, 7, 1)).itertuples()
    assert (due.what, due.legal_basis) == ("source 1", "law")
    for until, reason in ((date(2026, 5, 1), "a court asks for it"), (date(2027, 5, 1), "no")):
        with pytest.raises(ValueError, match="Say why|must be later"):
            keep_until(watched, ANALYST, "source", 1, until, reason)
    keep_until(watched, ANALYST, "source", 1, date(2027, 6, 1), "the trial goes on")
    assert list_due(watched, date(2026, 7, 1)).empty and not verify_store(watched).faults
    with pytest.raises(KeyError):
        keep_until(watched, ANALYST, "report", 9, date(2027, 6, 1), "the trial goes on")


def test_a_sample_is_drawn_by_its_seed_and_judged_by_the_inspector(watched):
    number = draw_sample(watched, INSPECTOR, "Searches", 5, seed=7)
    again = draw_sample(watched, INSPECTOR, "Searches", 5, seed=7)
    first, second = read_sample(watched, number), read_sample(watched, again)
    assert first.sequence.tolist() == second.sequence.tolist() and len(first) == 5
    assert set(first.sequence) <= set(read_population(watched, "Searches")[1])
    sequence = int(first.sequence[0])
    with pytest.raises(ValueError, match="Say what"):
        note_on(watched, INSPECTOR, number, sequence, "not in order", "")
    note_on(watched, INSPECTOR, number, sequence, "to be explained", "no purpose")
    note_on(watched, INSPECTOR, number, sequence, "in order", "explained")
    assert read_sample(watched, number).judgement.tolist()[0] == "in order"
    assert list_samples(watched).judged.tolist() == [0, 1] and not verify_store(watched).faults
    with pytest.raises(ValueError, match="no record"):
        draw_sample(watched, INSPECTOR, "Decisions", 5)
    with pytest.raises(Refused):
        draw_sample(watched, Actor("O", "officer", "tasking", "s3"), "Searches", 5)


def test_the_trail_is_filtered_and_says_who_saw_a_thing(watched):
    assert len(read_trail(watched, TrailFilter())) == 33
    assert read_trail(watched, TrailFilter(acts=["read report"])).object.tolist() == ["report 3 version 2"]
    assert len(read_trail(watched, TrailFilter(word="WORD 7"))) == 1
    assert read_trail(watched, TrailFilter(actors=["nobody"])).empty
    assert read_trail(watched, TrailFilter(until=date(2020, 1, 1))).empty
    assert list_recent_reveals(watched).reason.tolist() == ["welfare visit"]
    seen = find_viewers(watched, ["report 3"], ["word 12"])
    assert sorted(seen.act) == ["read report", "reveal personal data", "search"]
