"""What people of the invented unit wrote and decided: the form of `data/casework.toml`."""

from __future__ import annotations

from datetime import date
from typing import NotRequired

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict  # pydantic on Python 3.11 cannot read one of typing

from analytics.reference import reference_file

CASEWORK_FILE = reference_file("casework.toml")


class MeetingText(TypedDict):
    chair: str
    present: str
    hours_available: float


class FirstMeetingText(MeetingText):
    day: date


class PriorityText(TypedDict):
    title: str
    why: str
    prevention: str
    intelligence: str
    enforcement: str


class StrategyText(TypedDict):
    priorities: list[PriorityText]


class RequirementText(TypedDict):
    question: str
    owner: str
    days: int
    priority: str
    stage: str
    domain: str


class ProposalText(TypedDict):
    rests_on: str
    serves: str
    score: int
    outcome: NotRequired[str]
    reason: NotRequired[str]
    action: NotRequired[str]
    owner: NotRequired[str]
    agency: NotRequired[str]
    contact: NotRequired[str]
    hours: NotRequired[float]
    left: NotRequired[float]
    lessons: NotRequired[str]
    why_now: NotRequired[str]
    brief: NotRequired[dict[str, str]]


class ReportText(TypedDict):
    title: str
    source: str
    reliability: str
    credibility: str
    days_ago: int
    stage: str
    domain: str
    text: str


@with_config(ConfigDict(extra="forbid"))
class CaseworkText(TypedDict):
    """The keys of `data/casework.toml`, which says what each means."""

    first_meeting: FirstMeetingText
    second_meeting: MeetingText
    strategy: StrategyText
    requirements: list[RequirementText]
    proposals: list[ProposalText]
    brief: dict[str, str]
    reports: list[ReportText]
