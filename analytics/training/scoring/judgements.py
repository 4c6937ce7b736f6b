"""What a team said of pairs and of adverts: whether two mentions are one person, whether two adverts are of
one hand, whether an operation is organised."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analytics.network.entities.judgement import read_judgements
from analytics.shared.codes import code_table
from analytics.shared.wording import counted
from analytics.store import Store
from analytics.training.scoring.line import ScoreLine
from analytics.training.scoring.truth import Reference, SealedTruth

PERSONS, LINKS = "persons", "links"
SAME, DIFFERENT, UNSURE = "same", "different", "unsure"
_SAYS_OF_LINK = {"confirm": SAME, "cut": DIFFERENT}
_ORGANISED, _OTHER = "lead", "other"  # the sides of `advert_labels`


@dataclass(frozen=True)
class PersonPair:
    """Two mentions that were judged, each by the account of the only holder who bears its name; '' where
    several do or none."""

    one: str
    other: str
    judgement: str


@dataclass(frozen=True)
class AdvertPair:
    """Two adverts whose link was confirmed (same) or cut (different)."""

    one: Reference
    other: Reference
    judgement: str


@dataclass(frozen=True)
class AdvertLabel:
    """What was said of a campaign or an operation of adverts: the side of its label."""

    number: int
    adverts: frozenset[Reference]
    side: str


@dataclass(frozen=True)
class Judgements:
    """All that stands."""

    persons: tuple[PersonPair, ...] = ()
    adverts: tuple[AdvertPair, ...] = ()
    labels: tuple[AdvertLabel, ...] = ()


def read_team_judgements(store: Store) -> Judgements:
    """Everything that stands in a team's store; what was taken back is left out."""
    return Judgements(tuple(_read_persons(store)), tuple(_read_links(store)), tuple(_read_labels(store)))


def _read_persons(store: Store) -> Iterator[PersonPair]:
    """Of mentions on *Network* and of accounts on *Money*, as far as the product proposed the pair: of any
    two others everybody knows that they differ. In this city every account has a holder of its own."""
    proposed = store.query(
        "SELECT DISTINCT least(mention, other) AS mention, greatest(mention, other) AS other"
        " FROM network_match"
    ).to_pandas()
    judged = read_judgements(store).drop_duplicates(["mention", "other"], keep="last")
    judged = judged.merge(proposed, on=["mention", "other"])
    accounts = _find_accounts(store) if len(judged) else {}
    for row in judged.itertuples():
        if row.judgement in (SAME, DIFFERENT, UNSURE):
            yield PersonPair(accounts.get(row.mention, ""), accounts.get(row.other, ""), row.judgement)
    for row in store.rows(
        "SELECT left_account, right_account, decision FROM holder_decision WHERE match_weight IS NOT NULL"
        " QUALIFY decision_id = max(decision_id) OVER (PARTITION BY left_account, right_account)"
        " ORDER BY decision_id"
    ):
        if row["decision"] in (SAME, DIFFERENT):
            yield PersonPair(row["left_account"], row["right_account"], row["decision"])


def _find_accounts(store: Store) -> dict[str, str]:
    """By mention: its own account, else that of the only holder of its name."""
    return {
        row["mention"]: row["account"]
        for row in store.rows(
            "WITH holders AS (SELECT lower(holder) AS name, any_value(reference) AS reference FROM account"
            " GROUP BY ALL HAVING count(DISTINCT reference) = 1)"
            " SELECT mention, coalesce(account.reference, holders.reference, '') AS account"
            " FROM network_mention m LEFT JOIN holders ON holders.name = lower(m.name)"
            " LEFT JOIN account ON m.table_name = 'account' AND account.source_id = m.source_id"
            " AND account.row_number = m.row_number"
        )
    }


def _read_links(store: Store) -> Iterator[AdvertPair]:
    for row in store.rows(
        "SELECT a.reference AS one, b.reference AS other, decision FROM operation_link_decision d"
        " JOIN advert a ON a.source_id = left_source AND a.row_number = left_row"
        " JOIN advert b ON b.source_id = right_source AND b.row_number = right_row"
        " QUALIFY decision_id = max(decision_id) OVER (PARTITION BY least(a.reference, b.reference),"
        " greatest(a.reference, b.reference)) ORDER BY decision_id"
    ):
        if row["decision"] in _SAYS_OF_LINK:
            yield AdvertPair(("advert", row["one"]), ("advert", row["other"]), _SAYS_OF_LINK[row["decision"]])


def _read_labels(store: Store) -> Iterator[AdvertLabel]:
    sides = {entry.code: entry.more["side"] for entry in code_table("advert_labels").entries}
    for row in store.rows(
        "WITH of AS (SELECT 'operation' AS subject, operation_id AS subject_id, source_id, row_number"
        " FROM operation_advert UNION ALL"
        " SELECT 'campaign', campaign_id, source_id, row_number FROM campaign_advert)"
        " SELECT label_id, any_value(label) AS label, list(reference) AS adverts FROM advert_label"
        " JOIN of USING (subject, subject_id) JOIN advert USING (source_id, row_number)"
        " WHERE label_id NOT IN (SELECT supersedes FROM advert_label WHERE supersedes IS NOT NULL)"
        " AND reference IS NOT NULL GROUP BY label_id ORDER BY label_id"
    ):
        adverts = frozenset(("advert", name) for name in row["adverts"])
        yield AdvertLabel(row["label_id"], adverts, sides.get(row["label"], "none"))


def score_persons(judgements: Judgements) -> ScoreLine:
    """Over judged pairs whose persons are known: 1 where right, 0 where unsure, -1 where wrong; the mean of
    those that are one person and the mean of those that are two count alike, so that a coin has 0, and one
    answer for all of them too."""
    known = [pair for pair in judgements.persons if pair.one and pair.other]
    worth = [_weigh(pair.judgement, pair.one == pair.other) for pair in known]
    kinds = [
        [value for pair, value in zip(known, worth, strict=True) if (pair.one == pair.other) == is_one]
        for is_one in (True, False)
    ]
    wrong = [pair for pair, value in zip(known, worth, strict=True) if value < 0]
    return ScoreLine(
        PERSONS,
        "Persons told apart",
        _mean([_mean(kind) for kind in kinds if kind]),
        f"{counted(len(known), 'pair')} of persons judged, {len(wrong)} of them the wrong way.",
        {"judged": len(judgements.persons), "known": len(known), "wrong": len(wrong)},
        tuple(f"{pair.one} and {pair.other}: {pair.judgement}" for pair in wrong),
    )


def score_links(truth: SealedTruth, judgements: Judgements) -> ScoreLine:
    """The mean over what was said of adverts, as for persons: of two whose link was confirmed or cut, where
    one at least is planted, whether one network posted both; of an operation or wording that was labelled,
    whether most of it is planted."""
    owner = {
        row: structure.network or ""
        for structure in truth.structures
        for row in structure.rows
        if row[0] == "advert"
    }
    worth, wrong = [], []
    for pair in judgements.adverts:
        one, other = owner.get(pair.one), owner.get(pair.other)
        if one is not None or other is not None:
            worth.append(_weigh(pair.judgement, one == other))
            if worth[-1] < 0:
                wrong.append(f"{pair.one[1]} and {pair.other[1]}: {pair.judgement}")
    for label in judgements.labels:
        planted = 2 * len(label.adverts & owner.keys()) > len(label.adverts)
        says = {_ORGANISED: SAME, _OTHER: DIFFERENT}.get(label.side, UNSURE)
        worth.append(_weigh(says, planted))
        if worth[-1] < 0:
            wrong.append(f"judgement {label.number} of adverts")
    return ScoreLine(
        LINKS,
        "Links and authors judged",
        _mean(worth),
        f"{counted(len(worth), 'judgement')} of adverts, {len(wrong)} of them the wrong way.",
        {"judged": len(worth), "wrong": len(wrong)},
        tuple(wrong),
    )


def _weigh(judgement: str, is_same: bool) -> float:
    if judgement == UNSURE:
        return 0.0
    return 1.0 if (judgement == SAME) == is_same else -1.0


def _mean(worth: Sequence[float]) -> float:
    return sum(worth) / len(worth) if worth else 0.0
