"""How many leads of an indicator would be false, at a base rate that the reader chooses."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FalseLeads:
    """Expected counts among `adverts`: true and false leads, cases missed, and how the false-positive rate
    came about. `to_read`: leads to read for one true one; infinite where none is true."""

    adverts: int
    prevalence: float
    sensitivity: float
    false_positive_rate: float
    true_leads: float
    false_leads: float
    missed: float

    @property
    def share_false(self) -> float:
        leads = self.true_leads + self.false_leads
        return self.false_leads / leads if leads else float("nan")

    @property
    def to_read(self) -> float:
        return (self.true_leads + self.false_leads) / self.true_leads if self.true_leads else float("inf")


class ContradictsData(ValueError):
    """The assumptions would flag more adverts than were flagged."""


def estimate_false_leads(
    adverts: int,
    prevalence: float,
    sensitivity: float,
    *,
    flagged: int | None = None,
    false_positive_rate: float | None = None,
) -> FalseLeads:
    """Expected true and false leads of an indicator.

    `prevalence` is the assumed share of adverts behind which somebody is exploited, `sensitivity` the assumed
    share of those that meet it (0 to 1). The false-positive rate is either assumed, or follows from how
    many adverts were `flagged`: flagged / adverts = prevalence * sensitivity + (1 - prevalence) * rate.
    Raises ContradictsData where it would be negative, ValueError for shares out of range."""
    if not (0 <= prevalence < 1 and 0 <= sensitivity <= 1) or adverts < 0:
        raise ValueError("Prevalence and sensitivity are shares; prevalence is under 1.")
    if (flagged is None) == (false_positive_rate is None):
        raise ValueError("Give how many were flagged or the false-positive rate, one of the two.")
    if flagged is None:
        rate = false_positive_rate or 0.0
    else:
        share = flagged / adverts if adverts else 0.0
        rate = (share - prevalence * sensitivity) / (1 - prevalence)
        if rate < -1e-12:
            raise ContradictsData(
                f"These assumptions need at least {prevalence * sensitivity:.2%} of the adverts to meet the "
                f"rule; {share:.2%} do. The base rate or the share of cases that meet it must be lower."
            )
        rate = max(rate, 0.0)
    cases = adverts * prevalence
    return FalseLeads(
        adverts,
        prevalence,
        sensitivity,
        rate,
        cases * sensitivity,
        (adverts - cases) * rate,
        cases * (1 - sensitivity),
    )
