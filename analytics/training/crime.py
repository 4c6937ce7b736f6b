"""Recorded crime: each category with its own hours, seasons and places, and what is planted in it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from analytics.training.city import City, to_degrees
from analytics.training.settings import (
    CategorySettings,
    HotspotSettings,
    NearRepeatSettings,
    Rng,
    convert_to_utc,
    first_day,
    read_settings,
    seed_stream,
)

_NEAR_REPEAT = "near repeat"
_AHEAD_DAYS = 84  # after the recorded period: as far as *Results* looks
Drawn = dict[str, np.ndarray]  # incidents by column: category, xy, segment, day, minute, interval, label


def weigh_hours(category: CategorySettings) -> np.ndarray:
    """The weight of each local hour of each weekday, (7, 24), Monday first."""
    hours = np.arange(24) + 0.5
    profile = np.full((7, 24), 0.06)
    for hour, width, weight in category["peaks"]:
        away = np.abs((hours - hour + 12) % 24 - 12)
        profile += weight * np.exp(-0.5 * (away / width) ** 2)
    profile[5:] *= category["weekend"]
    night = category["night"]
    profile[4:6, 21:] *= 1 + 1.5 * night
    profile[5:7, :4] *= 1 + 2 * night
    return profile


def place_hotspots(seed: int, city: City) -> list[HotspotSettings]:
    """The settings' hotspots, each moved by up to `shift` metres a way that leaves streets in it."""
    rng, config, middle = seed_stream(seed, "hotspots"), read_settings(), city.local()
    spots = []
    for spot in config["hotspots"]:
        for _ in range(200):
            moved = np.array([spot["east"], spot["north"]]) + rng.uniform(-1, 1, 2) * config["hotspot_shift"]
            if (np.hypot(*(middle - moved).T) < spot["radius"]).sum() >= 4:
                break
        spots.append(spot | {"east": round(float(moved[0])), "north": round(float(moved[1]))})
    return spots


def generate_incidents(seed: int, rows: int, city: City) -> Iterator[tuple[pa.Table, list[str | None]]]:
    """Incidents in bounded chunks, each sorted by time, with what (if anything) was planted in each row."""
    config, limit = read_settings(), read_settings()["chunk_rows"]
    names = list(config["categories"])
    shares = np.array([config["categories"][name]["share"] for name in names])
    places = [_place_weights(seed, config["categories"][name], city) for name in names]
    spots = place_hotspots(seed, city)
    for chunk, start in enumerate(range(0, rows, limit)):
        rng = seed_stream(seed, "incidents", chunk)
        counts = rng.multinomial(min(limit, rows - start), shares / shares.sum())
        parts = [
            _category(rng, name, count, weights, city, [spot for spot in spots if spot["category"] == name])
            for name, count, weights in zip(names, counts, places, strict=True)
        ]
        yield build_incident_table(parts, names, city, start)


def continue_incidents(seed: int, rows: int, city: City, start: int, days: int) -> Drawn:
    """What `days` more days from day `start` would record, at the rates of a period of `rows` incidents:
    category (index), xy (metres), segment, day, minute, interval, label. Counts are Poisson; near repeats are
    not followed on."""
    config, period = read_settings(), read_settings()["period"]["days"]
    shares = np.array([category["share"] for category in config["categories"].values()])
    spots = place_hotspots(seed, city)
    parts = []
    for index, (name, category) in enumerate(config["categories"].items()):
        rng = seed_stream(seed, f"ahead {name}", start)
        total = rows * shares[index] / shares.sum()
        own = [spot for spot in spots if spot["category"] == name]
        plain = rng.poisson(total / period * days * (1 - sum(spot["share"] for spot in own)))
        weights = _place_weights(seed, category, city)
        segment = np.minimum(np.searchsorted(weights, rng.random(plain)), len(weights) - 1)
        day, hour = _days_and_hours(rng, plain, category, start, days)
        parts.append(
            _draw(rng, index, city, segment, day, hour, rng.random(plain) < category["interval"], "")
        )
        for spot in own:
            span = np.arange(start, start + days)
            daily = (
                total * spot["share"] * _spot_weight(spot, span) / _spot_weight(spot, np.arange(period)).sum()
            )
            day = np.repeat(span, rng.poisson(daily))
            segment, hour = _inside(rng, city, spot, len(day)), _draw_hours(rng, spot, len(day))
            drawn = _draw(rng, index, city, segment, day, hour, np.zeros(len(day), bool), spot["name"])
            _pull_in(drawn["xy"], city, spot)
            parts.append(drawn)
    return {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}


def list_ahead(seed: int, rows: int, city: City) -> dict[str, list[float] | list[str]]:
    """What would be recorded in the 84 days after the recorded period if nobody did anything, by column: x, y
    (metres) and category."""
    drawn = continue_incidents(seed, rows, city, read_settings()["period"]["days"], _AHEAD_DAYS)
    names = list(read_settings()["categories"])
    x, y = drawn["xy"].T.round(1).tolist()
    return {"x": x, "y": y, "category": [names[at] for at in drawn["category"]]}


def _draw(
    rng: Rng,
    category: int,
    city: City,
    segment: np.ndarray,
    day: np.ndarray,
    hour: np.ndarray,
    interval: np.ndarray,
    label: str,
) -> Drawn:
    return {
        "category": np.full(len(day), category),
        "xy": _beside(rng, city.segments[segment]),
        "segment": segment,
        "day": day,
        "minute": hour * 60 + rng.integers(0, 60, len(day)),
        "interval": interval,
        "label": np.full(len(day), label, dtype=object),
    }


def _pull_in(xy: np.ndarray, city: City, spot: HotspotSettings) -> None:
    """Move what a long segment put outside the hotspot's circle onto it. Changes the array in place."""
    centre = np.array(city.centre) + [spot["east"], spot["north"]]
    offset = xy - centre
    distance = np.hypot(*offset.T)[:, None]
    xy[:] = centre + offset * np.minimum(1, spot["radius"] * 0.97 / np.maximum(distance, 1))


def _place_weights(seed: int, category: CategorySettings, city: City) -> np.ndarray:
    """Cumulative weight of each street segment: its length times a smooth surface of the category's own."""
    rng, middle = seed_stream(seed, "surface" + str(category["peaks"])), city.local()
    radius = np.hypot(*middle.T)
    surface = category["centre"] * np.exp(-((radius / 1300) ** 2))
    surface += category["homes"] * 0.6 * np.exp(-(((radius - 3000) / 1300) ** 2)) + 0.08
    for _ in range(5):
        angle, wave, phase = rng.uniform(0, 6.3), rng.uniform(1500, 5000), rng.uniform(0, 6.3)
        along = middle @ [np.cos(angle), np.sin(angle)]
        surface *= 1 + 0.35 * np.sin(along / wave * 6.3 + phase)
    length = np.hypot(*(city.segments[:, 2:] - city.segments[:, :2]).T)
    # Streets differ: a few gather much of it, as Weisburd's law of crime concentration says.
    total = np.cumsum(surface * length * rng.lognormal(0, 0.8, len(length)))
    return np.asarray(total / total[-1])


def _category(
    rng: Rng, name: str, count: int, weights: np.ndarray, city: City, spots: list[HotspotSettings]
) -> Drawn:
    config = read_settings()
    category = config["categories"][name]
    label = np.full(count, "", dtype=object)
    segment = np.minimum(np.searchsorted(weights, rng.random(count)), len(weights) - 1)
    day, hour = _days_and_hours(rng, count, category)
    draw = rng.random(count)
    for spot in spots:
        chosen = np.flatnonzero((draw < spot["share"]) & (label == ""))
        draw[chosen] += 1
        label[chosen] = spot["name"]
        segment[chosen] = _inside(rng, city, spot, len(chosen))
        day[chosen], hour[chosen] = _spot_times(rng, spot, len(chosen))
    xy = _beside(rng, city.segments[segment])
    for spot in spots:
        chosen = label == spot["name"]
        within = xy[chosen]
        _pull_in(within, city, spot)
        xy[chosen] = within
    interval = (rng.random(count) < category["interval"]) & (label == "")
    repeats = config["near_repeats"]
    if name == repeats["category"]:
        _plant_near_repeats(rng, repeats, xy, segment, day, label)
    return {
        "category": np.full(count, list(config["categories"]).index(name)),
        "xy": xy,
        "segment": segment,
        "day": day,
        "minute": hour * 60 + rng.integers(0, 60, count),
        "interval": interval,
        "label": label,
    }


def _days_and_hours(
    rng: Rng, count: int, category: CategorySettings, start: int = 0, days: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Days since `first_day`, within `days` from `start` (default: the recorded period), and their hours."""
    days = read_settings()["period"]["days"] if days is None else days
    dates = np.datetime64(first_day()) + start + np.arange(days)
    weekday = (dates.astype(int) + 3) % 7
    month = dates.astype("datetime64[M]").astype(int) % 12 + 1
    profile = weigh_hours(category)
    peak, amplitude = category["season"]
    weight = profile.sum(axis=1)[weekday] * (1 + amplitude * np.cos((month - peak) / 12 * 2 * np.pi))
    day = rng.choice(days, count, p=weight / weight.sum())
    cumulative = np.cumsum(profile, axis=1) / profile.sum(axis=1, keepdims=True)
    hour = (rng.random(count)[:, None] > cumulative[weekday[day]]).sum(axis=1)
    return start + day, np.minimum(hour, 23)


def _spot_weight(spot: HotspotSettings, at: np.ndarray) -> np.ndarray:
    """How much of a hotspot falls on each day since `first_day`; after the recorded period a rise stays where
    it got."""
    days = read_settings()["period"]["days"]
    if spot["trend"] == "rising":
        weight = np.where(at >= days - 56, (np.minimum(at, days - 1) - (days - 57)) / 8.0, 0.02)
    elif spot["trend"] == "declining":
        weight = 0.5 ** (at / 120)
    else:
        weight = np.ones(len(at))
    weekday = ((np.datetime64(first_day()) + at).astype(int) + 3) % 7 + 1
    return np.asarray(weight * np.isin(weekday, spot["weekdays"]))


def _spot_times(rng: Rng, spot: HotspotSettings, count: int) -> tuple[np.ndarray, np.ndarray]:
    days = read_settings()["period"]["days"]
    weight = _spot_weight(spot, np.arange(days))
    return rng.choice(days, count, p=weight / weight.sum()), _draw_hours(rng, spot, count)


def _draw_hours(rng: Rng, spot: HotspotSettings, count: int) -> np.ndarray:
    first, after = spot["hours"]
    return rng.integers(first, after, count)


def _inside(rng: Rng, city: City, spot: HotspotSettings, count: int) -> np.ndarray:
    distance = np.hypot(*(city.local() - [spot["east"], spot["north"]]).T)
    near = np.flatnonzero(distance < spot["radius"])
    near = near if len(near) else np.argsort(distance)[:3]
    return rng.choice(near, count)


def _beside(rng: Rng, ends: np.ndarray) -> np.ndarray:
    """Points along the segments, on either side at a house's distance."""
    along = rng.random((len(ends), 1))
    points = ends[:, :2] + along * (ends[:, 2:] - ends[:, :2]) + rng.normal(0, 9, (len(ends), 2))
    return np.asarray(points)


def _plant_near_repeats(
    rng: Rng,
    repeats: NearRepeatSettings,
    xy: np.ndarray,
    segment: np.ndarray,
    day: np.ndarray,
    label: np.ndarray,
) -> None:
    """Turn a share of rows into follow-ups of another: near it, within days. Changes the arrays in place."""
    free = np.flatnonzero(label == "")
    rng.shuffle(free)
    children = free[: int(len(free) * repeats["share"])]
    parents = free[len(children) :]
    parents = parents[day[parents] < read_settings()["period"]["days"] - repeats["days"]]
    if not len(children) or not len(parents):
        return
    parent = rng.choice(parents[: max(1, len(children) // 2)], len(children))
    angle, away = (
        rng.uniform(0, 2 * np.pi, len(children)),
        repeats["metres"] * np.sqrt(rng.random(len(children))),
    )
    xy[children] = xy[parent] + np.column_stack([away * np.cos(angle), away * np.sin(angle)])
    segment[children] = segment[parent]
    day[children] = day[parent] + rng.integers(1, repeats["days"] + 1, len(children))
    label[children] = _NEAR_REPEAT
    label[parent] = _NEAR_REPEAT


def build_incident_table(
    parts: list[Drawn], names: list[str], city: City, start: int
) -> tuple[pa.Table, list[str | None]]:
    join = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
    begin = np.where(join["interval"], 22 * 60, join["minute"])
    end_day = np.where(join["interval"], join["day"] + 1, join["day"])
    started = convert_to_utc(join["day"], begin)
    ended = convert_to_utc(end_day, np.where(join["interval"], 7 * 60, begin))
    order = np.lexsort((join["xy"][:, 0], started))
    lon, lat = to_degrees(*join["xy"][order].T)
    harm = np.array([read_settings()["categories"][name]["harm"] for name in names], float)
    kind = join["category"][order]
    places = pa.array([f"On or near {name}" for name in city.names])
    table = pa.table(
        {
            "reference": pa.array([f"VM{start + at + 1:09d}" for at in range(len(order))]),
            "category": pa.array(names).take(pa.array(kind)),
            "occurred_from": pa.array(started[order]),
            "occurred_to": pa.array(ended[order]),
            "time_precision": pa.array(["minute"] * len(order)),
            "place": places.take(pa.array(city.segment_name[join["segment"][order]])),
            "lon": lon.round(6),
            "lat": lat.round(6),
            "harm_weight": harm[kind],
        }
    )
    return table, [label or None for label in join["label"][order]]
