"""A class run for real: every team's app, every seat in a session of its own, from making to the paper.

    python -m bench.training.class_run [--plan whole-cycle] [--minutes 8] [--teams 4] [--browsers 2]

The exercise's hours are compressed into `--minutes`. The first seat of the first teams is a real browser,
the others speak the same protocol without a screen (`bench.training.wire_seat`). Each seat works as its role
does: what Today puts first is tasked, adverts and money are judged and saved as findings, gaps asked for,
somebody referred, briefs decided on; meanwhile the clock, injects and hints of the trainer run. Every byte
that reaches a seat is searched for what only the truth says, and so is every file of the exercise before the
reveal. Then the class is scored, the paper written, the truth opened, the exercise ended.

Printed: seconds by the clock of making, opening, each page, each step of days, scoring, paper and reveal;
the apps' memory (PSS) and processor seconds; what each team saved; every fault."""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from playwright.async_api import Page, async_playwright
from playwright.async_api import TimeoutError as Slow
from websockets.exceptions import ConnectionClosed

from analytics.oversight import Actor
from analytics.oversight.byte_search import SHORTEST, find_in_file
from analytics.store import Store
from analytics.training.exercise.classroom import SeatLink, is_conducted, start_class
from analytics.training.exercise.debrief import score_teams, write_class_report
from analytics.training.exercise.injects import hold_inject, send_inject
from analytics.training.exercise.making import make_exercise
from analytics.training.exercise.orders import Order, send_order
from analytics.training.exercise.paths import team_store
from analytics.training.exercise.plan import Clock, ExercisePlan, find_plan
from analytics.training.exercise.running import end_exercise, give_hint, reveal_exercise
from analytics.training.exercise.state import read_acts, read_exercise
from analytics.training.exercise.truth import list_secrets
from bench.training.wire_seat import NotOnPage, WireSeat
from tests.browser.find_browser import find_browser

TRAINER = Actor("Trainer", "trainer", "training")
_PAGE_MILLISECONDS = 180_000
_PRESSES = 5  # a press is lost where new days have changed the cards meanwhile
_DRAFT = "Save the profile and draft a brief"
_READING_SECONDS = 10.0
_FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


@dataclass
class Log:
    """What the run was like."""

    secrets: list[bytes]
    steps: dict[str, float] = field(default_factory=dict)
    pages: dict[str, list[float]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    searched: int = 0

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        start = time.monotonic()
        yield
        self.steps[step] = time.monotonic() - start
        print(f"{step}: {self.steps[step]:.1f} s", flush=True)

    def search(self, data: bytes) -> None:
        """Nothing of the truth may reach a seat."""
        self.searched += len(data)
        self.faults += [f"LEAK: {secret!r} reached a seat" for secret in self.secrets if secret in data]


def compress(plan: ExercisePlan, minutes: int) -> ExercisePlan:
    """The same exercise in fewer minutes."""
    clock = Clock(days=plan.clock.days, minutes=minutes, step_days=plan.clock.step_days)
    return plan.model_copy(update={"clock": clock})


async def work_as_analyst(seat: WireSeat) -> None:
    """What Today puts first becomes a finding and a brief; the first gap becomes a requirement."""
    await seat.open("overview")
    for _ in range(_PRESSES):
        await seat.wait_for("Task")
        await seat.press("Task")
        if seat.has(_DRAFT):
            break
    await seat.press(_DRAFT)
    await seat.open("collection")
    await seat.write("Owner: who finds out", "Crime analyst")
    await seat.press("Ask for it")


async def work_on_links(seat: WireSeat) -> None:
    """The first operation of adverts is judged, saved and referred; the first lead of money is saved."""
    await seat.open("adverts")
    if seat.has("Find operations"):
        await seat.press("Find operations")
    await seat.wait_for("Save as finding")
    await seat.press("Save as finding")
    await seat.open("adverts", f"{seat.query}&part=Judge+and+refer")
    await seat.wait_for("Record the judgement")
    await seat.choose("What is it?", seat.list_options("What is it?")[-1])
    await seat.write("Why", "One author posts all of it, and no second link is known.")
    await seat.press("Record the judgement")
    await seat.switch("Draft or read referrals")
    await seat.write("To which partner", "Safeguarding team of the council")
    await seat.press("Save the referral")
    await seat.open("finance")
    await seat.wait_for("Save as finding")
    await seat.press("Save as finding")
    await seat.open("network")


async def work_as_chair(seat: WireSeat) -> None:
    """The meeting is opened and adopts the first proposal."""
    await seat.open("meeting")
    await seat.write("Chair (name and role)", "Chair of the meeting")
    await seat.press("Open the meeting")
    await seat.wait_for("Adopt")  # until an analyst of the team has proposed something
    await seat.write("Why", "Most harm, and the evidence was weighed.")
    for field_, text in (
        ("Action, if adopted or amended", "Patrol and prevention there in these hours"),
        ("Owner", "Sergeant of the district"),
        ("Agency that answers for it", "Police"),
        ("Contact there (role, telephone or mail)", "Duty desk"),
    ):
        await seat.write(field_, text)
    await seat.press("Adopt")
    await seat.open("results")


WORK: dict[str, Callable[[WireSeat], Awaitable[None]]] = {
    "analyst": work_as_analyst,
    "senior analyst": work_on_links,
    "commander": work_as_chair,
}
PAGES = ("overview", "hotspots", "adverts", "finance", "network", "intelligence", "tasking", "collection")


async def take_seat(link: SeatLink, log: Log, ends: float) -> None:
    """One seat without a screen: its own work, then from page to page until the class ends."""
    try:
        async with WireSeat(link.address, log.search) as seat:
            await _attempt(log, link, WORK[link.role](seat))
            while time.monotonic() < ends:
                for page in PAGES:
                    await seat.open(page)
                    await asyncio.sleep(_READING_SECONDS)
                    if time.monotonic() > ends:
                        break
            for page, seconds in seat.seconds:
                log.pages.setdefault(page, []).append(seconds)
            log.faults += [f"{link.team}, {link.label}: exception on {text}" for text in seat.exceptions]
    except (AssertionError, TimeoutError, OSError, httpx.HTTPError, ConnectionClosed) as error:
        log.faults.append(f"{link.team}, {link.label}: {type(error).__name__}: {error}")


async def _attempt(log: Log, link: SeatLink, work: Awaitable[None]) -> None:
    try:
        await work
    except NotOnPage as error:
        log.faults.append(f"{link.team}, {link.label}: not on the page: {error}")


async def take_browser_seat(page: Page, link: SeatLink, log: Log, ends: float) -> None:
    """One seat in a real browser: from Today to a brief, as a member of a team does it, then on through the
    pages. Console errors, foreign requests and what comes back are watched."""
    page.set_default_timeout(_PAGE_MILLISECONDS)
    who = f"{link.team}, {link.label} (browser)"
    page.on("pageerror", lambda error: log.faults.append(f"{who}: page error: {error}"))
    page.on("websocket", lambda socket: socket.on("framereceived", lambda data: log.search(_as_bytes(data))))
    home = link.address.partition("/?")[0]

    async def open_page(name: str) -> None:
        start = time.monotonic()
        await page.goto(f"{home}/{name}")
        await page.wait_for_selector("h1")
        await page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
        await page.wait_for_selector("[data-stale=true]", state="detached")
        log.pages.setdefault(f"{name} (browser)", []).append(time.monotonic() - start)
        if await page.locator("[data-testid=stException]").count():
            log.faults.append(f"{who}: exception on {name}")
        if "EXERCISE" not in await page.locator(".st-key-topbar").inner_text():
            log.faults.append(f"{who}: {name} does not say EXERCISE")

    try:
        await page.goto(link.address)
        await page.wait_for_selector("h1")
        await open_page("overview")
        await page.get_by_role("button", name="Task", exact=True).click()
        await page.get_by_role("button", name=_DRAFT).click()
        await page.get_by_alt_text("First page of brief").first.wait_for()
        while time.monotonic() < ends:
            for name in PAGES:
                await open_page(name)
                await asyncio.sleep(_READING_SECONDS)
                if time.monotonic() > ends:
                    break
    except Slow as error:
        log.faults.append(f"{who}: {error.message[:300]}")


def _as_bytes(data: str | bytes) -> bytes:
    return data.encode() if isinstance(data, str) else data


async def hold_class(folder: Path, links: list[SeatLink], log: Log, browsers: int, ends: float) -> None:
    """Every seat at work at once, while the trainer holds, sends, helps."""
    first_seats = {link.team: link for link in reversed(links)}
    shown = list(first_seats.values())[::-1][:browsers]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_browser(), args=_FLAGS)
        contexts = [await browser.new_context(viewport={"width": 1440, "height": 900}) for _ in shown]
        pages = [await context.new_page() for context in contexts]
        await asyncio.gather(
            *(take_browser_seat(page, link, log, ends) for page, link in zip(pages, shown, strict=True)),
            *(take_seat(link, log, ends) for link in links if link not in shown),
            asyncio.to_thread(train, folder, log),
        )
        await browser.close()


def train(folder: Path, log: Log) -> None:
    """What a trainer does meanwhile: holds the first inject back a while, helps a team, sends the last."""
    plan = read_exercise(folder).plan
    first, last = plan.injects[0].code, plan.injects[-1].code
    hold_inject(folder, TRAINER, first)
    if plan.hints:
        give_hint(folder, TRAINER, plan.hints[0].code, read_exercise(folder).teams[:1])
    time.sleep(_READING_SECONDS)
    hold_inject(folder, TRAINER, first, stop=False)
    with log.timed(f"inject {last} to every team"):
        send_inject(folder, TRAINER, last)


def wait_for_apps(links: list[SeatLink]) -> None:
    """Until every team's app answers."""
    for home in sorted({link.address.partition("/?")[0] for link in links}):
        while True:
            try:
                if httpx.get(f"{home}/health", timeout=5).status_code == 200:
                    break
            except httpx.HTTPError:
                pass
            time.sleep(0.5)


def search_files(folder: Path, log: Log) -> None:
    """Nothing of the truth in any file of the exercise, nor in any text of a team's store."""
    secrets = [secret.decode() for secret in log.secrets]
    files = [path for path in folder.rglob("*") if path.is_file()]
    for path in files:
        with suppress(FileNotFoundError):  # a log of changes that a store has taken in meanwhile
            log.faults += [f"LEAK: {found} in {path}" for found in find_in_file(path, secrets)]
    print(f"byte search: {len(secrets)} secrets, {len(files)} files, {log.searched / 1e6:.1f} MB of replies")
    exercise = read_exercise(folder)
    for team in exercise.teams:
        with tempfile.TemporaryDirectory() as temporary:
            copy = Path(temporary) / "copy.duckdb"
            send_order(team_store(folder, team), Order(act="copy", today=exercise.today, target=str(copy)))
            with closing(Store(copy)) as store:
                log.faults += [
                    f"LEAK: {text!r} in the store of {team}" for text in _list_leaks(store, secrets)
                ]


def _list_leaks(store: Store, secrets: list[str]) -> Iterator[str]:
    """What DuckDB has compressed: the texts of every table."""
    for row in store.rows(
        "SELECT table_name AS t, column_name AS c FROM duckdb_columns()"
        " WHERE data_type IN ('VARCHAR', 'JSON') AND NOT internal"
    ):
        texts = f'SELECT DISTINCT "{row["c"]}"::VARCHAR AS s FROM "{row["t"]}"'
        own = {line for one in store.rows(texts) for line in (one["s"] or "").splitlines()}
        yield from own & set(secrets)


def measure_apps(folder: Path) -> tuple[list[float], float]:
    """MiB (PSS) of each team's app, and processor seconds of all of them so far."""
    memory, seconds = [], 0.0
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            environment = (entry / "environ").read_bytes()
            command = (entry / "cmdline").read_bytes()
            if str(folder).encode() not in environment or b"streamlit" not in command:
                continue
            sums = (entry / "smaps_rollup").read_text()
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        memory.append(int(sums.split("\nPss:")[1].split()[0]) / 1024)
        seconds += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return sorted(memory), seconds


def list_log_faults(folder: Path) -> Iterator[str]:
    """What the logs of the apps and of the conductor complain of."""
    for path in sorted([*folder.glob("*.log"), *folder.glob("teams/*/app.log")]):
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        for number, line in enumerate(lines):
            if "Traceback" in line or "Not done" in line:
                yield f"{path.relative_to(folder)}: " + " / ".join(lines[number : number + 25])[-900:]


def report(folder: Path, log: Log, memory: list[float], seconds: float) -> None:
    for page, taken in sorted(log.pages.items()):
        print(
            f"{page:>24}: {len(taken):3} openings, median {statistics.median(taken):5.2f} s, "
            f"slowest {max(taken):5.2f} s"
        )
    every = sum(len(taken) for taken in log.pages.values())
    print(
        f"{len(memory)} apps: {sum(memory):.0f} MiB together, {memory[-1] if memory else 0:.0f} the largest; "
        f"{seconds:.0f} processor seconds, {seconds / max(1, every):.2f} a page opened"
    )
    acts = read_acts(folder)
    for act in acts:
        if act["act"] in ("advance", "send inject"):
            print(
                f"  {act['at']} {act['act']} {act.get('inject', '')} {act.get('team', '')} day {act['day']}"
            )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--plan", default="whole-cycle")
    parser.add_argument("--minutes", type=int, default=8)
    parser.add_argument("--teams", type=int, default=4)
    parser.add_argument("--browsers", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="a new folder for the exercise, which stays")
    chosen = parser.parse_args()
    plan = compress(find_plan(chosen.plan), chosen.minutes)
    teams = [f"Team {number}" for number in range(1, chosen.teams + 1)]
    with tempfile.TemporaryDirectory(prefix="achilles-class-") as temporary:
        folder = (chosen.keep or Path(temporary) / "class").resolve()
        log = Log([])
        with log.timed("making the exercise"):
            make_exercise(plan, folder, TRAINER, teams=teams)
        log.secrets = [text.encode() for text in list_secrets(folder) if len(text) >= SHORTEST]
        with log.timed("opening the apps"):
            links = start_class(folder, TRAINER)
            wait_for_apps(links)
        try:
            ends = time.monotonic() + 60 * chosen.minutes
            asyncio.run(hold_class(folder, links, log, chosen.browsers, ends))
            memory, seconds = measure_apps(folder)
            debrief(folder, log)
        finally:
            end_exercise(folder, TRAINER)
        while is_conducted(folder):
            time.sleep(0.5)
        report(folder, log, memory, seconds)
        log.faults += list_log_faults(folder)
    print(f"{len(log.faults)} faults", *log.faults[:60], sep="\n  ")
    raise SystemExit(bool(log.faults))


def debrief(folder: Path, log: Log) -> None:
    """Search, score, print, reveal."""
    with log.timed("searching for the truth"):
        search_files(folder, log)
    for team in read_exercise(folder).teams:
        order = Order(act="look", today=read_exercise(folder).today)
        print(f"{team}: {send_order(team_store(folder, team), order)['counts']}")
    with log.timed("scoring"):
        scores = score_teams(folder, TRAINER)
    for team, score in scores.items():
        print(team, {line.code: round(line.value, 2) for line in score.lines})
    with log.timed("the after-action paper"):
        write_class_report(folder, TRAINER, folder / "after-action.pdf")
    with log.timed("reveal"):
        reveal_exercise(folder, TRAINER)
    if not (folder / "truth/truth.json").exists():
        log.faults.append("The reveal wrote no truth.")


if __name__ == "__main__":
    main()
