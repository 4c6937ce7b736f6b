-- A finding says how to make it again, what else was weighed, how likely it is, and why each version was made.
ALTER TABLE finding ADD COLUMN recipe JSON;           -- {kind, ...}: what its room needs to make it again; NULL: cannot be
ALTER TABLE finding ADD COLUMN likelihood VARCHAR;    -- of the probability yardstick; NULL: not stated
ALTER TABLE finding ADD COLUMN hypotheses JSON;       -- the competing-hypotheses table; NULL: not begun
ALTER TABLE finding ADD COLUMN change_reason VARCHAR; -- why this version; NULL of a first one

-- The row as it was when the finding was saved: a 128-bit hash of its imported columns; NULL: saved before this was kept.
ALTER TABLE finding_evidence ADD COLUMN fingerprint UHUGEINT;

-- The lines of reports a version rests on, beside or instead of rows.
CREATE TABLE finding_report (
    finding_id INTEGER NOT NULL, version INTEGER NOT NULL,
    report_id INTEGER NOT NULL, report_version INTEGER NOT NULL, line INTEGER NOT NULL
);

-- Which version of each finding a version of a product was written from. Products older than this: the one of their time.
CREATE TABLE product_finding (
    product_id INTEGER NOT NULL, version INTEGER NOT NULL, finding_id INTEGER NOT NULL, finding_version INTEGER NOT NULL,
    PRIMARY KEY (product_id, version, finding_id)
);

CREATE SEQUENCE finding_link_id_sequence;
CREATE TABLE finding_link (
    link_id INTEGER PRIMARY KEY DEFAULT nextval('finding_link_id_sequence'),
    finding_id INTEGER NOT NULL, other_finding_id INTEGER NOT NULL,
    relation VARCHAR NOT NULL CHECK (relation IN ('corroborates', 'contradicts', 'unrelated')),
    reason VARCHAR NOT NULL, linked_by VARCHAR NOT NULL, linked_at TIMESTAMP NOT NULL,
    withdrawn_by VARCHAR, withdrawn_at TIMESTAMP
);

-- 'Still true?': a version made again on later data. Never an edit of the finding.
CREATE SEQUENCE finding_check_id_sequence;
CREATE TABLE finding_check (
    check_id INTEGER PRIMARY KEY DEFAULT nextval('finding_check_id_sequence'),
    finding_id INTEGER NOT NULL, version INTEGER NOT NULL,
    verdict VARCHAR NOT NULL CHECK (verdict IN ('same', 'changed', 'not found')),
    says VARCHAR NOT NULL, data_version BIGINT NOT NULL, checked_by VARCHAR NOT NULL, checked_at TIMESTAMP NOT NULL
);
