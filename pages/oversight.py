"""Oversight: who looked at what and why, what is due, and that nothing was altered."""

from ui.components.address import choose_view
from ui.oversight.approvals import show_approvals
from ui.oversight.complaints import show_complaints
from ui.oversight.person import show_person
from ui.oversight.record import show_record
from ui.oversight.releases import show_releases
from ui.oversight.retention import show_retention
from ui.oversight.sampling import show_sampling
from ui.oversight.sources import show_sources_by_basis
from ui.shell.layout import pad_pane
from ui.shell.page import begin

page = begin("Who looked at what, and was anything altered?", "oversight")
VIEWS = {
    "Record": show_record,
    "A person's file": show_person,
    "Complaints": show_complaints,
    "Retention": show_retention,
    "Sources": show_sources_by_basis,
    "Releases": show_releases,
    "Sampling": show_sampling,
    "Approvals": show_approvals,
}

with pad_pane("ask", horizontal=True):
    view = choose_view(tuple(VIEWS))
VIEWS[view](page)
