"""Plans of operations: victims' protection first, the enforcement plan after it, tied to an adopted
proposal."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from analytics.tasking.brief import TO_WRITE, is_open
from analytics.tasking.operation import (
    KIND,
    OPTIONS,
    PLAN_SECTIONS,
    Plan,
    adopted_proposals,
    draft_plan,
    load_plan,
    plan_paper,
    save_plan,
)
from analytics.tasking.products import SavedMeanwhile, list_products, list_versions
from ui.components.drafts import choose, choose_version, edit_texts, forget, go_to, say_state
from ui.components.papers import offer_paper
from ui.components.text import plain
from ui.shell.page import Page
from ui.tasking.release import show_edition

_NEW = 0
_VICTIMS = "victims_protection"
_ENFORCEMENT = ("tactics", "operation_risk", "risk_management", "resources")


def show_operations(page: Page) -> None:
    adopted = adopted_proposals(page.store)
    plans = list_products(page.store, KIND)
    options = {_NEW: "Plan a new operation"} if adopted else {}
    options |= {int(row.product_id): f"{row.product_id} · {row.title}" for row in plans.itertuples()}
    if not options:
        st.text(
            "Here investigators and prosecutors plan an operation that carries out an adopted proposal. None "
            "is adopted yet: "
            "decide on a brief in the meeting."
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
            f"Decision {saved.decision_id} no longer stands: a later one superseded it. Do not act on this "
            f"plan.",
            icon=":material/block:",
        )
    _write(page, f"{name}-{version}", saved, chosen, (version, latest))
    offer_paper(
        page, plan_paper(page.store, chosen, version), f"operation-plan-{chosen}-version-{version}", name
    )
    show_edition(page, chosen, version)


def _write(page: Page, name: str, saved: Plan, product: int | None, versions: tuple[int, int] | None) -> None:
    """The texts in the order of the plan: who is protected, then by which option, then how."""
    groups = {
        "Subject and objective": ("subject", "profile", "objective"),
        "Victims first": (_VICTIMS, "victims_risk"),
        "Law and consultation": ("legal_basis", "admissibility", "consultation", "success"),
    }
    texts = dict(saved.texts)
    for title, codes in groups.items():
        st.markdown(f"**{title}**")
        texts |= edit_texts(name, {code: PLAN_SECTIONS[code] for code in codes}, saved.texts)
    option, reason = _option(name, saved)
    st.markdown("**The enforcement plan**")
    if is_open(texts[_VICTIMS]):
        st.warning(
            "Write first how victims are protected. The enforcement plan opens when that is said.",
            icon=":material/health_and_safety:",
        )
    else:
        after = ("strategies", *_ENFORCEMENT)
        texts |= edit_texts(name, {code: PLAN_SECTIONS[code] for code in after}, saved.texts)
    plan = replace(saved, option=option, option_reason=reason, texts=texts)
    if product is not None:
        changed = [label for code, label in PLAN_SECTIONS.items() if texts[code] != saved.texts[code]]
        if (option, reason) != (saved.option, saved.option_reason):
            changed.append("Investigative option")
        say_state(*versions, changed)
    if still := plan.open_items():
        st.caption(f"Still to be written: {'; '.join(still)}.")
    _save(page, name, plan, product, versions)


def _option(name: str, saved: Plan) -> tuple[str | None, str]:
    left, right = st.columns(2)
    codes = list(OPTIONS)
    option = left.radio(
        "Investigative option",
        codes,
        format_func=OPTIONS.get,
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


def _save(page: Page, name: str, plan: Plan, product: int | None, versions: tuple[int, int] | None) -> None:
    label = "Save the plan" if product is None else f"Save as version {versions[1] + 1}"
    unprotected = is_open(plan.texts[_VICTIMS])
    if not st.button(
        label,
        type="primary",
        icon=":material/save:",
        disabled=unprotected,
        key=f"save-{name}",
        help=f"{PLAN_SECTIONS[_VICTIMS]} cannot be left empty or at '{TO_WRITE.strip()}'."
        if unprotected
        else None,
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
