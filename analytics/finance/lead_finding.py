"""A lead as a finding: what it says, how sure it is, what else would explain it, and the very
transactions."""

from __future__ import annotations

import pyarrow as pa

from analytics.finance.lead_dossier import LeadDossier
from analytics.finance.narrative import (
    DRAFT,
    Shown,
    draft_narrative,
    format_narrative,
    format_sums,
    hide_protected,
)
from analytics.intelligence.finding_results import Focus, MoneyResult
from analytics.intelligence.findings import Finding
from analytics.intelligence.possible_victims import POSSIBLE_VICTIM, write_left_out
from analytics.shared.currency import written
from analytics.shared.wording import counted, write_day, write_period

ALTERNATIVES = [
    {
        "explanation": "A payroll, a shop, a landlord, a charity or a savings club gathers and spreads money "
        "like this.",
        "how to tell": "Ask what the holder declares to do. Look for rent, tax, wages and suppliers over a "
        "longer period.",
    },
    {
        "explanation": "A family or a shared flat passes money between its members.",
        "how to tell": "Look for the same surnames and addresses, payments in both directions, and daily "
        "costs.",
    },
    {
        "explanation": "Somebody else uses the account, and its holder is a victim or does not know.",
        "how to tell": "Ask who operates the account, from where and with whose telephone, before anybody is "
        "approached.",
    },
    {
        "explanation": "The data cover one bank or one period only, so an old habit looks new.",
        "how to tell": "Ask for the statements before the first payment and for the accounts elsewhere.",
    },
]
RECIPE = "financial lead"
_ASK_MERCHANTS = (
    (
        {"lodging", "hotel", "hotels", "short let", "7011"},
        "Ask the hotels and landlords who stayed, how many, and who booked and paid.",
    ),
    (
        {"travel", "airline", "rail", "coach", "bus", "taxi", "car rental", "ferry"},
        "Ask the carriers for the names of the passengers and the telephone of the booking.",
    ),
    (
        {"advertising", "classified", "escort", "7311", "7273"},
        "Ask the sites for the adverts that were paid for, and the accounts that placed them.",
    ),
)
_LISTED = 10  # routes, and balances: the payments themselves hold them all
PROFILE = {
    "what": "What",
    "who": "Who",
    "roles": "Roles",
    "routes": "Routes",
    "assets": "Assets and balances",
    "gaps": "Gaps",
    "next_steps": "Next steps",
}


def build_lead_finding(
    dossier: LeadDossier, shown: Shown, *, data_version: int, version: str, area_id: int | None = None
) -> tuple[Finding, pa.Table]:
    """The finding of a lead and its evidence (table_name, source_id, row_number). `version`: of the
    parameters."""
    lead, sentences = dossier.lead, draft_narrative(dossier, shown)
    sides = dossier.indicators.side
    count = {side: int((sides == side).sum()) for side in ("organiser", "victim", "against")}
    basis = (
        f"{counted(len(dossier.payments), 'transaction')} in order of time, the pattern tested against "
        f"shuffled payments and innocent gatherings (chance of being wrong {lead.by_chance:.2g}). Among "
        f"{counted(len(dossier.roles), 'account')}: {counted(count['organiser'], 'indicator')} for, "
        f"{count['victim']} of a possible victim and {count['against']} against. It shows how money moved, "
        "not why."
    )
    finding = Finding(
        title=f"Money: {lead.typology}, {counted(lead.transactions, 'transaction')}, "
        f"{write_period(lead['first'], lead['last'])}",
        statement=" ".join(sentence.text for sentence in sentences[:2]),
        method=f"Typology: {lead.typology}",
        parameters={"lead": lead.lead_id, "parameters": version} | ({"also": lead.also} if lead.also else {}),
        data_version=data_version,
        area_id=area_id,
        period_from=lead["first"].date(),
        period_to=lead["last"].date(),
        result=MoneyResult(
            focus=Focus(label=_places(dossier), count=int(lead.transactions)),
            profile=draft_profile(dossier, shown),
            narrative=format_narrative(sentences),
        ),
        confidence="moderate" if lead.by_chance < 0.01 and not count["against"] else "low",
        confidence_basis=basis,
        assumptions="The transactions are complete for the accounts and the period, one account is one "
        "actor, and the times are right.",
        alternatives=ALTERNATIVES,
        recipe={"kind": RECIPE, "lead": lead.lead_id, "typology": lead.typology},
    )
    rows = dossier.payments[["source_id", "row_number"]].drop_duplicates().assign(table_name="transaction")
    return finding, pa.Table.from_pandas(
        rows[["table_name", "source_id", "row_number"]], preserve_index=False
    )


def draft_profile(dossier: LeadDossier, shown: Shown) -> dict[str, str]:
    """The sections of PROFILE, in plain words. What is not recorded is stated as a gap."""
    shown = hide_protected(dossier, shown)
    sentences = draft_narrative(dossier, shown)
    return {
        "what": " ".join(sentence.text for sentence in sentences[:2]),
        "who": _who(dossier, shown),
        "roles": "\n".join(
            f"{shown(row.account)} handles money as: {row.plays} ({row.confidence:.0%} sure). "
            f"{row.why[:1].upper()}{row.why[1:]}."
            for row in dossier.roles.dropna(subset=["plays"]).itertuples()
        )
        or "No role is clear.",
        "routes": _routes(dossier, shown),
        "assets": _assets(dossier, shown),
        "gaps": _gaps(dossier),
        "next_steps": _next_steps(dossier, shown),
    }


def _places(dossier: LeadDossier) -> str:
    return ", ".join(dossier.payments.place.dropna().value_counts().index[:3]) or "no place recorded"


def _who(dossier: LeadDossier, shown: Shown) -> str:
    """Each account with its part and what its bank recorded of it; no name, for a holder may be a victim."""
    facts = dossier.facts.set_index("account")
    lines = []
    for row in dossier.roles[dossier.roles.role != POSSIBLE_VICTIM].itertuples():
        text = f"Account {shown(row.account) if isinstance(row.account, str) else 'not recorded'}: {row.role}"
        if row.account in facts.index:
            own = facts.loc[row.account].dropna()
            recorded = [str(own[name]) for name in ("kind", "activity", "place", "country") if name in own]
            recorded += [f"opened {write_day(own.opened)}"] if "opened" in own else []
            text += f"; recorded as {', '.join(recorded)}" if recorded else ""
        else:
            text += "; no account record"
        lines.append(f"{text}.")
    return "\n".join(filter(None, [*lines, write_left_out(len(dossier.protected))]))


def _routes(dossier: LeadDossier, shown: Shown) -> str:
    """The pairs that moved most, by number of payments."""
    pairs = list(dossier.payments.groupby(["from_account", "to_account"], dropna=False))
    lines = []
    for ends, own in sorted(pairs, key=lambda pair: -len(pair[1]))[:_LISTED]:
        payer, payee = (shown(name) if isinstance(name, str) else "not recorded" for name in ends)
        lines.append(f"{payer} to {payee}: {counted(len(own), 'payment')}, {format_sums(own)}.")
    return "\n".join([*lines, *_count_unlisted(len(pairs))])


def _count_unlisted(count: int) -> list[str]:
    """A line for those beyond the ones listed, where there are any."""
    return [f"And {count - _LISTED:,} more."] if count > _LISTED else []


def _assets(dossier: LeadDossier, shown: Shown) -> str:
    """Minimum balances: what could be seized then, not what is there now."""
    positive = dossier.balances[dossier.balances.balance_at_least > 0].sort_values(
        "balance_at_least", ascending=False
    )
    lines = [
        f"{shown(row.account)}: at least {written(row.balance_at_least, row.currency)} {row.currency} "
        f"({row.basis})."
        for row in positive.head(_LISTED).itertuples()
    ]
    lines += _count_unlisted(len(positive))
    lines += [
        f"{shown(row.account)} bought {row.category} for {written(row.amount_minor, row.currency)} "
        f"{row.currency} on {write_day(row.time)} (the price paid, not the present value)."
        for row in dossier.assets.sort_values("time").tail(10).itertuples()
    ]
    when = f"After the last payment, {write_day(dossier.lead['last'])}:"
    return (
        "\n".join([when, *lines])
        if lines
        else f"{when} the payments show no balance above 0 and no purchase of lasting value."
    )


def _gaps(dossier: LeadDossier) -> str:
    payments, gaps = dossier.payments, []
    for column, words in (
        ("channel", "by what channel"),
        ("place", "where"),
        ("country", "in what country"),
        ("from_account", "from what account"),
        ("to_account", "to what account"),
    ):
        missing = int(payments[column].isna().sum())
        if missing:
            gaps.append(
                f"Of {len(payments)} payments, {missing} {'does' if missing == 1 else 'do'} not state "
                f"{words}."
            )
    lacking = dossier.balances[dossier.balances.basis == "payments seen"]
    if len(lacking):
        gaps.append(
            f"No balance is declared for {counted(len(lacking), 'account')}: balances are lower bounds."
        )
    return "\n".join(
        [*gaps, "Who operates the accounts, with what device and on whose instructions, is not in the data."]
    )


def _next_steps(dossier: LeadDossier, shown: Shown) -> str:
    """Whom to ask for what; nobody is approached before the question of victims is settled."""
    payer = dossier.payments.from_account.value_counts()
    payee = dossier.payments.to_account.value_counts()
    used = payee.add(payer, fill_value=0).drop(list(dossier.protected), errors="ignore")
    central = used.sort_values(ascending=False).index[:3]
    steps = [
        "Check first whether a holder may be a victim, with safeguarding partners, before anybody is "
        "approached.",
        f"Production order to the banks of {', '.join(shown(name) for name in central)}: statements for "
        f"twelve months before "
        f"{write_day(dossier.lead['first'])}, opening documents, operators, devices and addresses of use.",
    ]
    channels = set(dossier.payments.channel.dropna())
    if channels & {"cash", "cash machine", "atm", "cash withdrawal"}:
        steps.append(
            "Ask the branches and machines for pictures and times of the cash operations before they are "
            "overwritten."
        )
    categories = {str(word).casefold() for word in dossier.payments.merchant_category.dropna()}
    for words, step in _ASK_MERCHANTS:
        if categories & words:
            steps.append(step)
    if channels & {"remittance", "money transfer"}:
        steps.append(
            "Ask the remittance companies for sender and receiver documents, and other payments of the same "
            "persons."
        )
    if dossier.payments[["from_country", "to_country"]].notna().any(axis=None):
        steps.append("Ask the financial intelligence unit to query its counterparts for the accounts abroad.")
    return "\n".join(steps)


def format_profile(profile: dict[str, str]) -> str:
    """A profile as one text with headings, marked as the draft that it is."""
    return "\n\n".join([DRAFT, *(f"{title}\n{profile[name]}" for name, title in PROFILE.items())])
