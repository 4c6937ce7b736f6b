"""Indicators: which ones an operation meets, for and against; how common each is; what share of such leads
would be false."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from analytics.adverts.indicator_hits import summarise_hits
from analytics.adverts.indicators import FalseLeads, IndicatorCounts, count_indicators, estimate_false_leads
from analytics.adverts.indicators.false_leads import ContradictsData
from ui.adverts.screen import AdvertsScreen, Operation
from ui.components.address import choice_of_address, number_of_address, switch_of_address
from ui.components.choosing import distinct_labels
from ui.components.text import plain

_SIDES = {
    "safeguard": ("Refer first", ":material/child_care:"),
    "for": ("For exploitation", ":material/add:"),
    "against": ("Against exploitation", ":material/remove:"),
    "neither": ("Contested: counts on neither side", ":material/help:"),
}
_EVIDENCE = {"tested": "tested against outcomes", "practice": "used in practice", "contested": "contested"}
_TITLES: dict[str, ColumnConfig | str | None] = {
    "title": st.column_config.TextColumn("Indicator", width="large"),
    "evidence": "Evidence",
    "adverts": "Adverts",
    "share": st.column_config.NumberColumn("Of this operation", format="percent"),
    "everywhere": st.column_config.NumberColumn("Of all adverts", format="percent"),
    "exploitation": "Exploitation",
    "note": st.column_config.TextColumn("Caution", width="large"),
    "source": st.column_config.TextColumn("Source", width="large"),
}
_EXPLOITATION = ("labour", "sexual", "both")
_RULES = (
    "any indicator for",
    "two indicators for or more",
    "three indicators for or more",
    "one indicator",
    "one combination",
)


def show_operation_indicators(screen: AdvertsScreen, operation: Operation) -> None:
    """The indicators that the operation meets, for and against, each with how common it is in all adverts."""
    shown = summarise_hits(screen.hits, operation.number, screen.file)
    st.caption(
        "Each indicator is weak, and most adverts that meet it harm nobody: compare the last two figures. "
        "Ethnicity, nationality and other protected characteristics never count. See 'Indicators' above for "
        "combinations and false leads."
    )
    for side, (title, icon) in _SIDES.items():
        part = shown[shown.direction == side]
        if part.empty and side in ("safeguard", "neither"):
            continue
        st.markdown(f"{icon} **{title}**" + ("" if len(part) else ": none"))
        if len(part):
            st.dataframe(
                part.assign(evidence=part.evidence.map(_EVIDENCE))[list(_TITLES)],
                hide_index=True,
                column_config=_TITLES,
                alt=f"Indicators: {title}",
            )


def show_indicators(screen: AdvertsScreen) -> None:
    """How common the indicators are in the adverts that pass the filter, and the sliders of the false
    leads."""
    which = st.segmented_control(
        "Exploitation",
        _EXPLOITATION,
        required=True,
        **choice_of_address("exploitation", _EXPLOITATION, "both"),
    )
    common = count_indicators(screen.chosen_hits, screen.file, None if which == "both" else which)
    if not common.adverts:
        st.info("No advert passes the filter.", icon=":material/filter_alt_off:")
        return
    some = common.adverts - int(common.by_number.adverts[common.by_number.indicators == 0].sum())
    st.markdown(
        f"**{some / common.adverts:.0%} of the {common.adverts:,} adverts that pass the filter meet at least "
        f"one indicator for exploitation.** One indicator says next to nothing: in a published set of 17,362 "
        f"adverts 58 % had one and 1.7 % three or more (Giommoni and Ikwu 2021)."
    )
    _show_each(screen, common)
    st.markdown("**By number of indicators for**")
    st.dataframe(
        common.by_number,
        hide_index=True,
        width=420,
        alt="Adverts by number of indicators",
        column_config={
            "indicators": "Indicators for",
            "adverts": "Adverts",
            "share": st.column_config.NumberColumn("Share", format="percent"),
        },
    )
    st.markdown("**Exactly these indicators together**")
    st.dataframe(
        common.combinations.head(300).assign(indicators=lambda table: table.indicators.map(_titled(screen))),
        hide_index=True,
        height=260,
        alt="Combinations of indicators",
        column_config={
            "indicators": st.column_config.TextColumn("Indicators", width="large"),
            "size": "Number",
            "adverts": "Adverts",
            "share": st.column_config.NumberColumn("Share", format="percent"),
            "expected": st.column_config.NumberColumn("If they were independent", format="percent"),
            "ratio": st.column_config.NumberColumn(
                "Ratio", format="%.1f", help="Far above 1: they come together, often from one template."
            ),
        },
    )
    _show_false_leads(screen, common)


def _titled(screen: AdvertsScreen) -> Callable[[str], str]:
    """Names of indicators joined by ' + ' as their titles."""
    titles = distinct_labels({indicator.name: indicator.title for indicator in screen.file.indicators})
    return lambda names: " + ".join(titles[name] for name in names.split(" + "))


def _show_each(screen: AdvertsScreen, common: IndicatorCounts) -> None:
    st.markdown("**Each indicator**")
    about = {indicator.name: indicator for indicator in screen.file.indicators}
    table = common.each.assign(
        title=[about[name].title for name in common.each.name],
        direction=[
            {"neither": "neither (contested)", "safeguard": "refer first"}.get(d, d)
            for d in (about[name].direction for name in common.each.name)
        ],
        evidence=[_EVIDENCE[about[name].evidence] for name in common.each.name],
        source=[about[name].source for name in common.each.name],
        note=[about[name].note for name in common.each.name],
    ).sort_values("adverts", ascending=False)
    st.dataframe(
        table[["title", "direction", "adverts", "share", "evidence", "note", "source"]],
        hide_index=True,
        height=300,
        alt="Each indicator and how common it is",
        column_config=_TITLES
        | {"direction": "Counts", "share": st.column_config.NumberColumn("Share", format="percent")},
    )


def _show_false_leads(screen: AdvertsScreen, common: IndicatorCounts) -> None:
    st.markdown("**How many such leads would be false?** Nobody knows the base rate: try other values.")
    way_box, name_box = st.columns([2, 4], vertical_alignment="bottom")
    way = way_box.selectbox(
        "A lead is an advert with", _RULES, **choice_of_address("lead", _RULES, _RULES[1])
    )
    flagged = _flagged(screen, common, way, name_box)
    if flagged is None:
        return
    prevalence, sensitivity, rate = _ask_rates()
    try:
        found = estimate_false_leads(
            common.adverts,
            prevalence,
            sensitivity,
            flagged=flagged if rate is None else None,
            false_positive_rate=rate,
        )
    except ContradictsData as error:
        st.warning(plain(error), icon=":material/block:")
        return
    _show_estimate(found)


def _ask_rates() -> tuple[float, float, float | None]:
    """The assumed base rate, true-positive rate and false-positive rate; the last is None where it follows
    from the adverts."""
    one, two, three = st.columns(3)
    prevalence = (
        one.slider(
            "Assumed base rate: adverts behind which somebody is exploited",
            0.0,
            10.0,
            step=0.1,
            format="%.1f %%",
            **number_of_address("base", 1.0, minimum=0, maximum=10),
        )
        / 100
    )
    sensitivity = (
        two.slider(
            "Assumed: of those, how many meet the rule (TPR)",
            0,
            100,
            step=5,
            format="%d %%",
            **number_of_address("tpr", 50, minimum=0, maximum=100),
        )
        / 100
    )
    from_data = three.toggle(
        "False-positive rate from these adverts",
        **switch_of_address("fpr_from_data", default=True),
        help="It follows from how many adverts were flagged: flagged share = base rate × TPR + (1 − base "
        "rate) × FPR.",
    )
    rate = (
        None
        if from_data
        else three.slider(
            "Assumed FPR",
            0.0,
            50.0,
            step=0.5,
            format="%.1f %%",
            **number_of_address("fpr", 10.0, minimum=0, maximum=50),
        )
        / 100
    )
    return prevalence, sensitivity, rate


def _show_estimate(found: FalseLeads) -> None:
    first, second, third, fourth = st.columns(4)
    first.metric("Leads", f"{found.true_leads + found.false_leads:,.0f}")
    second.metric("of them true, as assumed", f"{found.true_leads:,.1f}")
    third.metric(
        "of them false",
        f"{found.false_leads:,.1f}",
        f"{found.share_false:.1%}" if found.true_leads + found.false_leads else None,
        delta_color="off",
        delta_arrow="off",
    )
    fourth.metric("Cases missed", f"{found.missed:,.1f}")
    st.caption(
        f"True = {found.adverts:,} × {found.prevalence:.2%} × {found.sensitivity:.0%}; "
        f"false = {found.adverts:,} × {1 - found.prevalence:.2%} × {found.false_positive_rate:.2%}. "
        + (
            f"One lead in {found.to_read:,.0f} would be true. "
            if found.true_leads
            else "None would be true. "
        )
        + "This is arithmetic on your assumptions, not a finding about anyone."
    )


def _flagged(screen: AdvertsScreen, common: IndicatorCounts, way: str, box) -> int | None:
    """How many adverts the chosen rule flags; None where nothing can be chosen."""
    if way == "one indicator":
        titles = distinct_labels(
            {
                indicator.name: indicator.title
                for indicator in screen.file.indicators
                if indicator.direction == "for"
            }
        )
        listed = common.each[common.each.name.isin(titles)]
        names = listed.name.tolist()
        if not names:
            box.info("No indicator counts for exploitation.")
            return None
        name = box.selectbox(
            "Indicator",
            names,
            format_func=titles.__getitem__,
            **choice_of_address("indicator", names, names[0], label=titles.__getitem__),
        )
        return int(listed.adverts[listed.name == name].iloc[0])
    if way == "one combination":
        if common.combinations.empty:
            box.info("No advert meets an indicator.")
            return None
        names = common.combinations.indicators.head(100).tolist()
        label = _titled(screen)
        name = box.selectbox(
            "Combination",
            names,
            format_func=label,
            **choice_of_address("combination", names, names[0], label=label),
        )
        return int(common.combinations.adverts[common.combinations.indicators == name].iloc[0])
    minimum = _RULES.index(way) + 1
    return int(common.by_number.adverts[common.by_number.indicators >= minimum].sum())
