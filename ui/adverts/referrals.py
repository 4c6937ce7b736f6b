"""Referrals to safeguarding and support partners: drafted at an operation, listed in one place with their
status."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from analytics.adverts.indicator_hits import summarise_hits
from analytics.adverts.operation_finding import REFERRAL_SECTIONS, draft_referral
from analytics.oversight.exercise import mark_name, mark_of_sources, mark_text
from analytics.shared.unwritten import is_unwritten
from analytics.tasking.products import SavedMeanwhile, load_product
from analytics.tasking.referrals import (
    STANDINGS,
    build_referral_paper,
    list_referral_steps,
    list_referrals,
    record_step,
    save_referral,
)
from ui.adverts.movement import list_movement_sentences
from ui.adverts.screen import AdvertsScreen, Operation, read_itinerary
from ui.adverts.text import visible
from ui.components.act_buttons import act_button, submit_act
from ui.components.audit import log, log_once
from ui.components.choosing import choose_row, fit_rows
from ui.components.drafts import choose, edit_texts, forget, go_to
from ui.components.exporting import download_button
from ui.components.forms import clear_entry, entry_form
from ui.components.papers import offer_paper
from ui.components.text import MOMENT_FORMAT, plain
from ui.shell.pages import page_path

_NEW = 0
_STANDINGS = {entry.code: entry.label for entry in STANDINGS.entries}
_WHEN = st.column_config.DatetimeColumn("When (UTC)", format=MOMENT_FORMAT)
_COLUMNS = {
    "product_id": st.column_config.NumberColumn("No.", width="small"),
    "operation_id": st.column_config.NumberColumn("Operation", width="small"),
    "partner": st.column_config.TextColumn("To", width="medium"),
    "standing_name": "Status",
    "recorded_by": "By",
    "recorded_at": _WHEN,
    "note": st.column_config.TextColumn("Note", width="large"),
    "version": st.column_config.NumberColumn("Version", width="small"),
}


def show_operation_referrals(screen: AdvertsScreen, operation: Operation) -> None:
    """The referrals of one operation, and the texts of one under edit: saved in versions, downloaded as plain
    text."""
    referrals = list_referrals(screen.page.store, operation.number)
    st.subheader("Referral to safeguarding and support partners")
    if len(referrals):
        st.dataframe(_shown(referrals), hide_index=True, key="referrals-here", **_look(referrals))
    about = {_NEW: "A new referral"} | {
        int(
            row.product_id
        ): f"{row.product_id} to {visible(row.partner, one_line=True)}: {row.standing_name.lower()}"
        for row in referrals.itertuples()
    }
    chosen = choose("Work on", about, f"referral-of-{operation.number}")
    _edit(screen, operation, None if chosen == _NEW else referrals.set_index("product_id").loc[chosen])
    if chosen != _NEW:
        _print(screen, chosen)
        _show_steps(screen, chosen)


def show_referrals(screen: AdvertsScreen) -> None:
    """Every referral with its status, and one of them in full."""
    referrals = list_referrals(screen.page.store)
    if referrals.empty:
        st.info(
            "No referrals yet. Open an operation, choose 'Judge and refer', and use 'Welfare first'.",
            icon=":material/volunteer_activism:",
        )
        return
    counts = referrals.standing.value_counts()
    st.caption(
        " · ".join(f"{label}: {counts[code]}" for code, label in _STANDINGS.items() if code in counts)
        + " · choose one to read it and to record its next step"
    )
    number = choose_row(_shown(referrals), referrals.product_id, key="referrals", **_look(referrals))
    if number is None:
        return
    row = referrals[referrals.product_id == number].iloc[0]
    log_once(screen.page, "view referral", f"referral {number}", {"version": int(row.version)})
    head, back = st.columns([6, 2], vertical_alignment="center")
    head.subheader(f"Referral {number}")
    if pd.notna(row.operation_id):
        back.page_link(
            page_path("adverts"),
            label=f"Open operation {row.operation_id:.0f}",
            icon=":material/hub:",
            query_params={
                "operation": f"{row.operation_id:.0f}",
                "view": "Operations",
                "part": "Judge and refer",
            },
        )
    content = load_product(screen.page.store, number)["content"]
    with st.container(border=True):
        st.text(
            "\n\n".join(
                f"{REFERRAL_SECTIONS.get(name, name)}\n{visible(text)}" for name, text in content.items()
            )
        )
    _print(screen, number)
    _show_steps(screen, number)


def _shown(referrals: pd.DataFrame) -> pd.DataFrame:
    shown = referrals.assign(
        partner=referrals.partner.map(lambda text: visible(text, one_line=True)),
        note=referrals.note.map(lambda text: visible(text, one_line=True)),
        recorded_by=referrals.recorded_by.fillna(referrals.created_by),
        recorded_at=referrals.recorded_at.fillna(referrals.created_at),
    )
    return shown[list(_COLUMNS)]


def _look(referrals: pd.DataFrame) -> dict[str, Any]:
    return {
        "column_config": _COLUMNS,
        "alt": "Referrals and their status",
        "height": fit_rows(len(referrals), 300),
    }


def _edit(screen: AdvertsScreen, operation: Operation, referral: pd.Series | None) -> None:
    number = None if referral is None else int(referral.name)
    if number is None:
        shown = summarise_hits(screen.hits, operation.number, screen.file)
        texts = draft_referral(
            operation.subject,
            operation.adverts,
            shown,
            list_movement_sentences(read_itinerary(screen, operation)),
        )
    else:
        texts = load_product(screen.page.store, number)["content"]
    st.caption(
        "It holds no contact, name or wording of an advert. Replace every 'Not yet written'; send contacts "
        "only by the agreed secure way."
    )
    name = f"referral-{operation.number}-{number or 'new'}"
    partner = st.text_input(
        "To which partner",
        value="" if referral is None else referral.partner,
        key=f"partner-{name}",
        width=420,
        placeholder="an organisation: the council's safeguarding team, a support charity",
    )
    edited = edit_texts(name, REFERRAL_SECTIONS, texts)
    left = sum(map(is_unwritten, edited.values()))
    save, download, about = st.columns([1, 1, 3], vertical_alignment="center")
    if act_button(
        screen.page,
        "refer adverts",
        "Save the referral",
        place=save,
        type="primary",
        icon=":material/save:",
        key="save_referral",
    ):
        _save(
            screen,
            operation,
            name,
            number,
            partner,
            edited,
            None if referral is None else int(referral.version),
        )
    text = "\n\n".join(f"{REFERRAL_SECTIONS[part].upper()}\n{words}" for part, words in edited.items())
    mark = mark_of_sources(screen.page.store, table="advert")
    download_button(
        screen.page,
        "export referral",
        "As text",
        mark_text(text, mark),
        mark_name(f"referral-operation-{operation.number}.txt", mark),
        "text/plain",
        icon=":material/download:",
        key="referral_text",
        on_click=log,
        place=download,
        args=(screen.page, "export referral", operation.subject.name, {"open parts": left}),
    )
    about.caption(f"{left} parts are not yet written." if left else "Every part is written.")
    saved = st.session_state.get("saved_referral", (0, 0, 0))
    if saved[0] == operation.number:
        st.success(f"Saved as referral {saved[1]}, version {saved[2]}; the view 'Referrals' lists all.")


def _save(
    screen: AdvertsScreen,
    operation: Operation,
    name: str,
    number: int | None,
    partner: str,
    edited,
    seen: int | None,
) -> None:
    try:
        product, version = save_referral(
            screen.page.store,
            screen.page.actor,
            operation.number,
            partner,
            edited,
            product_id=number,
            latest_seen=seen,
        )
    except (ValueError, KeyError, SavedMeanwhile) as error:
        st.error(plain(error))
        return
    if number is None:
        forget(name)  # the next new referral begins with a fresh draft
        go_to(f"referral-of-{operation.number}", product)
    st.session_state["saved_referral"] = (operation.number, product, version)
    st.rerun()


def _print(screen: AdvertsScreen, number: int) -> None:
    """The saved version on paper; what is under edit is not in it yet."""
    paper = build_referral_paper(screen.page.store, number)
    offer_paper(screen.page, paper, f"referral-{number}", f"referral-paper-{number}", "export referral")


def _show_steps(screen: AdvertsScreen, number: int) -> None:
    """What became of a referral, and the form for the next step."""
    steps = list_referral_steps(screen.page.store, number)
    with entry_form(f"step-{number}"):
        standing = st.radio(
            "Status now",
            list(_STANDINGS),
            format_func=_STANDINGS.__getitem__,
            horizontal=True,
            index=None,
            help="\n".join(f"- {entry.label}: {entry.note}" for entry in STANDINGS.entries),
        )
        note = st.text_input(
            "Note", placeholder="what was done or answered, and by whom; no name from an advert"
        )
        if submit_act(screen.page, "refer adverts", "Record the step"):
            try:
                record_step(screen.page.store, screen.page.actor, number, standing or "", note)
            except (ValueError, KeyError) as error:
                st.error(plain(error))
            else:
                clear_entry(f"step-{number}")
                st.rerun()
    if len(steps):
        shown = steps.assign(
            note=steps.note.map(lambda text: visible(text, one_line=True)),
            partner=steps.partner.map(lambda text: visible(text, one_line=True)),
        )
        st.dataframe(
            shown[["standing_name", "partner", "note", "recorded_by", "recorded_at"]],
            hide_index=True,
            alt="Steps of the referral",
            column_config={
                "standing_name": "Status",
                "partner": "To",
                "note": st.column_config.TextColumn("Note", width="large"),
                "recorded_by": "By",
                "recorded_at": _WHEN,
            },
        )
