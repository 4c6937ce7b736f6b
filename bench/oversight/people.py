"""Twenty people of five roles at once on one server, over the wire and without a browser.

    python -m bench.oversight.people STORE [--people 20] [--minutes 10] [--pause 15]

A copy of STORE gets adverts, incidents and accounts in two sources of their own, one marked P and one C, with
words in every row that stand nowhere else. A real server (sign-in by password) serves it. Each person signs
in, opens the WebSocket as the page does, and goes from page to page, with `--pause` seconds between on
average, the same pages in the same order whatever the role, closed ones too. Every byte that comes back is
searched for the words of what the role may not read. Also counted: exceptions on pages, and errors in the
server's log. Seconds are from the request of a page to the end of its script."""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from analytics.ingest import SourceDetails, import_file, propose_mapping, read_file
from analytics.oversight import Actor
from analytics.oversight.accounts import add_person, describe_grant, grant_takes_two, use_code
from analytics.oversight.approvals import approve_request, request_approval
from analytics.oversight.roles import find_role, find_tier
from analytics.store import Store
from ui.shell.pages import PAGES

ROLES = ("analyst", "officer", "commander", "partner", "administrator")
PURPOSES = {"administrator": "administration"}
ADMINISTRATOR = Actor("Root", "administrator", "administration", "trial")
COLLEAGUE = Actor("administrator 0", "administrator", "administration", "trial")
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
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        data = {
            "name": person,
            "password": PASSWORD,
            "purpose": PURPOSES.get(role, "investigation"),
            "reason": "trial",
            "next": "/",
        }
        answer = await client.post("/sign-in", data=data, headers={"Origin": url})
        assert client.cookies, (
            f"{person} did not get in: {answer.status_code} {re.findall('<p[^>]*>([^<]+)', answer.text)}"
        )
        cookies = "; ".join(f"{key}={value}" for key, value in client.cookies.items())
        address = url.replace("http", "ws", 1) + "/_stcore/stream"
        headers = {"Cookie": cookies}
        moments = random.Random(person)
        async with connect(
            address, additional_headers=headers, origin=url, max_size=None, subprotocols=["streamlit"]
        ) as stream:  # type: ignore[arg-type, list-item]
            while time.monotonic() < ends:
                for name, query in VISITS:
                    await _open_page(stream, name, query, seen)
                    _search((await client.get("/cells/1/hexagon/500.geojson")).content, seen)
                    await asyncio.sleep(moments.uniform(0, 2 * pause))
                    if time.monotonic() > ends:
                        return


async def _open_page(stream: ClientConnection, name: str, query: str, seen: Seen) -> None:
    request = BackMsg()
    request.rerun_script.page_name = name
    request.rerun_script.query_string = query
    start = time.monotonic()
    await stream.send(request.SerializeToString())
    while True:
        data = await asyncio.wait_for(stream.recv(), 120)
        assert isinstance(data, bytes)
        _search(data, seen)
        message = ForwardMsg.FromString(data)
        if message.delta.new_element.HasField("exception"):
            seen.exceptions.append(f"{name}: {message.delta.new_element.exception.message[:200]}")
        if message.WhichOneof("type") == "script_finished":
            if message.script_finished in (ForwardMsg.FINISHED_EARLY_FOR_RERUN,):
                continue
            seen.seconds.setdefault(name, []).append(time.monotonic() - start)
            return


def _search(data: bytes, seen: Seen) -> None:
    """Count the words of rows; the word alone may be what was searched for."""
    allowed = may_read(seen.role)
    for word in WORDS.values():
        if re.search(word.encode() + rb"(-\d| House| Lane| Holder)", data, re.IGNORECASE):
            (seen.allowed if word in allowed else seen.forbidden)[word] += 1


def start_server(store: Path, folder: Path, log: Path) -> tuple[subprocess.Popen[bytes], str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    settings = folder / "server.toml"
    settings.write_text(
        f'way_in = "password"\npublic_address = "{url}"\nstore = "{store}"\nport = {port}\n', encoding="utf-8"
    )
    own = {
        "ACHILLES_SIGNING_KEY": str(folder / "key.pem"),
        "ACHILLES_HEADS": str(folder / "heads.jsonl"),
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "analytics.cli", "serve", "--settings", str(settings)],
            env={**os.environ, **own},
            stdout=output,
            stderr=output,
        )
    while True:
        try:
            if httpx.get(f"{url}/ready", timeout=5).status_code == 200:
                return process, url
        except httpx.HTTPError:
            pass
        if process.poll() is not None:
            raise SystemExit(log.read_text(encoding="utf-8"))
        time.sleep(0.5)


async def run(url: str, people: int, minutes: float, pause: float) -> list[Seen]:
    ends = time.monotonic() + minutes * 60
    seen = [Seen(ROLES[number % len(ROLES)]) for number in range(people)]
    await asyncio.gather(
        *(
            visit(url, f"{one.role} {number // len(ROLES)}", one.role, ends, pause, one)
            for number, one in enumerate(seen)
        )
    )
    return seen


def report(seen: list[Seen], log: str) -> bool:
    """Print the figures; whether nothing was wrong."""
    seconds: dict[str, list[float]] = {}
    for one in seen:
        for page, taken in one.seconds.items():
            seconds.setdefault(page, []).extend(taken)
    every: list[float] = []
    for page, taken in seconds.items():
        every += taken
        print(f"{page:>14}: {len(taken):4} openings, median {statistics.median(taken):.2f} s,", end=" ")
        print(f"slowest {max(taken):.2f} s")
    slow = sorted(every)[int(0.95 * len(every))]
    print(f"{len(every)} openings: median {statistics.median(every):.2f} s, 95th percentile {slow:.2f} s")
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
    return not exceptions and not errors and not any(one.forbidden for one in seen)


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
        try:
            seen = asyncio.run(run(url, arguments.people, arguments.minutes, arguments.pause))
        finally:
            process.terminate()
            process.wait(30)
        raise SystemExit(not report(seen, (folder / "log").read_text(encoding="utf-8")))


if __name__ == "__main__":
    main()
