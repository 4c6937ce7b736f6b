"""The effect at a place: the verdict, counts by week, the comparison's checks and the published measures."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from analytics.figures.theme import OTHER, theme
from analytics.hotspots.category_harm import harm_in_force
from analytics.shared.wording import write_period
from analytics.tasking.effect import FEWER, MORE, NO_EFFECT, NOT_MEASURED, UNJUDGED, Effect
from analytics.tasking.results import Target
from ui.components.series import DASHED, DOTTED, DayMark, DrawnSeries, show_series
from ui.components.text import plain
from ui.shell.layout import pair
from ui.shell.page import Page

_SIGNS = {
    FEWER: (st.success, ":material/trending_down:"),
    MORE: (st.error, ":material/trending_up:"),
    NO_EFFECT: (st.info, ":material/trending_flat:"),
    "too early": (st.info, ":material/hourglass_top:"),
    UNJUDGED: (st.warning, ":material/balance:"),
    NOT_MEASURED: (st.info, ":material/block:"),
}
_WORSE = " The action may have made things worse, or more may have been recorded because of it."


def say_verdict(verdict: str, where: str, why: str) -> None:
    """The verdict as one sentence; colour and icon repeat what the words say."""
    say, icon = _SIGNS[verdict]
    worse = _WORSE if verdict == MORE else ""
    say(f"**{verdict.capitalize()}** {plain(where)}. {plain(why)}{worse}", icon=icon)


def show_verdict(effect: Effect, target: Target) -> None:
    """The verdict, and beside it why: what was compared with what."""
    say_verdict(effect.verdict, f"at {target.label}", effect.why)
    if len(effect.baselines):
        _show_baselines(effect)


def show_early(weekly: pd.DataFrame, target: Target) -> None:
    """The place before and after the action, where it is too early to compare it with anything."""
    _draw_weeks(weekly, target)
    after = int((weekly.week >= target.start).sum())
    st.caption(
        f"Whole weeks from the day of the action: {after} after it so far. Nothing is compared yet, so a "
        "rise or a fall says nothing of the action."
    )


def _draw_weeks(weekly: pd.DataFrame, target: Target) -> None:
    show_against_control(weekly, target.start, key="effect")


def show_against_control(
    weekly: pd.DataFrame,
    start: date,
    *,
    key: str,
    subject: str = "The place",
    similar: str = "Similar places, mean",
    measured: str = "Incidents a week",
) -> None:
    """A tasked place or network over time against its control: `weekly` has week, count, control (mean of its
    like) and synthetic (both NaN without one); `start` is the day of the action."""
    colours = theme(dark=st.context.theme.type == "dark")
    series = [DrawnSeries(subject, weekly["count"], colours.accent)]
    if weekly.control.notna().any():
        series.append(DrawnSeries(similar, weekly.control, OTHER, dashes=DOTTED))
    if weekly.synthetic.notna().any():
        series.append(DrawnSeries("Synthetic control", weekly.synthetic, colours.highlight, dashes=DASHED))
    show_series(
        pd.to_datetime(weekly.week).dt.date.tolist(),
        "week",
        series,
        measured,
        key=key,
        label=f"{measured} before and after the action, beside those it is compared with",
        height=280,
        mark=DayMark(start, "action", colours.highlight),
    )


def show_effect(page: Page, effect: Effect, target: Target) -> None:
    """What the verdict rests on: counts by week, baselines, the checks, the surroundings."""
    _draw_weeks(effect.weekly, target)
    _show_checks(effect)
    _caveats(effect)
    around, more = pair("surroundings")
    with around:
        _show_rings(effect)
        _show_near(effect)
    if effect.is_compared:
        with more:
            _show_harm(page, effect)


def _show_baselines(effect: Effect) -> None:
    compared = ["expected", "change", "p"] if effect.verdict != UNJUDGED else []
    st.dataframe(
        effect.baselines.assign(change=100 * effect.baselines.change),
        hide_index=True,
        placeholder="",
        column_order=["baseline", "before", "after", *compared],
        alt="Expected count from each baseline" if compared else "What was counted before and after",
        column_config={
            "baseline": "Baseline",
            "before": "Before",
            "after": "After",
            "expected": st.column_config.NumberColumn("Expected", format="%.1f"),
            "change": st.column_config.NumberColumn("Change", format="%+.0f%%"),
            "p": st.column_config.NumberColumn(
                "p",
                format="%.3f",
                help="Two-sided, " + ("by placebo" if effect.is_compared else "negative binomial"),
            ),
        },
    )
    if effect.synthetic_p is not None:
        st.caption(f"Synthetic control: placebo p = {effect.synthetic_p:.3f}.")


def _show_checks(effect: Effect) -> None:
    """Which rules for a fair comparison are met."""
    with st.expander(
        "Are the similar places comparable?",
        expanded=not effect.is_compared,
        icon=":material/balance:",
    ):
        st.dataframe(
            effect.checks,
            hide_index=True,
            placeholder="",
            alt="The rules for a fair comparison with similar places",
            column_config={
                "check": st.column_config.TextColumn("Rule", width="medium"),
                "found": st.column_config.TextColumn("Found", width="medium"),
                "needed": st.column_config.TextColumn("Needed", width="medium"),
                "met": "Met",
            },
        )


def _caveats(effect: Effect) -> None:
    first, last = effect.after
    after = f"After: {write_period(first, last)}."
    if effect.verdict == UNJUDGED:
        st.caption(
            f"{after} Without comparable places the counts cannot show whether the action worked. Judge it "
            "by what was done and found there, or measure again when more days have passed."
        )
        return
    if not effect.is_compared:
        st.caption(
            f"{after} No place is like this one, so it is compared with its own history, carried by the "
            "rest of the town. What happened to this place alone at the same time looks like an effect of "
            "the action."
        )
        return
    st.caption(
        f"{after} An effect is reported only where every baseline that must agree shows it (joint p below "
        f"{effect.parameters.level:g}). About one action in twenty without any effect is reported all the "
        "same, and more where crime varies much from month to month. Other explanations: fewer incidents "
        "were recorded, another measure ran at the same time, or an arrest came before the action."
    )


def _show_rings(effect: Effect) -> None:
    st.markdown("**Did it move nearby?**")
    judged = effect.is_compared
    st.dataframe(
        effect.rings,
        hide_index=True,
        placeholder="",
        column_order=["ring", "before", "after", *(["expected"] if judged else [])],
        alt="Two rings around the place, with the count expected from their control rings",
        column_config={
            "ring": "Ring around it",
            "before": "Before",
            "after": "After",
            "expected": st.column_config.NumberColumn("Expected", format="%.1f"),
        },
    )
    if not judged:
        st.caption("Displacement cannot be judged without comparable places.")
        return
    if effect.displacement is None:
        st.caption("Too few incidents for the displacement measures.")
        return
    parts = effect.displacement.difference.set_index("part")
    lines = [
        f"{label} {row.estimate:+.1f} ({row.low:+.1f} to {row.high:+.1f})"
        for label, row in (
            ("Place", parts.loc["local"]),
            ("ring", parts.loc["displacement"]),
            ("together", parts.loc["total"]),
        )
    ]
    st.caption(f"Weighted displacement difference (90 %, with the dispersion measured): {'; '.join(lines)}.")
    quotient = effect.displacement.quotient
    if effect.verdict != FEWER:
        st.caption("No displacement quotient: no effect was found that could have moved crime.")
        return
    if quotient is None:
        st.caption("No displacement quotient: it needs a fall relative to the control.")
        return
    interval = (
        f" ({effect.quotient[0]:+.2f} to {effect.quotient[1]:+.2f})"
        if effect.quotient
        else " (no interval: the fall is within chance)"
    )
    st.caption(
        f"Weighted displacement quotient {quotient:+.2f}{interval}. Above 0 the benefit spread; below 0 "
        "crime moved."
    )


def _show_harm(page: Page, effect: Effect) -> None:
    st.markdown("**Harm**")
    weights = harm_in_force(page.store)
    if effect.harm.empty:
        st.caption("No harm weights fit these categories. Load a table on Hotspots, under Measure.")
        return
    table = effect.harm.assign(
        part=["The place", "First ring", "Together"],
        difference=[
            f"{row.estimate:+,.0f} ({row.low:+,.0f} to {row.high:+,.0f})" for row in effect.harm.itertuples()
        ],
    )
    st.dataframe(
        table.round({"before": 0, "after": 0}),
        hide_index=True,
        placeholder="",
        column_order=["part", "before", "after", "difference"],
        alt="Weighted displacement difference of harm",
        column_config={
            "part": "Where",
            "before": st.column_config.NumberColumn("Before", format="localized"),
            "after": st.column_config.NumberColumn("After", format="localized"),
            "difference": "Difference (90 %)",
        },
    )
    named = f"{weights[0]}, version {weights[1]}" if weights else "as imported with the incidents"
    st.caption(
        plain(
            f"Weights: {named}. The difference is from the control, over a period as long as the one before. "
            "One grave incident can decide it."
        )
    )


def _show_near(effect: Effect) -> None:
    st.markdown("**Near repeats**")
    if effect.near_refused:
        st.caption(plain(effect.near_refused))
        return
    shares = effect.near_repeats
    table = shares.assign(
        where=shares.area.str.capitalize() + ", " + shares.period,
        followed=[
            "–" if pd.isna(row.low) else f"{row.share:.0%} ({row.low:.0%} to {row.high:.0%})"
            for row in shares.itertuples()
        ],
    )
    st.dataframe(
        table,
        hide_index=True,
        placeholder="",
        alt="Share of incidents that another followed nearby",
        column_order=["where", "incidents", "followed"],
        column_config={"where": "Where and when", "incidents": "Incidents", "followed": "Followed (95 %)"},
    )
    st.caption(
        f"Followed: another incident within {effect.parameters.near_m:.0f} m and "
        f"{effect.parameters.near_days} days. The share falls by itself where there are fewer incidents"
        + ("." if not effect.is_compared else ", so compare it with similar places.")
    )
