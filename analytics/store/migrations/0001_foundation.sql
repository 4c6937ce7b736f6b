-- Times are UTC TIMESTAMPs; lon/lat are WGS 84; x/y are metres in the area's projected CRS (area.epsg).
-- A bulk row is identified by (source_id, row_number), which never changes, so evidence can point at it.

CREATE TABLE data_version (version BIGINT NOT NULL);
INSERT INTO data_version VALUES (1);

CREATE SEQUENCE area_id_sequence;
CREATE TABLE area (
    area_id INTEGER PRIMARY KEY DEFAULT nextval('area_id_sequence'),
    name VARCHAR NOT NULL UNIQUE,
    epsg INTEGER NOT NULL,
    time_zone VARCHAR NOT NULL
);

CREATE SEQUENCE source_id_sequence;
CREATE TABLE source (
    source_id INTEGER PRIMARY KEY DEFAULT nextval('source_id_sequence'),
    kind VARCHAR NOT NULL,               -- incident, boundary, advert, account, transaction, premises, journey, communication
    name VARCHAR NOT NULL,
    file_name VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    importer VARCHAR NOT NULL,           -- the mapping or preset used
    parameters JSON,
    area_id INTEGER,
    imported_at TIMESTAMP NOT NULL,
    imported_by VARCHAR NOT NULL,
    legal_basis VARCHAR NOT NULL,
    purpose VARCHAR NOT NULL,
    handling VARCHAR NOT NULL,
    review_date DATE NOT NULL,
    rows_in BIGINT NOT NULL,
    rows_accepted BIGINT NOT NULL,
    rows_quarantined BIGINT NOT NULL,
    is_scenario BOOLEAN NOT NULL DEFAULT false
);

CREATE TABLE quarantine (source_id INTEGER NOT NULL, row_number BIGINT NOT NULL, reason VARCHAR NOT NULL, raw JSON);

CREATE TABLE import_failure (
    file_name VARCHAR NOT NULL, kind VARCHAR NOT NULL, failed_at TIMESTAMP NOT NULL, failed_by VARCHAR NOT NULL,
    message VARCHAR NOT NULL
);

CREATE TABLE column_mapping (
    name VARCHAR PRIMARY KEY, kind VARCHAR NOT NULL, mapping JSON NOT NULL, saved_by VARCHAR NOT NULL,
    saved_at TIMESTAMP NOT NULL
);

CREATE TABLE incident (
    source_id INTEGER NOT NULL,
    row_number BIGINT NOT NULL,          -- as a spreadsheet numbers it: the header is row 1
    area_id INTEGER NOT NULL,
    reference VARCHAR,
    category VARCHAR NOT NULL,
    occurred_from TIMESTAMP NOT NULL,    -- UTC, start of the possible interval
    occurred_to TIMESTAMP NOT NULL,      -- UTC, end of the possible interval, not before the start
    time_precision VARCHAR NOT NULL,     -- minute, hour, day, month: how finely the source states the time
    local_date DATE NOT NULL,            -- of occurred_from, in the area's time zone
    local_hour TINYINT,                  -- 0-23; NULL unless the whole interval lies within one hour
    local_weekday TINYINT,               -- ISO 1 Monday - 7 Sunday; NULL unless it lies within one day
    place VARCHAR,
    lon DOUBLE, lat DOUBLE, x DOUBLE, y DOUBLE,   -- NULL where the place is withheld or not recorded
    harm_weight DOUBLE
);

CREATE TABLE boundary (
    source_id INTEGER NOT NULL, row_number BIGINT NOT NULL, area_id INTEGER NOT NULL,
    layer VARCHAR NOT NULL,              -- 'Police districts', 'Streets': the source's name
    role VARCHAR NOT NULL,               -- area (beats, wards), street, water, green: how the map draws it
    code VARCHAR, name VARCHAR,
    geometry BLOB NOT NULL               -- WKB, WGS 84
);

-- The five commercial domains. Stage is origin, transit, destination, or NULL where not known.
CREATE TABLE advert (
    source_id INTEGER NOT NULL, row_number BIGINT NOT NULL, reference VARCHAR, title VARCHAR, body VARCHAR,
    kind VARCHAR, posted_at TIMESTAMP, site VARCHAR, place VARCHAR, stage VARCHAR, contact VARCHAR
);
CREATE TABLE account (
    source_id INTEGER NOT NULL, row_number BIGINT NOT NULL, reference VARCHAR, holder VARCHAR, kind VARCHAR,
    opened DATE, place VARCHAR, phone VARCHAR
);
CREATE TABLE "transaction" (
    source_id INTEGER NOT NULL, row_number BIGINT NOT NULL, reference VARCHAR, occurred_at TIMESTAMP,
    from_account VARCHAR, to_account VARCHAR, amount_minor BIGINT, currency VARCHAR, channel VARCHAR,
    merchant_category VARCHAR, place VARCHAR, country VARCHAR, stage VARCHAR, note VARCHAR
);
CREATE TABLE premises (
    source_id INTEGER NOT NULL, row_number BIGINT NOT NULL, reference VARCHAR, address VARCHAR, kind VARCHAR,
    holder VARCHAR, let_from DATE, let_to DATE, stage VARCHAR, lon DOUBLE, lat DOUBLE
);
CREATE TABLE journey (
    source_id INTEGER NOT NULL, row_number BIGINT NOT NULL, reference VARCHAR, traveller VARCHAR, paid_by VARCHAR,
    mode VARCHAR, from_place VARCHAR, to_place VARCHAR, departed_at TIMESTAMP, stage VARCHAR
);
CREATE TABLE communication (
    source_id INTEGER NOT NULL, row_number BIGINT NOT NULL, reference VARCHAR, from_phone VARCHAR, to_phone VARCHAR,
    started_at TIMESTAMP, seconds INTEGER, kind VARCHAR, stage VARCHAR
);

-- Findings are versioned: an edit adds a version, nothing is overwritten.
CREATE SEQUENCE finding_id_sequence;
CREATE TABLE finding (
    finding_id INTEGER NOT NULL, version INTEGER NOT NULL,
    title VARCHAR NOT NULL, statement VARCHAR NOT NULL,
    method VARCHAR NOT NULL, parameters JSON NOT NULL, data_version BIGINT NOT NULL,
    area_id INTEGER, period_from DATE, period_to DATE,
    result JSON NOT NULL,
    confidence VARCHAR NOT NULL, confidence_basis VARCHAR NOT NULL,
    assumptions VARCHAR NOT NULL, alternatives JSON NOT NULL,
    handling VARCHAR NOT NULL, created_by VARCHAR NOT NULL, created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (finding_id, version)
);
CREATE TABLE finding_evidence (
    finding_id INTEGER NOT NULL, version INTEGER NOT NULL, table_name VARCHAR NOT NULL,
    source_id INTEGER NOT NULL, row_number BIGINT NOT NULL
);

-- Written products (a problem profile, a brief) as structured content, versioned like findings.
CREATE SEQUENCE product_id_sequence;
CREATE TABLE product (
    product_id INTEGER NOT NULL, version INTEGER NOT NULL, kind VARCHAR NOT NULL, title VARCHAR NOT NULL,
    content JSON NOT NULL, finding_ids INTEGER[] NOT NULL,
    created_by VARCHAR NOT NULL, created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (product_id, version)
);

-- A decision is never edited; a later one supersedes it.
CREATE SEQUENCE decision_id_sequence;
CREATE TABLE decision (
    decision_id INTEGER PRIMARY KEY DEFAULT nextval('decision_id_sequence'),
    product_id INTEGER NOT NULL, product_version INTEGER NOT NULL,
    outcome VARCHAR NOT NULL CHECK (outcome IN ('adopted', 'amended', 'declined', 'deferred')),
    reason VARCHAR NOT NULL, decided_by VARCHAR NOT NULL, decided_at TIMESTAMP NOT NULL,
    supersedes INTEGER
);

CREATE SEQUENCE action_id_sequence;
CREATE TABLE action (
    action_id INTEGER PRIMARY KEY DEFAULT nextval('action_id_sequence'),
    decision_id INTEGER NOT NULL, description VARCHAR NOT NULL, owner VARCHAR NOT NULL, due DATE NOT NULL,
    status VARCHAR NOT NULL
);

CREATE TABLE audit (
    sequence BIGINT PRIMARY KEY, recorded_at TIMESTAMP NOT NULL, actor VARCHAR NOT NULL, role VARCHAR NOT NULL,
    act VARCHAR NOT NULL, object VARCHAR NOT NULL, purpose VARCHAR NOT NULL, detail JSON NOT NULL,
    previous_hash VARCHAR NOT NULL, hash VARCHAR NOT NULL
);
