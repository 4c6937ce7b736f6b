"""The traces of one person in the invented city: joined, linked, and reached, against its truth.

    python -m bench.network.scenario                       # seeds 1 to 3 at scales 0.33 and 1
    python -m bench.network.scenario --seeds 5 --scales 1 2

For each city: pairs of rows said to be of one person (precision; recall of all true pairs, and of those that
say more of the person than a name, since a name alone joins nothing); families in one house that were joined;
whether the members' own rows (calls, payments, adverts, fares, lets) are linked to them and to nobody else;
how grades of reports come true; what hubs look like. The truth is used to score alone."""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.adverts.pipeline import update as update_adverts
from analytics.network.entities.update import update_network
from analytics.network.links.report_links import grade_probability
from analytics.oversight import Actor
from analytics.shared.identifier_value import normalise_identifier
from analytics.store import Store
from analytics.training import generate, load

ACTOR = Actor("bench")


@dataclass(frozen=True)
class CityTruth:
    """`person`: by mention, the accounts whose holder it can be (several where namesakes are)."""

    person: dict[str, frozenset[str]]


def fill_city(store: Store, folder: Path, seed: int, scale: float) -> None:
    generate(seed, scale, folder)
    load(store, folder, ACTOR)
    update_adverts(store, ACTOR)


def read_city_truth(store: Store) -> CityTruth:
    """Everybody has one account, which says who a mention is. A traveller or tenant is whoever bears the
    name; of namesakes, the one whose account paid."""
    by_name: dict[str, set[str]] = defaultdict(set)
    for row in store.rows("SELECT reference, holder FROM account"):
        by_name[row["holder"]].add(row["reference"])
    person = {}
    for row in store.rows("SELECT mention, table_name, name, facts FROM network_mention"):
        account, own = json.loads(row["facts"]).get("account", ""), by_name[row["name"]]
        sure = row["table_name"] == "account" or account in own
        person[row["mention"]] = frozenset({account} if sure else own)
    return CityTruth(person)


def score_joins(store: Store, truth: CityTruth) -> dict[str, float]:
    """Pairs of mentions with one possible person each; a namesake's doubt counts as wrong where joined."""
    mentions = store.query("SELECT mention, entity, facts FROM network_mention").to_pandas()
    said = right = 0
    for _, group in mentions.groupby("entity").mention:
        for one, two in combinations(group, 2):
            said += 1
            right += truth.person[one] == truth.person[two] and len(truth.person[one]) == 1
    sure = mentions[[len(truth.person[one]) == 1 for one in mentions.mention]]
    who = sure.assign(
        who=[min(truth.person[one]) for one in sure.mention],
        told=[set(json.loads(facts).items()) for facts in sure.facts],
    )
    true = lawful = found = 0
    for _, own in who.groupby("who"):
        for one, two in combinations(own.itertuples(), 2):
            true += 1
            shares = any(field not in ("place",) for field, _ in one.told & two.told)
            lawful += shares
            found += shares and one.entity == two.entity
    return {
        "joined": said,
        "precision": right / said if said else float("nan"),
        "recall": right / true if true else float("nan"),
        "recall of what more than a name tells": found / lawful if lawful else float("nan"),
    }


def count_joined_families(store: Store, truth: CityTruth) -> tuple[int, int]:
    """(pairs linked as one household, pairs of two people among all that share an entity)."""
    houses = store.rows("SELECT count(*) AS n FROM network_link WHERE kind = 'same household'")[0]["n"]
    wrong = 0
    mentions = store.query("SELECT mention, entity FROM network_mention").to_pandas()
    for _, group in mentions.groupby("entity").mention:
        wrong += sum(not truth.person[one] & truth.person[two] for one, two in combinations(group, 2))
    return int(houses), wrong


def score_traces(store: Store, folder: Path) -> dict[str, tuple[float, float, int]]:
    """By kind of trace (precision, recall, number): rows of the networks' own, and the member to whose
    account's holder they are linked, through an identifier that no other entity uses."""
    facts = json.loads((folder / "truth/truth.json").read_text(encoding="utf-8"))
    planted = pd.read_parquet(folder / "truth/rows.parquet")
    network = dict(zip(planted.reference, planted.planted, strict=True))
    entity, users = _read_users(store)
    kinds: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    members = {one["name"]: one["members"] for one in facts["networks"]}
    for table, kind, ends in (
        ("communication", "call", (("phone", "from_phone"), ("phone", "to_phone"))),
        ("transaction", "payment", (("account", "from_account"), ("account", "to_account"))),
        ("journey", "fare", (("account", "paid_by"),)),
        ("premises", "let", (("holder", "holder"),)),
    ):
        for row in store.query(f'SELECT * FROM "{table}"').to_pandas().to_dict("records"):
            own = members.get(network.get(row["reference"], ""))
            for what, column in ends if own else ():
                of = [m for m in own or () if m[{"phone": "contact"}.get(what, what)] == row[column]]
                if len(of) == 1:
                    said = _attribute(what, row, column, users, entity)
                    kinds[kind].append((said is not None, said == entity.get(f"account:{of[0]['account']}")))
    adverts = store.rows(
        "SELECT DISTINCT a.reference, i.value FROM advert a JOIN advert_identifier i"
        " USING (source_id, row_number) WHERE i.kind IN ('phone', 'email')"
    )
    for row in adverts:
        own = members.get(network.get(row["reference"], ""), [])
        of = [m for m in own if normalise_identifier(m["contact"], "GB") == row["value"]]
        if own:
            said = users.get(f"{'email' if '@' in row['value'] else 'phone'}:{row['value']}")
            target = entity.get(f"account:{of[0]['account']}") if of else None
            kinds["advert"].append((said is not None, said is not None and said == target))
    return {
        kind: (
            sum(ok for _, ok in pairs) / max(sum(said for said, _ in pairs), 1),
            sum(ok for _, ok in pairs) / len(pairs),
            len(pairs),
        )
        for kind, pairs in kinds.items()
    }


def _read_users(store: Store) -> tuple[dict[str, str], dict[str, str]]:
    """(by account or row, the entity of its holder; by telephone or account, its only user)."""
    links = store.query(
        "SELECT CASE WHEN l.node LIKE 'person:%' THEN l.other ELSE l.node END AS thing, m.entity"
        " FROM network_link l JOIN network_mention m ON m.mention IN (l.node, l.other)"
        " WHERE l.kind IN ('uses', 'holds')"
    ).to_pandas()
    counted = links.groupby("thing").entity.agg(["first", "nunique"])
    only = counted[counted["nunique"] == 1]["first"].to_dict()
    held = {thing: one for thing, one in only.items() if thing.startswith("account:")}
    rows = store.rows(
        "SELECT entity, source_id, row_number FROM network_mention WHERE table_name = 'premises'"
    )
    return held | {f"premises:{r['source_id']}/{r['row_number']}": r["entity"] for r in rows}, only


def _attribute(
    what: str, row: dict[str, object], column: str, users: dict[str, str], entity: dict[str, str]
) -> str | None:
    if what == "holder":
        own = entity.get(f"premises:{row['source_id']}/{row['row_number']}", "")
        return own if own.startswith("person:account") else None
    if what == "account":
        return users.get(f"account:{row[column]}")
    value = normalise_identifier(row[column], "GB") or ""
    return users.get(f"{'email' if '@' in value else 'phone'}:{value}")


def score_offers(store: Store, truth: CityTruth) -> tuple[float, float, int]:
    """Of tenants whose name one account has: (the share whose pair with it waits for a judgement, the share
    of such pairs that is right, tenants)."""
    offered = store.query(
        "SELECT mention, other FROM network_match WHERE contains(mention, 'account') AND"
        " contains(other, 'premises') OR contains(mention, 'premises') AND contains(other, 'account')"
    ).to_pandas()
    tenants = {one for one, own in truth.person.items() if "premises" in one and len(own) == 1}
    right = [bool(truth.person[one] & truth.person[two]) for one, two in offered.itertuples(index=False)]
    found = {one for pair, ok in zip(offered.to_numpy(), right, strict=True) if ok for one in pair} & tenants
    return len(found) / len(tenants), float(np.mean(right)), len(tenants)


def score_reports(store: Store, folder: Path) -> tuple[float, int]:
    """(calibration error of the grades' probabilities, lines)."""
    facts = json.loads((folder / "truth/truth.json").read_text(encoding="utf-8"))
    true = {one["reference"]: one["true"] for one in facts["reports"]}
    lines = store.rows(
        "SELECT reference, source_grade, information_grade FROM report_line"
        " JOIN report USING (report_id, version)"
    )
    chance = np.array([grade_probability(one["source_grade"], one["information_grade"]) for one in lines])
    right = np.array([true[one["reference"]] for one in lines], dtype=float)
    bins = np.minimum((chance * 10).astype(int), 9)
    gaps = (abs(chance[bins == b].sum() - right[bins == b].sum()) for b in range(10))
    return float(sum(gaps) / len(lines)), len(lines)


def measure(seed: int, scale: float) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder, store = Path(temporary), Store(Path(temporary) / "city.duckdb")
        fill_city(store, folder / "city", seed, scale)
        start = time.perf_counter()
        done = update_network(store, ACTOR)
        seconds = time.perf_counter() - start
        truth = read_city_truth(store)
        joins = score_joins(store, truth)
        print(
            f"seed {seed}, scale {scale:g}: {done.mentions:,} mentions, {done.entities:,} entities, "
            f"{done.links:,} links in {seconds:.1f} s; "
            + ", ".join(f"{name} {value:,.4g}" for name, value in joins.items())
        )
        houses, wrong = count_joined_families(store, truth)
        print(f"  {houses} pairs of one household linked; pairs of two people joined: {wrong}")
        share, precision, tenants = score_offers(store, truth)
        print(f"  tenants known by name alone: {share:.0%} of {tenants} offered, {precision:.0%} right")
        for kind, (precision, recall, count) in score_traces(store, folder / "city").items():
            print(f"  {kind}: precision {precision:.3f}, recall {recall:.3f} of {count}")
        error, lines = score_reports(store, folder / "city")
        print(f"  grades of {lines} lines of reports: calibration error {error:.3f}", flush=True)
        store.close()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--scales", type=float, nargs="+", default=[0.33, 1.0])
    options = parser.parse_args()
    for scale in options.scales:
        for seed in range(1, options.seeds + 1):
            measure(seed, scale)


if __name__ == "__main__":
    main()
