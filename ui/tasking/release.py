"""A sanitised edition of a written product: made by rule, compared with what it was, released with its
partner and reason."""

from __future__ import annotations

import streamlit as st

from analytics.tasking.release import (
    ChangedMeanwhile,
    NothingToRelease,
    ReleaseChoices,
    ReleaseDraft,
    SanitisedPart,
    draft_release,
    list_releases,
    load_release,
    read_release_rules,
    release_product,
)
from ui.components.papers import offer_paper
from ui.components.text import plain
from ui.shell.page import Page


def show_release(page: Page, product: int, version: int) -> None:
    """Made for a partner, compared, released; and what left before."""
    with st.expander(
        "Sanitised edition for a partner",
        icon=":material/ink_eraser:",
        key=f"edition-{product}",
        on_change="rerun",
    ) as shown:
        if not shown.open:
            return
        choices = _choose(product)
        try:
            edition = draft_release(page.store, product, version, choices)
        except (NothingToRelease, KeyError) as error:
            st.error(plain(error.args[0]), icon=":material/block:")
        else:
            _compare(edition)
            _release(page, product, version, edition)
        _show_released(page, product)


def _choose(product: int) -> ReleaseChoices:
    rules = read_release_rules()
    st.caption(
        f"Made by the rules of data/release.toml, version {rules.version}. What is in doubt stays behind; "
        f"nothing leaves before it is released."
        + (
            " They come from general knowledge of practice: compare them with your own sharing agreements."
            if rules.check
            else ""
        )
    )
    kind, partner, authorised = st.columns(3)
    chosen = kind.selectbox(
        "Kind of partner",
        list(rules.partners),
        format_func=lambda code: rules.partners[code].label,
        key=f"edition-kind-{product}",
    )
    name = partner.text_input("Partner (office or unit)", key=f"edition-partner-{product}")
    who = authorised.text_input(
        "Authorised by, where a condition asks for it",
        key=f"edition-authorised-{product}",
        help=f"Conditions {', '.join(sorted(rules.needs_authority))}.",
    )
    also = st.text_input("Also withhold (words or names, apart by semicolons)", key=f"edition-also-{product}")
    cleared = st.session_state.get(f"edition-cleared-{product}", [])
    words = tuple(word.strip() for word in also.split(";") if word.strip())
    return ReleaseChoices(chosen, name, who, tuple(cleared), words)


def _compare(edition: ReleaseDraft) -> None:
    """Every part left as it was with what is withheld struck out, right as it would leave."""
    if edition.withheld:
        reasons = "\n".join(
            f"- {mark.kind.capitalize()} {mark.number}{f', line {mark.line}' if mark.line else ''}: "
            f"{plain(why)}"
            for mark, why in edition.withheld.items()
        )
        st.warning(f"Left out with all that rests on them:\n{reasons}", icon=":material/visibility_off:")
    left, right = st.columns(2)
    left.markdown("**As it is** · what is withheld is struck out")
    right.markdown("**The edition** · what stands there instead, in brackets")
    for part in edition.parts:
        before, after = st.columns(2)
        before.markdown(f"**{plain(part.title)}**  \n{_struck(part)}")
        after.markdown(f"**{plain(part.title)}**  \n{_replaced(part) or '*nothing is left of it*'}")
    st.text(edition.sections()["Not in this edition"])
    st.caption(f"On every page: {plain(edition.handling)}.")


def _struck(part: SanitisedPart) -> str:
    shown, at = [], 0
    for change in part.changes:
        shown += [_lines(part.original[at : change.start])]
        if gone := " ".join(part.original[change.start : change.end].split()):
            shown.append(f":red-background[~~{plain(gone)}~~]")
        at = change.end
    return "".join([*shown, _lines(part.original[at:])])


def _replaced(part: SanitisedPart) -> str:
    shown, at = [], 0
    for change in part.changes:
        shown.append(_lines(part.original[at : change.start]))
        if change.said:
            shown.append(f":blue-background[{plain(change.said)}]")
        at = change.end
    return "".join([*shown, _lines(part.original[at:])])


def _lines(text: str) -> str:
    """Text as it is, its lines kept; blanks at its ends matter beside what is marked."""
    lines = [
        f"{' ' if line[:1] == ' ' else ''}{plain(line)}{' ' if line[-1:] == ' ' and line.strip() else ''}"
        for line in text.split("\n")
    ]
    return "  \n".join(lines)


def _release(page: Page, product: int, version: int, edition: ReleaseDraft) -> None:
    key = f"edition-cleared-{product}"
    options = list(dict.fromkeys([*st.session_state.get(key, []), *edition.possible]))
    if options:
        st.multiselect(
            "Withheld because they may be names: let stand those that are none",
            options,
            key=key,
            persist_state="session",
            help="You are named for it in the audit trail. Names known from the evidence cannot be let "
            "stand.",
        )
    with st.form(f"release-{product}", border=False):
        reason = st.text_input("Why it is released")
        if st.form_submit_button("Release this edition", type="primary", icon=":material/send:"):
            try:
                number = release_product(page.store, page.actor, product, version, edition, reason)
            except (ValueError, ChangedMeanwhile) as error:
                st.error(plain(error))
            else:
                st.success(f"Edition {number} is released. Its files are below.", icon=":material/check:")


def _show_released(page: Page, product: int) -> None:
    held = list_releases(page.store, product)
    if held.empty:
        return
    st.dataframe(
        held,
        hide_index=True,
        placeholder="",
        alt="Editions that were released",
        column_config={
            "release_id": st.column_config.NumberColumn("Edition", width=70),
            "product_version": "Of version",
            "partner": "Partner",
            "partner_kind": "Kind",
            "reason": st.column_config.TextColumn("Why", width="medium"),
            "authorised_by": "Authorised by",
            "rules_version": "Rules",
            "let_stand": "Words let stand",
            "released_by": "Released by",
            "released_at": st.column_config.DatetimeColumn("When (UTC)", format="YYYY-MM-DD HH:mm"),
        },
    )
    number = st.selectbox("Edition", held.release_id.tolist(), key=f"edition-printed-{product}", width=160)
    offer_paper(
        page,
        load_release(page.store, int(number)),
        f"edition-{number}",
        f"edition-{number}",
        "export edition",
    )
