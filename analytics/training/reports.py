"""Graded reports about the invented city: what officers saw and people said. True and false reports use the
same words. The better a report's grade, the more often it is true, so that grading is worth reading and never
enough."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from analytics.training.city import City
from analytics.training.networks import Network
from analytics.training.people import TOWNS, People
from analytics.training.schemes import TOWN_LIST, Scheme
from analytics.training.settings import Rng, Row, first_day, read_settings, seed_stream

Facts = dict[str, str]
Traces = dict[str, list[Row]]

_DOMAINS = {
    "advertising": "adverts",
    "premises": "premises",
    "transportation": "journeys",
    "communications": "communications",
    "finance": "transactions",
}
_TITLES = {
    "advertising": "Adverts with one number",
    "premises": "Comings and goings",
    "transportation": "Travellers met",
    "communications": "Calls before arrivals",
    "finance": "Others' money in one hand",
}
_SENTENCES = {
    "advertising": [
        "Adverts in {town} with the number {number} are put up by one person for several others.",
        "A caller to {number}, advertised in {town}, was told that somebody else would come.",
        "Adverts with {number} appear in {town} whenever a ferry has come in.",
    ],
    "premises": [
        "People are brought to {address} at night and leave together before seven.",
        "The rent of {address} is paid in cash by somebody who does not live there.",
        "At {address} people come and go at all hours, and nobody is seen twice.",
    ],
    "transportation": [
        "Fares by {mode} from {start} to {end} are bought by {holder} for people who do not know each other.",
        "{holder} waits in {end} for those who come from {start} by {mode}, and keeps their papers.",
    ],
    "communications": [
        "The user of {number} calls {other} each time before somebody arrives in {town}.",
        "The user of {number} changes handsets, but {other} always finds the new one.",
    ],
    "finance": [
        "{holder} keeps the bank cards of several workers.",
        "Wages are collected from workers in {town} and handed to {holder} the same day.",
        "Cash from {town} is brought to {holder} every week.",
    ],
}
_MASKED = {
    "number": "a number on file",
    "other": "a second number on file",
    "holder": "a person known to us",
    "address": "an address known to us",
}
_ASIDES = [
    "It has gone on for some weeks.",
    "Those concerned looked tired and did not speak.",
    "There may be an ordinary reason for it.",
]
_FROM = {
    "1": ["Patrol, own observation", "Labour inspectorate, on a visit", "Registered source 14"],
    "2": ["Member of the public, by telephone", "A neighbour, at the door", "Driver, spoken to at the stop"],
    "3": ["Call without a name", "Letter without a name", "Prisoner, who asked for something in return"],
}
# How often each grade is given: of what is true, and of what is not.
_SOURCE = {True: [0.45, 0.4, 0.15], False: [0.1, 0.5, 0.4]}
_INFORMATION = {True: [0.2, 0.3, 0.3, 0.2, 0.0], False: [0.02, 0.08, 0.35, 0.4, 0.15]}
_FALSE_FOR_EACH = 0.6  # reports that are not true, for each one that is


def build_reports(
    seed: int,
    networks: list[Network],
    traces: dict[str, Traces],
    schemes: list[Scheme],
    people: People,
    city: City,
) -> tuple[list[Row], list[Row]]:
    """The rows of a file of reports, one graded line each, and the truth of every report: reference, whom it
    is about (a network, an innocent life or nobody) and whether it is so. `traces` are a network's rows by
    table."""
    rng = seed_stream(seed, "reports")
    reports = [report for network in networks for report in _true(rng, network, traces[network.name], people)]
    reports += list(_false(rng, round(len(reports) * _FALSE_FOR_EACH), schemes, people, city))
    reports.sort(key=lambda report: (report["observed_on"], report["domain"], report["facts"]["town"]))
    rows, truth = [], []
    for at, report in enumerate(reports, 1):
        reference = f"RE-{at:07d}"
        rows += _rows(rng, reference, report)
        truth.append({"reference": reference, "about": report["about"], "true": report["true"]})
    return rows, truth


def write_reports(rows: list[Row], path: Path) -> None:
    """As CSV in the columns that `achilles import reports` reads."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


def _true(rng: Rng, network: Network, traces: Traces, people: People) -> Iterator[Row]:
    """One or two reports of each domain in which the network left something."""
    for domain, table in _DOMAINS.items():
        left = traces[table]
        for at in rng.permutation(len(left))[: int(rng.integers(1, 3))]:
            row = left[int(at)]
            facts = _facts_of(rng, domain, row, network, people)
            yield {
                "domain": domain,
                "facts": facts,
                "observed_on": _day_of(row),
                "about": network.name,
                "true": True,
            }


def _facts_of(rng: Rng, domain: str, row: Row, network: Network, people: People) -> Facts:
    """What a true report names, out of one row of the network's trace."""
    if domain == "advertising":
        number = row["contact"] or people.contact[int(rng.choice(network.members))].as_py()
        return {"town": row["place"], "number": number}
    if domain == "premises":
        return {"town": row["address"].rpartition(", ")[2], "address": row["address"]}
    if domain == "transportation":
        holder = _holder(people, row["paid_by"])
        return {
            "town": row["to_place"],
            "start": row["from_place"],
            "end": row["to_place"],
            "mode": row["mode"],
            "holder": holder,
        }
    if domain == "communications":
        return {"town": str(rng.choice(TOWN_LIST)), "number": row["from_phone"], "other": row["to_phone"]}
    return {"town": row["place"], "holder": _holder(people, row["to_account"])}


def _holder(people: People, account: str) -> str:
    return str(people.holder[people.account.index(account).as_py()].as_py())


def _day_of(row: Row) -> date:
    when: date = next(
        row[name]
        for name in ("posted_at", "let_from", "departed_at", "started_at", "occurred_at")
        if name in row
    )
    return when.date() if isinstance(when, datetime) else when


def _false(rng: Rng, count: int, schemes: list[Scheme], people: People, city: City) -> Iterator[Row]:
    """Half about ordinary lives, half about nobody in particular, in the words of the true ones."""
    ordinary = [scheme for scheme in schemes if scheme.network is None]
    days = read_settings()["period"]["days"]
    for at in range(count):
        domain = str(rng.choice(list(_DOMAINS)))
        scheme = ordinary[int(rng.integers(len(ordinary)))] if at % 2 and ordinary else None
        concerned = [*scheme.organisers, *scheme.others] if scheme else people.regular
        one, two = (int(rng.choice(concerned)) for _ in range(2))
        start, end = (str(town) for town in rng.choice(TOWN_LIST, 2, replace=False))
        street = city.names[city.segment_name[int(rng.integers(0, len(city.segments)))]]
        facts = {
            "town": end,
            "start": start,
            "end": end,
            "mode": str(rng.choice(["coach", "ferry", "air", "rail"])),
            "number": people.contact[one].as_py(),
            "other": people.contact[two].as_py(),
            "holder": people.holder[one].as_py(),
            "address": f"{rng.integers(1, 200)} {street}, {end}",
        }
        observed = first_day() + timedelta(days=int(rng.integers(30, days)))
        yield {
            "domain": domain,
            "facts": facts,
            "observed_on": observed,
            "about": scheme.name if scheme else None,
            "true": False,
        }


def _rows(rng: Rng, reference: str, report: Row) -> list[Row]:
    """One line, or two of which the second says how it was learnt; each with its own grade."""
    domain, facts, true = report["domain"], report["facts"], report["true"]
    words = str(rng.choice(_SENTENCES[domain]))
    source = str(rng.choice(["1", "2", "3"], p=_SOURCE[true]))
    provenance = str(rng.choice(_FROM[source]))
    guarded = provenance.startswith(("Registered", "Labour", "Prisoner"))
    stage = next(name for name, towns in TOWNS.items() if facts["town"] in towns)
    head = {
        "reference": reference,
        "title": f"{_TITLES[domain]}, {facts['town']}",
        "submitted_by": f"Officer {rng.integers(100, 140)}",
        "observed_on": report["observed_on"].isoformat(),
        "place": facts["town"],
        "provenance": provenance,
        "retention_group": "2",
    }
    masked = words.format(**facts | _MASKED)
    lines = [(words.format(**facts), masked[0].upper() + masked[1:])]
    if rng.random() < 0.35:
        lines.append((str(rng.choice(_ASIDES)),) * 2)
    stage_known = stage if rng.random() < 0.7 else ""
    return [
        head
        | {
            "original": original,
            "sanitised": sanitised,
            "source": source,
            "information": str(rng.choice(list("ABCDE"), p=_INFORMATION[true])),
            "handling": "C" if guarded else "P",
            "conditions": "A1 S2" if guarded else "",
            "stage": stage_known,
            "domain": domain,
        }
        for original, sanitised in lines
    ]
