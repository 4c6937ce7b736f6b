-- What came of a tasked action: counted outputs and the measured outcome. A later measurement is another version.
CREATE TABLE result (
    action_id INTEGER NOT NULL, version INTEGER NOT NULL,
    outputs JSON NOT NULL,               -- arrests, seizures, people safeguarded, disruptions
    verdict VARCHAR NOT NULL, measured JSON NOT NULL,
    note VARCHAR NOT NULL, data_version BIGINT NOT NULL,
    saved_by VARCHAR NOT NULL, saved_at TIMESTAMP NOT NULL,
    PRIMARY KEY (action_id, version)
);
