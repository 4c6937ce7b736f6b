"""The mapping of a file in widgets, as its kind's roles ask, and the first rows as they would be read."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import available_timezones

import streamlit as st

from analytics.formats.parts import AS_FOUND, FileReading
from analytics.ingest import (
    Mapping,
    RawTable,
    propose_mapping,
    save_mapping,
    saved_mappings,
)
from analytics.ingest.date_formats import FORMATS, example
from analytics.ingest.kinds import KINDS
from analytics.ingest.presets import find_preset
from analytics.ingest.proposal import with_columns
from analytics.ingest.roles import Role
from analytics.shared.base_layers import BASE_LAYERS, LAYER_TITLES
from analytics.shared.codes import code_table
from analytics.shared.currency import currencies
from ui.components.act_buttons import act_button
from ui.data.repairs_form import ask_filled_down, ask_merges, stored_repairs
from ui.shell.page import Page

_NONE = "(none)"
_PLACES_ZONE, _AREA_ZONE = "that of its places", "that of the working area, else UTC"


def correct_mapping(
    page: Page, raw: RawTable, kind: str, file_name: str, reading: FileReading = AS_FOUND
) -> Mapping:
    """The proposed mapping in widgets, as the user corrects it, for a file that is read like this. What was
    chosen for a file stays for the session."""
    saved = saved_mappings(page.store, kind)
    preset = find_preset(raw.columns, kind)
    recognised = f"as recognised: {preset.name}" if preset else "as recognised"
    chosen = st.selectbox(
        "Mapping",
        [recognised, *saved],
        key=f"mapping-{kind}-{raw.sha256}",
        persist_state="session",
        width=480,
        help="Which column means what. One saved under a name serves next month's file.",
    )
    proposed = replace(saved.get(chosen) or propose_mapping(raw, kind, file_name), reading=reading)
    key = f"{kind}-{raw.sha256}-{chosen}-{reading}"
    mapping = proposed
    roles = KINDS[kind].roles
    boxes = [box for _ in range(0, len(roles), 4) for box in st.columns(4)]
    for box, role in zip(boxes, roles, strict=False):
        mapping = mapping.with_role(role.name, _ask_columns(box, raw, role, proposed, key))
    mapping, key = _refit(raw, mapping, proposed, key)
    mapping = _ask_reading(mapping, key)
    repairs = replace(
        stored_repairs(repairs_key(raw, kind)),
        merged=ask_merges(raw, mapping, key),
        filled_down=ask_filled_down(raw, mapping, key),
    )
    mapping = replace(mapping, repairs=repairs)
    with st.popover("Save this mapping for next month's file", icon=":material/bookmark:"):
        name = st.text_input("Name", key=f"save-{key}", persist_state="session")
        if act_button(page, "save mapping", "Save", disabled=not name.strip(), key=f"save-button-{key}"):
            save_mapping(page.store, page.actor, name.strip(), mapping)
            st.toast("Saved.")
    return mapping


def repairs_key(raw: RawTable, kind: str) -> str:
    """The name under which the page keeps the repairs of a file: those of its rows are of this reading."""
    read = "|".join(part.name for part in raw.layout.parts if part.is_read)
    return f"{kind}-{raw.sha256}-{raw.layout.header_row}-{read}"


def _refit(raw: RawTable, mapping: Mapping, proposed: Mapping, key: str) -> tuple[Mapping, str]:
    """The mapping with what follows from other columns of time, place or amount, and a key of its own for
    the widgets that show it."""
    roles = ("time", "longitude", "amount", "out", "in", "balance")
    changed = {role: mapping.of(role) for role in roles if mapping.of(role) != proposed.of(role)}
    if not changed:
        return mapping, key
    return with_columns(raw, mapping, changed), f"{key}-{changed}"


def _ask_columns(box, raw: RawTable, role: Role, proposed: Mapping, key: str) -> tuple[str, ...]:
    found = [name for name in proposed.of(role.name) if name in raw.columns]
    if role.several or len(found) > 1:  # amounts may stand in a column for each currency
        return tuple(
            box.multiselect(
                role.label,
                raw.columns,
                default=found,
                key=f"role-{role.name}-{key}",
                persist_state="session",
                help=role.help,
            )
        )
    options = [_NONE, *raw.columns]
    picked = box.selectbox(
        role.label,
        options,
        index=options.index(found[0]) if found else 0,
        key=f"role-{role.name}-{key}",
        persist_state="session",
        help=role.help,
    )
    return () if picked == _NONE else (picked,)


def _ask_reading(mapping: Mapping, key: str) -> Mapping:
    """How the texts of the columns are read, and what stands for all rows."""
    kind = KINDS[mapping.kind]
    has_money = any(map(kind.has, ("amount", "balance", "price")))
    if kind.name == "boundary":
        return _ask_layer(mapping, key)
    if kind.name == "report":
        return _ask_constants(mapping, key)
    if mapping.of("step") and not mapping.of("time"):
        mapping = _ask_steps(mapping, key)
    elif kind.has("time"):
        mapping = _ask_times(mapping, key)
    if kind.has("category"):
        return _ask_category_and_coordinates(mapping, key)
    if kind.name == "communication":
        mapping = _ask_own_number(mapping, key)
    if kind.name == "journey":
        mapping = _ask_traveller(mapping, key)
    if mapping.of("longitude"):
        mapping = replace(mapping, epsg=_ask_epsg(st, mapping, key))
    return _ask_money(mapping, key) if has_money else mapping


def _ask_own_number(mapping: Mapping, key: str) -> Mapping:
    """Whose phone a list of calls is of, where no column says so."""
    if not mapping.of("other") or mapping.of("own"):
        return mapping
    own = st.text_input(
        "Own number of the phone",
        mapping.own_account or "",
        key=f"own-number-{key}",
        persist_state="session",
        width=480,
        help="Where the file does not say whose phone the list is of.",
    )
    return replace(mapping, own_account=own.strip() or None)


def _ask_traveller(mapping: Mapping, key: str) -> Mapping:
    """Who made all journeys of a file, where no column says so."""
    if any(map(mapping.of, ("traveller", "contact", "document", "vehicle"))):
        return mapping
    traveller = st.text_input(
        "Traveller",
        mapping.constant("traveller"),
        key=f"traveller-{key}",
        persist_state="session",
        width=480,
        help="Who made all these journeys, where the file does not say it, such as the holder of an account "
        "of rides.",
    )
    return mapping.with_constant("traveller", traveller)


_CODES = {
    "source": "source_3x5x2",
    "information": "information_3x5x2",
    "handling": "handling",
    "retention_group": "retention_groups",
}


def _ask_constants(mapping: Mapping, key: str) -> Mapping:
    """What stands for all rows of reports, where no column says it."""
    asked = [need.roles[0] for need in KINDS["report"].needs if not mapping.of(need.roles[0])]
    asked += [role for role in ("conditions", "sanitised") if not mapping.of(role) or role == "conditions"]
    st.caption(
        "What the file does not say, for all its rows. The last two are for lines under handling code C."
    )
    labels = {role.name: role.label for role in KINDS["report"].roles}
    boxes = [box for _ in range(0, len(asked), 4) for box in st.columns(4)]
    for box, role in zip(boxes, asked, strict=False):
        label, given = labels[role], mapping.constant(role)
        if role in _CODES:
            options = {_NONE: "", **{str(entry): entry.code for entry in code_table(_CODES[role]).entries}}
            index = [*options.values()].index(given) if given in options.values() else 0
            chosen = box.selectbox(
                label, list(options), index=index, key=f"constant-{role}-{key}", persist_state="session"
            )
            text = options[chosen]
        else:
            text = box.text_input(label, given, key=f"constant-{role}-{key}", persist_state="session")
        mapping = mapping.with_constant(role, text)
    return mapping


def _ask_layer(mapping: Mapping, key: str) -> Mapping:
    layer = st.segmented_control(
        "What the outlines are",
        BASE_LAYERS,
        default=mapping.layer,
        format_func=LAYER_TITLES.__getitem__,
        required=True,
        key=f"layer-{key}",
        persist_state="session",
        help="Areas are beats, wards or districts; the others are layers of the base map.",
    )
    return replace(mapping, layer=layer)


def _ask_steps(mapping: Mapping, key: str) -> Mapping:
    """The start of a file that counts steps, and how long a step is."""
    start, hours, *_ = st.columns(4)
    first = start.text_input(
        "Date and time of step 0",
        mapping.first_step or "",
        key=f"first-step-{key}",
        persist_state="session",
        placeholder="2024-01-01",
    )
    step = hours.number_input(
        "Hours of a step",
        0.01,
        8760.0,
        float(mapping.step_hours),
        key=f"step-hours-{key}",
        persist_state="session",
    )
    return replace(mapping, first_step=first.strip() or None, step_hours=float(step))


def _ask_times(mapping: Mapping, key: str) -> Mapping:
    look, zone_box, utc_box, _ = st.columns(4, vertical_alignment="bottom")
    formats = list(FORMATS)
    time_format = look.selectbox(
        "Dates look like",
        formats,
        index=formats.index(mapping.time_format),
        format_func=example,
        key=f"format-{key}",
        persist_state="session",
        help="The last day of 2024 at a quarter past ten in the evening.",
    )
    mapping = replace(mapping, time_format=time_format)
    if mapping.kind in ("account", "premises"):  # their days are days, whatever the clock
        return mapping
    of_places = KINDS[mapping.kind].has("category")
    without = _PLACES_ZONE if of_places else _AREA_ZONE
    zones = [without, *sorted(available_timezones())]
    zone = zone_box.selectbox(
        "Time zone",
        zones,
        index=zones.index(mapping.time_zone or without),
        key=f"zone-{key}",
        persist_state="session",
        help="For a new working area. An existing one has its own." if of_places else None,
    )
    utc = utc_box.checkbox(
        "Times are UTC",
        mapping.times_are_utc,
        key=f"utc-{key}",
        persist_state="session",
        help="Leave off for local times, even with a Z.",
    )
    return replace(mapping, time_zone=None if zone == without else zone, times_are_utc=utc)


def _ask_category_and_coordinates(mapping: Mapping, key: str) -> Mapping:
    instead, system, sign, exchange = st.columns(4, vertical_alignment="bottom")
    category = instead.text_input(
        "One category for all rows",
        mapping.category or "",
        key=f"constant-{key}",
        persist_state="session",
        disabled=bool(mapping.of("category")),
        help="Where no column holds it.",
    )
    mapping = replace(mapping, category=category or None, epsg=_ask_epsg(system, mapping, key))
    mapping = replace(mapping, decimal=_ask_decimal_sign(sign, mapping, key))
    exchanged = exchange.checkbox(
        "Exchange the coordinates",
        key=f"exchange-{key}",
        persist_state="session",
        help="Where they look swapped.",
    )
    return mapping.with_exchanged_coordinates() if exchanged else mapping


def _ask_epsg(box, mapping: Mapping, key: str) -> int:
    epsg = box.number_input(
        "EPSG of the coordinates",
        0,
        999_999,
        mapping.epsg,
        key=f"epsg-{key}",
        persist_state="session",
        width=240,
        help="4326 is degrees.",
    )
    return int(epsg)


def _ask_decimal_sign(box, mapping: Mapping, key: str) -> str:
    return box.selectbox(
        "Decimal sign",
        [".", ","],
        index=int(mapping.decimal == ","),
        key=f"decimal-{key}",
        persist_state="session",
    )


def _ask_money(mapping: Mapping, key: str) -> Mapping:
    sign, money, minor_box, round_box = st.columns(4, vertical_alignment="bottom")
    codes = list(currencies())
    currency = money.selectbox(
        "Currency of rows that state none",
        codes,
        index=codes.index(mapping.currency),
        key=f"currency-{key}",
        persist_state="session",
        format_func=lambda code: f"{code} · {currencies()[code].name}",
    )
    minor = minor_box.checkbox(
        "Amounts are pence or cents",
        mapping.amounts_are_minor,
        key=f"minor-{key}",
        persist_state="session",
    )
    if mapping.kind == "transaction":
        own = sign.text_input(
            "Own account of a statement",
            mapping.own_account or "",
            key=f"own-{key}",
            persist_state="session",
            help="Where the file does not say whose statement it is.",
        )
        mapping = replace(mapping, own_account=own.strip() or None)
    rounded = round_box.checkbox(
        "Round parts of a penny",
        mapping.amounts_are_rounded,
        key=f"rounded-{key}",
        persist_state="session",
        help="Otherwise such a row is refused.",
    )
    return replace(
        mapping,
        decimal=_ask_decimal_sign(sign, mapping, key),
        currency=currency,
        amounts_are_minor=minor,
        amounts_are_rounded=rounded,
    )
