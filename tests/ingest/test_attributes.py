"""Columns without a meaning of their own: which are kept with a row, and masked where they are a person's."""

import json

import pandas as pd
import pytest

from analytics.ingest import UnreadableFile
from analytics.oversight.masking import mask_rows
from tests.ingest.helpers import HEADER, proposed, run, written
from ui.components.evidence import spread_attributes

ROWS = "".join(
    f"2024-07-{day:02d} 22:15,Theft,-0.1,51.5,Knife {day},Lee {day},{day}\n" for day in range(1, 25)
)
TEXT = HEADER.strip() + ",Weapon,Victim Name,Year\n" + ROWS


def test_a_weapon_is_kept_with_its_row_and_the_year_is_not(store, tmp_path):
    run(store, written(tmp_path, TEXT))
    (row, *_) = store.rows("SELECT attributes FROM incident ORDER BY row_number")
    assert json.loads(row["attributes"]) == {"Weapon": "Knife 1", "Victim Name": "Lee 1"}


def test_at_most_twenty_are_kept_and_those_of_how_it_was_done_first(store, tmp_path):
    more = [f"Other {k}" for k in range(30)]
    text = f"{HEADER.strip()},{','.join(more)},Weapon\n"
    text += "".join(
        f"2024-07-0{k} 22:15,Theft,-0.1,51.5,{','.join(f'v{k}' for _ in more)},Gun\n" for k in (1, 2)
    )
    path = written(tmp_path, text)
    kept = proposed(path).of("attribute")
    assert len(kept) == 20 and "Weapon" in kept
    with pytest.raises(UnreadableFile, match="At most 20"):
        run(store, path, roles={"attribute": tuple(more)})


def test_a_column_of_a_person_is_masked_and_the_rest_is_a_column_each():
    values = {
        "Weapon": "Knife",
        "Victim Name": "Lee Ann",
        "note": "ring 07700900123",
        "place": "Mill Row",
        "Reported": "03/22/2024 06:35:00 PM",
    }
    rows = pd.DataFrame({"place": ["Hove", None], "attributes": [json.dumps(values), None]})
    masked = spread_attributes(mask_rows(rows, "incident"))
    assert masked.Weapon[0] == "Knife" and masked["place (file)"][0] == "Mill Row"
    assert masked.Reported[0] == "03/22/2024 06:35:00 PM"
    assert "Lee" not in str(masked["Victim Name"][0]) and "07700900123" not in masked.note[0]
    assert spread_attributes(rows)["Victim Name"][0] == "Lee Ann"


def test_a_row_that_counts_several_incidents_is_so_many(store, tmp_path):
    text = "date,type,lon,lat,count\n2024-07-01,Theft,-0.1,51.5,3\n2024-07-02,Theft,-0.1,51.5,1\n"
    report = run(store, written(tmp_path, text))
    assert (report.rows_in, report.accepted) == (2, 2) and "3 rows" not in " ".join(report.notes)
    numbers = [row["row_number"] for row in store.rows("SELECT row_number FROM incident ORDER BY 1")]
    assert numbers == [2, 3, 4, 5]  # the two further ones after the last row
    with pytest.raises(UnreadableFile, match="table of counts"):
        run(store, written(tmp_path, text.replace(",3\n", ",5000\n"), "b.csv"))


def test_steps_need_a_start_and_become_times(store, tmp_path):
    payments = "1,PAYMENT,9.50,C1,10,M1\n25,PAYMENT,9.50,C1,10,M1\n"
    text = f"step,type,amount,nameOrig,oldbalanceOrg,nameDest\n{payments}"
    path = written(tmp_path, text)
    with pytest.raises(UnreadableFile, match="--first-step"):
        run(store, path, "transaction")
    run(store, path, "transaction", first_step="2024-01-01 06:00")
    rows = store.rows('SELECT occurred_at FROM "transaction" ORDER BY row_number')
    assert [str(row["occurred_at"]) for row in rows] == ["2024-01-01 07:00:00", "2024-01-02 07:00:00"]


def test_values_within_objects_are_columns(store, tmp_path):
    text = (
        '{"month":"2024-01","category":"burglary","location_type":"Force","persistent_id":"a","id":1,'
        '"location":{"latitude":"52.6","longitude":"-1.1","street":{"id":2,"name":"On or near Mill Row"}}}'
    )
    run(store, written(tmp_path, f"[{text}]", "query.json"))
    (row,) = store.rows("SELECT * FROM incident")
    assert (row["lon"], row["lat"], row["place"]) == (-1.1, 52.6, "On or near Mill Row")
    assert row["time_precision"] == "month"
    assert row["category"] == "Burglary"  # as the street files of police.uk call it
