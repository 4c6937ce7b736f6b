"""Twenty people of five roles at once on one server, over the wire and without a browser: does anybody get
what he or she may not read, does anything fail, how long does a page take?

    python -m bench.oversight.people STORE [--people 20] [--minutes 10] [--pause 15]

A copy of STORE gets adverts, incidents and accounts in two sources of their own, one marked P and one C, with
words in every row that stand nowhere else. A real server (sign-in by password) serves it. Each person signs
in, opens the WebSocket as the page does, and goes from page to page, with `--pause` seconds between on
average, the same pages in the same order whatever the role, closed ones too. Every byte that comes back is
searched for the words of what the role may not read. Also counted: exceptions on pages, errors in the
server's log, and people whose connection broke, which ends nobody else's. Seconds are from the request of a
page to the end of its script. People come one after another within the first pause.

The server's event loop is asked for `/health` twice a second, by a process of its own, and the trial's own
loop is watched beside it: where either stands still, it is seen which. Two lines give the processor seconds
of both, which say more than seconds by the clock on a machine that does other work."""

from __future__ import annotations

import argparse
import asyncio
import math
import os
import random
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from pathlib import Path

import httpx
from websockets.exceptions import ConnectionClosed

from analytics.ingest import SourceDetails, import_file, propose_mapping, read_file
from analytics.oversight import Actor
from analytics.oversight.accounts import add_person, describe_grant, grant_takes_two, use_code
from analytics.oversight.approvals import approve_request, request_approval
from analytics.oversight.roles import find_role, find_tier
from analytics.store import Store
from bench.oversight.wire import signed_in, start_server
from ui.shell.pages import PAGES

ROLES = ("analyst", "officer", "commander", "partner", "administrator")
PURPOSES = {"administrator": "administration"}
ADMINISTRATOR = Actor("Root", "administrator", "administration", "trial")
COLLEAGUE = Actor("administrator 0", "administrator", "administration", "trial")
_LOOK_SECONDS = 0.5  # between two looks at a loop
_LONGEST_ANSWER = 60.0
PASSWORD = "seven grey herons wait"
WORDS = {"P": "Quillonbrae", "C": "Zephyrwick"}  # in every row of the source that is marked so
VISITS = [(page.name, "") for page in PAGES] + [("search", f"find={word}") for word in WORDS.values()]


@dataclass
class Seen:
    """What came back to one person."""

    role: str
    seconds: dict[str, list[float]] = field(default_factory=dict)
    forbidden: Counter[str] = field(default_factory=Counter)
    exceptions: list[str] = field(default_factory=list)
    broken: str = ""
    allowed: Counter[str] = field(default_factory=Counter)


def fill(store: Store, folder: Path, people_of_each: int) -> None:
    """The two sources of each kind, and the people."""
    for handling, word in WORDS.items():
        rows = {
            "advert": ["id,title,body,phone"]
            + [f"{word}-{n},{word} House {n},Call {word} and {n},+4477009{n:05d}" for n in range(200)],
            "incident": ["reference,date,category,place,lon,lat"]
            + [
                f"{word}-{n},2026-03-{n % 28 + 1:02d},Burglary {word},{word} Lane,-0.1,51.5"
                for n in range(200)
            ],
            "account": ["account,holder,phone"]
            + [f"{word}-{n},{word} Holder {n},+4477009{n:05d}" for n in range(200)],
        }
        for kind, lines in rows.items():
            file = folder / f"{word}-{kind}.csv"
            file.write_text("\n".join(lines) + "\n", encoding="utf-8")
            details = SourceDetails(f"{word} {kind}", "Invented", "Trial", handling, date(2030, 1, 1))
            import_file(store, Actor("bench"), file, propose_mapping(read_file(file), kind), details)
    for role in ROLES:
        for number in range(people_of_each):
            _add_person(store, f"{role} {number}", role)


def _add_person(store: Store, name: str, role: str) -> None:
    """As two administrators do, once there are some."""
    if grant_takes_two(store):
        grant = describe_grant(name, [role])
        asked = request_approval(store, ADMINISTRATOR, "grant role", grant, "Trial")
        approve_request(store, COLLEAGUE, asked)
    use_code(store, name, add_person(store, ADMINISTRATOR, name, [role]), PASSWORD, None)


def may_read(role: str) -> set[str]:
    """The words that a role may be sent."""
    return set() if find_role(role).sources == "none" else {WORDS[code] for code in find_tier(role).handling}


async def visit(url: str, person: str, role: str, ends: float, pause: float, seen: Seen) -> None:
    """One person, from signing in to the end."""
    purpose, moments = PURPOSES.get(role, "investigation"), random.Random(person)
    await asyncio.sleep(moments.uniform(0, pause))
    try:
        async with signed_in(url, person, PASSWORD, purpose, see=lambda data: _search(data, seen)) as session:
            seen.exceptions = session.exceptions
            while time.monotonic() < ends:
                for name, query in VISITS:
                    start = time.monotonic()
                    await session.open(name, query)
                    seen.seconds.setdefault(name, []).append(time.monotonic() - start)
                    _search((await session.client.get("/cells/1/hexagon/500.geojson")).content, seen)
                    await asyncio.sleep(moments.uniform(0, 2 * pause))
                    if time.monotonic() > ends:
                        break
    except (ConnectionClosed, TimeoutError, httpx.HTTPError, AssertionError) as error:
        seen.broken = f"{person}: {type(error).__name__}: {error}"


def _search(data: bytes, seen: Seen) -> None:
    """Count the words of rows; the word alone may be what was searched for."""
    allowed, small = may_read(seen.role), data.lower()
    for word in WORDS.values():
        written = word.lower().encode()
        if written in small and re.search(written + rb"(-\d| house| lane| holder)", small):
            (seen.allowed if word in allowed else seen.forbidden)[word] += 1


async def run(url: str, people: int, minutes: float, pause: float, lags: list[float]) -> list[Seen]:
    ends = time.monotonic() + minutes * 60
    seen = [Seen(ROLES[number % len(ROLES)]) for number in range(people)]
    watching = asyncio.create_task(watch_own_loop(lags))
    await asyncio.gather(
        *(
            visit(url, f"{one.role} {number // len(ROLES)}", one.role, ends, pause, one)
            for number, one in enumerate(seen)
        )
    )
    watching.cancel()
    return seen


async def watch_own_loop(lags: list[float]) -> None:
    """By how many seconds this process's loop comes too late."""
    while True:
        due = time.monotonic() + _LOOK_SECONDS
        await asyncio.sleep(_LOOK_SECONDS)
        lags.append(time.monotonic() - due)


def watch_server(url: str, found: Connection) -> None:
    """Until told to end: how many seconds the server's loop takes to answer, in a process of its own."""
    seconds = []
    with httpx.Client(base_url=url, timeout=_LONGEST_ANSWER) as client:
        while not found.poll(_LOOK_SECONDS):
            start = time.monotonic()
            with suppress(httpx.HTTPError):
                client.get("/health")
            seconds.append(time.monotonic() - start)
    found.send(seconds)


@contextmanager
def watched(url: str, answers: list[float]) -> Iterator[None]:
    """While the server is watched; `answers` gets the seconds of each answer."""
    here, there = Pipe()
    watcher = get_context("spawn").Process(target=watch_server, args=(url, there), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        here.send("end")
        if here.poll(_LONGEST_ANSWER):
            answers += here.recv()
        watcher.join(10)


def report(seen: list[Seen], log: str) -> bool:
    """Print the figures; whether nothing was wrong."""
    seconds: dict[str, list[float]] = {}
    for one in seen:
        for page, taken in one.seconds.items():
            seconds.setdefault(page, []).extend(taken)
    for page, taken in [*seconds.items(), ("every page", sum(seconds.values(), []))]:
        print(
            f"{page:>14}: {len(taken):4} openings, median {statistics.median(taken):.2f} s,"
            f" 95th percentile {_percentile(taken):.2f} s, slowest {max(taken):.2f} s"
        )
    for role in ROLES:
        allowed = sum((one.allowed for one in seen if one.role == role), Counter[str]())
        forbidden = sum((one.forbidden for one in seen if one.role == role), Counter[str]())
        print(
            f"{role:>14}: messages with words that it may read {dict(allowed)}, and may not {dict(forbidden)}"
        )
    exceptions = [text for one in seen for text in one.exceptions]
    errors = [line for line in log.splitlines() if "Traceback" in line or " ERROR " in line]
    print(
        f"{len(exceptions)} exceptions on pages, {len(errors)} errors in the log",
        *exceptions[:5],
        *errors[:5],
        sep="\n  ",
    )
    broken = [one.broken for one in seen if one.broken]
    print(f"{len(broken)} of {len(seen)} people broken off", *broken, sep="\n  ")
    return not exceptions and not errors and not broken and not any(one.forbidden for one in seen)


def report_loops(answers: list[float], lags: list[float], used: float) -> None:
    """Where time stood still, and what was worked."""
    for name, seconds in (
        ("the server's loop answered in", answers),
        ("the trial's own loop was late by", lags),
    ):
        print(
            f"{name}: median {statistics.median(seconds):.2f} s, 99th percentile "
            f"{_percentile(seconds, 0.99):.2f} s, at most {max(seconds):.2f} s"
        )
    own = os.times()
    print(f"processor seconds: server {used:.0f}, trial {own.user + own.system:.0f}")


def read_processor_seconds(pid: int) -> float:
    """What a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _percentile(seconds: list[float], share: float = 0.95) -> float:
    """The least of which so many are no larger."""
    return sorted(seconds)[math.ceil(share * len(seconds)) - 1]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("store", type=Path)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--pause", type=float, default=15)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        path = Path(shutil.copy(arguments.store, folder / "achilles.duckdb"))
        with closing(Store(path)) as store:
            fill(store, folder, -(-arguments.people // len(ROLES)))
        process, url = start_server(path, folder, folder / "log")
        answers: list[float] = []
        lags: list[float] = []
        try:
            with watched(url, answers):
                seen = asyncio.run(run(url, arguments.people, arguments.minutes, arguments.pause, lags))
            used = read_processor_seconds(process.pid)
        finally:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
        report_loops(answers, lags, used)
        raise SystemExit(not report(seen, (folder / "log").read_text(encoding="utf-8")))


if __name__ == "__main__":
    main()
