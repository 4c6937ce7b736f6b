"""The rules of `data/finance_indicators.toml`, read and checked whole: a wrong rule refuses the file."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analytics.reference import reference_file
from analytics.shared.wording import counted

RULES_FILE = reference_file("finance_indicators.toml")
SIDES = ("organiser", "victim", "against")
SUBJECTS = ("payer", "payee", "either")
WHERE = {
    "channel",
    "category",
    "subject_kind",
    "other_kind",
    "not_note",
    "hours",
    "away",
    "amount",
    "round",
    "of_line",
    "corridor",
    "status",
}
MEASURES = {
    "payments",
    "counterparties",
    "places",
    "days_apart",
    "share_of_own",
    "share_of_matching",
    "of_history",
}
_KEYS = {
    "code",
    "title",
    "for",
    "family",
    "weight",
    "test",
    "needs",
    "subject",
    "where",
    "within_days",
    "at_least",
    "at_most",
    "words",
    "source",
    "check",
    "innocent",
    "tell",
    "takes_over",
}
_GROUPED = {
    "channel": "channel",
    "category": "category",
    "subject_kind": "kind",
    "other_kind": "kind",
    "not_note": "note",
}


class _Counting(string.Formatter):
    """Writes {payments:purchase} as '1 purchase' or '2 purchases', and {payers:person/people} likewise."""

    def format_field(self, value: Any, spec: str) -> str:
        if not spec or not spec[0].isalpha() or len(spec) == 1:
            return super().format_field(value, spec)
        one, _, many = spec.partition("/")
        return counted(value, one, many or None)


_counting = _Counting()


class RulesRefused(ValueError):
    """The file is no set of rules; the message names each faulty rule."""


@dataclass(frozen=True)
class Rule:
    """One sign. `side` is one of SIDES; `needs` are columns as table.column, alternatives joined by '|';
    `test` 'window' counts payments in a moving window, any other is a function of its own. `takes_over`:
    signs that count for this rule's side where both are met."""

    code: str
    title: str
    side: str
    family: str
    weight: float
    words: str
    source: str
    test: str
    needs: tuple[str, ...]
    subject: str
    where: Mapping[str, Any]
    within_days: float
    at_least: Mapping[str, float]
    at_most: Mapping[str, float]
    innocent: tuple[str, ...]
    tell: str
    check: bool
    takes_over: tuple[str, ...] = ()

    def said(self, values: Mapping[str, Any]) -> str:
        """The rule's words with what was measured."""
        return _counting.vformat(self.words, (), values)


@dataclass(frozen=True)
class RuleSet:
    """`groups`: by kind (channel, category, kind, note) and name, the words of the data that belong to it, in
    small letters; `lines`: reporting lines in minor units by currency."""

    name: str
    version: str
    rules: tuple[Rule, ...]
    groups: Mapping[str, Mapping[str, frozenset[str]]]
    lines: Mapping[str, int]

    def __getitem__(self, code: str) -> Rule:
        """A rule by its code. Raises KeyError where there is none."""
        for rule in self.rules:
            if rule.code == code:
                return rule
        raise KeyError(f"There is no rule {code!r}.")


def read_rules(path: Path = RULES_FILE, tests: frozenset[str] | None = None) -> RuleSet:
    """Read and check a file of rules; `tests` are the names of tests that exist beside 'window'.

    Raises RulesRefused naming every fault: an unknown key, side, group, measure or test, a missing text, a
    number that is none, words that name a value the rule does not have, a code used twice."""
    try:
        raw = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RulesRefused(f"{path.name} is not valid TOML: {error}.") from error
    groups = {
        kind: {name: frozenset(str(word).casefold() for word in words) for name, words in named.items()}
        for kind, named in raw.get("groups", {}).items()
    }
    faults, rules = [], []
    for at, item in enumerate(raw.get("rule", []), start=1):
        where = f"rule {at} ({item.get('code', 'no code')})"
        found = _faults(item, groups, tests)
        faults += [f"{where}: {fault}" for fault in found]
        if not found:
            rules.append(_rule(item))
    codes = [rule.code for rule in rules]
    faults += [
        f"the code {code} is used twice" for code in sorted({code for code in codes if codes.count(code) > 1})
    ]
    known = {item.get("code") for item in raw.get("rule", [])}
    faults += [
        f"{r.code}: takes over {code}, which is no rule"
        for r in rules
        for code in r.takes_over
        if code not in known
    ]
    if not raw.get("name") or not raw.get("version"):
        faults.append("the file has no name or no version")
    lines = raw.get("lines", {})
    faults += [
        f"the line of {money} is no whole number above 0" for money, line in lines.items() if not _whole(line)
    ]
    if not rules and not faults:
        faults.append("the file has no rule")
    if faults:
        raise RulesRefused(f"{Path(path).name}: {'; '.join(faults[:10])}.")
    return RuleSet(raw["name"], str(raw["version"]), tuple(rules), groups, lines)


def _faults(item: dict, groups: dict, tests: frozenset[str] | None) -> list[str]:
    faults = [f"unknown key {key}" for key in sorted(item.keys() - _KEYS)]
    faults += [
        f"no {key}" for key in ("code", "title", "family", "words", "source") if not _filled(item.get(key))
    ]
    if item.get("for") not in SIDES:
        faults.append(f"for is one of {', '.join(SIDES)}")
    if not _number(item.get("weight")) or item["weight"] <= 0:
        faults.append("the weight is no number above 0")
    if item.get("for") != "against" and not (item.get("innocent") and _filled(item.get("tell"))):
        faults.append("a sign needs innocent explanations, and how to tell")
    window = "test" not in item
    if window and (item.get("subject") not in SUBJECTS or not item.get("at_least")):
        faults.append(f"a rule without test needs at_least and a subject, one of {', '.join(SUBJECTS)}")
    if not window and tests is not None and item["test"] not in tests:
        faults.append(f"there is no test {item['test']}")
    if window and not (_number(item.get("within_days")) and item["within_days"] > 0):
        faults.append("within_days is no number above 0")
    limits = item.get("at_least", {}) | item.get("at_most", {})
    faults += [f"{name} is no number" for name, value in limits.items() if not _number(value)]
    if window:
        faults += [f"nothing is measured as {name}" for name in limits if name not in MEASURES]
    for name, value in item.get("where", {}).items():
        if name not in WHERE:
            faults.append(f"unknown condition {name}")
        elif name in _GROUPED and value not in groups.get(_GROUPED[name], {}):
            faults.append(f"there is no group {value} of {_GROUPED[name]}")
    if window and _filled(item.get("words")):
        known = MEASURES | {"days"}
        named = {name for _, name, _, _ in string.Formatter().parse(item["words"]) if name}
        faults += [f"the words name {name}, which is not measured" for name in sorted(named - known)]
    return faults


def _rule(item: dict) -> Rule:
    return Rule(
        item["code"],
        item["title"],
        item["for"],
        item["family"],
        float(item["weight"]),
        item["words"],
        item["source"],
        item.get("test", "window"),
        tuple(item.get("needs", ())),
        item.get("subject", "payee"),
        item.get("where", {}),
        float(item.get("within_days", 1)),
        item.get("at_least", {}),
        item.get("at_most", {}),
        tuple(item.get("innocent", ())),
        item.get("tell", ""),
        bool(item.get("check", False)),
        tuple(item.get("takes_over", ())),
    )


def _filled(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
