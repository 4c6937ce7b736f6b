"""Operation plans: each carries out an adopted proposal and puts victims' protection before enforcement."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from analytics.store import read_today
from analytics.tasking.operation import (
    OPTIONS,
    VICTIMS,
    OperationPlan,
    build_plan_paper,
    draft_plan,
    list_adopted_proposals,
    list_plan_missing,
    load_plan,
    save_plan,
)
from analytics.tasking.products import SavedMeanwhile, list_products, list_versions
from analytics.tasking.readiness import ProsecutorConsultation, says_something
from analytics.tasking.saved_sections import WrittenSection
from analytics.tasking.sections import PLAN, read_asked_sections
from ui.components.act_buttons import act_button
from ui.components.drafts import choose, choose_version, forget, go_to, say_state
from ui.components.papers import offer_paper
from ui.components.text import DAY_INPUT, plain
from ui.shell.page import Page
from ui.tasking.readiness import show_readiness
from ui.tasking.release import show_release
from ui.tasking.saving import edit_sections

_NEW = 0


def show_operations(page: Page) -> None:
    adopted = list_adopted_proposals(page.store)
    plans = list_products(page.store, PLAN)
    options = {_NEW: "Plan a new operation"} if adopted else {}
    options |= {int(row.product_id): f"{row.product_id} · {row.title}" for row in plans.itertuples()}
    if not options:
        st.text(
            "Investigators and prosecutors plan operations here. A plan carries out an adopted proposal, and "
            "none has been adopted yet. Decide on a brief in the meeting first."
        )
        return
    chosen = choose("Operation", options, "operation")
    if chosen == _NEW:
        decision = st.selectbox(
            "The adopted proposal it carries out",
            list(adopted),
            format_func=lambda number: f"{number} · {adopted[number]}",
            key="plan_decision",
        )
        _write(page, f"plan-new-{decision}", draft_plan(page.store, decision), None, None)
        return
    name = f"plan-{chosen}"
    version, latest = choose_version(name, list_versions(page.store, chosen))
    saved = load_plan(page.store, chosen, version)
    if saved.decision_id not in adopted:
        st.error(
            f"Decision {saved.decision_id} has been superseded. Do not act on this plan.",
            icon=":material/block:",
        )
    _write(page, f"{name}-{version}", saved, chosen, (version, latest))
    offer_paper(
        page,
        build_plan_paper(page.store, chosen, version),
        f"operation-plan-{chosen}-version-{version}",
        name,
    )
    show_release(page, chosen, version)


def _write(
    page: Page, name: str, saved: OperationPlan, product: int | None, versions: tuple[int, int] | None
) -> None:
    """The plan in its order: who is protected, by which option, and how."""
    before, after = _groups(saved)
    texts = {section.code: section.text for section in saved.sections()}
    changed: list[str] = []
    for title, sections in before.items():
        changed += _edit_group(name, title, sections, texts)
    consultation = _consult(name, saved.consultation)
    option, reason = _option(name, saved)
    if not says_something(texts[VICTIMS]):
        st.markdown(f"**{', '.join(after)}**")
        st.warning(
            "Write first how victims are protected, in words. The enforcement plan opens after that.",
            icon=":material/health_and_safety:",
        )
    else:
        for title, sections in after.items():
            changed += _edit_group(name, title, sections, texts)
    plan = replace(saved, option=option, option_reason=reason, texts=texts, consultation=consultation)
    if product is not None and versions is not None:
        if (option, reason) != (saved.option, saved.option_reason):
            changed.append("Investigative option")
        if consultation != saved.consultation:
            changed.append("Consultation of a prosecutor")
        say_state(versions[0], versions[1], changed)
    show_readiness(list_plan_missing(page.store, plan))
    if still := plan.open_items():
        st.caption(f"Not yet written: {'; '.join(still)}.")
    _save(page, name, plan, product, versions)


Groups = dict[str, list[WrittenSection]]


def _groups(saved: OperationPlan) -> tuple[Groups, Groups]:
    """The sections by heading: those always open, and those that wait for victims' protection.

    A section no longer asked for waits too, because its content is unknown."""
    asked = read_asked_sections(PLAN)
    before: Groups = {}
    after: Groups = {}
    for section in saved.sections():
        form = asked.get(section.code)
        groups = after if form is None or form.after_victims else before
        groups.setdefault(form.group if form else "Earlier sections", []).append(section)
    return before, after


def _edit_group(name: str, title: str, sections: list[WrittenSection], texts: dict[str, str]) -> list[str]:
    """Edit one group into `texts`; returns the titles of the sections that differ from what is saved."""
    st.markdown(f"**{plain(title)}**")
    edited, changed = edit_sections(name, PLAN, sections)
    texts |= edited
    return changed


def _consult(name: str, saved: ProsecutorConsultation) -> ProsecutorConsultation:
    """Whom of the prosecution was asked, when, and what came of it."""
    st.markdown("**Consultation of a prosecutor**")
    who, when, outcome = st.columns([2, 1, 3])
    return ProsecutorConsultation(
        who.text_input(
            "Prosecutor consulted (name)",
            saved.prosecutor,
            key=f"prosecutor-{name}",
            persist_state="session",
        ).strip(),
        when.date_input(
            "Date",
            saved.day,
            max_value=max(read_today(), saved.day or read_today()),
            key=f"consulted-{name}",
            persist_state="session",
            format=DAY_INPUT,
        ),
        outcome.text_input(
            "Outcome (what was agreed)", saved.outcome, key=f"agreed-{name}", persist_state="session"
        ).strip(),
    )


def _option(name: str, saved: OperationPlan) -> tuple[str | None, str]:
    left, right = st.columns(2)
    codes = list(OPTIONS)
    option = left.radio(
        "Investigative option",
        codes,
        format_func=OPTIONS.__getitem__,
        index=codes.index(saved.option) if saved.option else None,
        key=f"option-{name}",
        persist_state="session",
    )
    reason = right.text_area(
        "Why this one, and not the others",
        saved.option_reason,
        key=f"option-why-{name}",
        height=100,
        persist_state="session",
    )
    return option, reason


def _save(
    page: Page, name: str, plan: OperationPlan, product: int | None, versions: tuple[int, int] | None
) -> None:
    label = "Save the plan" if versions is None else f"Save as version {versions[1] + 1}"
    unprotected = not says_something(plan.texts[VICTIMS])
    if not act_button(
        page,
        "save operation plan",
        label,
        type="primary",
        icon=":material/save:",
        disabled=unprotected,
        key=f"save-{name}",
        help="Victims' protection must be written before the plan can be saved." if unprotected else None,
    ):
        return
    try:
        number, version = save_plan(
            page.store, page.actor, plan, product_id=product, latest_seen=versions[1] if versions else None
        )
    except (ValueError, SavedMeanwhile) as error:
        st.error(plain(error))
    else:
        forget(name)
        go_to("operation", number)
        go_to(f"version-plan-{number}", version)
        st.rerun()
