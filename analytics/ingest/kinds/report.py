"""Graded intelligence reports: what their columns can mean, and how they are usually named."""

from __future__ import annotations

from analytics.ingest.roles import ImportKind, Need, Role

_NAMES: dict[str, tuple[str, ...]] = {
    "reference": ("urn", "report_urn", "*_urn", "report_number", "report_no", "log_number", "id"),
    "title": ("name", "subject", "heading", "headline"),
    "submitted_by": (
        "reporting_officer",
        "submitting_officer",
        "createdby",
        "created_by",
        "author",
        "officer",
    ),
    "observed_on": (
        "date_of_report",
        "date_time_of_report",
        "report_date",
        "date_submitted",
        "observed",
        "published",
        "date",
        "*date_*report*",
    ),
    "provenance": ("source_description", "how_known"),
    "retention_group": ("mopi_group", "review_group", "retention", "mopi"),
    "original": ("intelligence", "information_text", "intelligence_text", "text", "description", "body"),
    "source": (
        "source_evaluation",
        "source_grade",
        "source_reliability",
        "x_opencti_reliability",
        "reliability",
    ),
    "information": (
        "intelligence_assessment",
        "information_assessment",
        "information_grade",
        "intelligence_evaluation",
        "information_evaluation",
        "information_credibility",
        "credibility",
    ),
    "handling": ("handling_code", "objectmarking", "tlp", "marking", "markings"),
    "place": ("locations", "location"),
    "review_date": ("review_on", "review_by"),
    "sanitised": ("sanitized", "sanitised_text", "sanitised_intelligence"),
    "conditions": ("handling_conditions",),
    "stage": (),
    "domain": (),
    "operational_domain": (),
    "strategic_theme": (),
}

_ROLES = tuple(
    Role(name, name.replace("_", " ").capitalize(), (name, *names)) for name, names in _NAMES.items()
)

_OPTIONAL = 8  # of the roles, the last

KIND = ImportKind(
    "report",
    "reports",
    _ROLES,
    tuple(
        Need(
            (role.name,),
            f"The file has no column {role.name!r}: say which holds it, or give one value for all "
            f"rows (--value {role.name}=...). A file of reports needs: "
            f"{', '.join(role.name for role in _ROLES[:-_OPTIONAL])}; it may have "
            f"{', '.join(role.name for role in _ROLES[-_OPTIONAL:])}.",
        )
        for role in _ROLES[:-_OPTIONAL]
    ),
    "CSV, TSV or Excel, one graded line a row, rows of one reference being one report",
)
