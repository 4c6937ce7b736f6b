-- What an analyst said of two accounts whose holders may be one person. A row is never changed: the latest counts.
CREATE SEQUENCE holder_decision_id_sequence;
CREATE TABLE holder_decision (
    decision_id INTEGER PRIMARY KEY DEFAULT nextval('holder_decision_id_sequence'),
    left_account VARCHAR NOT NULL,       -- the two references, in order of the alphabet
    right_account VARCHAR NOT NULL,
    decision VARCHAR NOT NULL CHECK (decision IN ('same', 'different', 'open')),
    reason VARCHAR NOT NULL,
    match_weight DOUBLE,                 -- what was proposed when the analyst decided; NULL: nothing was
    decided_by VARCHAR NOT NULL, decided_at TIMESTAMP NOT NULL
);
