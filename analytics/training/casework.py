"""What an invented unit made of the invented city: findings, a strategy, a meeting, actions and results.

Everything is computed and saved by the functions that the pages call; `data/casework.toml` holds only what
people wrote and decided. The first meeting falls into the recorded period: the incidents after it are loaded
once its actions are known, with the effects planted that the file states."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from analytics.adverts.indicator_hits import count_by_operation, find_hits, summarise_hits
from analytics.adverts.indicators import load_indicators
from analytics.adverts.operation_finding import Subject, build_finding
from analytics.adverts.pipeline import update
from analytics.adverts.queries import read_operation_adverts, read_operation_links
from analytics.finance.lead_dossier import add_details, open_dossier
from analytics.finance.lead_finding import build_lead_finding
from analytics.finance.queries import read_accounts, read_transactions
from analytics.finance.stored_leads import find_stored_leads
from analytics.hotspots.catalogue import METHODS, Request
from analytics.hotspots.catalogue.snapshot import take_snapshot
from analytics.hotspots.catalogue.workspace import open_workspace
from analytics.hotspots.findings.hotspot_finding import build_cell_finding, build_method_finding
from analytics.hotspots.findings.recipe import FindingContext
from analytics.hotspots.grid.cells import Grid, read_cell_name
from analytics.hotspots.selection import Selection
from analytics.intelligence.corroboration import link_lines
from analytics.intelligence.findings import load_finding, save_finding
from analytics.intelligence.grading import Grade
from analytics.intelligence.reports import Line, Report, save_report
from analytics.intelligence.requirements import Requirement, save_requirement
from analytics.network.entities.update import update_network
from analytics.oversight import Actor
from analytics.oversight.masking import mask
from analytics.shared.progress import Progress, ignore_progress, part_of
from analytics.shared.schema import read_toml
from analytics.shared.unwritten import is_unwritten
from analytics.store import Store, pretend
from analytics.tasking.actions import TaskedAction, update_action
from analytics.tasking.brief import draft_brief
from analytics.tasking.drafts import draft_profile
from analytics.tasking.meeting import close_meeting, open_meeting
from analytics.tasking.priorities import Score, read_scheme, save_assessment
from analytics.tasking.products import record_decision, save_product
from analytics.tasking.results import measure, save_result, target_of
from analytics.tasking.strategy import Priority, Strategy, save_strategy
from analytics.training.advance import load_files
from analytics.training.casework_text import CASEWORK_FILE, CaseworkText, MeetingText, ProposalText
from analytics.training.scenario import add_metres, load
from analytics.training.settings import UNIT_NAME, read_settings, seed_stream

_UNIT = Actor(UNIT_NAME)
_MORNING = time(9)
_ASKED = ("action", "owner", "agency", "contact", "hours")
_DAYS_TO_ACT = 60
_RECENT_DAYS, _FEW_ADVERTS = 60, 10
_GRID = Grid("hexagon", 400)
_AROUND = set(_GRID.neighbours(2))


def load_with_casework(
    store: Store, directory: Path, actor: Actor, seed: int, progress: Progress = ignore_progress
) -> None:
    """Load a generated scenario (see `scenario.load`) and let its unit work in it.

    The incidents after the first meeting are loaded as a source of their own, with the effects of its
    actions. What was planted is written to `directory/truth/casework.json`. Raises what `load` raises."""
    texts = read_toml(CASEWORK_FILE, CaseworkText)
    held = texts["first_meeting"]["day"]
    later = _set_aside(Path(directory), held)
    load(store, directory, actor, part_of(progress, 0.0, 0.3))
    progress("The unit's first meeting", 0.3)
    area_id = store.rows("SELECT area_id FROM area WHERE name = ?", [read_settings()["area"]["name"]])[0][
        "area_id"
    ]
    case = _Casework(store, area_id, texts)
    with pretend(datetime.combine(held, _MORNING)):
        case.begin()
    progress("Loading what was recorded after it", 0.4)
    _load_later(store, actor, area_id, Path(directory), later, case.plan_effects(), seed)
    with pretend(datetime.combine(read_settings()["period"]["last_day"], _MORNING)):
        case.go_on(part_of(progress, 0.45, 1.0))


class _Casework:
    """The unit at work: what was found, by the name that a proposal rests on."""

    def __init__(self, store: Store, area_id: int, texts: CaseworkText):
        self.store, self.area_id, self.texts = store, area_id, texts
        self.findings: dict[str, int] = {}
        self.actions: dict[int, ProposalText] = {}
        self.cells: list[str] = []

    def begin(self) -> None:
        """The strategy, two places, and the meeting that tasks them."""
        text = self.texts["first_meeting"]
        held = text["day"]
        priorities = tuple(Priority(**priority) for priority in self.texts["strategy"]["priorities"])
        year = held.replace(month=1, day=1), held.replace(month=12, day=31)
        save_strategy(self.store, _UNIT, Strategy(*year, priorities))
        self._find_places(("place 1", "place 2"), held - timedelta(days=1), 365)
        proposals = [self._propose(p) for p in self.texts["proposals"] if p["rests_on"] in self.findings]
        meeting = self._open(text)
        for number, proposal in proposals:
            self._decide(number, proposal, meeting, held + timedelta(days=90))
        close_meeting(self.store, _UNIT, meeting)

    def go_on(self, progress: Progress) -> None:
        """What was found since, what waits, what is under way, and what became of the first actions."""
        progress("Reports, requirements and places", 0.0)
        last = read_settings()["period"]["last_day"]
        self._write_reports(last)
        for text in self.texts["requirements"]:
            requirement = Requirement(
                text["question"],
                text["owner"],
                date.today() + timedelta(days=text["days"]),
                text["priority"],
                text["stage"],
                text["domain"],
            )
            save_requirement(self.store, _UNIT, requirement)
        measured = dict(self.actions)
        self._find_places(("place now",), last, 56)
        progress("Burglaries that follow each other", 0.1)
        self._find_near_repeats(last)
        progress("Adverts that share an author", 0.3)
        self._find_operations(last)
        progress("Who is linked to whom", 0.55)
        update_network(self.store, _UNIT)
        progress("Patterns in the payments", 0.6)
        self._find_leads()
        progress("Proposals, decisions and results", 0.9)
        proposals = [
            self._propose(proposal)
            for proposal in self.texts["proposals"]
            if proposal["rests_on"] in self.findings and proposal not in measured.values()
        ]
        for number, proposal in proposals:
            if "outcome" in proposal:
                self._decide(number, proposal, None, date.today() + timedelta(days=60))
        for action_id, proposal in measured.items():
            update_action(self.store, _UNIT, action_id, "done", proposal["lessons"])
            _, effect = measure(self.store, action_id)
            outputs = {"disruptions": 0}
            save_result(
                self.store,
                _UNIT,
                action_id,
                outputs,
                effect.verdict,
                {"why": effect.why},
                proposal["lessons"],
            )
        self._open(self.texts["second_meeting"])

    def _open(self, text: MeetingText) -> int:
        return open_meeting(self.store, _UNIT, text["chair"], text["present"], text["hours_available"])

    def plan_effects(self) -> list[tuple[int, shapely.Geometry, date, float]]:
        """For each action so far: its number, its place (metres), the day it begins, the share that is
        left."""
        planned = []
        for action_id, proposal in self.actions.items():
            target = target_of(self.store, action_id)
            planned.append((action_id, target.outline, target.start, proposal["left"]))
        return planned

    def _find_places(self, names: Iterable[str], last: date, days: int) -> None:
        """Findings of the cells with most incidents of the last `days` that are hot, apart from those found
        before and their neighbours."""
        workspace = open_workspace(self.store, self.area_id)
        selection = Selection(self.area_id, last - timedelta(days=days - 1), last)
        request = Request(selection, _GRID)
        snapshot = take_snapshot(workspace, request, "week")
        context = FindingContext(read_settings()["area"]["name"], self.store.data_version(), "week")
        hot = snapshot.cells[snapshot.cells.verdict == "hot"].sort_values("count", ascending=False)
        # Not the busiest: no place is like it, so that what an action did there could not be judged.
        hot = hot.iloc[1:]
        for name in names:
            free = [cell for cell in hot.id if not self._is_near_a_place(cell)]
            if not free:
                return
            finding, evidence = build_cell_finding(workspace, request, snapshot, free[0], context)
            self.findings[name] = save_finding(self.store, _UNIT, finding, evidence)
            self.cells.append(free[0])

    def _is_near_a_place(self, cell: str) -> bool:
        i, j = read_cell_name(cell)
        taken = [read_cell_name(name) for name in self.cells]
        return any((i - x, j - y) in _AROUND or (i, j) == (x, y) for x, y in taken)

    def _find_near_repeats(self, last: date) -> None:
        """Whether burglaries come back to where one was, over the last year."""
        workspace, method = open_workspace(self.store, self.area_id), METHODS["near-repeats"]
        request = Request(
            Selection(
                self.area_id,
                last - timedelta(days=364),
                last,
                categories=(read_settings()["near_repeats"]["category"],),
            ),
            _GRID,
            options=tuple((option.name, option.default) for option in method.options),
        )
        result = method.run(workspace, request, ignore_progress)
        context = FindingContext(read_settings()["area"]["name"], self.store.data_version(), "week")
        finding, evidence = build_method_finding(workspace, request, method, result, context)
        self.findings["near repeats"] = save_finding(self.store, _UNIT, finding, evidence)

    def _find_operations(self, last: date) -> None:
        """The two operations that still post, are no mere handful, and meet most indicators of exploitation
        in most towns."""
        update(self.store, _UNIT)
        file = load_indicators()
        hits = find_hits(self.store, file)
        operations = self.store.query(
            "SELECT operation_id, any_value(score) AS score, count(DISTINCT place) AS towns,"
            " max(posted_at) >= ? AND count(*) >= ? AS worth_reading FROM operation"
            " JOIN operation_advert USING (operation_id) JOIN advert USING (source_id, row_number)"
            " GROUP BY operation_id ORDER BY operation_id",
            [last - timedelta(days=_RECENT_DAYS), _FEW_ADVERTS],
        ).to_pandas()
        ranked = operations.set_index("operation_id").join(count_by_operation(hits, file))
        ranked["points"] = ranked.indicators_for - ranked.indicators_against
        order = ["worth_reading", "points", "towns", "score"]
        best = ranked.sort_values(order, ascending=False, kind="stable").head(2)
        for number, (operation, score) in enumerate(best.score.items(), 1):
            finding, evidence = build_finding(
                Subject("operation", int(operation), float(score)),
                read_operation_adverts(self.store, int(operation)),
                summarise_hits(hits, int(operation), file),
                read_operation_links(self.store, int(operation)),
                [],
                "",
                {},
                self.store.data_version(),
            )
            self.findings[f"operation {number}"] = save_finding(self.store, _UNIT, finding, evidence)

    def _find_leads(self) -> None:
        """The two strongest leads in the money that are of different typologies. What was found is stored,
        so that the page opens on it."""
        transactions, accounts = read_transactions(self.store), read_accounts(self.store)
        leads = find_stored_leads(self.store, transactions, accounts=accounts)
        details = add_details(self.store, leads.evidence)
        strongest = leads.leads.drop_duplicates("typology").lead_id.head(2)
        for number, lead in enumerate(strongest, 1):
            case = open_dossier(leads, details, lead, transactions, accounts, None)
            finding, evidence = build_lead_finding(
                case,
                lambda account: str(mask(account, "account")),
                data_version=self.store.data_version(),
                version="1",
            )
            self.findings[f"lead {number}"] = save_finding(self.store, _UNIT, finding, evidence)

    def _propose(self, proposal: ProposalText) -> tuple[int, ProposalText]:
        """A brief on one finding, with what people write in it, and its score."""
        number = self.findings[proposal["rests_on"]]
        found = [load_finding(self.store, number)]
        review = date.today() + timedelta(days=90)
        drafted = draft_brief(found, [number], draft_profile(found, [number], []), review)
        own = {name: str(text) for name, text in proposal.items() if name in _ASKED}
        own["due"] = (date.today() + timedelta(days=_DAYS_TO_ACT)).isoformat()
        if "why_now" in proposal:
            known = "" if is_unwritten(drafted.why_now) else f"{drafted.why_now}\n"
            own["why_now"] = known + proposal["why_now"]
        content = asdict(drafted) | self.texts["brief"] | proposal.get("brief", {}) | own
        product, _ = save_product(self.store, _UNIT, "brief", drafted.title, content, [number])
        reason = "As the brief and the rows behind it say."
        scores = {c.code: Score(proposal["score"], "moderate", reason) for c in read_scheme().criteria}
        save_assessment(self.store, _UNIT, product, scores, proposal["serves"])
        return product, proposal

    def _decide(self, product: int, proposal: ProposalText, meeting: int | None, due: date) -> None:
        action = TaskedAction(
            proposal["action"], proposal["owner"], due, proposal["agency"], proposal["contact"]
        )
        decision = record_decision(
            self.store,
            _UNIT,
            product,
            1,
            proposal["outcome"],
            proposal["reason"],
            self.texts["first_meeting"]["chair"],
            action=action,
            hours=proposal["hours"],
            meeting_id=meeting,
        )
        row = self.store.rows("SELECT action_id FROM action WHERE decision_id = ?", [decision])[0]
        self.actions[int(row["action_id"])] = proposal

    def _write_reports(self, last: date) -> None:
        """Two reports that say the opposite of one place, linked as such."""
        numbers = []
        for text in self.texts["reports"]:
            grade = Grade(text["reliability"], text["credibility"])
            line = Line(text["text"], text["text"], grade, text["stage"], text["domain"])
            seen = last - timedelta(days=text["days_ago"])
            report = Report(
                text["title"],
                _UNIT.name,
                seen,
                text["source"],
                "Training data, invented",
                "Training and demonstration",
                "2",
                seen.replace(year=seen.year + 5, day=1),
                (line,),
            )
            numbers.append(save_report(self.store, _UNIT, report)[0])
        first, second = numbers
        reason = "They say the opposite of the same place in the same weeks."
        link_lines(self.store, _UNIT, (first, 1), (second, 1), "contradicts", reason)


def _set_aside(directory: Path, day: date) -> pa.Table:
    """Leave the incidents before `day` in the scenario's file, and return the others."""
    path = directory / "incidents.parquet"
    rows = pq.read_table(path)
    is_later = pc.greater_equal(rows["occurred_from"], pa.scalar(datetime.combine(day, time())))
    pq.write_table(rows.filter(pc.invert(is_later)), path)
    return rows.filter(is_later)


def _load_later(
    store: Store,
    actor: Actor,
    area_id: int,
    directory: Path,
    rows: pa.Table,
    effects: list[tuple[int, shapely.Geometry, date, float]],
    seed: int,
) -> None:
    """Take away what the tasked actions prevent, write down what that was, and load the rest."""
    placed = add_metres(rows)
    stays = np.ones(len(rows), dtype=bool)
    planted = []
    for action_id, outline, start, left in effects:
        rng = seed_stream(seed, "casework", action_id)
        there = shapely.contains_xy(outline, placed["x"].to_numpy(), placed["y"].to_numpy())
        there &= placed["occurred_from"].to_numpy() >= np.datetime64(start)
        prevented = there & (rng.random(len(rows)) >= left)
        stays &= ~prevented
        planted.append({"action_id": action_id, "left": left, "removed_rows": int(prevented.sum())})
    (directory / "truth/casework.json").write_text(json.dumps(planted, indent=1), encoding="utf-8")
    path = directory / "incidents-later.parquet"
    pq.write_table(rows.filter(pa.array(stays)), path)
    load_files(store, actor, area_id, {"incidents": path})
