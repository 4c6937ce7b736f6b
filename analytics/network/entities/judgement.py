"""What people judged of pairs of mentions: append-only; the latest counts, and 'open' takes one back."""

from __future__ import annotations

import pandas as pd

from analytics.network.entities.grouping import JUDGEMENTS, OPEN
from analytics.oversight import Actor, record
from analytics.shared.account_holder import MENTION_OF_HOLDER
from analytics.store import Store, now

# What was judged of mentions here, and of the holders of two accounts on *Money*; numbered as it came. One
# decision on accounts of several sources is of several pairs of mentions: `decided` names it.
_HOLDERS = (
    f"(SELECT DISTINCT reference, {MENTION_OF_HOLDER} AS mention FROM account"
    " WHERE reference IN (SELECT unnest([left_account, right_account]) FROM holder_decision))"
)
_ALL_JUDGED = (
    "(SELECT row_number() OVER (ORDER BY judged_at, place, number) AS judgement_id, mention, other,"
    " judgement, reason, judged_by, judged_at, decided FROM (SELECT mention, other, judgement, reason,"
    " judged_by, judged_at, concat_ws(' ', mention, other) AS decided, 0 AS place, judgement_id AS number"
    " FROM network_judgement UNION ALL SELECT least(a.mention, b.mention), greatest(a.mention, b.mention),"
    " decision, reason, decided_by, decided_at,"
    " concat_ws(' ', least(left_account, right_account), greatest(left_account, right_account)), 1,"
    " decision_id FROM holder_decision"
    f" JOIN {_HOLDERS} a ON a.reference = left_account JOIN {_HOLDERS} b ON b.reference = right_account"
    " WHERE a.mention <> b.mention))"
)
_LATEST = (
    "judged AS (SELECT mention, other, arg_max(judgement, judgement_id) AS latest,"
    " arg_max(decided, judgement_id) AS decided"
    f" FROM {_ALL_JUDGED} GROUP BY ALL)"
)


def judge_pair(store: Store, actor: Actor, mention: str, other: str, judgement: str, reason: str) -> None:
    """Record that two mentions are the 'same', 'different' or 'unsure', or 'open' again, and why. Entities
    follow at the next update. Raises ValueError for another judgement, a mention against itself, one that is
    not there, or no reason."""
    if judgement not in JUDGEMENTS:
        raise ValueError(f"A judgement is one of {', '.join(JUDGEMENTS)}.")
    if mention == other or not reason.strip():
        raise ValueError("A judgement is about two mentions, and has a reason.")
    one, two = sorted((mention, other))
    with store.write(changes_data=False) as cursor:
        found = cursor.execute(
            "SELECT count(DISTINCT mention) FROM network_mention WHERE mention IN (?, ?)", [one, two]
        ).fetchone()
        if not found or found[0] < 2:
            raise ValueError("One of the two mentions is not in the store. Update the network first.")
        cursor.execute(
            "INSERT INTO network_judgement (mention, other, judgement, reason, judged_by, judged_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [one, two, judgement, reason.strip(), actor.name, now()],
        ).fetchall()
        record(cursor, actor, "network: judge", f"{one} and {two}", reason.strip(), {"judgement": judgement})


def read_judgements(store: Store) -> pd.DataFrame:
    """Every judgement of mentions, in order: judgement_id, mention, other, judgement, reason, judged_by,
    judged_at."""
    return store.query("SELECT * FROM network_judgement ORDER BY judgement_id").to_pandas()


def read_all_judgements(store: Store) -> pd.DataFrame:
    """The same columns, with what was decided of the holders of two accounts, in order of time. Numbers are
    of this list alone."""
    return store.query(f"SELECT * EXCLUDE (decided) FROM {_ALL_JUDGED} ORDER BY judgement_id").to_pandas()


def count_judged(store: Store) -> tuple[int, int]:
    """(standing judgements, likely pairs without one). A decision on the holders of two accounts is one,
    though each may be on record in several sources."""
    (row,) = store.rows(
        f"WITH {_LATEST}"
        f" SELECT (SELECT count(DISTINCT decided) FROM judged WHERE latest <> '{OPEN}') AS judged,"
        " (SELECT count(*) FROM network_match m LEFT JOIN judged j ON j.mention = least(m.mention, m.other)"
        f" AND j.other = greatest(m.mention, m.other) WHERE coalesce(j.latest, '{OPEN}') = '{OPEN}') AS open"
    )
    return row["judged"], row["open"]


def list_review_queue(store: Store, limit: int = 50) -> pd.DataFrame:
    """Pairs without a judgement, the most useful first: mention, other, bits, probability, why, name,
    other_name, joins (mentions that one judgement would bring together or take apart). Useful is what is
    unsure and touches much."""
    return store.query(
        f"WITH {_LATEST},"
        " size AS (SELECT entity, count(*) AS members FROM network_mention GROUP BY ALL)"
        " SELECT m.mention, m.other, m.bits, m.probability, m.why, a.name, b.name AS other_name,"
        " CASE WHEN a.entity = b.entity THEN x.members ELSE x.members + y.members END AS joins"
        " FROM network_match m JOIN network_mention a ON a.mention = m.mention"
        " JOIN network_mention b ON b.mention = m.other"
        " JOIN size x ON x.entity = a.entity JOIN size y ON y.entity = b.entity"
        " LEFT JOIN judged j ON j.mention = least(m.mention, m.other)"
        " AND j.other = greatest(m.mention, m.other)"
        " WHERE coalesce(j.latest, 'open') = 'open'"
        " ORDER BY m.probability * (1 - m.probability) * ln(1 + joins) DESC, m.mention, m.other LIMIT ?",
        [limit],
    ).to_pandas()
