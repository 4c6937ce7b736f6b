"""Small files after public bug reports of importers: each with the right value, or refused with its reason.

The files lie in the shared data (`data/reported`), beside the repository."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from analytics.ingest import UnreadableFile
from analytics.store import Store
from tests.ingest.helpers import run

FOLDER = Path(__file__).parents[3] / "shared/data/reported"
KINDS = {
    "hot": "incident",
    "inc": "incident",
    "bnd": "boundary",
    "tx": "transaction",
    "acc": "account",
    "adv": "advert",
}
COLUMNS = {
    "incident": "strftime(occurred_from, '%Y-%m-%d %H:%M') AS start,"
    " strftime(occurred_to, '%Y-%m-%d %H:%M') AS finish,"
    " round(lon, 3) AS lon, round(lat, 3) AS lat, * EXCLUDE (lon, lat)",
    "transaction": "strftime(occurred_at, '%Y-%m-%d %H:%M') AS start, *",
    "advert": "strftime(posted_at, '%Y-%m-%d %H:%M') AS start, *",
}


@dataclass(frozen=True)
class Right:
    """What is right of a file: how many rows are accepted, values of column by column, a note, the projection
    and time zone of its working area, or why it is refused."""

    accepted: int = 2
    unplaced: int | None = None
    values: dict[str, list] = field(default_factory=dict)
    note: str | None = None
    refused: str | None = None
    area: tuple[int, str] | None = None


def right(accepted=2, unplaced=None, note=None, refused=None, area=None, **values) -> Right:
    return Right(accepted, unplaced, values, note, refused, area)


CASES = {
    "inc_boston.csv": right(start=["2024-03-14 01:15", "2024-03-14 12:05"], unplaced=0),
    "inc_sf.csv": right(category=["Larceny Theft", "Robbery"], lon=[-122.41, -122.42]),
    "inc_baltimore.csv": right(category=["COMMON ASSAULT", "LARCENY FROM AUTO"]),
    "inc_date_of_birth.csv": right(start=["2024-03-13 00:00"], category=["Burglary", "Robbery"]),
    "inc_eastings.csv": right(lon=[-1.548], unplaced=0),
    "inc_x_dash_coord.csv": right(lon=[-97.74, -97.75], unplaced=0),
    "inc_thousand_coords.csv": right(refused="coordinate system"),
    "inc_policeuk_api.json": right(lon=[-1.51], accepted=None, unplaced=0),
    "inc_seattle.csv": right(local_hour=[None, None], finish=["2024-03-14 14:00"]),
    "inc_date_from_to.csv": right(start=["2024-03-13 22:00"], finish=["2024-03-14 07:00"], local_hour=[None]),
    "inc_begin_end.csv": right(finish=["2024-03-14 12:00"], local_hour=[None, 9]),
    "inc_start_end_dt.csv": right(start=["2024-03-13 22:00"], finish=["2024-03-14 07:00"]),
    "inc_title_rows.csv": right(category=["Burglary", "Robbery"]),
    "inc_xl_title.xlsx": right(accepted=None, unplaced=0),
    "inc_sep_hint.csv": right(category=["Burglary", "Robbery"]),
    "inc_footer.csv": right(accepted=2, note="2 rows at the foot are left out: Total: 2; Generated"),
    "inc_arcgis_plus00.csv": right(start=["2024-03-13 05:10", "2024-03-14 23:40"]),
    "inc_epoch_ms.csv": right(start=["2024-03-13 10:00", "2024-03-14 10:00"]),
    "inc_arcgis_epoch.geojson": right(accepted=None, start=["2024-03-13 10:00"]),
    "inc_compact_stamp.csv": right(start=["2024-03-13 21:15"]),
    "inc_long_month_time.csv": right(start=["2024-01-06 03:15"]),
    "inc_spanish_month.csv": right(accepted=3, start=["2024-01-05 05:00"], lon=[-75.56]),
    "inc_clock_dots.csv": right(start=["2024-03-13 19:15"]),
    "inc_clock_h.csv": right(start=["2024-03-13 20:15"]),
    "inc_tz_abbrev.csv": right(start=["2024-03-14 02:15"]),
    "inc_excel_serial.csv": right(start=["2024-03-13 21:15"]),
    "inc_isoformat_offset.csv": right(accepted=3, start=["2024-03-13 21:15", "2024-03-14 08:05"]),
    "inc_iso_mixed_offset.csv": right(accepted=3),
    "inc_iso_space_ms_plus.csv": right(start=["2024-03-13 21:15"]),
    "inc_mixed_dates.csv": right(accepted=None),
    "inc_xl_text_mixed.xlsx": right(accepted=3),
    "inc_xl_dates.xlsx": right(accepted=None),
    "inc_xl_refnum.xlsx": right(accepted=None),
    "inc_time_no_zeros.csv": right(accepted=4, local_hour=[9, 21, 0, 0]),
    "inc_time_2400.csv": right(accepted=3, local_hour=[9, 0, 0]),
    "inc_dms.csv": right(lon=[-1.549, -1.549], lat=[53.808, 53.809]),
    "inc_hemi.csv": right(lon=[-1.549], lat=[53.808]),
    "inc_dash_coords.csv": right(accepted=5, unplaced=4),
    "inc_lat_only_trailing_ws.csv": right(accepted=3, unplaced=0),
    "inc_multipoint.geojson": right(accepted=None, unplaced=0),
    "inc_backslash_quote.csv": right(accepted=1),
    "inc_cr_only.csv": right(),
    "inc_headers_bom_quotes.csv": right(accepted=1),
    "inc_html.xls": right(accepted=1, category=["Burglary"], start=["2024-03-13 00:00"], note="web page"),
    "inc_track.gpx": right(accepted=1, category=["Burglary"], start=["2024-03-13 21:15"], unplaced=0),
    "inc_policeuk.zip": right(category=["Burglary", "Burglary"], note="2024-03-anyshire-street.csv"),
    "inc_points_folders.kml": right(
        start=["2024-03-13 21:15", "2024-03-14 21:15"], category=["Burglary", "Robbery"], note="folders"
    ),
    "inc_lon_unsigned.csv": right(accepted=24, note="refused"),
    "hot_utm_edge.csv": right(accepted=300, unplaced=0, area=(32615, "America/Chicago")),
    "hot_antimeridian.csv": right(accepted=200, unplaced=0, area=(32760, "Pacific/Fiji")),
    "hot_one_point.csv": right(accepted=28, time_precision=["day"], local_hour=[None]),
    "hot_months.csv": right(accepted=240, time_precision=["month"], note="months only"),
    "hot_two_rows.csv": right(unplaced=0),
    "hot_no_places.csv": right(accepted=28, unplaced=28),
    "tx_camt052.xml": right(accepted=1, from_name=["Payer"], amount_minor=[2000]),
    "tx_camt_bom.xml": right(accepted=1, from_name=["Payer"]),
    "tx_camt_dttm_z.xml": right(accepted=1, start=["2024-01-04 23:00"]),
    "tx_camt_foreign.xml": right(accepted=1, amount_minor=[9200], currency=["EUR"]),
    "tx_camt_foreign_batch.xml": right(amount_minor=[10000, 10000], currency=["USD"]),
    "tx_camt_latin1.xml": right(accepted=1, from_name=["Müller"]),
    "tx_camt_mixed_dt.xml": right(accepted=3, start=["2024-01-04 22:00", "2024-03-13 00:00"]),
    "tx_camt_no_party.xml": right(from_name=["Own Co", "Own Co"], to_account=[None, None]),
    "tx_camt_prefixed.xml": right(accepted=1, to_name=["Shop"]),
    "tx_camt_reversal.xml": right(from_name=["Gym", "Own Co"], amount_minor=[5000, 2000]),
    "tx_camt_two_stmt.xml": right(to_account=["NL00TEST0000000001", "NL00TEST0000000002"]),
    "tx_camt_ultimate.xml": right(accepted=1, from_name=["Real Payer (through Pay Provider)"]),
    "acc_camt.xml": right(accepted=1, holder=["Own Co"], balance_minor=[100050]),
    "adv_newlines.csv": right(),
    "adv_jsonl_dup_nan.jsonl": right(),
    "adv_short_texts.csv": right(accepted=15),
    "bnd_antimeridian.geojson": right(area=(32701, "Pacific/Fiji")),
    "bnd_geomcoll.geojson": right(accepted=1, area=(27700, "Europe/London")),
    "bnd_no_dbf.zip": right(),
    "bnd_table_first.gpkg": right(name=["A", "B"]),
    "bnd_upper.zip": right(name=["A", "B"]),
    "tx_amlsim.csv": right(amount_minor=[47818, 7818], from_account=["10", "20"], start=["2017-01-01 00:00"]),
    "tx_saml_d.csv": right(currency=["GBP"], start=["2022-10-07 10:35"]),
    "tx_paysim.csv": right(refused="'step' counts steps"),
    "tx_etherscan.csv": right(amount_minor=[1_500_000_000, 250_000_000], currency=["ETH"]),
    "tx_comma_dash_mixed.csv": right(accepted=4, amount_minor=[23648, 148869, 100000, 8990]),
    "tx_comma_thousand.csv": right(amount_minor=[2_500_000, 300_000]),
    "tx_crdr_suffix.csv": right(from_account=["A1", "C1"], amount_minor=[75000, 120000]),
    "tx_dash_empty.csv": right(accepted=1),
    "tx_debit_credit.csv": right(
        from_account=["GB00TEST1", "GB00TEST3"], to_account=["GB00TEST2", "GB00TEST1"]
    ),
    "tx_debit_credit_named.csv": right(from_account=["A1", "C1"], amount_minor=[75000, 120000]),
    "tx_epoch_s.csv": right(start=["2024-03-13 10:00"]),
    "tx_euro_only_thousands.csv": right(accepted=3, amount_minor=[150_000, 275_000, 1_200_000]),
    "tx_euro_suffix.csv": right(accepted=3, amount_minor=[100_000, 95_000, 950], currency=["EUR"]),
    "tx_iban_spacing.csv": right(accepted=4, from_account=["DE00123456789012345600"] * 4),
    "tx_idr_thousands.csv": right(accepted=3, amount_minor=[150_000, 275_000_000, 1_200_000]),
    "tx_iso_py.csv": right(accepted=3),
    "tx_lakh.csv": right(accepted=3, amount_minor=[12345678, 123456700, 50_000_000]),
    "tx_nnbsp.csv": right(accepted=3, amount_minor=[123456, 1_200_000, 700]),
    "tx_null_amount.csv": right(accepted=3),
    "tx_preamble.csv": right(amount_minor=[75000, 120000]),
    "tx_sci_amount.csv": right(amount_minor=[15_000_000, 75]),
    "tx_space_thousands_ascii.csv": right(amount_minor=[123456, 1_200_000]),
    "tx_swiss.csv": right(accepted=4, amount_minor=[123450, 123450, 5000, 5000]),
    "tx_symbol_comma.csv": right(amount_minor=[1250, 123456]),
    "tx_type_word.csv": right(from_account=["A1", "C1"], to_account=["B1", "A1"]),
    "tx_unicode_minus.csv": right(accepted=4, amount_minor=[75000, 120000, 2000, 2000]),
    "tx_us_mixed_decimal.csv": right(accepted=1),
    "tx_camt_as_txt.txt": right(accepted=None),
    "tx_camt_no_suffix.053": right(accepted=None),
    "tx_camt054.xml": right(accepted=None),
    "tx_camt_date_offset.xml": right(accepted=None),
    "tx_camt_batch.xml": right(amount_minor=[32956, 10000]),
    "tx_camt_batch_instd.xml": right(accepted=2),
    "acc_leading_zero.csv": right(reference=["00123456", "00123457"]),
    "adv_iso_ago.csv": right(),
    "adv_relative_time.jsonl": right(accepted=4),
    "adv_backpage_time.csv": right(start=["2024-03-13 03:12", "2024-03-14 23:40"]),
    "adv_mongo.jsonl": right(start=["2024-03-13 10:00", "2024-03-13 11:00"]),
    "adv_json_nested.json": right(),
    "adv_json_pretty.json": right(accepted=None),
    "adv_jsonl_crlf_bom.jsonl": right(),
    "adv_jsonl_latin.jsonl": right(refused="UTF-8"),
    "adv_python_repr.jsonl": right(refused="JSON"),
    "adv_unescaped_quote.csv": right(accepted=None),
    "bnd_two_layers.gpkg": right(
        accepted=5,
        note="layers",
        name=["A", "B", "X"],
        layer=["Test · beats", "Test · beats", "Test · wards"],
    ),
    "bnd_geojsonseq.geojsonl": right(name=["A", "B"]),
    "bnd_bng_noprj.zip": right(refused="coordinate system"),
    "bnd_bng_nocrs.geojson": right(refused="coordinate system"),
    "bnd_latlon.geojson": right(accepted=None, note="swapped", area=(32616, "America/Chicago")),
    "bnd_bng.geojson": right(accepted=None),
    "bnd_macosx.zip": right(accepted=None),
    "bnd_beats.kmz": right(accepted=None),
    "bnd_geojson_in.zip": right(accepted=None),
    "bnd_two_shapefiles.zip": right(accepted=4, note="beats.shp' (2 rows), 'some folder/wards.shp'"),
    "bnd_folder.zip": right(accepted=None),
    "bnd_shp_xml.zip": right(accepted=None),
    "bnd_kml_long_comment.kml": right(accepted=None),
    "bnd_utf8_nocpg.zip": right(name=["Señal", "Müller"]),
    "bnd_cp1252_nocpg.zip": right(accepted=None),
    "bnd_kml_extended.kml": right(accepted=None),
    "bnd_esri.json": right(accepted=None),
    "bnd_topo.json": right(accepted=None),
}


def check_case(store: Store, file: str) -> None:
    kind, case = KINDS[file.split("_")[0]], CASES[file]
    if case.refused:
        with pytest.raises(UnreadableFile, match=case.refused):
            run(store, FOLDER / file, kind)
        return
    report = run(store, FOLDER / file, kind)
    assert report.accepted == case.accepted if case.accepted else report.accepted, report
    if case.unplaced is not None:
        assert report.unplaced == case.unplaced, report
    if case.note:
        assert any(case.note in note for note in report.notes), report.notes
    if case.area:
        (area,) = store.rows("SELECT epsg, time_zone FROM area")
        assert (area["epsg"], area["time_zone"]) == case.area
    rows = store.rows(f'SELECT {COLUMNS.get(kind, "*")} FROM "{kind}" ORDER BY row_number')
    for column, wanted in case.values.items():
        assert [row[column] for row in rows[: len(wanted)]] == wanted, (column, rows)


@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the reported cases are not at {FOLDER}")
@pytest.mark.parametrize("file", CASES)
def test_a_reported_case_is_right(store, file):
    check_case(store, file)
