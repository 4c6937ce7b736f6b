"""`achilles import reports`: the import command with the kind of file that this room reads, and with maps."""

from __future__ import annotations

from analytics.basemap.cli import map_
from analytics.ingest.cli import import_, import_source
from analytics.ingest.source_options import SourceOptions, source_options, value_option, with_values
from analytics.intelligence.report_import import import_reports

import_.add_command(map_)


@import_.command()
@source_options
@value_option
def reports(options: SourceOptions, values: tuple[str, ...]) -> None:
    """Import graded intelligence reports from FILE (CSV, Excel): one line of a report a row."""

    import_source("report", options, lambda mapping: with_values(mapping, values), load=import_reports)
