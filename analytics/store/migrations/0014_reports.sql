-- Intelligence reports. A version is never changed: a correction is another version with its reason.
CREATE SEQUENCE report_id_sequence;
CREATE TABLE report (
    report_id INTEGER NOT NULL, version INTEGER NOT NULL,
    reference VARCHAR,                   -- the submitter's own number, if any
    title VARCHAR NOT NULL,
    submitted_by VARCHAR NOT NULL,       -- the officer or unit who reports
    observed_on DATE NOT NULL, place VARCHAR,
    provenance VARCHAR NOT NULL,         -- where it comes from; kept apart from every sanitised text
    legal_basis VARCHAR NOT NULL, purpose VARCHAR NOT NULL,
    retention_group VARCHAR NOT NULL, review_date DATE NOT NULL,
    source_id INTEGER,                   -- the imported file it came in, if any
    change_reason VARCHAR NOT NULL,      -- why this version; of the first: how it was entered
    saved_by VARCHAR NOT NULL, saved_at TIMESTAMP NOT NULL,
    PRIMARY KEY (report_id, version)
);
-- One sentence of information a line, each with its own grading (3x5x2).
CREATE TABLE report_line (
    report_id INTEGER NOT NULL, version INTEGER NOT NULL, line INTEGER NOT NULL,
    original VARCHAR NOT NULL, sanitised VARCHAR NOT NULL,
    source_grade VARCHAR NOT NULL, information_grade VARCHAR NOT NULL,
    handling VARCHAR NOT NULL, conditions VARCHAR[] NOT NULL,
    stage VARCHAR, domain VARCHAR,       -- its cell of the Achilles grid, where it has one
    operational_domain VARCHAR,
    PRIMARY KEY (report_id, version, line)
);
CREATE SEQUENCE report_link_id_sequence;
CREATE TABLE report_link (
    link_id INTEGER PRIMARY KEY DEFAULT nextval('report_link_id_sequence'),
    report_id INTEGER NOT NULL, line INTEGER NOT NULL, other_report_id INTEGER NOT NULL, other_line INTEGER NOT NULL,
    relation VARCHAR NOT NULL CHECK (relation IN ('corroborates', 'contradicts')),
    reason VARCHAR NOT NULL, linked_by VARCHAR NOT NULL, linked_at TIMESTAMP NOT NULL,
    withdrawn_by VARCHAR, withdrawn_at TIMESTAMP
);

-- What is not known and is to be found out. A change of status is another version.
CREATE SEQUENCE requirement_id_sequence;
CREATE TABLE requirement (
    requirement_id INTEGER NOT NULL, version INTEGER NOT NULL,
    question VARCHAR NOT NULL, priority VARCHAR,      -- the control strategy's priority it serves
    stage VARCHAR, domain VARCHAR, operational_domain VARCHAR, strategic_theme VARCHAR,
    owner VARCHAR NOT NULL, due DATE NOT NULL,
    status VARCHAR NOT NULL CHECK (status IN ('open', 'answered', 'withdrawn')),
    note VARCHAR NOT NULL, saved_by VARCHAR NOT NULL, saved_at TIMESTAMP NOT NULL,
    PRIMARY KEY (requirement_id, version)
);
