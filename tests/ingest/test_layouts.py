"""Files in the layouts of real portals, banks, sites and research sets: each is read as its columns mean, or
refused with the reason.

The table and its small files lie in the shared data (`data/layouts`), beside the repository. All are right:
one that is not would have to be mended, not listed."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from analytics.ingest import UnreadableFile, propose_mapping, read_file
from analytics.intelligence.report_import import import_reports
from analytics.store import Store
from tests.ingest.helpers import ACTOR, DETAILS, run

FOLDER = Path(__file__).parents[3] / "shared/data/layouts"
KINDS = {
    "incidents": "incident",
    "transactions": "transaction",
    "accounts": "account",
    "adverts": "advert",
    "boundaries": "boundary",
    "calls": "communication",
    "plates": "journey",
    "premises": "premises",
    "journeys": "journey",
}
# What files of reports do not say, and a person gives for all their rows.
GIVEN = {
    "reports_export.csv": {
        "information": "D",
        "provenance": "Partner",
        "retention_group": "3",
        "sanitised": "Ask the originator.",
    },
    "intel_log_3x5x2.csv": {
        "title": "Log",
        "retention_group": "3",
        "conditions": "S2",
        "sanitised": "Ask the originator.",
    },
}
ANSWERS = {"crs": "coordinate", "occurred": "start"}  # what is asked for, by a word of the question


@dataclass(frozen=True)
class Layout:
    file: str
    kind: str
    accepted: int
    check: dict


def layouts() -> list[Layout]:
    if not FOLDER.is_dir():
        return []
    with (FOLDER / "layouts.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        Layout(row["file"], row["kind"], int(row["accepted_rows"]), json.loads(row["check"])) for row in rows
    ]


def is_one_of(found: object, wanted: object) -> bool:
    """Whether a value is as asked: one of a list, `~x` contained, `a|b` either, `*` anything."""
    if isinstance(wanted, list):
        return any(is_one_of(found, one) for one in wanted)
    if isinstance(wanted, float):
        return found is not None and abs(float(str(found)) - wanted) < 0.006
    if not isinstance(wanted, str):
        return found == wanted
    text = "" if found is None else " ".join(str(found).split())
    if wanted == "*":
        return bool(text)
    if wanted.startswith("~"):
        return wanted[1:].lower() in text.lower()
    if "|" in wanted:
        return any(is_one_of(found, one) for one in wanted.split("|"))
    return text == wanted or len(wanted) == 10 and text.startswith(wanted + " ")


def row_of(store: Store, kind: str, check: dict) -> dict:
    number = check.get("row", "first")
    rows = store.rows(f'SELECT * FROM "{kind}" ORDER BY row_number')
    return rows[0] if number == "first" else next(row for row in rows if row["row_number"] == number)


def values_of(store: Store, kind: str, row: dict) -> dict:
    """What the table calls each value, by its own names."""
    if kind == "incident":
        return {
            "from": row["occurred_from"],
            "to": row["occurred_to"],
            "precision": row["time_precision"],
        }
    if kind == "transaction":
        digits = {"ETH": 9}.get(row["currency"], 2)
        return {
            "occurred": row["occurred_at"],
            "amount": row["amount_minor"],
            "amount_text": f"{row['amount_minor'] / 10**digits:g} {row['currency']}",
            "from": row["from_account"],
            "to": row["to_account"],
        }
    if kind == "advert":
        return {"occurred": row["posted_at"]}
    if kind == "communication":
        return {
            "occurred": row["started_at"],
            "from": row["from_phone"],
            "to": row["to_phone"],
            "duration": row["seconds"],
        }
    if kind == "journey":
        return {
            "occurred": row["departed_at"],
            "origin": row["from_place"],
            "destination": row["to_place"],
            "plate": row["vehicle"],
        }
    if kind == "premises":
        nights = row["let_to"] and (row["let_to"] - row["let_from"]).days
        return {"occurred": row["let_from"], "nights": nights, "price": (row["price_minor"] or 0) / 100}
    return {}


def check_layout(store: Store, layout: Layout) -> None:
    kind, check = KINDS[layout.kind], dict(layout.check)
    path = FOLDER / layout.file
    if layout.accepted == 0:
        with pytest.raises(UnreadableFile) as refusal:
            run(store, path, kind)
        assert layout.check["refused"].split()[-1].strip() in str(refusal.value), refusal.value
        return
    for name, word in ANSWERS.items():
        if check.get(name) == "asked":
            with pytest.raises(UnreadableFile, match=word):
                run(store, path, kind)
            return
    report = run(store, path, kind)
    assert report.accepted == layout.accepted, report
    row = row_of(store, kind, check)
    values = row | values_of(store, kind, row)
    if "unplaced" in check:
        assert report.unplaced == check["unplaced"]
    if kind == "boundary":
        import shapely

        middle = shapely.from_wkb(row["geometry"]).centroid
        values |= {"lon": middle.x, "lat": middle.y}
    for name, wanted in check.items():
        if name in ("row", "unplaced", "events", "crs"):
            continue
        found = values[name]
        if name in ("from", "to") and kind == "transaction":
            found_name = values[f"{name}_name"]
            assert is_one_of(found, wanted) or is_one_of(found_name, wanted), (name, found, found_name)
        elif name == "body":
            assert wanted in found, (name, found)
        else:
            assert is_one_of(found, wanted), (name, found, wanted)
    if "events" in check:
        assert len(store.rows("SELECT 1 FROM incident")) == check["events"]


@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the shared layouts are not at {FOLDER}")
def test_the_layouts_are_there():
    assert len(layouts()) > 70


@pytest.mark.parametrize(
    "layout",
    [pytest.param(layout, id=layout.file) for layout in layouts()],
)
def test_a_layout_is_read_as_its_columns_mean(store, layout):
    if layout.kind == "reports":
        check_reports(store, layout)
    else:
        check_layout(store, layout)


def check_reports(store: Store, layout: Layout) -> None:
    """A file of reports asks for what it does not say, and is read as it means with that."""
    raw = read_file(FOLDER / layout.file)
    mapping = propose_mapping(raw, "report", layout.file)
    with pytest.raises(UnreadableFile, match="--value"):
        import_reports(store, ACTOR, FOLDER / layout.file, mapping, DETAILS)
    for role, text in GIVEN[layout.file].items():
        mapping = mapping.with_constant(role, text)
    report = import_reports(store, ACTOR, FOLDER / layout.file, mapping, DETAILS)
    assert report.accepted == layout.accepted, report
    (line, *_) = store.rows("SELECT * FROM report JOIN report_line USING (report_id, version) ORDER BY ALL")
    grade = (line["source_grade"], line["information_grade"], line["handling"])
    if layout.file == "reports_export.csv":
        assert grade == ("1", "D", "C") and line["title"] == "Short lets, note 0"
        assert line["original"] == "Keys are handed over at night." and line["submitted_by"] == "Sample Unit"
        assert any("TLP:AMBER as C" in note for note in report.notes)
    else:
        assert grade == ("1", "A", "P") and line["reference"] == "XX24000000"
        assert line["provenance"] == "Officer on patrol" and line["place"] == "Example Street"
    assert str(line["observed_on"]) == "2024-03-13"
