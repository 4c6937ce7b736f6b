-- Complaints: a version is never changed, an answer is another version.
CREATE SEQUENCE complaint_id_sequence;
CREATE TABLE complaint (
    complaint_id INTEGER NOT NULL, version INTEGER NOT NULL,
    received_on DATE NOT NULL,
    complainant VARCHAR NOT NULL,        -- a name or a reference; shown to those alone who answer complaints
    about VARCHAR NOT NULL,
    due DATE NOT NULL, owner VARCHAR NOT NULL,
    state VARCHAR NOT NULL CHECK (state IN ('open', 'extended', 'upheld', 'partly upheld', 'not upheld', 'withdrawn')),
    outcome VARCHAR NOT NULL,            -- '' while it is open
    saved_by VARCHAR NOT NULL, saved_at TIMESTAMP NOT NULL,
    PRIMARY KEY (complaint_id, version)
);

-- An inspector's random sample of audit records; the seed draws the same again from the same records.
CREATE SEQUENCE audit_sample_id_sequence;
CREATE TABLE audit_sample (
    sample_id INTEGER PRIMARY KEY DEFAULT nextval('audit_sample_id_sequence'),
    drawn_from VARCHAR NOT NULL, seed BIGINT NOT NULL, last_sequence BIGINT NOT NULL,
    drawn_by VARCHAR NOT NULL, drawn_at TIMESTAMP NOT NULL
);
CREATE TABLE audit_sample_item (sample_id INTEGER NOT NULL, position INTEGER NOT NULL, sequence BIGINT NOT NULL);
CREATE TABLE audit_sample_note (         -- never changed: a later one supersedes it
    sample_id INTEGER NOT NULL, sequence BIGINT NOT NULL,
    judgement VARCHAR NOT NULL CHECK (judgement IN ('in order', 'to be explained', 'not in order')),
    note VARCHAR NOT NULL, noted_by VARCHAR NOT NULL, noted_at TIMESTAMP NOT NULL
);
