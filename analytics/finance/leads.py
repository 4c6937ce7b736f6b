"""From the results of all typologies to few, ranked, explained leads.

How sure a lead is follows from how far its shape lies beyond chance (its local false discovery rate against a
shuffled ledger) and from the reasons for and against it: see `lead_candidates` and `lead_reasons`."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from analytics.finance.lead_candidates import Candidate, collect_candidates, merge_candidates
from analytics.finance.lead_circumstances import total_by_currency
from analytics.finance.lead_reasons import Weights, read_weights, weigh_reasons
from analytics.finance.typologies.catalogue import BY_NAME
from analytics.finance.typologies.detection import Detection, detect
from analytics.finance.typologies.engine.results import Results
from analytics.finance.typologies.engine.stored_ledger import open_ledger
from analytics.finance.typologies.engine.surroundings import DAY
from analytics.finance.typologies.engine.timed_ledger import TimedLedger, build_ledger
from analytics.finance.typologies.incremental import BlockResults, detect_by_block, detect_from_blocks
from analytics.finance.typologies.parameters import Parameters, read_parameters
from analytics.shared.progress import IsCancelled, Progress, ignore_progress, never_cancelled, part_of
from analytics.store import Store
from analytics.store.engine import DuckDBEngine, Engine

MAX_CHANCE = 0.97  # of being wrong: what is surer than that to be is no lead
_LEAD_COLUMNS = (
    *("lead_id", "rank", "typology", "score", "by_chance", "surprise", "account", "accounts"),
    *("transactions", "first", "last", "also", "reason", "amount_minor", "currency"),
)
_NO_FATE = {"leads": 0, "joined": 0}
_REASON_COLUMNS = ("lead_id", "side", "reason", "words", "holds", "digits")


@dataclass(frozen=True)
class Leads:
    """What an analyst reads, strongest first.

    `leads`: lead_id, rank, typology, score (decimal digits of `by_chance`), by_chance (the chance that a lead
    like this is wrong: nothing, or an innocent gathering; 0 to 1), surprise, account, accounts, transactions,
    first, last (UTC), also (other typologies that saw part of it), reason, amount_minor and currency (the sum
    of its payments; empty where they have several currencies). `reasons`: lead_id, side ('for', 'against'),
    reason (its name), words (a sentence), holds (how far, 0 to 1), digits (what it adds to the score,
    negative against); the heaviest of a lead first. `evidence`: lead_id, position (1
    is first), source_id, row_number, occurred_at, from_account, from_role, to_account, to_role, amount_minor,
    currency; in order of time. `roles`: lead_id, account_id, role. `tried`: typology, results, leads, joined
    (to a stronger lead), not_shown, and why it was off. `left_out`: what, transactions. `notes`: what else to
    know: too short a time, searches that were cut short. `version`: of the parameters."""

    leads: pd.DataFrame
    evidence: pd.DataFrame
    roles: pd.DataFrame
    reasons: pd.DataFrame
    tried: pd.DataFrame
    left_out: pd.DataFrame
    notes: tuple[str, ...]
    version: str


def find_leads(
    transactions: pa.Table,
    parameters: Parameters | None = None,
    *,
    accounts: pa.Table | None = None,
    limit: int = 500,
    engine: Engine | None = None,
    progress: Progress = ignore_progress,
    cancelled: IsCancelled = never_cancelled,
) -> Leads:
    """The `limit` strongest leads of a table of transactions as the store holds it (see `build_ledger`).

    `accounts` (reference, and opened, phone, holder where known) serve third-party control and dormant
    accounts. `engine` runs the joins; DuckDB in memory where none is given. Raises
    Cancelled where `cancelled()` comes true, ValueError where a required column is missing."""
    parameters = parameters or read_parameters()
    if engine is not None:
        return _find(transactions, parameters, accounts, limit, engine, progress, cancelled)
    store = Store(":memory:")
    try:
        return _find(transactions, parameters, accounts, limit, DuckDBEngine(store), progress, cancelled)
    finally:
        store.close()


def find_leads_by_block(
    transactions: pa.Table | None,
    stored: BlockResults | None = None,
    parameters: Parameters | None = None,
    *,
    accounts: pa.Table | None = None,
    limit: int = 500,
    engine: Engine,
    progress: Progress = ignore_progress,
    cancelled: IsCancelled = never_cancelled,
) -> tuple[Leads, BlockResults]:
    """The same leads, worked out block of time by block of time: less memory at once, and, given what was
    `stored` earlier, only the blocks that transactions added or taken away since can touch. Without
    `transactions` those of the engine are searched, whose ledger is worked out where they lie. Otherwise as
    `find_leads`."""
    parameters = parameters or read_parameters()
    progress("reading the transactions", 0.0)
    ledger = open_ledger(transactions, parameters.surroundings, engine, accounts)
    blocks = detect_by_block(
        transactions,
        ledger,
        parameters,
        engine,
        stored,
        cancelled=cancelled,
        progress=part_of(progress, 0.2, 0.9),
    )
    progress("ranking", 0.9)
    detection = detect_from_blocks(blocks, ledger, parameters, engine)
    return rank_leads(ledger, detection, parameters, limit), blocks


def _find(
    transactions: pa.Table,
    parameters: Parameters,
    accounts: pa.Table | None,
    limit: int,
    engine: Engine,
    progress: Progress,
    cancelled: IsCancelled,
) -> Leads:
    progress("reading the transactions", 0.0)
    ledger = build_ledger(transactions, parameters.surroundings, engine, accounts)
    detection = detect(ledger, parameters, engine, part_of(progress, 0.2, 0.9), cancelled)
    progress("ranking", 0.9)
    return rank_leads(ledger, detection, parameters, limit)


def rank_leads(
    ledger: TimedLedger,
    detection: Detection,
    parameters: Parameters,
    limit: int = 500,
    weights: Weights | None = None,
) -> Leads:
    """The strongest leads of a detection, by the reasons for and against each result (see `lead_reasons`)."""
    weights = weights or read_weights()
    candidates = collect_candidates(ledger, detection)
    chances = [weights.chance_of_wrong(found.typology, found.circumstances) for found in candidates]
    leads, fate = merge_candidates(candidates, chances, limit, MAX_CHANCE)
    counts = {
        name: {"results": len(found), **fate.get(name, _NO_FATE)} for name, found in detection.results.items()
    }
    return _tables(ledger, detection, parameters, weights, leads, counts)


def _tables(
    ledger: TimedLedger,
    detection: Detection,
    parameters: Parameters,
    weights: Weights,
    leads: list[list[tuple[Candidate, float]]],
    fate: dict[str, dict[str, int]],
) -> Leads:
    rows: list[dict[str, object]] = []
    evidence: list[tuple[str, int, int]] = []
    roles: list[tuple[str, int, str]] = []
    reasons: list[tuple[object, ...]] = []
    for rank, members in enumerate(leads, 1):
        at = np.unique(np.concatenate([member.rows for member, _ in members]))
        described, parts = _describe(ledger, members, weights)
        lead_id = _identity(ledger, str(described["typology"]), at)
        period = {"first": ledger.time[at[0]], "last": ledger.time[at[-1]]}
        counts = {"accounts": len(parts), "transactions": len(at)}
        total, currency = total_by_currency(ledger, at)
        moved = {"amount_minor": total, "currency": currency}
        rows.append({"lead_id": lead_id, "rank": rank} | described | counts | period | moved)
        reasons += [(lead_id, *weighed) for weighed in weigh_reasons(members[0][0].circumstances, weights)]
        evidence += [(lead_id, position, int(row)) for position, row in enumerate(at, 1)]
        roles += [(lead_id, account, role) for account, role in sorted(parts.items())]
    table = pd.DataFrame(rows, columns=list(_LEAD_COLUMNS))
    for name in ("first", "last"):
        table[name] = pd.to_datetime(table[name].astype("int64"), unit="us")
    table["amount_minor"] = table.amount_minor.astype("Int64")
    coded = pd.DataFrame(roles, columns=["lead_id", "account", "role"])
    names = [ledger.name(account) for account in coded.account]
    named = pd.DataFrame({"lead_id": coded.lead_id, "account_id": names, "role": coded.role})
    cut = tuple(_cut_note(name, found) for name, found in detection.results.items() if found.cut)
    return Leads(
        table,
        _evidence_table(ledger, evidence, coded),
        named,
        pd.DataFrame(reasons, columns=list(_REASON_COLUMNS)),
        _tried_table(detection, fate),
        ledger.left_out,
        _short_note(ledger) + cut,
        parameters.version,
    )


def _by_width(own: Candidate) -> tuple[int, int]:
    return -len(own.rows), list(BY_NAME).index(own.typology)


def _describe(
    ledger: TimedLedger, found: list[tuple[Candidate, float]], weights: Weights
) -> tuple[dict[str, object], dict[int, str]]:
    """(what a lead's row says, the role of each account): as the result that covers most of it sees it, of
    equals the first in the catalogue; and what other typologies saw. Its chance is that of its strongest
    result, the first."""
    (strongest, chance), members = found[0], sorted((c for c, _ in found), key=_by_width)
    by_chance = weights.state_chance(chance)
    explained = [BY_NAME[own.typology].explain(ledger, own.rows, own.account) for own in members]
    parts: dict[int, str] = {}
    for explanation in reversed(explained):
        parts |= explanation.roles
    typology, account = members[0].typology, members[0].account
    others = [
        (own.typology, explanation.why)
        for own, explanation in zip(members[1:], explained[1:], strict=True)
        if own.typology != typology
    ]
    described = {
        "typology": typology,
        "score": max(-np.log10(max(by_chance, 1e-99)), 0.0),
        "by_chance": by_chance,
        "surprise": strongest.surprise,
        "account": ledger.name(account),
        "also": ", ".join(dict.fromkeys(name for name, _ in others)),
        "reason": " ".join([explained[0].why, *(f"Also {name}: {why}" for name, why in others[:2])]),
    }
    return described, parts


def _short_note(ledger: TimedLedger) -> tuple[str, ...]:
    days, wanted = (ledger.end - ledger.begin) / DAY, ledger.surroundings.history_days
    if days >= wanted:
        return ()
    return (
        f"The transactions cover {days:.1f} days, and an account's history is looked at over {wanted:g} "
        f"before and after: "
        "here everybody is new to everybody, and what looks out of the ordinary may be usual.",
    )


def _cut_note(typology: str, found: Results) -> str:
    moments = [np.array(stretch, "datetime64[us]").astype("datetime64[m]") for stretch in found.cut]
    stretches = [f"from {since} to {until}" for since, until in moments[:3]]
    more = f" and in {len(moments) - 3} later stretches" if len(moments) > 3 else ""
    return (
        f"The search for typology {typology!r} took too many steps: those that begin "
        f"{', '.join(stretches)} (UTC){more} are not listed."
    )


def _evidence_table(
    ledger: TimedLedger, evidence: list[tuple[str, int, int]], roles: pd.DataFrame
) -> pd.DataFrame:
    table = pd.DataFrame(evidence, columns=["lead_id", "position", "row"])
    rows = table.pop("row").to_numpy(np.int64)
    part = dict(zip(zip(roles.lead_id, roles.account, strict=True), roles.role, strict=True))
    table["source_id"], table["row_number"] = ledger.source_id[rows], ledger.row_number[rows]
    table["occurred_at"] = pd.to_datetime(ledger.time[rows], unit="us")
    for side, account in (("from", ledger.payer[rows]), ("to", ledger.payee[rows])):
        table[f"{side}_account"] = [ledger.name(who) if who >= 0 else None for who in account]
        table[f"{side}_role"] = [
            part.get((lead, int(who))) for lead, who in zip(table.lead_id, account, strict=True)
        ]
    amount = ledger.amount[rows] if ledger.amount is not None else np.full(len(rows), -1)
    table["amount_minor"] = pd.array(np.where(amount < 0, 0, amount), "Int64")
    table.loc[amount < 0, "amount_minor"] = pd.NA
    words = [*ledger.words.get("currency", []), None]
    codes = ledger.texts.get("currency", np.full(len(ledger), -1))[rows]
    table["currency"] = [words[code] for code in codes]
    return table


def _tried_table(detection: Detection, fate: dict[str, dict[str, int]]) -> pd.DataFrame:
    rows = [
        {
            "typology": name,
            **counts,
            "not_shown": counts["results"] - counts["leads"] - counts["joined"],
            "off": None,
        }
        for name, counts in fate.items()
    ]
    rows += [
        {"typology": name, "results": 0, "leads": 0, "joined": 0, "not_shown": 0, "off": why}
        for name, why in detection.off.items()
    ]
    return pd.DataFrame(rows)


def _identity(ledger: TimedLedger, typology: str, rows: np.ndarray) -> str:
    """The same transactions seen as the same typology have the same name, whenever they are found."""
    text = typology + "".join(f"|{ledger.source_id[row]}:{ledger.row_number[row]}" for row in rows)
    return "L" + hashlib.sha256(text.encode()).hexdigest()[:12]
