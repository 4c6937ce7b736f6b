"""What waits for whom, as short lines that each open what they speak of."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from analytics.intelligence.requirements import list_requirements
from analytics.overview.morning import Queue
from analytics.overview.waiting import list_waiting
from analytics.shared.wording import counted, write_day
from analytics.store import Store
from analytics.tasking.meeting import find_open_meeting, list_agenda

_AHEAD = 7  # days in which a requirement is said to be due
_FEWEST = 3  # adverts of an operation that wants a judgement


def list_queues(store: Store, today: date) -> list[Queue]:
    """Every queue of the unit, the empty ones too."""
    waiting = list_waiting(store, today)
    return [
        _proposals(store),
        *_requirements(store, today),
        _actions(waiting.actions, today),
        Queue(
            "findings",
            "Analysts",
            f"{counted(len(waiting.findings), 'finding')} not yet in a brief",
            len(waiting.findings),
            "tasking",
            {},
        ),
        _judgements(store),
        Queue(
            "failed imports",
            "Data",
            f"{counted(len(waiting.failed_imports), 'import')} failed in the last 14 days",
            len(waiting.failed_imports),
            "data",
            {},
        ),
        Queue(
            "reviews",
            "Data",
            f"{counted(len(waiting.reviews), 'source')} due for review within 30 days",
            len(waiting.reviews),
            "data",
            {},
        ),
    ]


def _proposals(store: Store) -> Queue:
    agenda, meeting = list_agenda(store), find_open_meeting(store)
    unscored = int(agenda.priority.isna().sum()) if len(agenda) else 0
    where = f"meeting {meeting.meeting_id}, now open" if meeting else "the meeting"
    what = f"{counted(len(agenda), 'proposal')} for {where}"
    if unscored:
        what += f", {unscored} not scored"
    return Queue("proposals", meeting.chair if meeting else "Chair", what, len(agenda), "meeting", {})


def _requirements(store: Store, today: date) -> list[Queue]:
    table = list_requirements(store)
    table = table[table.status == "open"]
    due = pd.to_datetime(table.due).dt.date
    found = []
    for name, part in (
        ("requirements overdue", table[due < today]),
        ("requirements due", table[(due >= today) & (due <= today + timedelta(days=_AHEAD))]),
    ):
        if part.empty:
            found.append(Queue(name, "", "", 0, "collection", {}))
            continue
        first = part.sort_values(["due", "requirement_id"]).iloc[0]
        days = (today - pd.Timestamp(first.due).date()).days
        late = f"{counted(days, 'day')} overdue" if days > 0 else f"due {write_day(pd.Timestamp(first.due))}"
        more = f", and {len(part) - 1} more" if len(part) > 1 else ""
        found.append(
            Queue(
                name,
                str(first.owner),
                f"Requirement {first.requirement_id} is {late}{more}",
                len(part),
                "collection",
                {"requirement": str(first.requirement_id)},
            )
        )
    return found


def _actions(actions: pd.DataFrame, today: date) -> Queue:
    if actions.empty:
        return Queue("actions", "", "", 0, "tasking", {"tab": "Actions"})
    first = actions.iloc[0]
    due = pd.Timestamp(first.due).date()
    when = f"due {write_day(due)}" if due >= today else f"overdue since {write_day(due)}"
    more = f", and {len(actions) - 1} more" if len(actions) > 1 else ""
    return Queue(
        "actions",
        str(first.owner),
        f"{first.description} ({when}){more}",
        len(actions),
        "tasking",
        {"tab": "Actions"},
    )


def _judgements(store: Store) -> Queue:
    number = store.rows(
        "SELECT count(*) AS n FROM operation WHERE adverts >= ? AND operation_id NOT IN"
        " (SELECT subject_id FROM advert_label WHERE subject = 'operation')",
        [_FEWEST],
    )[0]["n"]
    what = f"{counted(number, 'operation')} to judge"
    return Queue("judgements", "Analysts", what, number, "adverts", {})
