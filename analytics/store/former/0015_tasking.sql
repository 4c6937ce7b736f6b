-- The meeting, the hours of an action and its steps came later, in the same file.
-- A meeting of the tasking and co-ordination group: the decisions taken in it and the hours it has to give.
CREATE SEQUENCE meeting_id_sequence;
CREATE TABLE meeting (
    meeting_id INTEGER PRIMARY KEY DEFAULT nextval('meeting_id_sequence'),
    chair VARCHAR NOT NULL, present VARCHAR NOT NULL,
    hours_available DOUBLE NOT NULL CHECK (hours_available >= 0),   -- officers' hours until the next meeting
    opened_by VARCHAR NOT NULL, opened_at TIMESTAMP NOT NULL,
    closed_by VARCHAR, closed_at TIMESTAMP
);
ALTER TABLE decision ADD COLUMN meeting_id INTEGER;
ALTER TABLE action ADD COLUMN hours DOUBLE;                         -- officers' hours it is expected to take
-- What became of an action, step by step; the action's own status is that of the last step.
CREATE TABLE action_event (
    action_id INTEGER NOT NULL, status VARCHAR NOT NULL, note VARCHAR NOT NULL,
    recorded_by VARCHAR NOT NULL, recorded_at TIMESTAMP NOT NULL
);
