"""Sessions of people who signed in: opened, used, ended by a limit or by an act.

A session is known by a secret of 256 random bits that its browser alone has; here only the SHA-256 of it is
known, in memory and in the store. A session ends when nothing was done for a while, when it is too old, when
its person signs out, and when an administrator changes what the person may do. What has ended stays ended.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from analytics.oversight.actor import Actor, set_purpose
from analytics.oversight.acts import Refused
from analytics.oversight.audit import record
from analytics.oversight.roles import find_role
from analytics.store import Store, true_now

IDLE = timedelta(minutes=15)
ABSOLUTE = timedelta(hours=10)
_SECRET_BYTES = 32
_SHORT = 16  # characters of the key that name a session in the audit trail
_LIVE: list[Sessions] = []  # of the servers of this process
_WRITTEN_EVERY = timedelta(minutes=1)  # how often the store is told that a session is in use


@dataclass(frozen=True)
class Limits:
    """How long a session lasts unused, and at most; None: no such limit."""

    idle: timedelta | None = IDLE
    absolute: timedelta | None = ABSOLUTE


@dataclass(frozen=True)
class Session:
    """Who signed in, how, and for which purpose. `key` is the SHA-256 of its secret."""

    key: str
    actor: Actor
    way: str
    opened_at: datetime
    used_at: datetime

    def ends_at(self, limits: Limits) -> datetime:
        """When it ends if nothing more is done in it."""
        ends = [datetime.max]
        if limits.idle is not None:
            ends.append(self.used_at + limits.idle)
        if limits.absolute is not None:
            ends.append(self.opened_at + limits.absolute)
        return min(ends)


def hash_secret(secret: str) -> str:
    """What is stored of a session's secret, or of any other of full entropy."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Sessions:
    """The open sessions of this process; with a store they are written there and read from it at the start.
    Without one there is one person on one machine, whose acts name no session.

    Safe for threads. `watch` tells a connection when its session ends, `watch_purpose` when its purpose
    changes."""

    def __init__(self, limits: Limits, store: Callable[[], Store] | None = None):
        self.limits = limits
        self._store = store
        self._open: dict[str, Session] = {}
        self._written: dict[str, datetime] = {}
        self._watchers: dict[str, set[Callable[[str], None]]] = {}
        self._purpose_watchers: dict[str, set[Callable[[str], None]]] = {}
        self._lock = threading.RLock()
        self._writer = ThreadPoolExecutor(1)  # what is asked must not wait for what is written
        if store is not None:
            self._open = {session.key: session for session in _read_open(store())}
            _LIVE.append(self)

    def open(self, actor: Actor, way: str, reason: str = "") -> tuple[str, Session]:
        """A new session of a person: its secret, which nobody learns again, and the session."""
        secret = secrets.token_urlsafe(_SECRET_BYTES)
        key, at = hash_secret(secret), true_now()
        session = Session(key, actor, way, at, at)
        if self._store is not None:
            session = replace(session, actor=replace(actor, session=key[:_SHORT]))
            with self._store().write(changes_data=False) as cursor:
                cursor.execute(
                    "INSERT INTO app_session VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL)",
                    [key, actor.name, actor.role, actor.purpose, way, at, at],
                ).fetchall()
                detail = {"way": way, "reason": reason}
                record(cursor, session.actor, "sign in", session.actor.session, detail=detail)
        with self._lock:
            self._open[key] = session
        return secret, session

    def find(self, secret: str | None) -> Session | None:
        """The open session of a secret. One that is past its limits ends here."""
        return self.find_by_key(hash_secret(secret)) if secret else None

    def find_by_key(self, key: str) -> Session | None:
        with self._lock:
            session = self._open.get(key)
        if session is None:
            return None
        at = true_now()
        if at < session.ends_at(self.limits):
            return session
        too_old = self.limits.absolute is not None and at >= session.opened_at + self.limits.absolute
        self._end([session], "too old" if too_old else "idle", session.actor)
        return None

    def touch(self, key: str) -> None:
        """Something was done in the session just now."""
        at = true_now()
        with self._lock:
            if (session := self._open.get(key)) is None:
                return
            self._open[key] = replace(session, used_at=at)
            due = self._store is not None and at - self._written.get(key, session.opened_at) > _WRITTEN_EVERY
            if due:
                self._written[key] = at
        if due:
            self._writer.submit(self._write_use, key, at)

    def change_purpose(self, key: str, purpose: str, reason: str, redrawn: str = "") -> None:
        """The session goes on for another purpose, which its records bear from now on. Raises Refused for one
        that its role does not choose, whatever the page offered. `redrawn` names the page that is drawn anew
        anyway; every other open page of the session is told."""
        with self._lock:
            session = self._open[key]
            if purpose not in find_role(session.actor.role).purposes:
                raise Refused(f"The role {session.actor.role} does not work for the purpose {purpose}.")
            changed = replace(session, actor=replace(session.actor, purpose=purpose))
            self._open[key] = changed
            if self._store is not None:  # the sessions of a seat or of one person share their name
                set_purpose(changed.actor.session, purpose)
            told = list(self._purpose_watchers.get(key, ()))
        if self._store is not None:
            with self._store().write(changes_data=False) as cursor:
                cursor.execute("UPDATE app_session SET purpose = ? WHERE key = ?", [purpose, key]).fetchall()
                record(
                    cursor,
                    changed.actor,
                    "change purpose",
                    changed.actor.session,
                    detail={"from": session.actor.purpose, "reason": reason},
                )
        for tell in told:
            tell(redrawn)

    def end(self, key: str, why: str) -> None:
        """End one session, as its own person asks."""
        with self._lock:
            session = self._open.get(key)
        if session is not None:
            self._end([session], why, session.actor)

    def end_all(self, person: str, why: str, by: Actor) -> int:
        """End every session of a person; how many there were."""
        with self._lock:
            found = [session for session in self._open.values() if session.actor.name == person]
        self._end(found, why, by)
        return len(found)

    def list_open(self, person: str | None = None) -> list[Session]:
        """The open sessions, of one person or of all, the latest first."""
        with self._lock:
            found = [s for s in self._open.values() if person in (None, s.actor.name)]
        return sorted(found, key=lambda session: session.opened_at, reverse=True)

    def watch(self, key: str, tell: Callable[[str], None]) -> Callable[[], None]:
        """Call `tell` with the reason when the session ends; what is returned stops that."""
        with self._lock:
            self._watchers.setdefault(key, set()).add(tell)
            ended = key not in self._open
        if ended:
            tell("ended")

        def stop() -> None:
            with self._lock:
                self._watchers.get(key, set()).discard(tell)

        return stop

    def watch_purpose(self, key: str, tell: Callable[[str], None]) -> Callable[[], None]:
        """Call `tell` with the page that is drawn anew anyway whenever the session goes on for another
        purpose; what is returned stops that."""
        with self._lock:
            self._purpose_watchers.setdefault(key, set()).add(tell)

        def stop() -> None:
            with self._lock:
                self._purpose_watchers.get(key, set()).discard(tell)

        return stop

    def finish_writing(self) -> None:
        """Return when everything that has happened so far is in the store."""
        self._writer.submit(lambda: None).result()

    def _end(self, sessions: Collection[Session], why: str, by: Actor) -> None:
        """Refused from this moment on; then written, then told to the connections."""
        with self._lock:
            gone = [s for s in sessions if self._open.pop(s.key, None) is not None]
            told = [tell for s in gone for tell in self._watchers.pop(s.key, set())]
            for session in gone:
                self._written.pop(session.key, None)
                self._purpose_watchers.pop(session.key, None)
                set_purpose(session.actor.session, None)
        for tell in told:
            tell(why)
        if gone and self._store is not None:
            self._writer.submit(self._write_end, gone, why, by)

    def _write_end(self, sessions: Collection[Session], why: str, by: Actor) -> None:
        assert self._store is not None
        with self._store().write(changes_data=False) as cursor:
            for session in sessions:
                cursor.execute(
                    "UPDATE app_session SET ended_at = ?, ended_why = ? WHERE key = ?",
                    [true_now(), why, session.key],
                ).fetchall()
                detail = {"of": session.actor.name, "why": why}
                record(cursor, by, "end session", session.actor.session, detail=detail)

    def _write_use(self, key: str, at: datetime) -> None:
        assert self._store is not None
        with self._store().write(changes_data=False) as cursor:
            cursor.execute("UPDATE app_session SET used_at = ? WHERE key = ?", [at, key]).fetchall()


def end_sessions(store: Store, person: str, why: str, by: Actor) -> int:
    """End every session of a person, in the running server too; how many there were."""
    if _LIVE:
        count = sum(sessions.end_all(person, why, by) for sessions in _LIVE)
        for sessions in _LIVE:
            sessions.finish_writing()
        return count
    with store.write(changes_data=False) as cursor:
        rows = cursor.execute(
            "UPDATE app_session SET ended_at = ?, ended_why = ? WHERE person = ? AND ended_at IS NULL",
            [true_now(), why, person],
        ).fetchall()
        count = int(rows[0][0])
        if count:
            record(cursor, by, "end sessions", person, detail={"why": why, "sessions": count})
    return count


def _read_open(store: Store) -> list[Session]:
    """The sessions that had not ended when the server last stopped."""
    rows = store.rows("SELECT * FROM app_session WHERE ended_at IS NULL")
    return [
        Session(
            row["key"],
            Actor(row["person"], row["role"], row["purpose"], row["key"][:_SHORT]),
            row["way"],
            row["opened_at"],
            row["used_at"],
        )
        for row in rows
    ]
