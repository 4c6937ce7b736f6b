"""The network an action was about, from the store: its adverts or its accounts' payments, and similar
networks.

Adverts: those of the operation (else the campaign) with most of the rows behind the brief's findings, and
those rows; adverts that joined it after the action belong to it. Accounts: those of the payments behind the
findings, except one used by many (under a tenth of its payments are evidence), because a remitter or a shop
would dominate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from analytics.adverts.identifiers.kinds import linking_kinds
from analytics.intelligence.possible_victims import find_protected_identifiers
from analytics.store import Store

_LIKE = 100  # networks, or sets of accounts, for comparison
_OWN_SHARE = 0.1


@dataclass(frozen=True)
class NetworkRecord:
    """`kind`: 'adverts' or 'payments'. `events`: unit (0 the network, 1 to n similar ones, the most similar
    first), day (datetime64). `traits`: day, trait, value: what the network used on a day. `ties`: day, left,
    right: who was tied to whom. `kinds`: of each trait, the kind of personal data it is to
    `oversight.masking`, or ''. `last`: the last day on record. `left_out`: accounts not followed because many
    use them. `protected`: accounts or contacts of possible victims among its traits: counted, and named
    nowhere."""

    kind: str
    events: pd.DataFrame
    traits: pd.DataFrame
    ties: pd.DataFrame
    kinds: dict[str, str]
    last: date
    left_out: int = 0
    protected: frozenset[str] = frozenset()


def read_network(store: Store, findings: list[int], tasked: tuple[int, ...] = ()) -> NetworkRecord | None:
    """The network behind findings (by number); None where they rest on no advert and no payment. Networks
    that the findings `tasked` cite are not used for comparison, because something was done there too."""
    rows = store.query(
        "SELECT DISTINCT table_name, source_id, row_number FROM finding_evidence JOIN"
        " (SELECT finding_id, max(version) AS version FROM finding GROUP BY finding_id)"
        " USING (finding_id, version)"
        " WHERE finding_id IN (SELECT unnest(?::INTEGER[])) AND table_name IN ('advert', 'transaction')",
        [findings],
    ).to_pandas()
    counts = rows.table_name.value_counts()
    if counts.empty:
        return None
    read = _adverts if counts.index[0] == "advert" else _payments
    network = read(store, findings, list(tasked))
    if network is None:
        return None
    kinds = ("account",) if network.kind == "payments" else linking_kinds()
    victims = frozenset[str]().union(*(find_protected_identifiers(store, kind) for kind in kinds))
    personal = network.traits.trait.map(network.kinds) != ""
    return replace(network, protected=victims.intersection(network.traits.value[personal]))


_EVIDENCE = (
    "WITH evidence AS (SELECT DISTINCT source_id, row_number FROM finding_evidence JOIN"
    " (SELECT finding_id, max(version) AS version FROM finding GROUP BY finding_id)"
    " USING (finding_id, version)"
    " WHERE finding_id IN (SELECT unnest(?::INTEGER[])) AND table_name = ?), "
)
_MEMBERS = (
    _EVIDENCE + "best_operation AS (SELECT operation_id FROM evidence JOIN operation_advert"
    " USING (source_id, row_number)"
    "   GROUP BY ALL ORDER BY count(*) DESC, operation_id LIMIT 1),"
    " best_campaign AS (SELECT campaign_id FROM evidence JOIN campaign_advert USING (source_id, row_number)"
    "   WHERE NOT EXISTS (FROM best_operation) GROUP BY ALL ORDER BY count(*) DESC, campaign_id LIMIT 1),"
    " member AS (FROM evidence UNION SELECT source_id, row_number FROM operation_advert JOIN best_operation"
    " USING (operation_id)"
    "   UNION SELECT source_id, row_number FROM campaign_advert JOIN best_campaign USING (campaign_id)), "
)


def list_member_adverts(store: Store, findings: list[int]) -> pd.DataFrame:
    """source_id and row_number of the adverts of the network behind findings, as it is today."""
    return store.query(
        _MEMBERS + "x AS (SELECT 1) SELECT source_id, row_number FROM member ORDER BY ALL",
        [findings, "advert"],
    ).to_pandas()


def list_member_accounts(store: Store, findings: list[int]) -> pd.DataFrame:
    """account, payments and cited (how many of them are evidence) of the accounts of the network behind
    findings."""
    return _own_accounts(_cited_accounts(store, findings))


def _cited_accounts(store: Store, findings: list[int]) -> pd.DataFrame:
    """Every account with payments, how many, and how many of those are evidence."""
    return store.query(
        _EVIDENCE + 'side AS (SELECT from_account AS account, source_id, row_number FROM "transaction"'
        '   UNION ALL SELECT to_account, source_id, row_number FROM "transaction")'
        " SELECT account, count(*) AS payments, count(evidence.row_number) AS cited FROM side"
        " LEFT JOIN evidence USING (source_id, row_number) WHERE account IS NOT NULL GROUP BY account"
        " ORDER BY account",
        [findings, "transaction"],
    ).to_pandas()


def _list_touched(store: Store, findings: list[int]) -> list[str]:
    """The accounts of the payments that findings cite."""
    rows = store.rows(
        _EVIDENCE + 'cited AS (SELECT from_account, to_account FROM "transaction" JOIN evidence'
        " USING (source_id, row_number))"
        " SELECT from_account AS account FROM cited UNION SELECT to_account FROM cited",
        [findings, "transaction"],
    )
    return [row["account"] for row in rows]


def _own_accounts(accounts: pd.DataFrame) -> pd.DataFrame:
    """The cited accounts without those that many use; all cited ones where many use each."""
    cited = accounts[accounts.cited > 0]
    mine = cited[cited.cited >= _OWN_SHARE * cited.payments]
    return mine if len(mine) else cited


def _adverts(store: Store, findings: list[int], tasked: list[int]) -> NetworkRecord | None:
    asked = [findings, "advert"]
    own = store.query(
        _MEMBERS
        + "wording AS (SELECT source_id, row_number, min(campaign_id) AS campaign_id FROM campaign_advert"
        " GROUP BY ALL)"
        " SELECT source_id, row_number, posted_at::DATE AS day, place, site, campaign_id FROM member"
        " JOIN advert"
        " USING (source_id, row_number) LEFT JOIN wording USING (source_id, row_number)"
        " WHERE posted_at IS NOT NULL",
        asked,
    ).to_pandas()
    if own.empty:
        return None
    contacts = store.query(
        _MEMBERS + "x AS (SELECT 1) SELECT DISTINCT source_id, row_number, value AS contact FROM member"
        " JOIN advert_identifier USING (source_id, row_number) WHERE kind IN (SELECT unnest(?))",
        [*asked, list(linking_kinds())],
    ).to_pandas()
    similar = store.query(
        _MEMBERS + "tried AS (SELECT 'o' || operation_id AS unit, source_id, row_number FROM operation_advert"
        "   UNION ALL SELECT 'c' || campaign_id, source_id, row_number FROM campaign_advert"
        "   WHERE campaign_id NOT IN (SELECT campaign_id FROM operation_campaign)),"
        " acted AS (FROM member UNION SELECT source_id, row_number FROM finding_evidence"
        "   WHERE table_name = 'advert' AND finding_id IN (SELECT unnest(?::INTEGER[]))),"
        " free AS (SELECT unit FROM tried LEFT JOIN (SELECT *, true AS own FROM acted)"
        " USING (source_id, row_number)"
        "   GROUP BY unit HAVING NOT coalesce(bool_or(own), false))"
        " SELECT unit, posted_at::DATE AS day FROM tried JOIN free USING (unit) JOIN advert"
        " USING (source_id, row_number)"
        " WHERE posted_at IS NOT NULL",
        [*asked, tasked],
    ).to_pandas()
    last = store.rows("SELECT max(posted_at)::DATE AS last FROM advert")[0]["last"]
    own["wording"] = [
        f"wording {number:.0f}" if pd.notna(number) else f"advert {source}:{row}"
        for number, source, row in zip(own.campaign_id, own.source_id, own.row_number, strict=True)
    ]
    joined = own.merge(contacts, on=["source_id", "row_number"])
    traits = {"contact": joined, "wording": own[own.campaign_id.notna()], "place": own, "site": own}
    return NetworkRecord(
        "adverts",
        _number_events(own, similar),
        _stack_traits(traits),
        joined.rename(columns={"wording": "left", "contact": "right"})[["day", "left", "right"]],
        {"contact": "contact", "wording": "", "place": "", "site": ""},
        last,
    )


def _payments(store: Store, findings: list[int], tasked: list[int]) -> NetworkRecord | None:
    members = _cited_accounts(store, findings)
    cited, mine = members[members.cited > 0], _own_accounts(members)
    if mine.empty:
        return None
    untouched = members[(members.cited == 0) & ~members.account.isin(_list_touched(store, tasked))]
    sets = _match_accounts(mine, untouched)
    payments = store.query(
        "SELECT DISTINCT source_id, row_number, occurred_at::DATE AS day, from_account, to_account, channel,"
        " place, country"
        ' FROM "transaction" WHERE occurred_at IS NOT NULL'
        " AND (from_account IN (SELECT unnest(?)) OR to_account IN (SELECT unnest(?)))",
        [mine.account.tolist()] * 2,
    ).to_pandas()
    similar = _read_set_payments(store, sets)
    own_names = set(mine.account)
    ends = pd.concat([payments.assign(account=payments[side]) for side in ("from_account", "to_account")])
    inside = ends.account.isin(own_names)
    traits = {
        "account": ends[inside],
        "counterparty": ends[~inside].rename(columns={"account": "counterparty"}),
        "channel": payments,
        "place": payments,
        "country": payments,
    }
    last = store.rows('SELECT max(occurred_at)::DATE AS last FROM "transaction"')[0]["last"]
    return NetworkRecord(
        "payments",
        _number_events(payments, similar),
        _stack_traits(traits),
        payments.rename(columns={"from_account": "left", "to_account": "right"})[
            ["day", "left", "right"]
        ].dropna(),
        {"account": "account", "counterparty": "account", "channel": "", "place": "", "country": ""},
        last,
        len(cited) - len(mine),
    )


def _match_accounts(mine: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """Sets of as many accounts as the network has: for every member an account with a similar number of
    payments, a different one for members that are alike.

    Columns account, unit (from 0). An account may stand in several sets.
    """
    others = others.sort_values(["payments", "account"], ignore_index=True)
    sizes, rows = others.payments.to_numpy(), []
    for turn, payments in enumerate(mine.payments):
        nearest = np.argsort(np.abs(np.sqrt(sizes) - np.sqrt(payments)), kind="stable")[:_LIKE]
        names = np.roll(others.account[nearest].to_numpy(), -turn)
        rows.append(pd.DataFrame({"account": names, "unit": np.arange(len(names))}))
    return pd.concat(rows).drop_duplicates()


def _read_set_payments(store: Store, sets: pd.DataFrame) -> pd.DataFrame:
    """unit, day of every payment of the sets' accounts; one between two of a set counts once."""
    side = store.query(
        "SELECT account, source_id, row_number, occurred_at::DATE AS day"
        ' FROM (SELECT from_account AS account, * FROM "transaction"'
        ' UNION ALL SELECT to_account, * FROM "transaction") WHERE occurred_at IS NOT NULL'
        " AND account IN (SELECT unnest(?))",
        [sets.account.unique().tolist()],
    ).to_pandas()
    joined = sets.merge(side, on="account").drop_duplicates(["unit", "source_id", "row_number"])
    return joined[["unit", "day"]]


def _number_events(own: pd.DataFrame, similar: pd.DataFrame) -> pd.DataFrame:
    """Events of the network (unit 0) and of similar ones, numbered by the difference of the roots of their
    counts."""
    sizes = similar.unit.value_counts()
    order = sizes[(np.sqrt(sizes) - np.sqrt(len(own))).abs().sort_values(kind="stable").index].index[:_LIKE]
    number = {unit: at for at, unit in enumerate(order, 1)}
    compared = similar[similar.unit.isin(number)]
    events = pd.concat(
        [own[["day"]].assign(unit=0), compared.assign(unit=compared.unit.map(number))[["day", "unit"]]]
    )
    return events.assign(day=pd.to_datetime(events.day), unit=events.unit.astype(int))[
        ["unit", "day"]
    ].reset_index(drop=True)


def _stack_traits(traits: dict[str, pd.DataFrame]) -> pd.DataFrame:
    parts = [
        rows[["day", trait]].dropna().rename(columns={trait: "value"}).assign(trait=trait)
        for trait, rows in traits.items()
    ]
    joined = pd.concat(parts)
    return joined.assign(day=pd.to_datetime(joined.day))[["day", "trait", "value"]].reset_index(drop=True)
