-- Who may sign in, and the sessions of those who did. No row is found by anything but its name or key, and none
-- is unique by constraint: DuckDB would refuse two changes of one row in a transaction.
CREATE TABLE app_user (
    name VARCHAR NOT NULL, roles VARCHAR[] NOT NULL,
    password VARCHAR,                    -- argon2id, NULL until one is chosen
    code VARCHAR, code_until TIMESTAMP,  -- SHA-256 of a one-time code
    second_factor VARCHAR,               -- secret of a time-based code (RFC 6238)
    second_factor_step BIGINT,           -- of the last code that was accepted: none counts twice
    is_disabled BOOLEAN NOT NULL,
    added_at TIMESTAMP NOT NULL, added_by VARCHAR NOT NULL
);
CREATE TABLE app_session (
    key VARCHAR NOT NULL,                -- SHA-256 of the secret that the browser has
    person VARCHAR NOT NULL, role VARCHAR NOT NULL, purpose VARCHAR NOT NULL, way VARCHAR NOT NULL,
    opened_at TIMESTAMP NOT NULL, used_at TIMESTAMP NOT NULL, ended_at TIMESTAMP, ended_why VARCHAR
);
