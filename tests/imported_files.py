"""A small file of each kind that the Data page imports, and a store with all of them."""

from datetime import date, timedelta
from pathlib import Path

from analytics.intelligence.report_import import import_reports
from analytics.store import Store
from analytics.tasking.products import record_decision
from tests.ingest.helpers import ACTOR, DETAILS, proposed, run
from tests.intelligence import test_report_import
from tests.tasking.factories import brief, tasked_action


def write_files(folder: Path) -> dict[str, Path]:
    """The files, by the kind that the page Data names them by."""

    def write(name: str, *lines: str) -> Path:
        path = folder / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    days = [date(2024, 1, 1) + timedelta(days=3 * k) for k in range(200)]
    return {
        "incidents": write(
            "crimes.csv",
            "date,type,lon,lat,address",
            *(
                f"{day} "
                f"2{k % 4}:15,{('Theft', 'Burglary')[k % 2]},{-0.1 - k % 5 / 90:.4f},{51.5 + k % 4 / 90:.4f},"
                f"Kiln Row {k % 9}"
                for k, day in enumerate(days)
            ),
            "tomorrow,Theft,-0.1,51.5,Kiln Row",
        ),
        "boundaries": write(
            "beats.geojson",
            '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": "North"},'
            ' "geometry": {"type": "Polygon", "coordinates":'
            " [[[-0.2, 51.45], [-0.05, 51.45], [-0.05, 51.6], [-0.2, 51.6], [-0.2, 51.45]]]}}]}",
        ),
        "adverts": write(
            "adverts.csv",
            "id,text,posted,site,city,contact",
            *(
                f"{k},Work on a farm in town {k % 3} call 0770090012{k % 4},{day} "
                f"12:00,board.example,Hove,@farm{k % 3}"
                for k, day in enumerate(days[:40])
            ),
        ),
        "transactions": write(
            "payments.csv",
            "tx_id,ts,src,dst,amount,currency,channel",
            *(
                f"{k},{day} "
                f"0{k % 9}:15,A{k % 7},A{(3 * k + 1) % 11},{10 + k}.50,GBP,{('card', 'cash')[k % 2]}"
                for k, day in enumerate(days)
            ),
        ),
        "accounts": write(
            "accounts.csv",
            "account,holder,type,town,currency,phone",
            *(f"A{k},Holder {k % 9},person,Hove,GBP,0770090010{k % 9}" for k in range(11)),
        ),
        "reports": test_report_import.written(folder),
    }


def load_files(folder: Path) -> None:
    """`store.duckdb` with the files imported, two briefs on findings in them, and one of the two tasked."""
    files = write_files(folder)
    store = Store(folder / "store.duckdb")
    run(store, files["incidents"])
    run(store, files["boundaries"], "boundary")
    for kind in ("advert", "transaction", "account"):
        run(store, files[f"{kind}s"], kind)
    reports = files["reports"]
    import_reports(store, ACTOR, reports, proposed(reports, "report"), DETAILS)
    for title in ("Kiln Row", "Second place"):
        number = brief(store, title)
    due = date.today() + timedelta(days=30)
    record_decision(
        store,
        ACTOR,
        number,
        1,
        "adopted",
        "harm",
        "Supt. Lee",
        action=tasked_action("Patrol", "PC 1", due),
        hours=5.0,
    )
    store.close()
