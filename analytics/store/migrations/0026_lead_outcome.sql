-- Whether a finding proved right once it was acted on. A person's word, never edited: a later one supersedes it.
CREATE SEQUENCE lead_outcome_id_sequence;
CREATE TABLE lead_outcome (
    outcome_id INTEGER PRIMARY KEY DEFAULT nextval('lead_outcome_id_sequence'),
    finding_id INTEGER NOT NULL, action_id INTEGER NOT NULL,
    outcome VARCHAR NOT NULL CHECK (outcome IN ('right', 'partly right', 'wrong', 'not known')),
    reason VARCHAR NOT NULL, judged_by VARCHAR NOT NULL, judged_at TIMESTAMP NOT NULL
);
