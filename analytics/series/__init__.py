"""Linked series: incidents that place, time and the way they were done tie to one another.

A link is evidence about incidents, never about a person: nobody is named and nobody is scored.
"""

from analytics.series.describe import tabulate_members, tabulate_pairs
from analytics.series.evidence import LinkLimits
from analytics.series.find import LinkedSeries, SeriesParameters, find_series
from analytics.series.incidents import SeriesIncidents, TooFewIncidents, read_series_incidents

__all__ = [
    "LinkLimits",
    "LinkedSeries",
    "SeriesIncidents",
    "SeriesParameters",
    "TooFewIncidents",
    "find_series",
    "read_series_incidents",
    "tabulate_members",
    "tabulate_pairs",
]
