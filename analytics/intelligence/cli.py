"""`achilles import reports`: the import command with the kind of file that this room reads, and with maps."""

from __future__ import annotations

from analytics.basemap.cli import map_
from analytics.ingest.cli import SourceOptions, import_, import_source, source_options
from analytics.intelligence.report_import import import_reports

import_.add_command(map_)


@import_.command()
@source_options
def reports(options: SourceOptions) -> None:
    """Import graded intelligence reports from FILE (CSV, Excel): one line of a report a row."""
    import_source("report", options, load=import_reports)
