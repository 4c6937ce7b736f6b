"""The mapping of adverts, accounts and transactions in widgets, and the first rows as they would be read."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import available_timezones

import pandas as pd
import streamlit as st

from analytics.ingest import RawTable, RecordMapping, UnreadableFile, propose_record_mapping
from analytics.ingest.date_formats import FORMATS, example
from analytics.ingest.record_mapping import save_record_mapping, saved_record_mappings
from analytics.ingest.records import preview_records
from analytics.ingest.roles import ROLES
from analytics.shared.currency import currencies
from analytics.store import Store
from ui.components.evidence import log_once, readable
from ui.shell.page import Page

KINDS = {"adverts": "advert", "accounts": "account", "transactions": "transaction"}
FORMATS_READ = {
    "adverts": "CSV, JSON lines, Parquet or Excel; texts are read as text, and no picture is fetched",
    "accounts": "CSV, Parquet, Excel, or bank statements in XML (ISO 20022 camt.053)",
    "transactions": "CSV, Parquet, Excel, bank statements in XML (ISO 20022 camt.053), or a money-remittance "
    "CSV",
}
_NONE, _ZONE = "(none)", "that of the working area, else UTC"


def correct_record_mapping(page: Page, raw: RawTable, kind: str, file_name: str) -> RecordMapping:
    """The proposed mapping in widgets, as the user corrects it."""
    saved = saved_record_mappings(page.store, kind)
    chosen = st.selectbox("Mapping", ["as recognised", *saved], key=f"mapping-{kind}-{file_name}")
    proposed = saved.get(chosen) or propose_record_mapping(raw, kind)
    key = f"{kind}-{file_name}-{chosen}"
    mapping = proposed
    boxes = [box for _ in range(0, len(ROLES[kind]), 4) for box in st.columns(4)]
    for box, role in zip(boxes, ROLES[kind], strict=False):
        held = [name for name in proposed.of(role.name) if name in raw.columns]
        if role.several:
            names = tuple(
                box.multiselect(
                    role.label, raw.columns, default=held, key=f"role-{role.name}-{key}", help=role.help
                )
            )
        else:
            options = [_NONE, *raw.columns]
            picked = box.selectbox(
                role.label,
                options,
                index=options.index(held[0]) if held else 0,
                key=f"role-{role.name}-{key}",
                help=role.help,
            )
            names = () if picked == _NONE else (picked,)
        mapping = mapping.with_role(role.name, names)
    mapping = _reading(mapping, key)
    with st.popover("Save this mapping for next month's file", icon=":material/bookmark:"):
        name = st.text_input("Name", key=f"save-{key}")
        if st.button("Save", disabled=not name.strip(), key=f"save-button-{key}"):
            save_record_mapping(page.store, page.actor, name.strip(), mapping)
            st.toast("Saved.")
    return mapping


def _reading(mapping: RecordMapping, key: str) -> RecordMapping:
    """How times and amounts are written."""
    look, zone_box, sign, money = st.columns(4)
    formats = list(FORMATS)
    time_format = look.selectbox(
        "Dates look like",
        formats,
        index=formats.index(mapping.time_format),
        format_func=example,
        key=f"format-{key}",
        help="The last day of 2024 at a quarter past ten in the evening.",
    )
    mapping = replace(mapping, time_format=time_format)
    if mapping.kind != "account":
        zones = [_ZONE, *sorted(available_timezones())]
        zone = zone_box.selectbox(
            "Time zone of the times", zones, index=zones.index(mapping.time_zone or _ZONE), key=f"zone-{key}"
        )
        utc = zone_box.checkbox("Times are UTC", mapping.times_are_utc, key=f"utc-{key}")
        mapping = replace(mapping, time_zone=None if zone == _ZONE else zone, times_are_utc=utc)
    if mapping.kind == "advert":
        return mapping
    decimal = sign.selectbox(
        "Decimal sign", [".", ","], index=int(mapping.decimal == ","), key=f"decimal-{key}"
    )
    codes = list(currencies())
    currency = money.selectbox(
        "Currency of rows that state none",
        codes,
        index=codes.index(mapping.currency),
        key=f"currency-{key}",
        format_func=lambda code: f"{code} · {currencies()[code].name}",
    )
    minor = sign.checkbox("Amounts are pence or cents", mapping.amounts_are_minor, key=f"minor-{key}")
    rounded = money.checkbox(
        "Round parts of a penny",
        mapping.amounts_are_rounded,
        key=f"rounded-{key}",
        help="Otherwise such a row is refused.",
    )
    return replace(
        mapping, decimal=decimal, currency=currency, amounts_are_minor=minor, amounts_are_rounded=rounded
    )


@st.cache_data(max_entries=8, show_spinner="Reading the first rows …")
def _previewed(
    _store: Store, _raw: RawTable, sha256: str, mapping: RecordMapping
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    return preview_records(_store, _raw, mapping)


def preview_mapping(page: Page, raw: RawTable, mapping: RecordMapping, file_name: str) -> bool:
    """The first rows as they would be read; False where the mapping cannot be used."""
    try:
        rows, notes = _previewed(page.store, raw, raw.sha256, mapping)
    except UnreadableFile as error:
        st.warning(str(error))
        return False
    log_once(page, "view rows", f"preview of {file_name}", {"rows": len(rows)})
    shown = readable(rows.drop(columns="repost_of", errors="ignore"))
    st.dataframe(
        shown.dropna(axis="columns", how="all"),
        hide_index=True,
        height=260,
        alt="The first rows as they would be read",
        column_config={"row_number": "Row", "refused": "Refused because"},
    )
    refused = int(rows.refused.notna().sum())
    st.caption(
        f"The first {len(rows):,} rows: {refused:,} would be refused. The whole file is judged on import."
    )
    for note in notes:
        st.info(note[0].upper() + note[1:] + ".", icon=":material/info:")
    return True
