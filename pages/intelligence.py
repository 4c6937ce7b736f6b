"""Intelligence: graded reports, findings with their evidence, and the ladder."""

from ui.components.choosing import open_tabs
from ui.intelligence.entry import enter_report
from ui.intelligence.findings import show_findings
from ui.intelligence.ladder import show_ladder
from ui.intelligence.reports import show_reports
from ui.shell.page import begin
from ui.shell.pages import move_tab

page = begin("What do we know, how well, and what do we not know?")
move_tab("Collection", "collection")
move_tab("Search", "search")
reports, findings, entry, rungs = open_tabs(
    ["Reports", "Findings", "Enter a report", "Ladder"],
)
if reports.open:
    with reports:
        show_reports(page)
if findings.open:
    with findings:
        show_findings(page)
if entry.open:
    with entry:
        enter_report(page)
if rungs.open:
    with rungs:
        show_ladder(page)
