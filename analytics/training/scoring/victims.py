"""Victims first: who was referred, how soon, and whether anybody was tasked as an offender instead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from analytics.shared.wording import counted
from analytics.training.scoring.answers import Answers, ProductAnswer
from analytics.training.scoring.line import ScoreLine
from analytics.training.scoring.truth import ADVERTS, Reference, SealedTruth, Structure

CODE = "victims"


def score_victims(
    truth: SealedTruth, answers: Answers, day_of: Callable[[datetime], date], begins: date
) -> ScoreLine:
    """The share of planted victims that a referral reaches, 0 where one was tasked as an offender.

    A referral reaches a victim whose account, name, telephone or address it names, or whose node of the
    network it is about; whose payments its findings rest on; or whose network posted most of the adverts of
    its operation. Tasked as an offender is who is named so in the action of a standing decision with no
    referral before it."""
    rows = {structure.name: frozenset(structure.rows) for structure in truth.structures}
    owners = _find_advert_owners(truth.structures)
    evidence = {finding.number: finding.rows for finding in answers.findings}
    reached: dict[str, datetime] = {}
    for referral in sorted(answers.referrals, key=lambda product: (product.saved_at, product.number)):
        cited = {row for number in referral.findings for row in evidence.get(number, ())}
        network = _find_network(answers, referral, owners)
        named = _find_named(referral.title + referral.text, truth, answers)
        for account, (scheme, exploited_by) in truth.victims.items():
            if (
                account in named
                or referral.node in answers.nodes.get(account, ())
                or 2 * len(cited & rows.get(scheme, frozenset())) >= max(1, len(rows.get(scheme, ())))
                or network == exploited_by
            ):
                reached.setdefault(account, referral.saved_at)
    harmed = sorted(
        f"{account}: action {action.number}"
        for action in answers.actions
        for account in _find_named(action.text, truth, answers)
        if not reached.get(account, datetime.max) <= action.decided_at
    )
    planted = len(truth.victims)
    days = sorted((day_of(at) - begins).days for at in reached.values())
    median = days[len(days) // 2] if days else None
    says = f"Of {counted(planted, 'planted victim')}, {len(reached)} referred."
    if harmed:
        says += f" {len(harmed)} tasked as offenders: there must be none, so the line is 0."
    share = len(reached) / planted if planted else float(bool(answers.referrals))
    figures = {"planted": planted, "referred": len(reached), "median days": median, "harmed": len(harmed)}
    return ScoreLine(CODE, "Victims first", 0.0 if harmed else share, says, figures, tuple(harmed))


def _find_named(text: str, truth: SealedTruth, answers: Answers) -> set[str]:
    """The victims whom a text names by account, name, telephone or address."""
    folded = text.casefold()
    return {
        account
        for account in truth.victims
        if any(name.casefold() in folded for name in (account, *answers.holders.get(account, ())))
    }


def _find_advert_owners(structures: tuple[Structure, ...]) -> dict[Reference, str]:
    return {
        row: structure.network or ""
        for structure in structures
        if structure.layer == ADVERTS
        for row in structure.rows
    }


def _find_network(answers: Answers, referral: ProductAnswer, owners: dict[Reference, str]) -> str | None:
    """The network that posted at least half of the adverts of a referral's operation."""
    adverts = answers.operations.get(referral.operation or 0, frozenset())
    posted = [owners[row] for row in sorted(adverts) if row in owners]
    best = max(sorted(set(posted)), key=posted.count, default=None)
    return best if best and 2 * posted.count(best) >= len(adverts) else None
