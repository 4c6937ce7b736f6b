"""Whether the rows behind a finding are still what they were when it was saved: unchanged, changed or
removed."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analytics.shared.wording import counted
from analytics.store import Store

# What is hashed of a row of each table: the columns an import fills, never those worked out later. Columns
# may be added to a table, but this list stays as it is: a hash over other columns fits no finding that was
# saved before.
FINGERPRINTED = {
    "incident": (
        "reference",
        "category",
        "occurred_from",
        "occurred_to",
        "time_precision",
        "place",
        "lon",
        "lat",
    ),
    "advert": ("reference", "title", "body", "kind", "posted_at", "site", "place", "stage", "contact"),
    "transaction": (
        "reference",
        "occurred_at",
        "from_account",
        "to_account",
        "amount_minor",
        "currency",
        "channel",
        "merchant_category",
        "place",
        "country",
        "stage",
        "note",
        "from_name",
        "to_name",
    ),
    "account": (
        "reference",
        "holder",
        "kind",
        "opened",
        "place",
        "phone",
        "address",
        "email",
        "activity",
        "country",
    ),
    "premises": ("reference", "address", "kind", "holder", "let_from", "let_to", "stage"),
    "journey": (
        "reference",
        "traveller",
        "paid_by",
        "mode",
        "from_place",
        "to_place",
        "departed_at",
        "stage",
    ),
    "communication": ("reference", "from_phone", "to_phone", "started_at", "seconds", "kind", "stage"),
}
# the table name under which a line of a report stands: report number and line for source and row
REPORT = "report"


def write_fingerprint_sql(table: str, alias: str) -> str:
    """SQL of a row's 128-bit hash; `alias` names the row. Raises KeyError for a table that holds no
    evidence."""
    parts = ", ".join(f"coalesce(CAST({alias}.{name} AS VARCHAR), chr(30))" for name in FINGERPRINTED[table])
    return f"md5_number(concat_ws(chr(31), {parts}))"


@dataclass(frozen=True)
class EvidenceState:
    """How many rows a version of a finding rests on, and what became of them."""

    rows: int
    removed: int = 0
    changed: int = 0

    @property
    def stored(self) -> int:
        """Rows that are still in the store, changed or not."""
        return self.rows - self.removed

    @property
    def intact(self) -> bool:
        return not (self.removed or self.changed)

    def __str__(self) -> str:
        if self.intact:
            return f"{counted(self.rows, 'row')}, {'all ' if self.rows > 1 else ''}unchanged"
        parts = [
            f"{count:,} {what}"
            for count, what in ((self.removed, "removed"), (self.changed, "changed"))
            if count
        ]
        return f"{' and '.join(parts)} of {counted(self.rows, 'row')}"


def read_evidence_states(store: Store, versions: dict[int, int] | None = None) -> dict[int, EvidenceState]:
    """The state of every finding's latest version, or of the `versions` named, by finding number."""
    rows = store.rows(
        f"WITH {write_stated_sql(versions)} SELECT finding_id, count(*) AS rows, count(*) FILTER (state ="
        f" 'removed') AS removed,"
        " count(*) FILTER (state = 'changed') AS changed FROM stated GROUP BY ALL"
    )
    return {row["finding_id"]: EvidenceState(row["rows"], row["removed"], row["changed"]) for row in rows}


def read_stated_rows(store: Store, finding_id: int, version: int) -> pd.DataFrame:
    """Every row one version rests on with its state: table_name, source_id, row_number, source (its name, NaN
    where it was removed), state ('unchanged', 'changed', 'removed'). Of a report: its number, the line and
    its title."""
    return store.query(
        f"WITH {write_stated_sql({finding_id: version})} SELECT table_name, s.source_id, s.row_number,"
        f" CASE WHEN table_name = '{REPORT}' THEN (SELECT max_by(title, version) FROM report r"
        f" WHERE r.report_id = s.source_id)"
        "  ELSE source.name END AS source, state"
        " FROM stated s LEFT JOIN source ON source.source_id = s.source_id ORDER BY ALL"
    ).to_pandas()


def list_removals(store: Store, source_ids: list[int]) -> pd.DataFrame:
    """What the audit trail says of sources removed since: source_id, recorded_at (UTC), actor, why."""
    return store.query(
        "SELECT CAST(split_part(object, ' ', 2) AS INTEGER) AS source_id, recorded_at, actor, purpose AS why"
        " FROM audit"
        " WHERE act = 'remove source' AND list_contains(?::VARCHAR[], object) ORDER BY source_id",
        [[f"source {int(number)}" for number in source_ids]],
    ).to_pandas()


def write_stated_sql(versions: dict[int, int] | None) -> str:
    """Common tables `chosen` (finding_id, version) and `stated`: one row of evidence each, with its state."""
    if versions is None:
        chosen = "SELECT finding_id, max(version) AS version FROM finding GROUP BY finding_id"
    else:
        pairs = ", ".join(f"({int(number)}, {int(version)})" for number, version in versions.items())
        chosen = f"SELECT * FROM (VALUES {pairs or '(NULL, NULL)'}) AS v(finding_id, version)"
    tables = " UNION ALL ".join(
        "SELECT e.finding_id, e.table_name, e.source_id, e.row_number,"
        " CASE WHEN t.source_id IS NULL THEN 'removed'"
        f" WHEN e.fingerprint <> {write_fingerprint_sql(table, 't')} THEN 'changed'"
        " ELSE 'unchanged' END AS state"
        f' FROM rested e LEFT JOIN "{table}" t ON t.source_id = e.source_id AND t.row_number = e.row_number'
        f" WHERE e.table_name = '{table}'"
        for table in FINGERPRINTED
    )
    lines = (
        f"SELECT f.finding_id, '{REPORT}' AS table_name, f.report_id, f.line,"
        " CASE WHEN now.line IS NULL THEN 'removed'"
        " WHEN (now.sanitised, now.source_grade, now.information_grade, now.handling)"
        "  IS DISTINCT FROM (cited.sanitised, cited.source_grade, cited.information_grade, cited.handling)"
        " THEN 'changed'"
        " ELSE 'unchanged' END FROM finding_report f JOIN chosen USING (finding_id, version)"
        " LEFT JOIN report_line cited ON cited.report_id = f.report_id AND cited.version = f.report_version"
        "  AND cited.line = f.line"
        " LEFT JOIN report_line now ON now.report_id = f.report_id AND now.line = f.line"
        "  AND now.version = (SELECT max(version) FROM report r WHERE r.report_id = f.report_id)"
    )
    return (
        f"chosen AS ({chosen}),"
        " rested AS (SELECT e.* FROM finding_evidence e JOIN chosen USING (finding_id, version)),"
        f" stated AS ({tables} UNION ALL {lines})"
    )
