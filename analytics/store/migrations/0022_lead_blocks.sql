-- What the typology detectors found, block of time by block: kept so that only blocks that changed are searched again.
-- Working data: it can be emptied at any time and is worked out anew.
CREATE TABLE lead_search (
    begin_us BIGINT NOT NULL,            -- where the first block begins: the first transaction, microseconds since 1970
    made_with VARCHAR NOT NULL,          -- names the parameters and the detectors' code
    saved_at TIMESTAMP NOT NULL
);
CREATE TABLE lead_block (block INTEGER PRIMARY KEY, fingerprint UBIGINT NOT NULL);
CREATE TABLE lead_result (
    typology VARCHAR NOT NULL, block INTEGER NOT NULL, result INTEGER NOT NULL, position INTEGER NOT NULL,
    source_id INTEGER NOT NULL, row_number BIGINT NOT NULL, account VARCHAR NOT NULL,
    surprise DOUBLE NOT NULL, anchor BIGINT NOT NULL
);
CREATE TABLE lead_chance (typology VARCHAR NOT NULL, block INTEGER NOT NULL, surprise DOUBLE NOT NULL);
CREATE TABLE lead_cut (typology VARCHAR NOT NULL, block INTEGER NOT NULL, since BIGINT NOT NULL, until BIGINT NOT NULL);
