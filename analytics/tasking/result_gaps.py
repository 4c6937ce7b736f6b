"""What a result leaves open, as questions for collection: each says what was seen and what is not known."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.shared.two_counts import judge_counts, judge_expected
from analytics.tasking.effect import UNJUDGED, Effect
from analytics.tasking.networks import NetworkChange

_RING_RISE = 1.25  # after against expected, from which a ring is asked about


@dataclass(frozen=True)
class ResultGap:
    """A question to be asked, why, and the cell of the Achilles grid it belongs to, where it has one."""

    question: str
    why: str
    domain: str | None = None


def find_place_gaps(effect: Effect, label: str) -> list[ResultGap]:
    """Questions that the effect at a place leaves open. `label`: the place's name."""
    gaps = []
    if effect.verdict == "more than expected":
        gaps.append(
            ResultGap(
                f"What drives the rise at {label}, and did the action itself add to what is recorded?",
                "More than expected was recorded after the action.",
            )
        )
    if effect.verdict == "no detectable effect":
        gaps.append(
            ResultGap(
                f"Was the action at {label} carried out as planned, at the hours and spots in question?",
                "No effect was detectable beyond chance.",
            )
        )
    if effect.verdict == UNJUDGED:
        gaps.append(
            ResultGap(
                f"What changed at {label} after the action, and what would show that the action caused it?",
                "The counts cannot show it; the result says why.",
            )
        )
    for ring in effect.rings.itertuples():
        if ring.expected > 0 and ring.after >= 5 and ring.after > _RING_RISE * ring.expected:
            gaps.append(
                ResultGap(
                    f"Have those active at {label} moved to the streets {ring.ring} around it?",
                    f"{ring.after:.0f} there against {ring.expected:.1f} expected, "
                    f"{judge_expected(int(ring.after), ring.expected)}.",
                )
            )
    if effect.near_refused:
        gaps.append(
            ResultGap(f"On what days, and where exactly, do incidents at {label} occur?", effect.near_refused)
        )
    return gaps


def find_network_gaps(change: NetworkChange) -> list[ResultGap]:
    """Questions that a network's adaptation leaves open. No contact, name or account number stands in
    them."""
    if change.turnover.empty:
        return []
    gaps, rows = [], change.turnover.set_index("trait")
    asked = {
        "contact": (
            "Who holds the {new} new numbers or addresses of the network, and since when?",
            "communications",
        ),
        "place": ("Why did the network go to {new} new towns, and who receives it there?", "premises"),
        "site": ("Why did the network turn to {new} new sites?", "advertising"),
        "account": ("Who opened and who operates the {new} new accounts of the network?", "finance"),
        "counterparty": (
            "Who are the {new} new counterparties, and what do they do for the network?",
            "finance",
        ),
        "channel": ("Why did the network turn to {new} new channels of payment?", "finance"),
    }
    for trait, (question, domain) in asked.items():
        if trait in rows.index and rows.new[trait] > rows.usual_new[trait]:
            why = f"{rows.new[trait]} new since the action, {rows.usual_new[trait]} in the period before, "
            why += f"{judge_counts(int(rows.new[trait]), int(rows.usual_new[trait]))}."
            gaps.append(ResultGap(question.format(new=rows.new[trait]), why, domain))
    replaced = int(change.values.replaced_by.notna().sum())
    if replaced:
        gaps.append(
            ResultGap(
                f"How were {replaced} of the network's parts replaced so soon, and who decided it?",
                "New ones took up most of the ties of those that are gone.",
            )
        )
    gone = rows.gone.sum() > rows.usual_gone.sum()
    if gone and not rows.new.sum():
        gaps.append(
            ResultGap(
                "Where did the network go: did it end, fall silent, or move to what is not collected?",
                "More of it is gone than usual, and nothing new is seen.",
            )
        )
    return gaps
