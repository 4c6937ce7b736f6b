"""The rules of `data/finance_indicators.toml`, checked as a whole: one wrong rule refuses the file."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import (
    Annotated,
    Any,
    Literal,
    Self,  # pydantic on Python 3.11 cannot read one of typing
)

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    PositiveFloat,
    PositiveInt,
    model_validator,
    with_config,
)
from typing_extensions import TypedDict

from analytics.reference import reference_file
from analytics.shared.schema import FileModel, InvalidFile, Text, find_repeated, read_toml
from analytics.shared.wording import counted

RULES_FILE = reference_file("finance_indicators.toml")
WINDOW = "window"  # the test that counts payments in a moving window
MEASURES = frozenset(
    ["payments", "counterparties", "places", "days_apart", "share_of_own", "share_of_matching", "of_history"]
)
_GROUP_KINDS = {  # condition: the kind of group it names
    "channel": "channel",
    "category": "category",
    "subject_kind": "kind",
    "other_kind": "kind",
    "not_note": "note",
}
_Range = Annotated[tuple[int | float, ...], Field(min_length=2, max_length=2)]
_Group = Annotated[frozenset[str], AfterValidator(lambda words: frozenset(word.casefold() for word in words))]


class _Counting(string.Formatter):
    """Writes {payments:purchase} as '1 purchase' or '2 purchases', and {payers:person/people} likewise."""

    def format_field(self, value: Any, spec: str) -> str:
        if not spec or not spec[0].isalpha() or len(spec) == 1:
            return str(super().format_field(value, spec))
        one, _, many = spec.partition("/")
        return counted(value, one, many or None)


_counting = _Counting()


@with_config(ConfigDict(extra="forbid"))
class Conditions(TypedDict, total=False):
    """What a payment must meet: see docs/methods/money-indicators.md."""

    channel: str
    category: str
    subject_kind: str
    other_kind: str
    not_note: str
    hours: _Range
    away: bool
    amount: _Range
    round: PositiveInt
    of_line: _Range
    corridor: bool
    status: str


class Rule(FileModel):
    """One indicator. `needs` are columns as table.column, alternatives joined by '|'; `test` 'window' counts
    payments in a moving window, any other is a function of its own. `takes_over`: indicators that count for
    this rule's side where both are met."""

    code: Text
    title: Text
    side: Literal["organiser", "victim", "against"] = Field(alias="for")
    family: Text
    weight: PositiveFloat
    words: Text
    source: Text
    test: str = WINDOW
    needs: tuple[str, ...] = ()
    subject: Literal["payer", "payee", "either"] = "payee"
    where: Conditions = {}
    within_days: PositiveFloat = 1
    at_least: dict[str, int | float] = {}
    at_most: dict[str, int | float] = {}
    innocent: tuple[str, ...] = ()
    tell: str = ""
    check: bool = False
    takes_over: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _check_explanation(self) -> Self:
        if self.side != "against" and not (self.innocent and self.tell.strip()):
            raise ValueError("an indicator needs innocent explanations (innocent), and how to tell (tell)")
        return self

    @model_validator(mode="after")
    def _check_window(self) -> Self:
        if self.test != WINDOW:
            return self
        for key in ("subject", "at_least", "within_days"):
            if key not in self.model_fields_set or not getattr(self, key):
                raise ValueError(f"a rule without test needs {key}")
        if unknown := sorted((self.at_least.keys() | self.at_most.keys()) - MEASURES):
            raise ValueError(f"nothing is measured as {unknown[0]}")
        named = {name for _, name, _, _ in string.Formatter().parse(self.words) if name}
        if unknown := sorted(named - MEASURES - {"days"}):
            raise ValueError(f"the words name {unknown[0]}, which is not measured")
        return self

    def describe(self, values: Mapping[str, Any]) -> str:
        """The rule's words with what was measured."""
        return str(_counting.vformat(self.words, (), values))


class RuleSet(FileModel):
    """`groups`: by kind (channel, category, kind, note) and name, the words of the data that belong to it, in
    small letters; `lines`: reporting lines in minor units by currency."""

    name: Text
    version: Text
    rules: tuple[Rule, ...] = Field(alias="rule", min_length=1)
    groups: dict[str, dict[str, _Group]] = {}
    lines: dict[str, PositiveInt] = {}

    @model_validator(mode="after")
    def _check_references(self) -> Self:
        """Every code is used once, and every rule and group that is named exists."""
        if faults := [*self._faulty_codes(), *self._faulty_groups()]:
            raise ValueError("; ".join(faults))
        return self

    def _faulty_codes(self) -> Iterator[str]:
        codes = [rule.code for rule in self.rules]
        yield from (f"the code {code} is used twice" for code in find_repeated(codes))
        for rule in self.rules:
            for code in set(rule.takes_over) - set(codes):
                yield f"{rule.code} takes over {code}, which is no rule"

    def _faulty_groups(self) -> Iterator[str]:
        for rule in self.rules:
            for condition, value in rule.where.items():
                kind = _GROUP_KINDS.get(condition)
                if kind and value not in self.groups.get(kind, {}):
                    yield f"{rule.code}: there is no group {value} of {kind}"

    def __getitem__(self, code: str) -> Rule:
        """A rule by its code. Raises KeyError where there is none."""
        for rule in self.rules:
            if rule.code == code:
                return rule
        raise KeyError(f"There is no rule {code!r}.")


def read_rules(path: Path = RULES_FILE, tests: frozenset[str] | None = None) -> RuleSet:
    """Read and check a file of rules; `tests` are the names of the tests that exist. Raises InvalidFile
    naming the faults."""
    rules = read_toml(path, RuleSet)
    if tests is not None:
        faults = [f"{r.code}: there is no test {r.test}" for r in rules.rules if r.test not in tests]
        if faults:
            raise InvalidFile(path.name, faults)
    return rules
