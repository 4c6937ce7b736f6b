"""`achilles import reports`: the import command with the kind of file that this room reads, and with maps."""

from __future__ import annotations

import click

from analytics.basemap.cli import map_
from analytics.ingest import Mapping
from analytics.ingest.cli import import_, import_source
from analytics.ingest.kinds import KINDS
from analytics.ingest.source_options import SourceOptions, source_options
from analytics.intelligence.report_import import import_reports

import_.add_command(map_)


@import_.command()
@source_options
@click.option(
    "--value",
    "values",
    multiple=True,
    metavar="ROLE=TEXT",
    help="What stands for every row that leaves a role blank, such as retention_group=3 or information=D.",
)
def reports(options: SourceOptions, values: tuple[str, ...]) -> None:
    """Import graded intelligence reports from FILE (CSV, Excel): one line of a report a row."""

    def change(mapping: Mapping) -> Mapping:
        for value in values:
            role, _, text = value.partition("=")
            if not KINDS["report"].has(role) or not text.strip():
                raise click.UsageError(f"--value {value!r} is not a role of reports and a text: title=Log.")
            mapping = mapping.with_constant(role, text)
        return mapping

    import_source("report", options, change, load=import_reports)
