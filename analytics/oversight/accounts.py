"""The people who may sign in: their roles, passwords and second factors.

A password is stored as argon2id (RFC 9106, low memory). Nobody chooses one for another: an administrator adds
a person and hands over a one-time code, with which that person chooses a password. A wrong attempt makes the
next one wait, longer each time. Whatever changes what a person may do ends his or her sessions."""

from __future__ import annotations

import re
import secrets
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import duckdb
import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from analytics.oversight.actor import Actor
from analytics.oversight.approvals import use_approval
from analytics.oversight.audit import record
from analytics.oversight.sessions import end_sessions, hash_secret
from analytics.oversight.throttle import Throttle
from analytics.shared.codes import code_table
from analytics.store import Store, true_now

ADMINISTRATOR = "administrator"
SHORTEST_PASSWORD = 12
_LONGEST = 256
_FEWEST_CHARACTERS = 5
_CODE_LASTS = timedelta(hours=72)
_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # none that is taken for another
_CODE_LENGTH = 20  # 98 bits
_STEP_SECONDS = 30
_SECRET = re.compile(r"[A-Z2-7]{32}")
_WRONG = "The name, the password or the code is wrong."
_AT_ONCE = threading.BoundedSemaphore(2)  # a hash takes 64 MiB for a tenth of a second
_WAIT_SECONDS = 10
THROTTLE = Throttle()


class SignInRefused(ValueError):
    """Nobody is signed in. The message may be shown, and does not say which part was wrong."""


class UnusablePassword(ValueError):
    """The new password cannot be used; the message says why."""


class NoSuchPerson(ValueError):
    """There is nobody of that name, or already somebody."""


@dataclass(frozen=True)
class Person:
    """Somebody who may sign in."""

    name: str
    roles: tuple[str, ...]
    has_password: bool
    has_second_factor: bool
    is_disabled: bool


def list_people(store: Store) -> list[Person]:
    rows = store.rows("SELECT * FROM app_user ORDER BY name")
    return [_read(row) for row in rows]


def find_person(store: Store, name: str) -> Person | None:
    row = _find_row(store, name)
    return _read(row) if row else None


def add_person(store: Store, by: Actor, name: str, roles: Collection[str]) -> str:
    """Add somebody; the one-time code for the first sign-in. Raises NoSuchPerson where the name is taken,
    KeyError for an unknown role, and Refused until another administrator approved the roles, where one
    can."""
    name = name.strip()
    _check_roles(roles)
    if not name or not name.isprintable() or len(name) > _LONGEST:
        raise NoSuchPerson("A name is one line of at most 256 characters.")
    code = _make_code()
    takes_two = grant_takes_two(store)
    with store.write(changes_data=False) as cursor:
        if _count(cursor, name):
            raise NoSuchPerson(f"There is a person called {name} already.")
        if takes_two:
            use_approval(cursor, by, "grant role", describe_grant(name, roles))
        cursor.execute(
            "INSERT INTO app_user VALUES (?, ?, NULL, ?, ?, NULL, NULL, false, ?, ?)",
            [name, list(roles), hash_secret(code), true_now() + _CODE_LASTS, true_now(), by.name],
        ).fetchall()
        record(cursor, by, "add person", name, detail={"roles": list(roles)})
    return code


def describe_grant(name: str, roles: Collection[str]) -> str:
    """A grant of roles as a second person approves it: 'Ana Lim: analyst, commander'."""
    return f"{name.strip()}: {', '.join(sorted(roles))}"


def grant_takes_two(store: Store) -> bool:
    """Whether another administrator must approve a grant: as soon as two can. Until then nobody could."""
    return sum(_may_approve(person) for person in list_people(store)) >= 2


def _may_approve(person: Person) -> bool:
    return ADMINISTRATOR in person.roles and person.has_password and not person.is_disabled


def add_first_administrator(store: Store, by: Actor, name: str = ADMINISTRATOR) -> str | None:
    """A one-time code for the first administrator, or another while nobody has used it; None afterwards."""
    people = list_people(store)
    if any(ADMINISTRATOR in person.roles and person.has_password for person in people):
        return None
    if find_person(store, name) is None:
        return add_person(store, by, name, [ADMINISTRATOR])
    return reset_person(store, by, name)


def set_roles(store: Store, by: Actor, name: str, roles: Collection[str]) -> None:
    """Give a person these roles and no others; sessions end. Raises NoSuchPerson, KeyError, and Refused until
    another administrator approved them, where one can."""
    _check_roles(roles)
    detail = {"roles": list(roles)}
    takes_two = grant_takes_two(store)
    _change(store, by, name, "grant role", detail, "roles = ?", [list(roles)], takes_two=takes_two)
    end_sessions(store, name, "roles changed", by)


def set_disabled(store: Store, by: Actor, name: str, disabled: bool) -> None:
    """Whether a person may sign in; sessions end. Raises NoSuchPerson."""
    act = "disable person" if disabled else "enable person"
    _change(store, by, name, act, {}, "is_disabled = ?", [disabled])
    if disabled:
        end_sessions(store, name, "disabled", by)


def reset_person(store: Store, by: Actor, name: str) -> str:
    """Take password and second factor away; sessions end. The new one-time code. Raises NoSuchPerson."""
    code = _make_code()
    _change(
        store,
        by,
        name,
        "reset password",
        {},
        "password = NULL, second_factor = NULL, second_factor_step = NULL, code = ?, code_until = ?",
        [hash_secret(code), true_now() + _CODE_LASTS],
    )
    end_sessions(store, name, "reset", by)
    return code


def check_password(store: Store, name: str, password: str, factor: str, address: str | None) -> Person:
    """The person whose name, password and second factor these are. Raises SignInRefused."""
    name = name.strip()
    _wait_turn(name, address)
    row = _find_row(store, name)
    stored = row["password"] if row else None
    fits = _verify(stored or _some_hash(), password) and stored is not None
    if not fits or row is None or row["is_disabled"] or not _accept_factor(store, row, factor):
        raise _refuse(store, name if row else None)
    THROTTLE.forgive(name, address)
    if stored is not None and _hasher().check_needs_rehash(stored):
        _set_password(store, name, password)
    return _read(row)


def use_code(
    store: Store,
    name: str,
    code: str,
    password: str,
    address: str | None,
    factor: tuple[str, str] | None = None,
) -> Person:
    """Choose a password by a one-time code, which is then used up; with `factor`, a second factor too: its
    secret and the code that shows that the person has it. Raises SignInRefused, UnusablePassword."""
    name = name.strip()
    _wait_turn(name, address)
    row = _find_row(store, name)
    offered = hash_secret("".join(code.upper().replace("-", " ").split()))
    stored = row["code"] if row else None
    fits = secrets.compare_digest(stored or "", offered)
    if not fits or row is None or row["is_disabled"] or row["code_until"] < true_now():
        raise _refuse(store, name if row else None)
    check_new_password(name, password)
    secret, step = (factor[0], _find_step(*factor)) if factor else (None, None)
    if factor and step is None:
        raise SignInRefused("The code of the second factor is wrong. Nothing is changed.")
    hashed = _hash(password)
    with store.write(changes_data=False) as cursor:
        changed = cursor.execute(
            "UPDATE app_user SET password = ?, code = NULL, code_until = NULL, second_factor = ?, "
            "second_factor_step = ? WHERE name = ? AND code = ?",
            [hashed, secret, step, name, stored],
        ).fetchall()
        if not changed[0][0]:  # somebody else was faster
            raise SignInRefused(_WRONG)
        record(cursor, Actor(name, row["roles"][0]), "choose password", name)
    THROTTLE.forgive(name, address)
    return _read(row)


def change_password(store: Store, actor: Actor, old: str, new: str) -> None:
    """Replace a person's own password; sessions end. Raises SignInRefused, UnusablePassword."""
    _check_own(store, actor, old)
    check_new_password(actor.name, new)
    _set_password(store, actor.name, new)
    with store.write(changes_data=False) as cursor:
        record(cursor, actor, "change password", actor.name)
    end_sessions(store, actor.name, "password changed", actor)


def set_second_factor(store: Store, actor: Actor, password: str, secret: str, code: str) -> None:
    """From now on a code of this secret is asked for too; `code` shows that the person has it. Sessions end.
    Raises SignInRefused."""
    _check_own(store, actor, password)
    step = _find_step(secret, code)
    if step is None:
        raise SignInRefused("The code is wrong. Nothing is changed.")
    with store.write(changes_data=False) as cursor:
        cursor.execute(
            "UPDATE app_user SET second_factor = ?, second_factor_step = ? WHERE name = ?",
            [secret, step, actor.name],
        ).fetchall()
        record(cursor, actor, "set second factor", actor.name)
    end_sessions(store, actor.name, "second factor changed", actor)


def _check_own(store: Store, actor: Actor, password: str) -> None:
    """Raises SignInRefused where it is not the password of who asks."""
    _wait_turn(actor.name, None)
    row = _find_row(store, actor.name)
    if row is None or row["password"] is None or not _verify(row["password"], password):
        raise _refuse(store, actor.name)
    THROTTLE.forgive(actor.name, None)


def check_new_password(name: str, password: str) -> None:
    """Raises UnusablePassword for one that is short, long, of few characters, or has the name in it."""
    if not SHORTEST_PASSWORD <= len(password) <= _LONGEST:
        raise UnusablePassword(f"A password has {SHORTEST_PASSWORD} characters or more, and at most 256.")
    if len(set(password)) < _FEWEST_CHARACTERS or name.casefold() in password.casefold():
        raise UnusablePassword("Choose a password of more different characters, without your name.")


def _wait_turn(name: str, address: str | None) -> None:
    if seconds := THROTTLE.take_turn(name, address):
        raise SignInRefused(f"Too many attempts. Try again in {seconds} seconds.")


def _refuse(store: Store, known: str | None) -> SignInRefused:
    """Record a wrong attempt. A name that nobody has is not recorded: it may be a password."""
    with store.write(changes_data=False) as cursor:
        record(cursor, Actor(known or "unknown", "none"), "sign-in refused", known or "unknown name")
    return SignInRefused(_WRONG)


def _accept_factor(store: Store, row: dict[str, Any], code: str) -> bool:
    """Whether the second factor is right, or none is set. A code counts once."""
    if row["second_factor"] is None:
        return True
    step = _find_step(row["second_factor"], code)
    if step is None or step <= (row["second_factor_step"] or 0):
        return False
    with store.write(changes_data=False) as cursor:
        used = cursor.execute(
            "UPDATE app_user SET second_factor_step = ? WHERE name = ? AND second_factor_step < ?",
            [step, row["name"], step],
        ).fetchall()
    return bool(used and used[0][0])


def _find_step(secret: str, code: str) -> int | None:
    """The step of thirty seconds whose code this is: now, the one before or the one after. None for another
    code, and for a secret that is none."""
    if not _SECRET.fullmatch(secret) or not code.strip().isascii():
        return None
    now = int(time.time()) // _STEP_SECONDS
    for step in (now, now - 1, now + 1):
        if secrets.compare_digest(pyotp.TOTP(secret).at(step * _STEP_SECONDS), code.strip()):
            return step
    return None


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


@cache
def _some_hash() -> str:
    """Compared with where nobody has the name, so that it takes as long as where somebody has."""
    return _hasher().hash(secrets.token_urlsafe())


def _hash(password: str) -> str:
    with _one_of_two():
        return _hasher().hash(password)


def _verify(stored: str, password: str) -> bool:
    try:
        with _one_of_two():
            return _hasher().verify(stored, password[: _LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False


@contextmanager
def _one_of_two() -> Iterator[None]:
    """Two hashes at once, no more. Raises SignInRefused where too many wait."""
    if not _AT_ONCE.acquire(timeout=_WAIT_SECONDS):
        raise SignInRefused("Too many people sign in just now. Try again in a minute.")
    try:
        yield
    finally:
        _AT_ONCE.release()


def _set_password(store: Store, name: str, password: str) -> None:
    hashed = _hash(password)
    with store.write(changes_data=False) as cursor:
        cursor.execute("UPDATE app_user SET password = ? WHERE name = ?", [hashed, name]).fetchall()


def _change(
    store: Store,
    by: Actor,
    name: str,
    act: str,
    detail: dict[str, Any],
    what: str,
    values: list[Any],
    *,
    takes_two: bool = False,
) -> None:
    with store.write(changes_data=False) as cursor:
        if not _count(cursor, name):
            raise NoSuchPerson(f"There is nobody called {name}.")
        if takes_two:
            use_approval(cursor, by, act, describe_grant(name, detail["roles"]))
        cursor.execute(f"UPDATE app_user SET {what} WHERE name = ?", [*values, name]).fetchall()
        record(cursor, by, act, name, detail=detail)


def _count(cursor: duckdb.DuckDBPyConnection, name: str) -> int:
    """How many have this name, whatever its case."""
    rows = cursor.execute("SELECT count(*) FROM app_user WHERE lower(name) = lower(?)", [name]).fetchall()
    return int(rows[0][0])


def _find_row(store: Store, name: str) -> dict[str, Any] | None:
    rows = store.rows("SELECT * FROM app_user WHERE name = $name", {"name": name})
    return rows[0] if rows else None


def _read(row: dict[str, Any]) -> Person:
    return Person(
        row["name"],
        tuple(row["roles"]),
        row["password"] is not None,
        row["second_factor"] is not None,
        row["is_disabled"],
    )


def _check_roles(roles: Collection[str]) -> None:
    if not roles:
        raise NoSuchPerson("A person has at least one role.")
    for role in roles:
        code_table("roles")[role]


def _make_code() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH))
