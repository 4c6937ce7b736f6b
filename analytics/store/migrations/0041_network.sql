-- Who is linked to whom. Rows are never merged: a mention is a value of an imported row, an entity a group of mentions.
-- All but the judgements is computed from the rows, and can be computed again.
CREATE TABLE network_mention (
    mention VARCHAR NOT NULL,        -- 'person:account/3/17/holder': table, source, row and column where it was first seen
    entity VARCHAR NOT NULL,         -- the mention of the entity that was imported first
    name VARCHAR NOT NULL,
    facts JSON NOT NULL,             -- what else the row says of the person, by field
    table_name VARCHAR NOT NULL, source_id INTEGER NOT NULL, row_number BIGINT NOT NULL, column_name VARCHAR NOT NULL,
    rows BIGINT NOT NULL,            -- of the source that say the same
    probability DOUBLE NOT NULL      -- that the mention belongs to the entity
);
CREATE TABLE network_match (
    mention VARCHAR NOT NULL, other VARCHAR NOT NULL,   -- in order of import
    source_id INTEGER NOT NULL, other_source_id INTEGER NOT NULL,
    bits DOUBLE NOT NULL, probability DOUBLE NOT NULL,
    why JSON NOT NULL,               -- bits by field
    model VARCHAR NOT NULL, matched_at TIMESTAMP NOT NULL
);

CREATE SEQUENCE network_judgement_id_sequence;
CREATE TABLE network_judgement (     -- never edited: a later one on the same pair counts
    judgement_id INTEGER PRIMARY KEY DEFAULT nextval('network_judgement_id_sequence'),
    mention VARCHAR NOT NULL, other VARCHAR NOT NULL,
    judgement VARCHAR NOT NULL CHECK (judgement IN ('same', 'different', 'unsure', 'open')),
    reason VARCHAR NOT NULL, judged_by VARCHAR NOT NULL, judged_at TIMESTAMP NOT NULL
);

-- One row for each pair of nodes, kind and source, so that removing a source takes what it alone said.
CREATE TABLE network_link (
    node VARCHAR NOT NULL, other VARCHAR NOT NULL,      -- 'phone:+447700900123', 'account:A1', 'person:...', 'premises:...'
    kind VARCHAR NOT NULL,
    source_id INTEGER NOT NULL, table_name VARCHAR NOT NULL,
    row_numbers BIGINT[] NOT NULL,   -- the first 20 of the evidence
    events BIGINT NOT NULL, first_at TIMESTAMP, last_at TIMESTAMP,
    probability DOUBLE NOT NULL      -- of the link being what its kind says
);
