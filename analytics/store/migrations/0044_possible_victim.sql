-- Whether a node of the network is a possible victim. Never edited: a later one on the same node counts.
CREATE SEQUENCE victim_status_id_sequence;
CREATE TABLE victim_status (
    status_id INTEGER PRIMARY KEY DEFAULT nextval('victim_status_id_sequence'),
    node VARCHAR NOT NULL,               -- 'phone:+447700900123', 'person:account/3/17/holder'
    status VARCHAR NOT NULL CHECK (status IN ('possible victim', 'withdrawn')),
    reason VARCHAR NOT NULL, recorded_by VARCHAR NOT NULL, recorded_at TIMESTAMP NOT NULL
);
