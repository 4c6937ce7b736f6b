"""Six people in five roles work at once on one server; who revealed what and why is found; a source is erased
by two; the store is backed up, tampered with, found out and restored.

    python -m bench.oversight.trial STORE

A copy of STORE (which needs money leads and findings, as the invented city has) is served by a real server.
The people are added by the command line beside it, choose their passwords, sign in, and work on the pages
over the wire, as their browsers would. Prints what came of each step; the exit code is 1 where one went
wrong."""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import date
from pathlib import Path

import duckdb
import httpx

from bench.oversight.wire import WireSession, seal_in, signed_in, start_server

PASSWORD = "seven grey herons wait"
PEOPLE = {
    "Ana Lim": ("analyst", "investigation"),
    "Ben Ode": ("analyst", "intelligence"),
    "Cora Fay": ("commander", "tasking"),
    "Dov Carr": ("inspector", "inspection"),
    "Eve Holt": ("data officer", "retention"),
    "administrator": ("administrator", "administration"),
}
REASONS = {"Ana Lim": "Operation Heron: who holds the accounts", "Ben Ode": "asked by the duty desk, ref 77"}


class Trial:
    """The steps as they go; `wrong` counts those that did not give what they should."""

    def __init__(self, folder: Path, store: Path) -> None:
        self.folder, self.store, self.wrong, self._number = folder, store, 0, 0

    def say(self, what: str, *, right: bool) -> None:
        self._number += 1
        self.wrong += not right
        print(f"{self._number:2}. {what}: {'as it should be' if right else 'WRONG'}", flush=True)

    def run(self, *words: str, role: str = "administrator") -> subprocess.CompletedProcess[str]:
        """A command of `achilles` on the store, as the account of the server."""
        return subprocess.run(
            [sys.executable, "-m", "analytics.cli", *words],
            env={
                **os.environ,
                **seal_in(self.folder),
                "ACHILLES_STORE": str(self.store),
                "ACHILLES_ROLE": role,
            },
            capture_output=True,
            text=True,
        )

    @contextmanager
    def serve(self) -> Iterator[str]:
        process, url = start_server(self.store, self.folder, self.folder / "log")
        try:
            yield url
        finally:
            process.terminate()
            process.wait(60)


def enrol(trial: Trial, url: str) -> None:
    """Everybody gets a one-time code and chooses a password with it."""
    codes = dict(re.findall(r"name +(\w+)\n +one-time code +(\S+)", (trial.folder / "log").read_text()))
    for name, (role, _) in PEOPLE.items():
        if name not in codes:
            printed = trial.run("people", "add", name, "--role", role, "--store", str(trial.store)).stdout
            codes[name] = re.findall(
                r"\b[A-Z2-9]{20}\b|\b(?:[A-Z2-9]{4,5}[- ]){3,4}[A-Z2-9]{4,5}\b", printed
            )[0]
    chosen = 0
    for name, code in codes.items():
        form = {"name": name, "code": code, "password": PASSWORD, "again": PASSWORD}
        answer = httpx.post(f"{url}/sign-in/code", data=form, headers={"Origin": url}, timeout=120)
        chosen += answer.status_code == 303
    trial.say(f"{chosen} of {len(PEOPLE)} people chose a password by a code", right=chosen == len(PEOPLE))


async def work(trial: Trial, url: str) -> None:
    """Everybody at once; then the inspector looks for the reveals, and two people erase."""
    async with AsyncExitStack() as stack:
        opened = [
            stack.enter_async_context(signed_in(url, name, PASSWORD, purpose))
            for name, (_, purpose) in PEOPLE.items()
        ]
        sessions = dict(zip(PEOPLE, await asyncio.gather(*opened), strict=True))
        trial.say(f"{len(sessions)} people are signed in at once", right=len(sessions) == len(PEOPLE))
        await asyncio.gather(
            reveal_lead(sessions["Ana Lim"], REASONS["Ana Lim"]),
            reveal_search(sessions["Ben Ode"], REASONS["Ben Ode"]),
            enter_report(sessions["Cora Fay"]),
            register_complaint(sessions["Eve Holt"]),
            sessions["Dov Carr"].open("overview"),
            sessions["administrator"].open("people"),
        )
        failed = [text for session in sessions.values() for text in session.exceptions]
        trial.say(f"all worked at once, {len(failed)} exceptions on pages", right=not failed)
        await find_reveals(trial, sessions["Dov Carr"])
        await erase_by_two(trial, sessions["Eve Holt"], sessions["Cora Fay"])


async def reveal_lead(session: WireSession, reason: str) -> None:
    """An analyst opens the first lead of Money, once they are found, and unmasks it."""
    await session.open_until("finance", "", "Reveal")
    await session.press("Reveal", {"Reason": reason})


async def reveal_search(session: WireSession, reason: str) -> None:
    """Another searches for a number and unmasks the hits."""
    await session.open_until("search", "find=07700", "Reveal")
    await session.press("Reveal", {"Reason": reason})


async def enter_report(session: WireSession) -> None:
    """A commander writes down what was heard."""
    await session.open("intelligence", "tab=Enter+a+report")
    await session.press(
        "Submit", {"What was seen or heard?": "A white van stood at the pier. Two men carried boxes."}
    )


async def register_complaint(session: WireSession) -> None:
    """The data officer registers a complaint."""
    await session.open("oversight", "tab=Complaints")
    await session.press(
        "Save",
        {
            "Whose complaint, or its reference": "Ref 12",
            "Who answers for it": "Eve Holt",
            "What it is about": "A wrong address is stored.",
        },
    )


async def find_reveals(trial: Trial, session: WireSession) -> None:
    """The inspector finds who revealed what and why, on the page alone."""
    await session.open("oversight", "tab=Approvals")
    said = session.read()
    for name, reason in REASONS.items():
        trial.say(f"the inspector reads that {name} unmasked, and why", right=name in said and reason in said)
    saves = session.offers("Save") or session.offers("Approve")
    trial.say("the inspector is offered nothing that writes", right=not saves)


async def erase_by_two(trial: Trial, officer: WireSession, commander: WireSession) -> None:
    """The data officer asks, the commander approves, the data officer erases."""
    await officer.open("oversight", "tab=Retention&due=All&review=source+1")
    trial.say("nobody erases alone", right=not officer.offers("Erase for good"))
    await officer.press("Ask a second person", {"Reason": "complaint 12 upheld"})
    await commander.open("oversight", "tab=Approvals")
    await commander.press("Approve")
    await officer.open("oversight", "tab=Retention&due=All&review=source+1")
    basis = {"Law or decision that asks for it": "section 47 DPA 2018"}
    await officer.enter(basis)
    await officer.press("Erase for good", basis)
    for _ in range(120):
        await asyncio.sleep(1)
        await officer.open("oversight", "tab=Retention&due=All")
        if "Erased for good" in officer.read():
            break
    trial.say(
        "two people erased a source, and its certificate is offered", right="source 1, " in officer.read()
    )


def tamper(store: Path) -> str:
    """Change a finding as the owner of the file can."""
    with duckdb.connect(store) as database:
        ((number, version),) = database.execute(
            "SELECT finding_id, version FROM finding ORDER BY finding_id LIMIT 1"
        ).fetchall()
        database.execute(
            "UPDATE finding SET statement = 'Nothing was found.' WHERE finding_id = ? AND version = ?",
            [number, version],
        )
    return f"finding {number}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("store", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as work_folder:
        folder = Path(work_folder)
        trial = Trial(folder, Path(shutil.copy(arguments.store, folder / "achilles.duckdb")))
        backup = folder / "backup.duckdb"
        with trial.serve() as url:
            enrol(trial, url)
            asyncio.run(work(trial, url))
            said = trial.run("backup", str(backup), "--store", str(trial.store))
            trial.say(f"backed up while it was served ({said.stdout.strip()})", right=backup.exists())
        verified = trial.run("audit", "verify", role="inspector")
        trial.say(f"verified: {verified.stdout.strip()}", right=verified.returncode == 0)
        changed = tamper(trial.store)
        found = trial.run("audit", "verify", role="inspector")
        named = changed.replace(" ", "") in found.stdout.replace(" ", "")
        trial.say(f"{changed} changed in the file, and found out", right=found.returncode == 1 and named)
        print(f"    {found.stdout.strip()}")
        restored = trial.run("restore", "--replace", "--to", str(trial.store), str(backup))
        trial.say(f"restored ({restored.stdout.strip()})", right=restored.returncode == 0)
        verified = trial.run("audit", "verify", role="inspector")
        trial.say(f"verified: {verified.stdout.strip()}", right=verified.returncode == 0)
        with trial.serve() as url:
            asyncio.run(look_again(trial, url))
        raise SystemExit(bool(trial.wrong))


async def look_again(trial: Trial, url: str) -> None:
    """After the restore people sign in as before, and the reveals are still on record."""
    async with signed_in(url, "Dov Carr", PASSWORD, "inspection") as session:
        await session.open("oversight", "tab=Approvals")
        trial.say(
            f"on {date.today():%-d %b %Y} the inspector signs in again and finds the reveals",
            right=all(reason in session.read() for reason in REASONS.values()),
        )


if __name__ == "__main__":
    main()
