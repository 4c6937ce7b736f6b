"""A suspicious-activity narrative in plain words, drafted from the evidence: each sentence with the rows it
rests on.

The order is the one financial intelligence units ask for: what, who, when, where, how, and why it is
suspicious (FinCEN, Guidance on Preparing a Complete and Sufficient SAR Narrative, 2003). The draft states
what the payments show and no more. It never calls an account holder guilty, and never names a possible victim
as a subject."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from analytics.finance.lead_dossier import LeadDossier
from analytics.finance.protected_leads import HIDDEN_ACCOUNT
from analytics.intelligence.possible_victims import POSSIBLE_VICTIM, write_left_out
from analytics.shared.currency import written
from analytics.shared.wording import counted, write_day, write_moment

Shown = Callable[[str], str]
DRAFT = "DRAFT from the evidence, to be checked and completed by an analyst."
_MAX_REFERENCES = 12


@dataclass(frozen=True)
class NarrativeSentence:
    """`references`: the rows it rests on, as 'source:row', in order of time."""

    text: str
    references: tuple[str, ...]

    def __str__(self) -> str:
        more = len(self.references) - _MAX_REFERENCES
        rows = ", ".join(self.references[:_MAX_REFERENCES]) + (f" and {more} more" if more > 0 else "")
        return f"{self.text} [{rows}]" if self.references else self.text


def draft_narrative(dossier: LeadDossier, shown: Shown) -> list[NarrativeSentence]:
    """The sentences in order. `shown` writes an account number as it may be read: masked, or as it is."""
    payments, lead, shown = dossier.payments, dossier.lead, hide_protected(dossier, shown)
    rows = _references(payments)
    between = f"Between {write_day(lead['first'])} and {write_day(lead['last'])} (UTC)"
    moved = f"{counted(len(payments), 'payment')} among {counted(len(dossier.roles), 'account')}"
    what = f"{between}, {moved} followed the pattern '{lead.typology}': {format_sums(payments)}."
    return [
        NarrativeSentence(what, rows),
        NarrativeSentence(f"How it shows: {_reason(dossier, shown)}", rows),
        *(_part(dossier, role, group, shown) for role, group in dossier.roles.groupby("role", sort=False)),
        *_order(payments, shown),
        *_where(payments),
        *_indicators(dossier, shown),
        _chance(dossier),
    ]


def hide_protected(dossier: LeadDossier, shown: Shown) -> Shown:
    """As `shown`, but an account of a possible victim is written as that."""
    protected = dossier.protected
    return lambda account: HIDDEN_ACCOUNT if account in protected else shown(account)


def format_narrative(sentences: list[NarrativeSentence]) -> str:
    """The draft as one text, a sentence a line, and how to read its references."""
    lines = [str(sentence) for sentence in sentences]
    return "\n".join([DRAFT, "", *lines, "", "References are source:row of the store's sources."])


def _reason(dossier: LeadDossier, shown: Shown) -> str:
    text = str(dossier.lead.reason)
    for account in sorted(dossier.roles.account.dropna(), key=len, reverse=True):
        text = text.replace(account, shown(account))
    return text


def _references(payments: pd.DataFrame) -> tuple[str, ...]:
    return tuple(
        f"{source}:{row}" for source, row in zip(payments.source_id, payments.row_number, strict=True)
    )


def format_sums(payments: pd.DataFrame) -> str:
    """Totals by currency, never added across currencies."""
    known = payments.dropna(subset=["amount_minor"])
    totals = known.groupby("currency").amount_minor.sum().sort_index()
    texts = [f"{written(int(total), code)} {code}" for code, total in totals.items()]
    missing = len(payments) - len(known)
    return (" and ".join(texts) or "no amount is recorded") + (
        f"; {missing} without an amount" if missing else ""
    )


def _part(dossier: LeadDossier, role: str, group: pd.DataFrame, shown: Shown) -> NarrativeSentence:
    accounts = group.account.tolist()
    own = dossier.payments[
        dossier.payments.from_account.isin(accounts) | dossier.payments.to_account.isin(accounts)
    ]
    if role == POSSIBLE_VICTIM:
        return NarrativeSentence(write_left_out(len(accounts)), _references(own))
    named = ", ".join(shown(account) for account in accounts[:6]) + (
        f" and {len(accounts) - 6} more" if len(accounts) > 6 else ""
    )
    if len(accounts) > 1:
        return NarrativeSentence(f"As {role}: {len(accounts)} accounts, {named}.", _references(own))
    paid = own[own.to_account == accounts[0]]
    pays = own[own.from_account == accounts[0]]
    what = [f"received {counted(len(paid), 'payment')} ({format_sums(paid)})"] if len(paid) else []
    what += [f"made {counted(len(pays), 'payment')} ({format_sums(pays)})"] if len(pays) else []
    return NarrativeSentence(f"As {role}: account {named}, which {' and '.join(what)}.", _references(own))


def _order(payments: pd.DataFrame, shown: Shown) -> list[NarrativeSentence]:
    """The first and the last payment, and the largest."""
    sentences = []
    amounts = payments.amount_minor.dropna()
    largest = (
        [("The largest", payments.loc[amounts.astype("int64").idxmax()])]
        if len(amounts) and payments.currency.nunique() == 1
        else []
    )
    for label, row in [("The first", payments.iloc[0]), ("The last", payments.iloc[-1]), *largest]:
        amount = (
            f"{written(row.amount_minor, row.currency)} {row.currency}"
            if pd.notna(row.amount_minor)
            else "an amount not recorded"
        )
        ends = [
            shown(name) if isinstance(name, str) else "an account not recorded"
            for name in (row.from_account, row.to_account)
        ]
        how = f" by {row.channel}" if isinstance(row.channel, str) else ""
        sentences.append(
            NarrativeSentence(
                f"{label} payment was {amount}{how} from {ends[0]} to {ends[1]} on "
                f"{write_moment(row.occurred_at)} (UTC).",
                (f"{row.source_id}:{row.row_number}",),
            )
        )
    return sentences


def _where(payments: pd.DataFrame) -> list[NarrativeSentence]:
    sentences = []
    for column, title in (("place", "Places"), ("channel", "Channels"), ("country", "Countries")):
        recorded = payments.dropna(subset=[column])
        if len(recorded):
            counts = recorded[column].value_counts().sort_index().sort_values(ascending=False, kind="stable")
            listed = ", ".join(f"{name} ({count})" for name, count in counts.head(6).items())
            sentences.append(NarrativeSentence(f"{title} recorded: {listed}.", _references(recorded)))
        else:
            sentences.append(NarrativeSentence(f"{title}: none is recorded.", _references(payments)))
    return sentences


def _indicators(dossier: LeadDossier, shown: Shown) -> list[NarrativeSentence]:
    """The indicators for, then those against, one sentence for all accounts that show the same; an account
    with indicators of a victim is named in none of them."""
    sentences = []
    victims = set(dossier.indicators.account[dossier.indicators.side == "victim"]) | dossier.protected
    for side in ("organiser", "victim", "against"):
        own = dossier.indicators[dossier.indicators.side == side]
        for (why, share), group in own.groupby(["why", "share"], sort=False):
            rows = tuple(dict.fromkeys(row for rows in group.references for row in rows))
            if side == "victim":
                who = "A holder among them" if len(group) == 1 else f"{len(group)} holders among them"
                text = f"{who} may be a victim: {why} ({_how_common(share)})."
            else:
                speaks = "For" if side == "organiser" else "Against"
                text = f"{speaks}: {_whose(group.account, victims, shown)}: {why} ({_how_common(share)})."
            sentences.append(NarrativeSentence(text, rows))
    none = "These accounts meet no indicator of exploitation, for or against."
    return sentences or [NarrativeSentence(none, _references(dossier.payments))]


def _how_common(share: float) -> str:
    if share < 0.001:
        return "fewer than 1 account in 1,000 shows this"
    return f"{share:.1%} of all accounts show this"


def _whose(accounts: pd.Series, victims: set[str], shown: Shown) -> str:
    named = [shown(account) for account in accounts if account not in victims]
    unnamed = len(accounts) - len(named)
    parts = [f"{'account' if len(named) == 1 else 'accounts'} {', '.join(named)}"] if named else []
    if unnamed:
        parts.append(f"{counted(unnamed, 'account')} whose holder may be a victim")
    return " and ".join(parts)


def _chance(dossier: LeadDossier) -> NarrativeSentence:
    share = dossier.lead.by_chance
    of_them = "fewer than 1 in 100" if share < 0.01 else f"about {share:.0%}"
    return NarrativeSentence(
        f"Of such leads in made data of known truth, {of_them} were wrong: chance, or an innocent gathering. "
        "Lawful business can look the same.",
        _references(dossier.payments),
    )
