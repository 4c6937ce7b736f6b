"""One sanitised edition of a product: what may not be shared is left out and named, the rest is sanitised
part by part.

Anything in doubt is withheld. A statement is shared only where everything it rests on may be shared. Where
anything is withheld, a statement of fact without a mark is withheld too, because its source is unknown. So is
one that repeats five words in a row of a withheld text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from analytics.intelligence.findings import load_finding
from analytics.shared.wording import counted
from analytics.store import Store
from analytics.tasking.citations import SourceMark, combine_handling, mark_handling, split_statements
from analytics.tasking.release.original import OriginalProduct, load_original
from analytics.tasking.release.redact import Redaction, Redactor, SanitisedPart, merge_overlaps
from analytics.tasking.release.rules import PartnerRules, ReleaseRules, read_release_rules
from analytics.tasking.release.secrets import KnownSecrets, find_secrets, normalise_text
from analytics.tasking.saved_sections import join_by_title

LEFT_OUT = "[left out]"
_RUN = 5  # words in a row that cannot be a coincidence
_COUNTED = {
    "name": "names",
    "possible": "words that may be names",
    "contact": "telephones and other contacts",
    "address": "exact places",
    "reference": "references",
    "mark": "source references",
    "word": "words added by hand",
}


class NothingToRelease(ValueError):
    """None of what the product rests on may go to this partner, or the product itself may not."""


@dataclass(frozen=True)
class ReleaseChoices:
    """What the releaser chose: the kind and name of the partner, who authorised it, words cleared
    (`let_stand`) and words to withhold (`also`)."""

    kind: str
    partner: str
    authorised_by: str = ""
    let_stand: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReleaseDraft:
    """A sanitised edition before its release. `withheld`: finding or report line -> why it is withheld, shown
    to the releaser alone; `parts` begin with the title."""

    choices: ReleaseChoices
    rules_version: str
    handling: str
    parts: tuple[SanitisedPart, ...]
    not_sent: tuple[str, ...]
    withheld: Mapping[SourceMark, str]
    evidence: int

    @property
    def title(self) -> str:
        return self.parts[0].text or "Sanitised edition"

    @property
    def possible(self) -> tuple[str, ...]:
        """Words withheld because they may be names, each once."""
        found = (
            part.original[c.start : c.end]
            for part in self.parts
            for c in part.changes
            if c.rule == "possible"
        )
        return tuple(dict.fromkeys(found))

    def sections(self) -> dict[str, str]:
        """What is shared, by the title of its part, and a note of what is not."""
        texts = [(part.title, part.text) for part in self.parts[1:] if part.text]
        return join_by_title([*texts, ("Not in this edition", "\n".join(self._left_out()))])

    def _left_out(self) -> Iterator[str]:
        kinds = Counter(mark.kind for mark in self.withheld)
        if kinds:
            counts = " and ".join(
                counted(n, "finding")
                if kind == "finding"
                else counted(n, "line of a report", "lines of reports")
                for kind, n in kinds.items()
            )
            yield (
                f"{counts} of the {self.evidence} that it rests on may not be shared with this partner. "
                f"Statements that rest on them read {LEFT_OUT}."
            )
        if self.not_sent:
            yield f"Parts not sent to this kind of partner: {'; '.join(self.not_sent)}."
        by_rule = Counter(c.rule for part in self.parts for c in part.changes if c.rule in _COUNTED)
        taken = ", ".join(f"{_COUNTED[rule]} ({n})" for rule, n in by_rule.items())
        yield f"Taken out by rule: {taken}." if taken else "Nothing else was taken out."
        yield f"Sanitised editions contain no maps, source rows or provenance. Rules {self.rules_version}."


def draft_release(store: Store, product_id: int, version: int, choices: ReleaseChoices) -> ReleaseDraft:
    """The sanitised edition of one version of a product, before release. Raises what `load_original`
    raises, KeyError for an unknown kind of partner, and NothingToRelease."""
    original = load_original(store, product_id, version)
    today = {number: load_finding(store, number).handling for number, _ in original.findings}
    return build_release(original, find_secrets(store, original), read_release_rules(), choices, today)


def build_release(
    original: OriginalProduct,
    secrets: KnownSecrets,
    rules: ReleaseRules,
    choices: ReleaseChoices,
    handling_today: Mapping[int, str] | None = None,
) -> ReleaseDraft:
    """The edition, from what was gathered. `handling_today`: of findings that were revised since the product
    cited them.

    Raises NothingToRelease where the product's own mark forbids it or no finding and no line may go, and
    RuntimeError should a known secret still stand in it."""
    partner = rules.partners[choices.kind]
    if why := _check_own_mark(original, rules, partner, choices.authorised_by):
        raise NothingToRelease(f"The {original.kind} itself may not go to this partner: {why}.")
    reasons = _find_reasons(original, rules, partner, choices.authorised_by, handling_today or {})
    withheld = {mark: why for mark, why in reasons.items() if why is not None}
    if reasons and len(withheld) == len(reasons):
        raise NothingToRelease(
            f"Nothing that this {original.kind} rests on may go to this partner: "
            + "; ".join(f"{_name_mark(mark)}: {why}" for mark, why in withheld.items())
            + "."
        )
    redactor = Redactor(rules, partner, secrets, choices.let_stand, choices.also)
    repeats_withheld = _find_repeats(original, withheld)
    parts = [_sanitise_part("Title", original.title, False, withheld, reasons, repeats_withheld, redactor)]
    not_sent = []
    for part in original.parts:
        if part.code in partner.leave_out:
            not_sent.append(part.title)
        else:
            parts.append(
                _sanitise_part(
                    part.title, part.text, part.fact, withheld, reasons, repeats_withheld, redactor
                )
            )
    for sanitised in parts:
        if left := redactor.find_remaining(re.sub(r"\[a place in [^\]]*\]", "", sanitised.text)):
            raise RuntimeError(
                f"{sanitised.title}: {len(left)} known secrets would have been shared; nothing was built."
            )
    return ReleaseDraft(
        choices,
        rules.version,
        rules.mark.format(partner=" ".join(choices.partner.split()) or "the partner named"),
        tuple(parts),
        tuple(not_sent),
        withheld,
        len(reasons),
    )


def _check_own_mark(
    original: OriginalProduct, rules: ReleaseRules, partner: PartnerRules, authorised_by: str
) -> str | None:
    """Why the product may not be shared by a mark of its own: one added by hand, that nothing it rests on
    bears."""
    inherited = combine_handling(
        [finding for _, finding in original.findings], [report for _, report in original.reports]
    )
    inherited_marks = {mark.strip() for mark in inherited.split(";")}
    own = [
        mark.strip()
        for mark in original.marked.split(";")
        if mark.strip() and mark.strip() not in inherited_marks
    ]
    return rules.why_not("; ".join(own), partner, authorised_by) if own else None


def _find_reasons(
    original: OriginalProduct,
    rules: ReleaseRules,
    partner: PartnerRules,
    authorised_by: str,
    today: Mapping[int, str],
) -> dict[SourceMark, str | None]:
    """Why each finding and report line may not be shared, None where it may: by its own mark and those of its
    sources."""
    reasons: dict[SourceMark, str | None] = {}
    for number, finding in original.findings:
        marks = [finding.handling, today.get(number, finding.handling)]
        why = None
        for source in (row for row in original.sources if row["finding_id"] == number):
            if isinstance(source["name"], str):
                marks.append(source["handling"])
            else:
                why = "a source was removed, so its handling is no longer known"
        refused = (rules.why_not(mark, partner, authorised_by) for mark in marks)
        reasons[SourceMark("finding", number)] = why or next(filter(None, refused), None)
    for number, report in original.reports:
        for at, line in enumerate(report.lines, 1):
            reasons[SourceMark("report", number, at)] = rules.why_not(
                mark_handling(line.grade), partner, authorised_by
            )
    return reasons


def _name_mark(mark: SourceMark) -> str:
    return f"{mark.kind} {mark.number}" + (f", line {mark.line}" if mark.line else "")


def _sanitise_part(
    title: str,
    text: str,
    fact: bool,
    withheld: Mapping[SourceMark, str],
    reasons: Mapping[SourceMark, str | None],
    repeats_withheld: Callable[[str], bool],
    redactor: Redactor,
) -> SanitisedPart:
    """One part: statements left out where they must be, then what remains sanitised."""
    text = "\n".join(normalise_text(line) for line in text.split("\n")).strip()
    changes, at = redactor.find_changes(text), 0
    for statement in split_statements(text):
        start = text.index(statement.text, at)
        at = start + len(statement.text)
        lost = any(reasons.get(mark, "not of this brief") is not None for mark in statement.marks)
        unknown = bool(withheld) and not statement.marks and fact
        if lost or unknown or repeats_withheld(statement.words):
            changes.append(Redaction(start, at, LEFT_OUT, "evidence"))
    return SanitisedPart(title, text, tuple(merge_overlaps(changes)))


def _find_repeats(original: OriginalProduct, withheld: Mapping[SourceMark, str]) -> Callable[[str], bool]:
    """A test whether a text repeats a withheld text and no other."""
    shared_texts: list[str] = []
    withheld_texts: list[str] = []
    for number, finding in original.findings:
        gone = SourceMark("finding", number) in withheld
        (withheld_texts if gone else shared_texts).extend(
            (finding.title, finding.statement, finding.confidence_basis)
        )
    for number, report in original.reports:
        for at, line in enumerate(report.lines, 1):
            (withheld_texts if SourceMark("report", number, at) in withheld else shared_texts).append(
                line.sanitised
            )
            withheld_texts.append(line.original if line.original != line.sanitised else "")
    secret = {run for text in withheld_texts for run in _runs(text)} - {
        run for text in shared_texts for run in _runs(text)
    }
    short = min((len(run) for run in secret), default=_RUN)

    def repeats_withheld(text: str) -> bool:
        return any(run in secret for length in range(short, _RUN + 1) for run in _runs(text, length))

    return repeats_withheld


def _runs(text: str, length: int = _RUN) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", normalise_text(text).casefold())
    return (
        {tuple(words[at : at + length]) for at in range(max(len(words) - length, 0) + 1)} if words else set()
    )
