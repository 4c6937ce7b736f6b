-- The strategic level of collection: a line of a report may speak to one of the chapter's four themes.
ALTER TABLE report_line ADD COLUMN strategic_theme VARCHAR;
