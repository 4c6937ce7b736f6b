-- How a proposal was scored, criterion by criterion. A new score is another version of the whole assessment.
CREATE TABLE assessment (
    product_id INTEGER NOT NULL, version INTEGER NOT NULL,
    serves VARCHAR,                      -- the control strategy's priority, or NULL where it serves none
    scores JSON NOT NULL,                -- {criterion: {score, confidence, reason, author}}
    saved_by VARCHAR NOT NULL, saved_at TIMESTAMP NOT NULL,
    PRIMARY KEY (product_id, version)
);
