"""Sessions: their limits, what ends them, and that what has ended stays ended."""

from datetime import timedelta

import pytest

from analytics.oversight import Actor, Refused, may, record, sessions
from analytics.oversight.sessions import Limits, Sessions

ANA = Actor("Ana", "analyst", "intelligence")


@pytest.fixture
def clock(monkeypatch):
    """Move the time with `clock(minutes)`."""
    start = sessions.true_now()
    moved = [timedelta()]
    monkeypatch.setattr(sessions, "true_now", lambda: start + moved[0])
    monkeypatch.setattr(sessions, "_LIVE", [])

    def move(minutes):
        moved[0] += timedelta(minutes=minutes)

    return move


def test_a_session_ends_when_it_is_not_used(clock):
    open_ones = Sessions(Limits())
    secret, session = open_ones.open(ANA, "password")
    clock(14)
    open_ones.touch(session.key)
    clock(14)
    assert open_ones.find(secret) is not None
    clock(1)
    assert open_ones.find(secret) is None
    clock(-30)
    assert open_ones.find(secret) is None


def test_a_session_ends_when_it_is_too_old_however_much_it_is_used(clock):
    open_ones = Sessions(Limits())
    secret, session = open_ones.open(ANA, "password")
    for _ in range(60):
        clock(9.9)
        open_ones.touch(session.key)
    assert open_ones.find(secret) is not None
    clock(9.9)
    assert open_ones.find(secret) is None


def test_a_connection_is_told_once_and_why(clock):
    open_ones = Sessions(Limits())
    _, session = open_ones.open(ANA, "password")
    told = []
    open_ones.watch(session.key, told.append)
    stop = open_ones.watch(session.key, lambda why: told.append("never"))
    stop()
    open_ones.end(session.key, "signed out")
    open_ones.end(session.key, "again")
    open_ones.watch(session.key, told.append)
    assert told == ["signed out", "ended"]


def test_a_server_that_starts_again_knows_the_sessions_that_had_not_ended(store, clock):
    first = Sessions(Limits(), lambda: store)
    going, session = first.open(ANA, "password")
    gone, ended = first.open(Actor("Bea"), "password")
    first.change_purpose(session.key, "tasking", "")
    first.end(ended.key, "signed out")
    first.finish_writing()
    again = Sessions(Limits(), lambda: store)
    assert again.find(gone) is None
    assert again.find(going).actor == Actor("Ana", "analyst", "tasking", session.key[:16])


def test_acts_of_a_session_bear_its_purpose(store, clock):
    open_ones = Sessions(Limits(), lambda: store)
    _, session = open_ones.open(ANA, "password", "case 7")
    open_ones.change_purpose(session.key, "training", "yearly")
    rows = store.rows("SELECT act, purpose, CAST(detail AS VARCHAR) AS detail FROM audit ORDER BY sequence")
    assert [(row["act"], row["purpose"]) for row in rows] == [
        ("sign in", "intelligence"),
        ("change purpose", "training"),
    ]
    assert "case 7" in rows[0]["detail"] and "yearly" in rows[1]["detail"]


def test_who_acts_on_a_page_of_the_purpose_before_acts_for_the_purpose_now(store, clock):
    """Another tab, or work in the background, still holds the actor that it began with."""
    open_ones = Sessions(Limits(), lambda: store)
    _, session = open_ones.open(Actor("Dee", "data officer", "retention"), "password")
    before, told = session.actor, []
    assert may(before, "save complaint") and not may(before, "person search")
    open_ones.watch_purpose(session.key, told.append)
    open_ones.change_purpose(session.key, "inspection", "", "the tab that asked")
    assert told == ["the tab that asked"]
    assert not may(before, "save complaint")
    with pytest.raises(Refused), store.write() as cursor:
        record(cursor, before, "save complaint", "complaint 1")
    with store.write() as cursor:
        record(cursor, before, "read audit", "audit")
    last = store.rows("SELECT purpose FROM audit ORDER BY sequence DESC LIMIT 1")
    assert last == [{"purpose": "inspection"}]
    open_ones.end(session.key, "signed out")
    assert may(before, "save complaint")  # nobody holds it any more: the session is refused as such


@pytest.mark.parametrize("purpose", ["inspection", "complaint", "everything", ""])
def test_a_session_takes_no_purpose_that_its_role_does_not_choose(clock, purpose):
    """Whatever a message says that no page of ours would send."""
    open_ones = Sessions(Limits())
    secret, session = open_ones.open(ANA, "password")
    with pytest.raises(Refused):
        open_ones.change_purpose(session.key, purpose, "because")
    assert open_ones.find(secret).actor == ANA


def test_on_one_persons_machine_acts_name_no_session(clock):
    assert Sessions(Limits(None, None)).open(ANA, "single")[1].actor == ANA


def test_nobody_guesses_a_session(clock):
    open_ones = Sessions(Limits())
    secrets = {open_ones.open(ANA, "password")[0] for _ in range(100)}
    assert len(secrets) == 100 and all(len(secret) >= 43 for secret in secrets)
    for wrong in (None, "", "x", next(iter(secrets))[:-1]):
        assert open_ones.find(wrong) is None
