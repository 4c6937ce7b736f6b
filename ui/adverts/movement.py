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
from analytics.figures.movement import place_timeline, town_map
from ui.adverts.screen import AdvertsScreen, Operation, read_itinerary
from ui.adverts.text import visible
from ui.components.text import plain

_MOST_MOVES = 1_000
_PLAIN = {
    "displaylogo": False,
    "scrollZoom": True,
    "modeBarButtonsToRemove": ["toImage", "lasso2d", "select2d"],
}
_DATES = {
    "first": st.column_config.DateColumn("First", format="D MMM YYYY"),
    "last": st.column_config.DateColumn("Last", format="D MMM YYYY"),
}


def show_movement(screen: AdvertsScreen, operation: Operation) -> None:
    seen = read_itinerary(screen, operation)
    if seen.places.empty:
        st.info("No advert of this operation has both a time and a place.", icon=":material/location_off:")
        return
    st.caption(
        "Adverts move, which is not to say that a person did: reposting is cheap. Seek another source before "
        "speaking of people."
    )
    dark = st.context.theme.type == "dark"
    nowhere = seen.places[seen.places.lon.isna()]
    left, right = st.columns([1, 1], gap="medium")
    with left:
        if len(nowhere) == len(seen.places):
            st.info(
                "None of these places is on the map: distances and speeds are not known. Put them there "
                "under 'Places' below.",
                icon=":material/location_off:",
            )
        else:
            st.plotly_chart(
                town_map(seen.places, seen.steps, dark=dark),
                key="town_map",
                config=_PLAIN,
                alt=f"Map of {len(seen.places) - len(nowhere)} towns; the table below lists them",
            )
        if 0 < len(nowhere) < len(seen.places):
            st.caption(f"{len(nowhere)} of {len(seen.places)} places are on no map.")
    with right:
        st.plotly_chart(
            place_timeline(seen.sightings, seen.places, dark=dark),
            key="timeline",
            config=_PLAIN,
            on_select=lambda: _choose(operation),
            selection_mode="points",
            alt=f"Timeline of {len(seen.sightings)} adverts over {len(seen.places)} places",
        )
        st.caption("Click a point to read its advert.")
    for sentence in list_movement_sentences(seen):
        st.text(sentence)
    with st.expander("Places", expanded=len(seen.places) <= 12):
        st.dataframe(
            _shown(seen.places, "place"),
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
        _put_on_map(screen, seen)
    _show_moves(seen)
    _show_circuits(seen)
    _show_too_fast(seen)
    _show_next(seen)


def _put_on_map(screen: AdvertsScreen, seen: Itinerary) -> None:
    """A form for places that no gazetteer has, and for those put down by hand before."""
    own = read_manual_positions(screen.page.store)
    open_still = seen.places.place[seen.places.lon.isna() | seen.places.place.isin(own)]
    if open_still.empty:
        return
    with st.form("put_on_map", clear_on_submit=True):
        place_box, lon_box, lat_box, put_box = st.columns([3, 2, 2, 2], vertical_alignment="bottom")
        place = place_box.selectbox(
            "A place that no gazetteer has",
            open_still.tolist(),
            format_func=lambda name: visible(name, one_line=True),
        )
        lon = lon_box.number_input(
            "Longitude (degrees, east is positive)", -180.0, 180.0, value=None, format="%.5f"
        )
        lat = lat_box.number_input(
            "Latitude (degrees, north is positive)", -90.0, 90.0, value=None, format="%.5f"
        )
        if put_box.form_submit_button("Put it on the map", icon=":material/add_location_alt:"):
            if lon is None or lat is None:
                st.error("Give both degrees.")
            else:
                save_positions(screen.page.store, screen.page.actor, {place: (lon, lat)})
                st.rerun()


def list_movement_sentences(seen: Itinerary) -> list[str]:
    """The movement in plain sentences, for the page and for a finding."""
    return [visible(sentence, one_line=True) for sentence in describe_movement(seen, read_circuits(seen))]


def _show_moves(seen: Itinerary) -> None:
    with st.expander(f"Moves: {len(seen.steps):,}, with their speed"):
        if seen.steps.empty:
            st.text("It was seen in one place only.")
            return
        moves = _shown(_shown(seen.steps.iloc[::-1].head(_MOST_MOVES), "origin"), "destination")
        st.dataframe(
            moves,
            hide_index=True,
            height=240,
            alt="Moves, the latest first",
            column_config={
                "origin": "From",
                "destination": "To",
                "too_fast": "Too fast",
                "left": st.column_config.DatetimeColumn("Last seen there (UTC)", format="YYYY-MM-DD HH:mm"),
                "arrived": st.column_config.DatetimeColumn(
                    "First seen here (UTC)", format="YYYY-MM-DD HH:mm"
                ),
                "hours": st.column_config.NumberColumn("Hours", format="%.1f"),
                "km": st.column_config.NumberColumn("km", format="%.0f"),
                "kmh": st.column_config.NumberColumn("km/h at least", format="%.0f"),
            },
        )


def read_circuits(seen: Itinerary) -> Circuits:
    return _circuits(tuple(seen.visits.place))


@st.cache_data(max_entries=64, show_spinner="Comparing its rounds with chance …")
def _circuits(places):
    return find_circuits(places)


def _show_circuits(seen: Itinerary) -> None:
    found = read_circuits(seen)
    with st.expander(
        f"Circuits: {len(found.table)} made at least twice", expanded=bool((found.table.p <= 0.05).any())
    ):
        if found.table.empty:
            st.text(
                f"No round over the same towns in the same order was made twice in {found.visits} visits."
            )
            return
        st.dataframe(
            _shown(found.table, "towns"),
            hide_index=True,
            alt="Circuits",
            column_config={
                "towns": st.column_config.TextColumn("Towns", width="large"),
                "length": "Towns in it",
                "rounds": "Rounds",
                "moves": "Moves",
                "p": st.column_config.NumberColumn("p (adjusted)", format="%.2g"),
            },
        )
        st.caption(
            f"p: the share of {found.permutations} random orders of the same {found.visits} visits in which "
            f"any circuit accounts for as "
            "many moves. Two towns can only alternate, so that shuttling between two is never a surprise."
        )


def _show_too_fast(seen: Itinerary) -> None:
    pairs = find_too_fast_pairs(seen.steps)
    with st.expander(f"In distant towns at once: {len(pairs)} pairs", expanded=0 < len(pairs) <= 8):
        if pairs.empty:
            st.text(
                "No two towns 40 km apart were advertised in faster than 130 km/h could join them, as far as "
                "distances are known."
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


def _show_next(seen: Itinerary) -> None:
    with st.expander("Where next?", expanded=True):
        try:
            found = predict_next(seen.visits)
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
        f"Last seen in {visible(found.present, one_line=True)}.",
        f"In this operation's own history the first guess was right in {found.right} of {found.tried} moves "
        f"({found.right / found.tried:.0%}; 95 % limits {found.low:.0%} to {found.high:.0%}), one of the "
        f"first three in {found.right_of_three}.",
        f"Always naming the commonest other place was right in {found.base_right}: the guess is {better} "
        f"that (p = {found.p:.2g}).",
        f"Half of all moves came {found.stay_days[0]:.1f} to {found.stay_days[2]:.1f} days after the one "
        f"before.",
        "It assumes that the next move depends on the present place alone and that habits stay as they were.",
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
            st.query_params["advert"] = f"{row.source_id}-{row.row_number}"
