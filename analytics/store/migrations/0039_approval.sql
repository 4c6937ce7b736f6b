-- What one person asks for and another decides: releases, erasure, role grants, bulk exports with personal data.
CREATE SEQUENCE approval_id_sequence;
CREATE TABLE approval (
    approval_id INTEGER PRIMARY KEY DEFAULT nextval('approval_id_sequence'),
    act VARCHAR NOT NULL,         -- as the audit trail names it
    object VARCHAR NOT NULL,      -- what exactly: an approval is for nothing else
    reason VARCHAR NOT NULL,
    asked_by VARCHAR NOT NULL,
    asked_role VARCHAR NOT NULL,
    asked_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    outcome VARCHAR,              -- approved, refused, withdrawn; none while it waits
    why VARCHAR,
    decided_by VARCHAR,
    decided_at TIMESTAMP,
    used_at TIMESTAMP             -- an approval is good for one act
);
