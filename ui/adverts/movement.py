"""Movement: the map and the timeline of an operation, its circuits, what is too fast, and where next."""

from __future__ import annotations

import streamlit as st

from analytics.adverts.movement import (
    Circuits,
    NextPlace,
    TooFewMoves,
    find_circuits,
    find_too_fast_pairs,
    predict_next,
)
from analytics.adverts.movement.itinerary import Itinerary, describe_movement
from analytics.adverts.positions import read_manual_positions, save_positions
from analytics.figures.movement import place_timeline
from analytics.figures.world_maps import town_map
from analytics.shared.wording import counted
from ui.adverts.screen import AdvertsScreen, Operation, read_itinerary
from ui.adverts.text import visible
from ui.components.act_buttons import submit_act
from ui.components.address import change_address
from ui.components.forms import clear_entry, entry_form
from ui.components.map import show_map
from ui.components.text import DAY_FORMAT, MOMENT_FORMAT, plain

_MAXIMUM_MOVES = 1_000
_PLAIN = {
    "displaylogo": False,
    "scrollZoom": True,
    "modeBarButtonsToRemove": ["toImage", "lasso2d", "select2d"],
}
_DATES = {
    "first": st.column_config.DateColumn("First", format=DAY_FORMAT),
    "last": st.column_config.DateColumn("Last", format=DAY_FORMAT),
}


def show_movement(screen: AdvertsScreen, operation: Operation) -> None:
    itinerary = read_itinerary(screen, operation)
    if itinerary.places.empty:
        st.info("No advert of this operation has both a time and a place.", icon=":material/location_off:")
        return
    st.caption(
        "An advert that moves does not show that a person did: reposting is cheap. Find another source "
        "before drawing conclusions about people."
    )
    dark = st.context.theme.type == "dark"
    nowhere = itinerary.places[itinerary.places.lon.isna()]
    mapped = len(itinerary.places) - len(nowhere)
    places = counted(len(itinerary.places), "place")
    left, right = st.columns([1, 1], gap="medium")
    with left:
        if len(nowhere) == len(itinerary.places):
            st.info(
                "None of these places is on the map, so distances and speeds are not known. Place them under "
                "'Places' below.",
                icon=":material/location_off:",
            )
        else:
            label = f"Map of {counted(mapped, 'town')}; the table below lists them"
            show_map(town_map(itinerary.places, itinerary.steps, label=label, dark=dark), key="town_map")
        if 0 < len(nowhere) < len(itinerary.places):
            st.caption(f"{len(nowhere)} of {places} not in the gazetteer.")
    with right:
        st.plotly_chart(
            place_timeline(itinerary.sightings, itinerary.places, dark=dark),
            key="timeline",
            config=_PLAIN,
            on_select=lambda: _choose(operation),
            selection_mode="points",
            alt=f"Timeline of {counted(len(itinerary.sightings), 'advert')} over {places}",
        )
        st.caption("Click a point to read its advert.")
    for sentence in list_movement_sentences(itinerary):
        st.text(sentence)
    with st.expander("Places", expanded=len(itinerary.places) <= 12):
        st.dataframe(
            _shown(itinerary.places, "place"),
            hide_index=True,
            alt="Places",
            column_config=_DATES
            | {
                "place": "Place",
                "adverts": "Adverts",
                "visits": "Visits",
                "is_new": "New",
                "lon": None,
                "lat": None,
            },
        )
        _put_on_map(screen, itinerary)
    _show_moves(itinerary)
    _show_circuits(itinerary)
    _show_too_fast(itinerary)
    _show_next(itinerary)


def _put_on_map(screen: AdvertsScreen, itinerary: Itinerary) -> None:
    """A form for places that no gazetteer has, and for those put down by hand before."""
    own = read_manual_positions(screen.page.store)
    open_still = itinerary.places.place[itinerary.places.lon.isna() | itinerary.places.place.isin(own)]
    if open_still.empty:
        return
    with entry_form("put_on_map"):
        place_box, lon_box, lat_box, put_box = st.columns([3, 2, 2, 2], vertical_alignment="bottom")
        place = place_box.selectbox(
            "A place not in the gazetteer",
            open_still.tolist(),
            format_func=lambda name: visible(name, one_line=True),
        )
        lon = lon_box.number_input(
            "Longitude (degrees, east is positive)", -180.0, 180.0, value=None, format="%.5f"
        )
        lat = lat_box.number_input(
            "Latitude (degrees, north is positive)", -90.0, 90.0, value=None, format="%.5f"
        )
        if submit_act(
            screen.page, "put on map", "Place on the map", place=put_box, icon=":material/add_location_alt:"
        ):
            if lon is None or lat is None:
                st.error("Enter both longitude and latitude.")
            else:
                save_positions(screen.page.store, screen.page.actor, {place: (lon, lat)})
                clear_entry("put_on_map")
                st.rerun()


def list_movement_sentences(itinerary: Itinerary) -> list[str]:
    """The movement in plain sentences, for the page and for a finding."""
    return [
        visible(sentence, one_line=True)
        for sentence in describe_movement(itinerary, read_circuits(itinerary))
    ]


def _show_moves(itinerary: Itinerary) -> None:
    with st.expander(f"Moves: {len(itinerary.steps):,}, with their speed"):
        if itinerary.steps.empty:
            st.text("It was advertised in one place only.")
            return
        moves = _shown(_shown(itinerary.steps.iloc[::-1].head(_MAXIMUM_MOVES), "origin"), "destination")
        st.dataframe(
            moves,
            hide_index=True,
            height=240,
            alt="Moves, the latest first",
            column_config={
                "origin": "From",
                "destination": "To",
                "too_fast": "Too fast",
                "left": st.column_config.DatetimeColumn("Last advert there (UTC)", format=MOMENT_FORMAT),
                "arrived": st.column_config.DatetimeColumn("First advert here (UTC)", format=MOMENT_FORMAT),
                "hours": st.column_config.NumberColumn("Hours", format="%.1f"),
                "km": st.column_config.NumberColumn("km", format="%.0f"),
                "kmh": st.column_config.NumberColumn("km/h at least", format="%.0f"),
            },
        )


def read_circuits(itinerary: Itinerary) -> Circuits:
    return _circuits(tuple(itinerary.visits.place))


@st.cache_data(max_entries=64, show_spinner="Comparing circuits with chance …")
def _circuits(places):
    return find_circuits(places)


def _show_circuits(itinerary: Itinerary) -> None:
    found = read_circuits(itinerary)
    with st.expander(f"Circuits: {len(found.table)} repeated", expanded=bool((found.table.p <= 0.05).any())):
        if found.table.empty:
            st.text(f"No circuit of the same towns in the same order was repeated in {found.visits} visits.")
            return
        st.dataframe(
            _shown(found.table, "towns"),
            hide_index=True,
            alt="Circuits",
            column_config={
                "towns": st.column_config.TextColumn("Towns", width="large"),
                "length": "Towns in it",
                "rounds": "Times",
                "moves": "Moves",
                "p": st.column_config.NumberColumn("p (adjusted)", format="%.2g"),
            },
        )
        st.caption(
            f"p: the share of {found.permutations} random orders of the same {found.visits} visits in which "
            "any circuit accounts for as many moves. Two towns can only alternate, so shuttling between two "
            "is never unlikely."
        )


def _show_too_fast(itinerary: Itinerary) -> None:
    pairs = find_too_fast_pairs(itinerary.steps)
    with st.expander(
        f"In distant towns at once: {counted(len(pairs), 'pair')}", expanded=0 < len(pairs) <= 8
    ):
        if pairs.empty:
            st.text(
                "No two towns at least 40 km apart had adverts closer in time than a journey at 130 km/h, as "
                "far as distances are known."
            )
            return
        shown = _shown(_shown(pairs, "one"), "other")
        st.dataframe(
            shown,
            hide_index=True,
            alt="Pairs of towns too far apart for their times",
            column_config=_DATES
            | {
                "one": "One town",
                "other": "The other",
                "km": st.column_config.NumberColumn("km apart", format="%.0f"),
                "times": "Times",
                "shortest_hours": st.column_config.NumberColumn("Shortest gap (hours)", format="%.1f"),
            },
        )


def _show_next(itinerary: Itinerary) -> None:
    with st.expander("Where next?", expanded=True):
        try:
            found = predict_next(itinerary.visits)
        except TooFewMoves as error:
            st.text(str(error))
            return
        left, right = st.columns([3, 2], gap="large")
        left.dataframe(
            _shown(found.table, "place"),
            hide_index=True,
            alt="Likely next places",
            column_config={"place": "Next place"}
            | {
                name: st.column_config.NumberColumn(title, format="percent")
                for name, title in (
                    ("probability", "Chance"),
                    ("low", "from"),
                    ("high", "to (90 %)"),
                    ("base_rate", "Base rate"),
                )
            },
        )
        for sentence in _record(found):
            right.markdown(plain(sentence))


def _record(found: NextPlace) -> list[str]:
    better = (
        "better than" if found.p <= 0.05 and found.right > found.base_right else "not shown to be better than"
    )
    return [
        f"Last advert in {visible(found.present, one_line=True)}.",
        f"In this operation's own history the first prediction was right in {found.right} of {found.tried} "
        f"moves ({found.right / found.tried:.0%}; 95 % interval {found.low:.0%} to {found.high:.0%}), and "
        f"one of the first three in {found.right_of_three}.",
        f"Always naming the most common other place was right in {found.base_right}: the prediction is "
        f"{better} that (p = {found.p:.2g}).",
        f"Half of all moves came {found.stay_days[0]:.1f} to {found.stay_days[2]:.1f} days after the "
        f"previous one.",
        "It assumes that the next move depends on the present place alone and that habits do not change.",
    ]


def _shown(table, column: str):
    return table.assign(**{column: table[column].map(lambda text: visible(text, one_line=True))})


def _choose(operation: Operation) -> None:
    points = st.session_state["timeline"].selection.points
    if points:
        at = points[0].get("customdata")
        at = at[0] if isinstance(at, list) else at
        if at in operation.adverts.index:
            row = operation.adverts.loc[at]
            change_address(advert=f"{row.source_id}-{row.row_number}")
