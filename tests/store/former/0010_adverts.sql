-- What is read out of adverts. All of it but the decisions can be made anew from the adverts themselves.
-- An advert is (source_id, row_number); a unit is a campaign or an advert on its own, named by its first advert.

CREATE TABLE advert_scan (               -- which adverts were read for identifiers, and by which reader
    source_id INTEGER NOT NULL, row_number BIGINT NOT NULL, reader INTEGER NOT NULL
);
CREATE TABLE advert_identifier (
    source_id INTEGER NOT NULL, row_number BIGINT NOT NULL,
    kind VARCHAR NOT NULL,               -- phone, email, handle, url, crypto, price, age, place
    value VARCHAR NOT NULL,              -- normalised: E.164, lower case, '60 GBP an hour', 'Leeds, GB'
    field VARCHAR NOT NULL,              -- title, body, or the declared column: contact, place
    span_start INTEGER, span_end INTEGER,   -- characters of that field as held, end not included; NULL where declared
    confidence DOUBLE NOT NULL,          -- docs/methods/identifiers.md says what it means
    note VARCHAR                         -- how it was written, what else it could be
);

CREATE SEQUENCE campaign_id_sequence;
CREATE TABLE campaign (
    campaign_id INTEGER PRIMARY KEY,     -- kept over updates as long as the campaign keeps members
    score DOUBLE NOT NULL,               -- how surprising such agreement is by chance
    adverts BIGINT NOT NULL
);
CREATE TABLE campaign_advert (
    campaign_id INTEGER NOT NULL, source_id INTEGER NOT NULL, row_number BIGINT NOT NULL,
    similarity DOUBLE NOT NULL           -- verified, to the campaign's nearest other advert
);

CREATE SEQUENCE operation_id_sequence;
CREATE TABLE operation (
    operation_id INTEGER PRIMARY KEY,    -- kept over updates like a campaign's
    score DOUBLE NOT NULL, adverts BIGINT NOT NULL, campaigns BIGINT NOT NULL
);
CREATE TABLE operation_campaign (operation_id INTEGER NOT NULL, campaign_id INTEGER NOT NULL);
CREATE TABLE operation_advert (          -- every advert of the operation, those of its campaigns too
    operation_id INTEGER NOT NULL, source_id INTEGER NOT NULL, row_number BIGINT NOT NULL
);
CREATE TABLE operation_link (
    operation_id INTEGER,                -- the operation that the link holds together; NULL unless it stands
    left_source INTEGER NOT NULL, left_row BIGINT NOT NULL,     -- the first advert of the unit
    right_source INTEGER, right_row BIGINT,                     -- NULL: everyone who carries a suppressed hub
    identifier_kind VARCHAR NOT NULL, identifier_value VARCHAR NOT NULL,
    adverts BIGINT NOT NULL,             -- how many adverts carry the identifier
    carriers BIGINT NOT NULL,            -- how many unrelated groups carry it
    by_chance DOUBLE NOT NULL,           -- how many would by chance, its kind and number block being as crowded as they are
    weight DOUBLE NOT NULL,              -- log2 of the odds that the two are of one operation
    standing VARCHAR NOT NULL CHECK (standing IN ('stands', 'suppressed', 'confirmed', 'cut')),
    why VARCHAR NOT NULL
);

-- An analyst's word on a link. Never edited and never removed with a source: a later one supersedes it.
CREATE SEQUENCE operation_link_decision_sequence;
CREATE TABLE operation_link_decision (
    decision_id INTEGER PRIMARY KEY DEFAULT nextval('operation_link_decision_sequence'),
    left_source INTEGER NOT NULL, left_row BIGINT NOT NULL,     -- any advert of the unit; it may join a campaign later
    right_source INTEGER NOT NULL, right_row BIGINT NOT NULL,
    decision VARCHAR NOT NULL CHECK (decision IN ('cut', 'confirm', 'withdraw')),
    reason VARCHAR NOT NULL, decided_by VARCHAR NOT NULL, decided_at TIMESTAMP NOT NULL
);

CREATE SEQUENCE advert_run_id_sequence;
CREATE TABLE advert_run (                -- one row each time campaigns and operations were made
    run_id INTEGER PRIMARY KEY DEFAULT nextval('advert_run_id_sequence'),
    finished_at TIMESTAMP NOT NULL, run_by VARCHAR NOT NULL, seconds DOUBLE NOT NULL,
    adverts BIGINT NOT NULL, new_adverts BIGINT NOT NULL, parameters JSON NOT NULL
);
