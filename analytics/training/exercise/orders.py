"""What the trainer's process asks of a team's store: one order, one answer, both JSON.

A store is open in the process of its team. The trainer's process hands an order over by the socket beside
the store; where nobody has it open, the same order is carried out here. No order has the seed or the truth:
what a period records is drawn in the trainer's process from a copy, and only its files are handed over.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal

from analytics.handover import ask_holder
from analytics.intelligence.grading import Grade
from analytics.intelligence.reports import Line, Report, insert_report
from analytics.intelligence.requirements import Requirement, save_requirement
from analytics.oversight import Actor, record
from analytics.shared.progress import ignore_progress
from analytics.shared.schema import FileModel, parse_json
from analytics.store import Store, live_on, pretend
from analytics.store.copies import copy_file, copy_folder, files_folder
from analytics.training.advance import load_files
from analytics.training.exercise.looking import look_at
from analytics.training.scenario import load_reports
from analytics.training.settings import CONTROL_NAME, read_settings

CONTROL = Actor(CONTROL_NAME, "trainer", "training")  # the trainer's own name is in the exercise's log
_ANSWER_DAYS = 7
_PURPOSE = "Training and demonstration"


class OrderFailed(RuntimeError):
    """The process of a team did not do what it was asked. The message is what it printed."""


class Order(FileModel):
    """One thing to do in a team's store, on the scenario's day `today`."""

    act: Literal["look", "copy", "load", "report", "requirement", "rewind"]
    today: date
    target: str = ""  # of a copy, or the snapshot to go back to
    files: dict[str, str] = {}
    title: str = ""
    text: str = ""
    sanitised: str = ""
    submitted_by: str = ""
    source_grade: str = "2"
    information_grade: str = "C"


def send_order(path: Path, order: Order) -> dict[str, Any]:
    """Carry an order out in the team's store at `path`, wherever it is open. Raises OrderFailed, and what
    opening a store raises."""
    with tempfile.TemporaryDirectory(prefix="achilles-order-") as folder:
        file = Path(folder) / "order.json"
        file.write_text(order.model_dump_json(), encoding="utf-8")
        answered = ask_holder(path, ["exercise", "carry-out", str(file), "--store", str(path)])
    if answered is not None:
        code, printed = answered
        if code:
            raise OrderFailed(
                printed.strip() or f"The process of {path.parent.name} ended the order ({code})."
            )
        return dict(json.loads(printed))
    with pretend(datetime.combine(order.today, time(9))), closing(Store(path)) as store:
        return carry_out(store, order)


def read_order(path: Path) -> Order:
    """An order from its file. Raises InvalidFile."""
    return parse_json(path.read_bytes(), Order, path.name)


def carry_out(store: Store, order: Order) -> dict[str, Any]:
    """Do what an order says in the open store, and answer it."""
    return _ACTS[order.act](store, CONTROL, order) or {}


def carry_out_as_team(store: Store, order: Order) -> dict[str, Any]:
    """The same in the process of the team, which lives on the order's day from now on."""
    live_on(order.today)
    return carry_out(store, order)


def _look(store: Store, actor: Actor, order: Order) -> dict[str, Any]:
    return look_at(store)


def _copy(store: Store, actor: Actor, order: Order) -> None:
    target = Path(order.target)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    store.copy_to(target)


def _load(store: Store, actor: Actor, order: Order) -> None:
    """The files of a period, or of an inject; a file of reports too."""
    name = read_settings()["area"]["name"]
    area_id = store.rows("SELECT area_id FROM area WHERE name = ?", [name])[0]["area_id"]
    files = {table: Path(path) for table, path in order.files.items()}
    reports = files.pop("reports", None)
    if files:
        load_files(store, actor, area_id, files)
    if reports is not None:
        with store.write() as cursor:
            load_reports(cursor, reports, area_id, actor, ignore_progress)


def _report(store: Store, actor: Actor, order: Order) -> dict[str, int]:
    """A graded report that reaches the team."""
    line = Line(order.text, order.sanitised, Grade(order.source_grade, order.information_grade))
    report = Report(
        title=order.title,
        submitted_by=order.submitted_by,
        observed_on=order.today,
        provenance=f"EXERCISE: {order.submitted_by}",
        legal_basis="Training data, invented",
        purpose=_PURPOSE,
        retention_group="4",
        review_date=order.today + timedelta(days=365),
        lines=(line,),
    )
    with store.write(changes_data=False) as cursor:
        report_id, _ = insert_report(cursor, actor, report, change_reason="exercise")
    return {"report_id": report_id}


def _requirement(store: Store, actor: Actor, order: Order) -> dict[str, int]:
    """A question that somebody wants answered within a week."""
    due = order.today + timedelta(days=_ANSWER_DAYS)
    question = f"{order.title}: {order.text}" if order.text else order.title
    return {"requirement_id": save_requirement(store, actor, Requirement(question, order.submitted_by, due))}


def _rewind(store: Store, actor: Actor, order: Order) -> None:
    """Put a snapshot in the place of the store; what was worked out from the later one is not shown again."""
    version = store.data_version()
    with store.set_aside() as path:
        copy_folder(files_folder(Path(order.target)), store.files)
        copy_file(Path(order.target), path)
    with store.write() as cursor:
        cursor.execute("DELETE FROM tree_head").fetchall()
        cursor.execute("UPDATE store_identity SET store_id = uuid()::VARCHAR").fetchall()
        cursor.execute("UPDATE data_version SET version = ?", [version + 1]).fetchall()
        record(cursor, actor, "rewind exercise", "store", _PURPOSE, {"day": order.today.isoformat()})


_ACTS: dict[str, Callable[[Store, Actor, Order], dict[str, Any] | None]] = {
    "look": _look,
    "copy": _copy,
    "load": _load,
    "report": _report,
    "requirement": _requirement,
    "rewind": _rewind,
}
