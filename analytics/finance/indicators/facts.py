"""What the rules look at: payments from the side of each account, and what is known of the accounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analytics.finance.indicators.rules import Rule, RuleSet
from analytics.finance.lifo_matching import match_passed_on
from analytics.finance.payments import OUTSIDE, Payments, to_local_times
from analytics.shared.identifier_value import normalise_identifier

DAY = 86_400_000_000


@dataclass(frozen=True)
class IndicatorParameters:
    """`time_zone`: whose clock 'night' is by. `corridors`: countries the analyst chose, for a reason stated
    with the finding; none by default, and the corridor rule is then off. `lines`: reporting lines in minor
    units by currency, before those of the file. `region`: where telephone numbers without a country code are
    at home. `min_wage_minor`: a firm's payment to a person below it is no wage unless it says so."""

    time_zone: str = "UTC"
    corridors: tuple[str, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)
    region: str = "GB"
    min_wage_minor: int = 15_000
    max_evidence: int = 200


@dataclass(frozen=True)
class Facts:
    """`accounts` is `data.align_accounts`; `adverts` has identifier and advert (position), or is None."""

    data: Payments
    accounts: pd.DataFrame
    adverts: pd.DataFrame | None
    rules: RuleSet
    parameters: IndicatorParameters

    @cached_property
    def payments(self) -> pd.DataFrame:
        return self.data.table

    @cached_property
    def micros(self) -> np.ndarray:
        return np.asarray(self.payments.time, "datetime64[us]").astype(np.int64)

    @cached_property
    def local(self) -> pd.Series:
        return to_local_times(self.payments, self.parameters.time_zone)

    @cached_property
    def day(self) -> np.ndarray:
        return np.asarray(self.local).astype("datetime64[D]").astype(np.int64)

    @cached_property
    def hour(self) -> np.ndarray:
        """Local hour of each payment, -1 where the source knows only the day."""
        hour: np.ndarray = self.local.dt.hour.to_numpy().copy()
        if "time_precision" in self.payments:
            coarse = self.payments.time_precision.isin(["day", "month"]).to_numpy()
            hour[coarse] = -1
        return hour

    @cached_property
    def kind(self) -> np.ndarray:
        return self._lower(self.accounts.get("kind"), len(self.accounts))

    @cached_property
    def sides(self) -> pd.DataFrame:
        """Every payment from each named side: pay (position), subject, other, incoming; by subject and
        time."""
        payer, payee = self.payments.payer.to_numpy(), self.payments.payee.to_numpy()
        at = np.flatnonzero(payer != payee)
        table = pd.DataFrame(
            {
                "pay": np.r_[at, at],
                "subject": np.r_[payee[at], payer[at]],
                "other": np.r_[payer[at], payee[at]],
                "incoming": np.r_[np.ones(len(at), bool), np.zeros(len(at), bool)],
            }
        )
        table = table[table.subject != OUTSIDE]
        return table.sort_values(["subject", "pay"], kind="stable", ignore_index=True)

    @cached_property
    def place(self) -> np.ndarray:
        return self._lower(self.payments.get("place"), len(self.payments))

    @cached_property
    def wages(self) -> np.ndarray:
        """Payments that are wages: by note or category, or a firm's payment to a person, not in cash, not
        small."""
        stated = self.member("note", "note", "wages") | self.member("merchant_category", "category", "wages")
        payer, payee = self.payments.payer.to_numpy(), self.payments.payee.to_numpy()
        firm, person = self.of_kind(payer, "employer"), self.of_kind(payee, "person")
        usual = firm & person & (self.payments.amount_minor.to_numpy() >= self.parameters.min_wage_minor)
        wages = stated | (usual & ~self.member("channel", "channel", "cash"))
        return np.asarray(wages & (payer != payee) & (payee != OUTSIDE))

    @cached_property
    def rent(self) -> np.ndarray:
        stated = self.member("note", "note", "rent")
        return np.asarray(stated | self.of_kind(self.payments.payee.to_numpy(), "landlord"))

    @cached_property
    def left_within_a_day(self) -> pd.DataFrame:
        return match_passed_on(self.payments, np.arange(len(self.accounts)), pd.Timedelta(days=1))

    @cached_property
    def identifiers(self) -> pd.DataFrame:
        """Telephones, e-mails and addresses that accounts give: account, identifier (its kind), value
        (plain)."""
        parts = []
        for column, name in (("phone", "telephone"), ("email", "e-mail"), ("address", "address")):
            if column in self.accounts:
                region = self.parameters.region if column == "phone" else None
                value = pd.Series(
                    [normalise_identifier(text, region) for text in self.accounts[column]], dtype=object
                )
                parts.append(
                    pd.DataFrame({"account": np.arange(len(value)), "identifier": name, "value": value})
                )
        empty = pd.DataFrame(columns=["account", "identifier", "value"])
        table = pd.concat(parts, ignore_index=True) if parts else empty
        return table.dropna(subset=["value"]).drop_duplicates(["account", "value"], ignore_index=True)

    def member(self, column: str, kind: str, group: str) -> np.ndarray:
        """Whether each payment's column holds a word of a group; False where it has no such column."""
        if column not in self.payments:
            return np.zeros(len(self.payments), bool)
        words = self.rules.groups[kind][group]
        code, values = pd.factorize(self.payments[column])
        among = np.array([str(value).strip().casefold() in words for value in values] + [False])
        return np.asarray(among[code])

    def of_kind(self, accounts: np.ndarray, group: str) -> np.ndarray:
        """Whether each account (positions, OUTSIDE allowed) is of a group of kinds. Where no kinds are
        recorded at all, every named account counts as a person's."""
        if not self.kind.astype(bool).any():
            return np.asarray((accounts != OUTSIDE) & (group == "person"))
        words = self.rules.groups["kind"][group]
        among = np.array([value in words for value in self.kind] + [False])
        return np.asarray(among[accounts])

    def matches(self, rule: Rule, where: Mapping[str, Any]) -> np.ndarray:
        """Which rows of `sides` meet a rule's conditions, its side of the payment included."""
        sides = self.sides
        pay, subject, other = sides.pay.to_numpy(), sides.subject.to_numpy(), sides.other.to_numpy()
        incoming = sides.incoming.to_numpy()
        met = {"payee": incoming, "payer": ~incoming, "either": np.ones(len(sides), bool)}[
            rule.subject
        ].copy()
        if "channel" in where:
            met &= self.member("channel", "channel", where["channel"])[pay]
        if "category" in where:
            met &= self.member("merchant_category", "category", where["category"])[pay]
        if "not_note" in where:
            met &= ~self.member("note", "note", where["not_note"])[pay]
        if "subject_kind" in where:
            met &= self.of_kind(subject, where["subject_kind"])
        if "other_kind" in where:
            met &= self.of_kind(other, where["other_kind"])
        return self._meet_amounts_and_times(met, where, pay, subject)

    def _meet_amounts_and_times(
        self, met: np.ndarray, where: Mapping[str, Any], pay: np.ndarray, subject: np.ndarray
    ) -> np.ndarray:
        """`met` with the conditions on hours, places, amounts, corridors and status."""
        amount = self.payments.amount_minor.to_numpy()[pay]
        if "hours" in where:
            begin, end = where["hours"]
            hour = self.hour[pay]
            met &= (hour >= 0) & (
                ((hour >= begin) | (hour < end)) if begin > end else ((hour >= begin) & (hour < end))
            )
        if "away" in where:
            home = self._lower(self.accounts.get("place"), len(self.accounts))[subject]
            known = (home != "") & (self.place[pay] != "")
            met &= known & ((home != self.place[pay]) == where["away"])
        if "amount" in where:
            met &= (amount >= where["amount"][0]) & (amount <= where["amount"][1])
        if "round" in where:
            met &= amount % where["round"] == 0
        if "of_line" in where:
            lines = dict(self.rules.lines) | dict(self.parameters.lines)
            line = self.payments.currency.map(lines).to_numpy(dtype=float)[pay]
            met &= (amount >= line * where["of_line"][0]) & (amount < line * where["of_line"][1])
        if "corridor" in where:
            named = {country.casefold() for country in self.parameters.corridors}
            to = [
                self._lower(self.payments.get(name), len(self.payments))[pay]
                for name in ("country", "to_country")
            ]
            met &= np.isin(to[0], list(named)) | np.isin(to[1], list(named))
        if "status" in where:
            met &= (self._lower(self.payments.get("status"), len(self.payments)) == where["status"])[pay]
        return met

    @staticmethod
    def _lower(column: pd.Series | None, count: int) -> np.ndarray:
        """Text in small letters; '' where it is missing."""
        if column is None:
            return np.full(count, "", dtype=object)
        code, values = pd.factorize(column)
        lowered = np.array([str(value).strip().casefold() for value in values] + [""], dtype=object)
        return np.asarray(lowered[code])
