"""A sanitised edition of a written product: built by rule, compared with the original, released to a
partner."""

from __future__ import annotations

import streamlit as st

from analytics.tasking.release import (
    RELEASE,
    ChangedMeanwhile,
    NothingToRelease,
    ReleaseChoices,
    ReleaseDraft,
    SanitisedPart,
    draft_release,
    list_releases,
    load_release,
    name_release,
    read_release_rules,
    release_product,
)
from ui.components.act_buttons import submit_act
from ui.components.approvals import ask_second
from ui.components.papers import offer_paper
from ui.components.text import MOMENT_FORMAT, plain
from ui.shell.page import Page


def show_release(page: Page, product: int, version: int) -> None:
    """Build an edition, compare and release it; list earlier releases."""
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
        f"Built by the rules of data/release.toml, version {rules.version}. Anything in doubt is withheld. "
        f"Nothing is shared before you release it."
        + (
            " These rules follow general practice: compare them with your own sharing agreements."
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
        "Authorised by (if a condition requires it)",
        key=f"edition-authorised-{product}",
        help=f"Conditions {', '.join(sorted(rules.needs_authority))}.",
    )
    also = st.text_input(
        "Also withhold (words or names, separated by semicolons)", key=f"edition-also-{product}"
    )
    cleared = st.session_state.get(f"edition-cleared-{product}", [])
    words = tuple(word.strip() for word in also.split(";") if word.strip())
    return ReleaseChoices(chosen, name, who, tuple(cleared), words)


def _compare(edition: ReleaseDraft) -> None:
    """The original on the left with withheld text struck out; the edition on the right."""
    if edition.withheld:
        reasons = "\n".join(
            f"- {mark.kind.capitalize()} {mark.number}{f', line {mark.line}' if mark.line else ''}: "
            f"{plain(why)}"
            for mark, why in edition.withheld.items()
        )
        st.warning(
            f"Left out, with every statement that rests on them:\n{reasons}", icon=":material/visibility_off:"
        )
    left, right = st.columns(2)
    left.markdown("**Original** · withheld text is struck out")
    right.markdown("**Edition** · replacements in brackets")
    for part in edition.parts:
        before, after = st.columns(2)
        before.markdown(f"**{plain(part.title)}**  \n{_struck(part)}")
        after.markdown(f"**{plain(part.title)}**  \n{_replaced(part) or '*nothing remains*'}")
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
        if change.replacement:
            shown.append(f":blue-background[{plain(change.replacement)}]")
        at = change.end
    return "".join([*shown, _lines(part.original[at:])])


def _lines(text: str) -> str:
    """Text with its line breaks; blanks at its ends matter beside marked text."""
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
            "Withheld as possible names: select those that are not names",
            options,
            key=key,
            persist_state="session",
            help="The audit trail records that you cleared them. Names known from the evidence cannot be "
            "cleared.",
        )
    if not ask_second(page, RELEASE, name_release(product, version, edition), key=f"release-{product}"):
        return
    with st.form(f"release-{product}", border=False):
        reason = st.text_input("Reason for release")
        if submit_act(
            page, "release edition", "Release this edition", type="primary", icon=":material/send:"
        ):
            try:
                number = release_product(page.store, page.actor, product, version, edition, reason)
            except (ValueError, ChangedMeanwhile) as error:
                st.error(plain(error))
            else:
                st.success(f"Edition {number} is released. Its files are below.", icon=":material/check:")


def _show_released(page: Page, product: int) -> None:
    released = list_releases(page.store, product)
    if released.empty:
        return
    st.dataframe(
        released,
        hide_index=True,
        placeholder="",
        alt="Released editions",
        column_config={
            "release_id": st.column_config.NumberColumn("Edition", width=70),
            "product_version": "Of version",
            "partner": "Partner",
            "partner_kind": "Kind",
            "reason": st.column_config.TextColumn("Reason", width="medium"),
            "authorised_by": "Authorised by",
            "rules_version": "Rules",
            "let_stand": "Words cleared",
            "released_by": "Released by",
            "released_at": st.column_config.DatetimeColumn("When (UTC)", format=MOMENT_FORMAT),
        },
    )
    number = st.selectbox(
        "Edition", released.release_id.tolist(), key=f"edition-printed-{product}", width=160
    )
    offer_paper(
        page,
        load_release(page.store, int(number)),
        f"edition-{number}",
        f"edition-{number}",
        "export edition",
    )
