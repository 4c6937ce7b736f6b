"""Intelligence: graded reports, findings with their evidence, and the ladder."""

from ui.components.address import choose_view
from ui.intelligence.entry import enter_report
from ui.intelligence.findings import show_findings
from ui.intelligence.ladder import show_ladder
from ui.intelligence.reports import show_reports
from ui.shell.layout import pad_pane, scroll_pane, window_pane
from ui.shell.page import begin
from ui.shell.pages import move_tab

page = begin("What do we know, how well, and what do we not know?", "intelligence")
move_tab("Collection", "collection")
move_tab("Search", "search")
with pad_pane("ask", horizontal=True):
    view = choose_view(("Reports", "Findings", "Enter a report", "Ladder"))
if view == "Reports":
    show_reports(page)
elif view == "Findings":
    show_findings(page)
else:
    with window_pane("page"), scroll_pane("page_view"):
        if view == "Ladder":
            show_ladder(page)
        else:
            enter_report(page)
