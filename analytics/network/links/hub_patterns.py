"""What a busy node looks like by the pattern of its rows: a payroll, an agency, a shop, a landlord, a
switchboard, an interpreter, a town. A likeness, never certain: who collects debts by instalments looks like a
landlord too."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.network.links.ends import find_ends
from analytics.network.links.node_kinds import value_of_node
from analytics.network.links.place_links import MOST_AT_PLACE, read_place_names
from analytics.shared.identifier_value import normalise_identifier
from analytics.store import Store

_RHYTHM = 5  # counterparties with a rhythm, or premises let, from which there is a pattern
_MANY = 25  # counterparties of a shop or switchboard
_INTERPRETED = 15  # partners of an interpreter
_LONG = 600  # seconds of an interpreter's median call


@dataclass(frozen=True)
class HubPattern:
    """`what` it looks like, in words with an article; `why`: the figures; `how_to_tell`."""

    what: str
    why: str
    how_to_tell: str = "Look its holder or subscriber up, and ask what it is for."


def find_hub_pattern(store: Store, node: str) -> HubPattern | None:
    """What a node looks like; None where it is like none of these."""
    kind, value = node.partition(":")[0], value_of_node(node)
    if kind == "account":
        return _find_account_pattern(store, value)
    if kind == "phone":
        return _find_phone_pattern(store, value)
    if kind == "person":
        return _find_landlord(store, node)
    if kind == "place":
        return _find_town(store, node)
    return None


def _find_account_pattern(store: Store, account: str) -> HubPattern | None:
    rows = store.rows(
        "WITH own AS (SELECT from_account = $account AS pays,"
        " CASE WHEN from_account = $account THEN to_account ELSE from_account END AS party,"
        ' occurred_at, amount_minor FROM "transaction" WHERE (from_account = $account'
        " OR to_account = $account) AND from_account IS NOT NULL AND to_account IS NOT NULL),"
        " gap AS (SELECT *, date_diff('day', lag(occurred_at) OVER (PARTITION BY pays, party"
        " ORDER BY occurred_at), occurred_at) AS days FROM own),"
        " one AS (SELECT pays, party, count(*) AS payments, median(days) AS days,"
        " stddev_pop(amount_minor) / avg(amount_minor) AS spread FROM gap GROUP BY pays, party)"
        " SELECT pays, count(*) AS parties, count(*) FILTER (payments >= 3) AS regular,"
        " count(*) FILTER (payments >= 3 AND days BETWEEN 25 AND 35) AS monthly,"
        " count(*) FILTER (payments >= 3 AND days BETWEEN 5 AND 9) AS weekly,"
        " count(*) FILTER (payments >= 3 AND days BETWEEN 25 AND 35 AND spread < 0.02) AS level"
        " FROM one GROUP BY pays ORDER BY pays",
        {"account": account},
    )
    for row in rows:
        parties = int(row["parties"])
        if row["pays"] and row["monthly"] >= max(_RHYTHM, parties / 2):
            return HubPattern("a payroll", f"{row['monthly']} of {parties} payees are paid every month")
        if row["pays"] and row["weekly"] >= max(_RHYTHM, parties / 2):
            return HubPattern("an agency", f"{row['weekly']} of {parties} payees are paid every week")
        if not row["pays"] and row["level"] >= max(_RHYTHM, parties / 2):
            return HubPattern(
                "a landlord, or whoever collects instalments",
                f"{row['level']} of {parties} payers pay one sum every month",
            )
        if not row["pays"] and parties >= _MANY and row["regular"] < 0.2 * parties:
            return HubPattern("a shop", f"of {parties} payers {row['regular']} pay three times or more")
    return None


def _find_phone_pattern(store: Store, number: str, region: str = "GB") -> HubPattern | None:
    node = f"phone:{number}"
    ends = find_ends(store, [node], persons=False)
    calls = store.query(
        "WITH own AS (SELECT DISTINCT source_id, unnest(row_numbers) AS row_number"
        f" FROM {ends.sql} WHERE kind = 'call')"
        " SELECT from_phone, to_phone, seconds FROM communication"
        " SEMI JOIN own USING (source_id, row_number)",
        ends.parameters,
    ).to_pandas()
    if len(calls) < _INTERPRETED:
        return None
    written = {text for side in ("from_phone", "to_phone") for text in calls[side].unique()}
    own = {text for text in written if normalise_identifier(text, region) == number}
    answered = ~calls.from_phone.isin(own)
    parties = int(calls.from_phone.where(answered, calls.to_phone).nunique())
    if parties >= _MANY and answered.mean() >= 0.8:
        return HubPattern(
            "a switchboard", f"{int(answered.sum())} of {len(calls)} calls come in, of {parties} others"
        )
    if parties >= _INTERPRETED and len(calls) <= 2 * parties and calls.seconds.median() >= _LONG:
        return HubPattern(
            "an interpreter",
            f"{len(calls)} long calls with {parties} others, hardly two with anybody",
        )
    return None


def _find_landlord(store: Store, entity: str) -> HubPattern | None:
    row = store.rows(
        "SELECT count(DISTINCT facts ->> 'address') AS premises FROM network_mention"
        " WHERE table_name = 'premises' AND name IN (SELECT name FROM network_mention WHERE entity = ?)",
        [entity],
    )[0]
    if row["premises"] < _RHYTHM:
        return None
    return HubPattern("a landlord", f"{row['premises']} premises bear the name")


def _find_town(store: Store, node: str) -> HubPattern | None:
    name = read_place_names(store, [node]).get(node, "")
    row = store.rows(
        "SELECT count(*) AS journeys, count(DISTINCT coalesce(traveller, vehicle, document, contact))"
        " AS people FROM journey WHERE lower($name) IN (lower(trim(from_place)), lower(trim(to_place)))",
        {"name": name},
    )[0]
    if row["people"] < _MANY:
        return None
    held = f"; of each source at most {MOST_AT_PLACE:,} are linked" if row["people"] > MOST_AT_PLACE else ""
    return HubPattern(
        "a town, a station or a port",
        f"{row['people']:,} people or vehicles began or ended {row['journeys']:,} journeys there{held}",
        "Look it up on the map.",
    )
