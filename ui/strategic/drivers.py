"""Drivers of the environment: written, corrected and withdrawn by people."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from analytics.intelligence.grading import Grade
from analytics.oversight import Refused, may
from analytics.store import read_today
from analytics.strategic.drivers import (
    EFFECTS,
    FACTORS,
    Driver,
    DriverSavedMeanwhile,
    SavedDriver,
    list_driver_versions,
    save_driver,
    withdraw_driver,
)
from analytics.strategic.picture import StrategicPicture
from ui.components.act_buttons import act_button, submit_act
from ui.components.address import change_address
from ui.components.choosing import chosen_number, say_not_there, tick_row
from ui.components.text import DAY_FORMAT, DAY_INPUT, MOMENT_FORMAT, plain
from ui.intelligence.choices import labels
from ui.shell.page import Page

_NO_PROBLEM = ""


def show_drivers(page: Page, picture: StrategicPicture) -> None:
    names = [problem.name for problem in picture.problems]
    chosen = _choose(picture.drivers)
    written = {item.driver.factor for item in picture.drivers}
    missing = [entry.label for code, entry in FACTORS.items() if code not in written]
    if missing:
        st.caption(f"Nobody has written on: {', '.join(missing)}.")
    permission = may(page.actor, "save driver")
    if chosen is not None:
        _show_versions(page, chosen)
    if not permission:
        st.caption(f":material/visibility: To read only. {plain(permission.why)}")
    elif chosen is None:
        with st.expander("Write a driver", icon=":material/add:", expanded=not picture.drivers):
            _edit(page, names, None)
    else:
        with st.expander("Correct it", icon=":material/edit:"):
            _edit(page, names, chosen)
        with st.expander("Withdraw it", icon=":material/block:"):
            _withdraw(page, chosen)


def _choose(drivers: Sequence[SavedDriver]) -> SavedDriver | None:
    if not drivers:
        st.info(
            "A driver is what in the environment makes a problem grow, shrink or change. Each has a source "
            "and a grade, as a line of a report has."
        )
        return None
    table = pd.DataFrame(
        [
            (
                FACTORS[item.driver.factor].label,
                item.driver.statement,
                item.driver.problem,
                EFFECTS[item.driver.effect] if item.driver.problem else "",
                item.driver.source,
                str(item.driver.grade),
                item.driver.observed_on,
            )
            for item in drivers
        ],
        columns=["factor", "statement", "problem", "effect", "source", "grade", "observed"],
    )
    number = tick_row(
        table,
        [item.driver_id for item in drivers],
        chosen_number("driver"),
        lambda ticked: change_address(driver=None if ticked is None else str(ticked)),
        key="strategic-drivers",
        alt="Drivers by factor",
        column_config={
            "factor": "Factor",
            "statement": st.column_config.TextColumn("What is stated", width="large"),
            "problem": "Bears on",
            "effect": "Effect",
            "source": "Source",
            "grade": "Grade",
            "observed": st.column_config.DateColumn("Observed", format=DAY_FORMAT),
        },
    )
    if number is None and (asked := st.query_params.get("driver")):
        say_not_there(f"driver {asked}")
    return next((item for item in drivers if item.driver_id == number), None)


def _show_versions(page: Page, chosen: SavedDriver) -> None:
    st.subheader(plain(f"Driver {chosen.driver_id}, version {chosen.version}"))
    st.dataframe(
        list_driver_versions(page.store, chosen.driver_id),
        hide_index=True,
        alt="Versions of this driver, the newest first",
        column_config={
            "version": "Version",
            "statement": "What is stated",
            "source": "Source",
            "grade": "Grade",
            "withdrawn": "Withdrawn",
            "change_reason": "Why",
            "saved_by": "Saved by",
            "saved_at": st.column_config.DatetimeColumn("Saved (UTC)", format=MOMENT_FORMAT),
        },
    )


def _edit(page: Page, problems: list[str], chosen: SavedDriver | None) -> None:
    """The form of a new driver, or of the next version of one."""
    begun = chosen.driver if chosen else Driver("economic", "", "", Grade("2", "D"), read_today())
    key = f"driver-{chosen.driver_id}-{chosen.version}" if chosen else "driver-new"
    factors = {code: entry.label for code, entry in FACTORS.items()}
    sources, information = labels("source_3x5x2", with_code=True), labels("information_3x5x2", with_code=True)
    handling, conditions = labels("handling", with_code=True), labels("handling_conditions", with_code=True)
    options = [_NO_PROBLEM, *dict.fromkeys([*problems, *filter(None, [begun.problem])])]
    with st.form(key):
        first, second, third = st.columns(3)
        factor = first.selectbox(
            "Factor", list(factors), list(factors).index(begun.factor), format_func=factors.__getitem__
        )
        problem = second.selectbox(
            "Bears on",
            options,
            options.index(begun.problem),
            format_func=lambda name: plain(name) or "no single problem",
        )
        effect = third.selectbox(
            "Effect", list(EFFECTS), list(EFFECTS).index(begun.effect), format_func=EFFECTS.__getitem__
        )
        statement = st.text_area("What is stated, in one or two sentences", begun.statement, height=80)
        where, when = st.columns([3, 1])
        source = where.text_input("Source: where it is read, or who says it", begun.source)
        observed = when.date_input("Observed", begun.observed_on, max_value=read_today(), format=DAY_INPUT)
        one, two, three, four = st.columns(4)
        grade = Grade(
            one.selectbox(
                "Source grade",
                list(sources),
                list(sources).index(begun.grade.source),
                format_func=sources.__getitem__,
            ),
            two.selectbox(
                "Information grade",
                list(information),
                list(information).index(begun.grade.information),
                format_func=information.__getitem__,
            ),
            three.selectbox(
                "Handling",
                list(handling),
                list(handling).index(begun.grade.handling),
                format_func=handling.__getitem__,
            ),
            tuple(
                four.multiselect(
                    "Conditions",
                    list(conditions),
                    list(begun.grade.conditions),
                    format_func=conditions.__getitem__,
                )
            ),
        )
        reason = st.text_input("Why it is changed") if chosen else ""
        if not submit_act(page, "save driver", "Save", type="primary", icon=":material/save:"):
            return
    driver = Driver(factor, statement, source, grade, observed, problem, effect)
    try:
        save_driver(
            page.store,
            page.actor,
            driver,
            driver_id=chosen.driver_id if chosen else None,
            latest_seen=chosen.version if chosen else None,
            change_reason=reason,
        )
    except (ValueError, Refused, DriverSavedMeanwhile) as error:
        st.error(plain(error))
    else:
        st.rerun()


def _withdraw(page: Page, chosen: SavedDriver) -> None:
    reason = st.text_input("Why it is withdrawn", key=f"withdraw-{chosen.driver_id}")
    if act_button(page, "save driver", "Withdraw", icon=":material/block:", disabled=not reason.strip()):
        try:
            withdraw_driver(page.store, page.actor, chosen, reason)
        except (ValueError, Refused, DriverSavedMeanwhile) as error:
            st.error(plain(error))
        else:
            st.rerun()
