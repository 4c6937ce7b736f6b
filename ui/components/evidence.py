"""The evidence drawer: the rows behind what was clicked. The same on every page."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from analytics.intelligence.evidence import count_evidence, read_evidence_lines, read_evidence_rows
from analytics.intelligence.evidence_state import (
    REPORT,
    list_removals,
    read_evidence_states,
    read_stated_rows,
)
from analytics.intelligence.findings import list_finding_versions
from analytics.oversight.approvals import BULK_ROWS, UNMASKED, take_unmasked
from analytics.oversight.exercise import mark_table
from analytics.oversight.masking import mask_rows
from analytics.oversight.roles import tier_of
from analytics.search import PageLink
from analytics.search.find import open_record
from analytics.shared.currency import written
from analytics.shared.safe_csv import safe_csv
from analytics.shared.wording import counted, write_moment
from ui.components.approvals import ask_second
from ui.components.audit import log_once
from ui.components.choosing import choose_row
from ui.components.exporting import download_button, offer_csv
from ui.components.opening import open_link
from ui.components.text import DAY_FORMAT, MOMENT_FORMAT
from ui.shell.page import Page

_A_PAGE = 500
_TIMES = {
    "occurred_from": "From (UTC)",
    "occurred_to": "To (UTC)",
    "occurred_at": "Time (UTC)",
    "posted_at": "Posted (UTC)",
    "departed_at": "Departed or seen (UTC)",
    "started_at": "Started (UTC)",
    "arrived_at": "Arrived (UTC)",
    "booked_at": "Booked (UTC)",
}
_DAYS = {"opened": "Opened", "let_from": "Let from", "let_to": "Let to"}
ROW_TITLES: dict[str, Any] = {
    "source_id": "Source",
    "row_number": "Row",
    "reference": "Reference",
    "category": "Category",
    "kind": "Kind",
    "time_precision": "Time known to the",
    "place": "Place",
    "site": "Site",
    "title": "Title",
    "body": "Text",
    "contact": "Declared contacts",
    "from_account": "From",
    "to_account": "To",
    "amount": st.column_config.TextColumn("Amount", alignment="right"),
    "currency": "Currency",
    "channel": "Channel",
    "merchant_category": "Merchant category",
    "country": "Country",
    "note": "Note",
    "holder": "Holder",
    "phone": "Telephone",
    "email": "E-mail",
    "address": "Address",
    "activity": "Declared activity",
    "stage": "Stage",
    "mode": "By",
    "from_place": "From",
    "to_place": "To",
    "traveller": "Traveller",
    "paid_by": "Paid by",
    "position": "No.",
    "from_country": "Payer's country",
    "to_country": "Payee's country",
    "from_role": "Payer's part",
    "to_role": "Payee's part",
    "from_phone": "From",
    "to_phone": "To",
    "seconds": "Seconds",
    "from_name": "From (name)",
    "to_name": "To (name)",
    "device": "Handset (IMEI)",
    "subscriber": "SIM card (IMSI)",
    "owner": "Owner",
    "status": "Status",
    "price": st.column_config.TextColumn("Price", alignment="right"),
    "service": "Flight, train or vessel",
    "vehicle": "Vehicle",
    "document": "Document",
    "born": "Born",
}
ROW_TITLES |= {name: st.column_config.DateColumn(label, format=DAY_FORMAT) for name, label in _DAYS.items()}
ROW_TITLES |= {
    name: st.column_config.DatetimeColumn(label, format=MOMENT_FORMAT) for name, label in _TIMES.items()
}
TABLES = {
    "incident": "Incidents",
    "advert": "Adverts",
    "transaction": "Transactions",
    "account": "Accounts",
    "premises": "Premises",
    "journey": "Journeys",
    "communication": "Communications",
}


def evidence_drawer(
    page: Page,
    what: str,
    read: Callable[[int, int], pd.DataFrame],
    total: int,
    *,
    key: str,
    table: str = "incident",
    revealed: bool = False,
) -> None:
    """List the rows of `table` behind `what`, a page of 500 at a time; `read(limit, offset)` fetches them.

    Personal columns are masked unless `revealed` (see `ui.components.reveal`), and in a download unless it is
    also asked for there. A view is audited once a session, an export each time."""
    offset = 0
    if total > _A_PAGE:
        last = -(-total // _A_PAGE)
        number = st.number_input(f"Page of {last}", 1, last, key=f"{key}_page", width=160)
        offset = (number - 1) * _A_PAGE
    rows = read(_A_PAGE, offset)
    log_once(
        page,
        "view rows",
        what,
        {"rows": len(rows), "from": offset} | ({"revealed": True} if revealed else {}),
    )
    shown = readable(rows if revealed else mask_rows(rows, table))
    chosen = choose_row(
        shown.dropna(axis="columns", how="all"),
        zip(rows.source_id, rows.row_number, strict=True),
        key=f"{key}_rows",
        placeholder="",
        height=260,
        alt=f"{TABLES[table]} of {what}",
        column_config=ROW_TITLES,
    )
    if chosen is not None:
        source, row = (int(part) for part in chosen)
        open_link(open_record(table, source, row), f"Open row {row} of source {source}", key=f"{key}_row")
    range_ = "" if len(rows) == total else f" Rows {offset + 1:,} to {offset + len(rows):,}."
    st.caption(
        f"{counted(total, 'row')}, each with its source and its row number there.{range_} Times are UTC."
    )
    personal = revealed and st.checkbox("Download with personal data", key=f"{key}_personal")
    if personal and total > BULK_ROWS:
        _offer_unmasked(page, f"{what}, {table}, {counted(total, 'row')}", lambda: read(total, 0), key)
    elif total <= _A_PAGE:
        _download(page, what, rows if personal else mask_rows(rows, table), key, personal)
    elif st.button(f"Prepare all {counted(total, 'row')} (CSV)", key=f"{key}_all", icon=":material/table:"):
        rows = read(total, 0)
        _download(page, what, rows if personal else mask_rows(rows, table), key, personal)


def _offer_unmasked(page: Page, what: str, read: Callable[[], pd.DataFrame], key: str) -> None:
    """Many rows with personal data, once a second person has approved it."""
    if ask_second(page, UNMASKED, what, key=f"{key}_unmasked"):
        download_button(
            page,
            UNMASKED,
            "Download rows with personal data (CSV)",
            lambda: safe_csv(mark_table(page.store, spread_attributes(read()))),
            "evidence.csv",
            "text/csv",
            icon=":material/download:",
            key=f"{key}_unmasked",
            on_click=take_unmasked,
            args=(page.store, page.actor, what),
        )


def _read_rows(
    page: Page, finding_id: int, version: int, table: str, limit: int, offset: int
) -> pd.DataFrame:
    return read_evidence_rows(page.store, finding_id, version, table=table, limit=limit, offset=offset)


def finding_evidence(page: Page, finding_id: int, version: int | None = None, *, key: str) -> None:
    """The rows behind a version of a finding (the latest unless named), table by table, and what became of
    them. `key` names the place on the page: the same finding can be open in two."""
    version = version or int(list_finding_versions(page.store, finding_id).version.max())
    say_evidence(page, finding_id, version)
    tier = tier_of(page.actor)
    if not tier.rows:
        st.caption("This role does not read the rows behind findings.")
        return
    tables = count_evidence(page.store, finding_id, version)
    for table, rows in tables.items():
        st.markdown(f"**{TABLES[table]}** behind finding {finding_id}")
        evidence_drawer(
            page,
            f"finding {finding_id}",
            partial(_read_rows, page, finding_id, version, table),
            rows,
            key=f"{key}-finding-{finding_id}-{version}-{table}",
            table=table,
        )
    lines = read_evidence_lines(page.store, finding_id, version)
    lines = lines[lines.handling.isin(tier.handling)]
    if len(lines):
        st.markdown(f"**Lines of reports** behind finding {finding_id}")
        log_once(page, "view rows", f"finding {finding_id}", {"lines": len(lines)})
        chosen = choose_row(
            lines[["report_id", "report_version", "line", "sanitised", "grade", "title"]],
            lines.report_id.astype(str) + "." + lines.line.astype(str),
            key=f"{key}-lines-{finding_id}-{version}",
            alt=f"Lines of reports behind finding {finding_id}",
            column_config={
                "report_id": "Report",
                "report_version": "Version",
                "line": "Line",
                "grade": "Grading",
                "title": "Title of the report",
                "sanitised": st.column_config.TextColumn("Information", width="large"),
            },
        )
        if chosen is not None:
            number = chosen.partition(".")[0]
            opens = PageLink("intelligence", {"tab": "Reports", "report": number})
            open_link(opens, f"Open report {number}", key=f"{key}-report-{finding_id}")


def say_evidence(page: Page, finding_id: int, version: int) -> None:
    """Whether the rows of a version are what they were; where not, which were removed or changed, and who
    removed them."""
    state = read_evidence_states(page.store, {finding_id: version})[finding_id]
    if state.intact:
        st.caption(f"Evidence of finding {finding_id}, version {version}: {state}.")
        return
    st.warning(
        f"The evidence of finding {finding_id}, version {version}, is not what it was: {state}. The finding "
        f"stays as it was saved.",
        icon=":material/report:",
    )
    lost = read_stated_rows(page.store, finding_id, version)
    lost = lost[lost.state != "unchanged"]
    with st.expander(f"Which: {counted(len(lost), 'row')}"):
        st.dataframe(
            lost.assign(source=lost.source.fillna("no longer in the store")),
            hide_index=True,
            placeholder="",
            height="auto" if len(lost) < 8 else 260,
            alt=f"Rows of finding {finding_id} that were removed or changed",
            column_config={
                "table_name": "Table",
                "source_id": "Source",
                "row_number": "Row",
                "source": "Name",
                "state": "What became of it",
            },
        )
        gone = lost[(lost.state == "removed") & (lost.table_name != REPORT)].source_id.unique().tolist()
        for row in list_removals(page.store, gone).itertuples():
            st.text(
                f"Source {row.source_id} was removed by {row.actor}, {write_moment(row.recorded_at)} UTC: "
                f"{row.why}"
            )


def readable(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with minor units as an amount people read, beside its currency, and each further column of
    the file as one of its own."""
    for minor in ("amount_minor", "price_minor"):
        if minor in rows:
            amounts = [
                written(units, code) or None for units, code in zip(rows[minor], rows.currency, strict=True)
            ]
            position = rows.columns.get_loc(minor)
            rows = rows.drop(columns=minor)
            rows.insert(position, minor.removesuffix("_minor"), amounts)
    return spread_attributes(rows)


def spread_attributes(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with each further column of their files as a column, after the rest."""
    if "attributes" not in rows:
        return rows
    parted = [json.loads(text) if isinstance(text, str) else {} for text in rows.attributes]
    rest = rows.drop(columns="attributes")
    names = dict.fromkeys(name for values in parted for name, value in values.items() if value)
    # a name that the table has already stands for the table's own column
    further = {
        (f"{name} (file)" if name in rest else name): [values.get(name) for values in parted]
        for name in names
    }
    return rest.assign(**further)


def _download(page: Page, what: str, rows: pd.DataFrame, key: str, personal: bool) -> None:
    offer_csv(
        page,
        "Download rows (CSV)",
        spread_attributes(rows),
        "evidence",
        "export rows",
        what,
        {"rows": len(rows), "personal data": personal},
        key=f"{key}_csv",
    )
