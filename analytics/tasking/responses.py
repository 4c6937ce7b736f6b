"""Responses to choose from: what has been tried against a kind of problem, read from `data/responses.toml`,
which a force may replace.

They are proposed, never stated as facts. How strong the evidence is and which way it points are kept apart: a
measure may be well tested and do nothing. What harms is a warning and cannot be chosen. What is general
knowledge stays hidden until somebody has checked it and named a source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from analytics.intelligence.finding_results import AdvertsResult, MoneyResult, NetworkResult
from analytics.intelligence.findings import Finding
from analytics.reference import reference_file
from analytics.shared.schema import FileModel, Text, find_repeated, read_toml
from analytics.shared.unwritten import is_unwritten

FILE = reference_file("responses.toml")
KINDS = ("prevention", "intelligence", "enforcement")
ANY = "any"  # the problem type of a finding that fits no other
UNCHECKED = "general"  # the key of the source that is none
_TABLES_OF_RESULTS = {AdvertsResult.KIND: "advert", MoneyResult.KIND: "transaction"}


class ProblemType(FileModel):
    """A kind of problem. A finding fits where a category contains one of `words`, in any case, or its
    evidence stands in one of `tables`."""

    label: Text
    group: Literal["crime", "trade", "network"]
    words: tuple[Text, ...] = ()
    tables: tuple[Text, ...] = ()


class Response(FileModel):
    """One entry of the file; its head explains each key."""

    code: Text
    problems: tuple[Text, ...] = Field(min_length=1)
    kind: Literal["prevention", "intelligence", "enforcement"]
    protects: bool = False
    what: Text
    strength: Literal["strong", "moderate", "weak", "contested"]
    direction: Literal["helps", "no clear effect", "mixed", "not measured", "harms"]
    effect: Text
    sources: tuple[Text, ...] = Field(min_length=1)
    needs: Text
    risks: Text
    owner: Text
    partners: tuple[Text, ...] = ()
    success: tuple[Text, ...] = Field(min_length=1)
    warn: bool = False
    checked: bool = True

    @property
    def is_warning(self) -> bool:
        """Whether it is shown only to advise against it."""
        return self.checked and (self.warn or self.direction == "harms")

    @property
    def is_offered(self) -> bool:
        """Whether it may be chosen."""
        return self.checked and not self.is_warning


class ResponseFile(FileModel):
    """The whole file. `trade_caution` is said wherever a response to trafficking is offered or printed."""

    version: Text
    read: Text
    trade_caution: Text
    trade_caution_sources: tuple[Text, ...]
    measures: Mapping[str, Text]
    agencies: Mapping[str, Text]
    sources: Mapping[str, Text]
    problem_types: Mapping[str, ProblemType]
    responses: tuple[Response, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def check_entries(self) -> Self:
        if ANY not in self.problem_types:
            raise ValueError(f"problem_types needs {ANY}, which takes what fits no other")
        if repeated := find_repeated(response.code for response in self.responses):
            raise ValueError(f"the code {repeated[0]} occurs twice")
        if unknown := set(self.trade_caution_sources) - set(self.sources):
            raise ValueError(f"trade_caution names the source {min(unknown)}, which is none of sources")
        for response in self.responses:
            for name, keys, known in (
                ("problems", response.problems, self.problem_types.keys()),
                ("sources", response.sources, self.sources.keys()),
                ("success", response.success, self.measures.keys()),
                ("owner", (response.owner,), self.agencies.keys()),
                ("partners", response.partners, self.agencies.keys()),
            ):
                if wrong := [key for key in keys if key not in known]:
                    raise ValueError(f"{response.code} names {wrong[0]} under {name}, which is not defined")
            if response.checked == (UNCHECKED in response.sources):
                raise ValueError(
                    f"{response.code} must be either checked, with its sources, or general knowledge, "
                    f"with checked = false"
                )
        return self


class ChosenResponse(FileModel):
    """A response as a product keeps it, in words, whatever becomes of the file. `problems` are the labels of
    its problem types; `trade`: it answers trafficking; `version`: of the file it was chosen from."""

    code: Text
    kind: Literal["prevention", "intelligence", "enforcement"]
    what: Text
    strength: Text
    direction: Text
    effect: Text
    sources: tuple[Text, ...]
    needs: Text
    risks: Text
    agency: Text
    success: tuple[Text, ...]
    problems: tuple[Text, ...]
    trade: bool
    version: Text

    def describe_evidence(self) -> str:
        """How strong the evidence is and which way it points, apart: 'evidence strong, effect: helps'."""
        return f"evidence {self.strength}, effect: {self.direction}"

    def describe_source(self) -> str:
        """Where what is known of it stands: 'response BUR3 of 2026-1: Sidebottom and others 2018'."""
        return f"response {self.code} of {self.version}: {'; '.join(self.sources)}"

    def propose(self) -> str:
        """The line that stands in the brief: a thing proposed with its evidence, never a fact."""
        return f"Proposed: {self.what.rstrip('.')} ({self.describe_evidence()})."


@cache
def read_responses(path: Path = FILE) -> ResponseFile:
    """The responses of a file. Raises InvalidFile for a key that does not fit, a code used twice, a source,
    measure, agency or problem type that is not defined, or general knowledge that passes for checked."""
    return read_toml(path, ResponseFile)


def find_problem_types(findings: Iterable[tuple[Finding, frozenset[str]]]) -> list[str]:
    """The problem types that findings with these evidence tables fit, in the order of the file; `ANY` where
    they fit none."""
    categories: set[str] = set()
    tables: set[str] = set()
    networks: set[str] = set()
    for finding, evidence in findings:
        categories |= {row.category.casefold() for row in finding.result.categories}
        tables |= evidence | {_TABLES_OF_RESULTS.get(finding.result.kind, "")}
        if isinstance(finding.result, NetworkResult):
            networks.add(finding.result.type)
    return [
        code
        for code, problem in read_responses().problem_types.items()
        if code in networks
        or tables & set(problem.tables)
        or any(word.casefold() in category for word in problem.words for category in categories)
    ] or [ANY]


def list_offered(problems: Sequence[str]) -> list[Response]:
    """What may be chosen against these problem types: first what helps and is best tested."""
    offered = _matching(problems, lambda response: response.is_offered)
    strengths = ("strong", "moderate", "weak", "contested")
    directions = ("helps", "not measured", "mixed", "no clear effect")
    return sorted(
        offered,
        key=lambda response: (
            KINDS.index(response.kind),
            directions.index(response.direction),
            strengths.index(response.strength),
        ),
    )


def list_warnings(problems: Sequence[str]) -> list[Response]:
    """What is advised against for these problem types, because it has harmed or done nothing."""
    return _matching(problems, lambda response: response.is_warning)


def keep_response(response: Response) -> ChosenResponse:
    """The response in words, as a product keeps it. Raises ValueError for one that may not be chosen."""
    if not response.is_offered:
        raise ValueError(f"{response.code} may not be chosen: it is a warning or has not been checked.")
    file = read_responses()
    agencies = [file.agencies[name] for name in (response.owner, *response.partners)]
    return ChosenResponse(
        code=response.code,
        kind=response.kind,
        what=response.what,
        strength=response.strength,
        direction=response.direction,
        effect=response.effect,
        sources=tuple(file.sources[name] for name in response.sources),
        needs=response.needs,
        risks=response.risks,
        agency=" with ".join(filter(None, [agencies[0], ", ".join(agencies[1:]).lower()])),
        success=tuple(file.measures[name] for name in response.success),
        problems=tuple(file.problem_types[name].label for name in response.problems),
        trade=any(file.problem_types[name].group != "crime" for name in response.problems),
        version=file.version,
    )


def read_chosen(saved: Iterable[Mapping[str, Any]]) -> list[ChosenResponse]:
    """The responses that a product keeps, as they were saved."""
    return [ChosenResponse.model_validate(dict(item)) for item in saved]


def add_proposals(part: str, text: str, chosen: Iterable[ChosenResponse]) -> str:
    """A part of a brief as it is read: what its author wrote, then the proposals chosen under it, a line
    each."""
    proposals = [response.propose() for response in chosen if response.kind == part]
    return "\n".join([*([] if is_unwritten(text) and proposals else [text]), *proposals])


def _matching(problems: Sequence[str], admits: Callable[[Response], bool]) -> list[Response]:
    wanted = set(problems)
    return [
        response
        for response in read_responses().responses
        if admits(response) and wanted & set(response.problems)
    ]
