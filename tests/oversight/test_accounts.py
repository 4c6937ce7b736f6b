"""People who sign in: codes, passwords, second factors, waits, and what ends a session."""

from datetime import timedelta

import pyotp
import pytest
from argon2 import PasswordHasher

from analytics.oversight import Actor, Refused, accounts
from analytics.oversight.accounts import (
    NoSuchPerson,
    SignInRefused,
    UnusablePassword,
    add_person,
    change_password,
    check_password,
    find_person,
    list_people,
    reset_person,
    set_disabled,
    set_roles,
    set_second_factor,
    use_code,
)
from analytics.oversight.approvals import approve_request, request_approval
from analytics.oversight.sessions import Limits, Sessions, hash_secret
from analytics.oversight.throttle import Throttle

ADMIN = Actor("Root", "administrator", "administration")
WORD = "seven green bottles"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Hashes of no strength, and no attempts of an earlier test."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(accounts, "_hasher", lambda: hasher)
    monkeypatch.setattr(accounts, "THROTTLE", Throttle())
    monkeypatch.setattr("analytics.oversight.sessions._LIVE", [])
    accounts._some_hash.cache_clear()
    yield
    accounts._some_hash.cache_clear()


@pytest.fixture
def ana(store):
    """A person with a password."""
    use_code(store, "Ana", add_person(store, ADMIN, "Ana", ["analyst"]), WORD, None)
    return "Ana"


def sign_in(store, name="Ana", password=WORD, factor="", address=None):
    return check_password(store, name, password, factor, address)


def stop_waiting(monkeypatch):
    monkeypatch.setattr(accounts, "THROTTLE", Throttle())


def test_a_person_chooses_a_password_by_a_code_that_counts_once(store, monkeypatch):
    code = add_person(store, ADMIN, "Ana", ["analyst", "commander"])
    with pytest.raises(SignInRefused):
        sign_in(store)
    with pytest.raises(UnusablePassword):
        use_code(store, "Ana", code, "short", None)
    use_code(store, "Ana", " ".join((code[:4], code[4:].lower())), WORD, None)
    assert sign_in(store).roles == ("analyst", "commander")
    with pytest.raises(SignInRefused):
        use_code(store, "Ana", code, WORD, None)


def test_a_code_is_used_in_three_days_or_not_at_all(store, monkeypatch):
    code = add_person(store, ADMIN, "Ana", ["analyst"])
    later = accounts.true_now() + timedelta(hours=73)
    monkeypatch.setattr(accounts, "true_now", lambda: later)
    with pytest.raises(SignInRefused):
        use_code(store, "Ana", code, WORD, None)


def test_nothing_stored_signs_anybody_in(store, ana):
    row = store.rows("SELECT * FROM app_user")[0]
    assert row["password"].startswith("$argon2id$") and WORD not in str(row)
    with pytest.raises(SignInRefused):
        sign_in(store, password=row["password"])


@pytest.mark.parametrize("name", ["ana", "Ana ", "ANA"])
def test_a_name_is_taken_in_any_case(store, ana, name):
    with pytest.raises(NoSuchPerson):
        add_person(store, ADMIN, name, ["analyst"])
    with pytest.raises(KeyError):
        add_person(store, ADMIN, "Other", ["emperor"])


def test_a_refusal_does_not_say_what_was_wrong(store, ana, monkeypatch):
    set_disabled(store, ADMIN, add_and_use(store, "Out"), True)
    words = set()
    for name, password in (
        ("Ana", "wrong"),
        ("Nobody", WORD),
        ("Out", WORD),
        ("", ""),
        ("Ana", "x" * 100_000),
    ):
        stop_waiting(monkeypatch)
        with pytest.raises(SignInRefused) as refused:
            sign_in(store, name, password)
        words.add(str(refused.value))
    assert len(words) == 1


def add_and_use(store, name):
    use_code(store, name, add_person(store, ADMIN, name, ["analyst"]), WORD, None)
    return name


def test_wrong_attempts_wait_and_ten_thousand_of_them_hash_three_passwords(store, ana, monkeypatch):
    monkeypatch.setattr("analytics.oversight.throttle.time.monotonic", lambda: 1000.0)
    hashed = []
    verify = accounts._verify
    monkeypatch.setattr(accounts, "_verify", lambda *given: hashed.append(1) or verify(*given))
    for number in range(10_000):
        with pytest.raises(SignInRefused):
            sign_in(store, password=f"guess {number}")
    assert len(hashed) == 3
    with pytest.raises(SignInRefused, match="Try again in"):
        sign_in(store)
    refused = store.rows("SELECT count(*) AS n FROM audit WHERE act = 'sign-in refused'")[0]["n"]
    assert refused == 3


def test_one_address_cannot_try_every_name(store, monkeypatch):
    monkeypatch.setattr("analytics.oversight.throttle.time.monotonic", lambda: 1000.0)
    asked = []
    monkeypatch.setattr(accounts, "_verify", lambda *given: asked.append(1) or False)
    for number in range(200):
        with pytest.raises(SignInRefused):
            sign_in(store, f"name {number}", address="10.0.0.9")
    assert len(asked) == 20
    assert "name 7" not in str(store.rows("SELECT * FROM audit"))  # it may be a password


def test_a_second_factor_is_asked_for_and_a_code_counts_once(store, ana, monkeypatch):
    secret = pyotp.random_base32()
    with pytest.raises(SignInRefused):
        set_second_factor(store, Actor("Ana"), WORD, secret, "000000")
    code = pyotp.TOTP(secret).now()
    set_second_factor(store, Actor("Ana"), WORD, secret, code)
    assert find_person(store, "Ana").has_second_factor
    clock = accounts.time.time() + 30
    monkeypatch.setattr(accounts.time, "time", lambda: clock)
    fresh = pyotp.TOTP(secret).at(int(clock))
    for factor in ("", code, "١٢٣٤٥٦"):
        stop_waiting(monkeypatch)
        with pytest.raises(SignInRefused):
            sign_in(store, factor=factor)
    stop_waiting(monkeypatch)
    assert sign_in(store, factor=fresh)
    with pytest.raises(SignInRefused):
        sign_in(store, factor=fresh)


def test_what_changes_a_person_ends_the_sessions_and_is_recorded(store, ana):
    sessions = Sessions(Limits(), lambda: store)
    for act, change in (
        ("grant role", lambda: set_roles(store, ADMIN, "Ana", ["commander"])),
        ("reset password", lambda: reset_person(store, ADMIN, "Ana")),
        ("disable person", lambda: set_disabled(store, ADMIN, "Ana", True)),
    ):
        secret, _ = sessions.open(Actor("Ana"), "password")
        other, _ = sessions.open(Actor("Bea"), "password")
        change()
        assert sessions.find(secret) is None and sessions.find(other) is not None
        sessions.finish_writing()
        assert store.rows("SELECT actor FROM audit WHERE act = $act", {"act": act}) == [{"actor": "Root"}]


def test_without_a_running_server_the_stored_sessions_end(store, ana, monkeypatch):
    secret, _ = Sessions(Limits(), lambda: store).open(Actor("Ana"), "password")
    monkeypatch.setattr("analytics.oversight.sessions._LIVE", [])
    set_disabled(store, ADMIN, "Ana", True)
    assert Sessions(Limits(), lambda: store).find(secret) is None


def test_a_changed_password_is_the_only_one(store, ana, monkeypatch):
    with pytest.raises(SignInRefused):
        change_password(store, Actor("Ana"), "not it at all", "nine red balloons")
    with pytest.raises(UnusablePassword):
        change_password(store, Actor("Ana"), WORD, "Ana Ana Ana Ana")
    change_password(store, Actor("Ana"), WORD, "nine red balloons")
    with pytest.raises(SignInRefused):
        sign_in(store)
    assert sign_in(store, password="nine red balloons")
    assert [person.name for person in list_people(store)] == ["Ana"]


def test_only_the_hash_of_a_session_is_stored(store):
    secret, session = Sessions(Limits(), lambda: store).open(Actor("Ana"), "password")
    rows = store.rows("SELECT * FROM app_session")
    assert rows[0]["key"] == hash_secret(secret) == session.key
    assert secret not in str(rows) + str(store.rows("SELECT * FROM audit"))


def test_the_first_administrator_gets_a_code_until_one_has_a_password(store):
    first = accounts.add_first_administrator(store, ADMIN)
    second = accounts.add_first_administrator(store, ADMIN)
    with pytest.raises(SignInRefused):
        use_code(store, "administrator", first, WORD, None)
    use_code(store, "administrator", second, WORD, None)
    assert accounts.add_first_administrator(store, ADMIN) is None


def test_once_two_administrators_can_approve_a_grant_takes_both(store):
    names = ("Root", "Second")
    for name in names:
        use_code(store, name, add_person(store, ADMIN, name, ["administrator"]), WORD, None)
    assert accounts.grant_takes_two(store)
    grant = accounts.describe_grant("Ana", ["commander", "analyst"])
    assert grant == "Ana: analyst, commander"
    with pytest.raises(Refused, match="two persons"):
        add_person(store, ADMIN, "Ana", ["analyst", "commander"])
    assert find_person(store, "Ana") is None
    number = request_approval(store, ADMIN, "grant role", grant, "joins the unit")
    approve_request(store, Actor("Second", "administrator", "administration", "s"), number)
    with pytest.raises(Refused):
        add_person(store, ADMIN, "Ana", ["administrator"])
    add_person(store, ADMIN, "Ana", ["commander", "analyst"])
    with pytest.raises(Refused):
        set_roles(store, ADMIN, "Ana", ["inspector"])
    assert find_person(store, "Ana").roles == ("commander", "analyst")
    set_disabled(store, ADMIN, "Second", True)
    set_roles(store, ADMIN, "Ana", ["inspector"])  # one administrator is left, and nobody to ask


def test_wrong_attempts_by_a_name_are_counted_on_after_a_restart(store, ana, monkeypatch):
    for _ in range(3):
        with pytest.raises(SignInRefused):
            sign_in(store, password="not it at all")
    restarted = Throttle()
    restarted.recall(store)
    assert restarted.take_turn("ANA", None) > 0 and restarted.take_turn("Bea", None) == 0
    stop_waiting(monkeypatch)
    sign_in(store)
    Sessions(Limits(), lambda: store).open(Actor("Ana"), "password")
    restarted = Throttle()
    restarted.recall(store)
    assert restarted.take_turn("Ana", None) == 0
