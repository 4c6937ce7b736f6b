-- Harm weights a user loaded. A set is (name, version) and is never changed: another version is another set.
CREATE TABLE harm_set (
    name VARCHAR NOT NULL, version VARCHAR NOT NULL,
    unit VARCHAR NOT NULL,               -- 'days of imprisonment', 'points'
    valid_from DATE NOT NULL,            -- since when the weights are in force
    file_name VARCHAR NOT NULL, sha256 VARCHAR NOT NULL,
    loaded_by VARCHAR NOT NULL, loaded_at TIMESTAMP NOT NULL,
    PRIMARY KEY (name, version)
);
CREATE TABLE harm_weight (
    name VARCHAR NOT NULL, version VARCHAR NOT NULL, category VARCHAR NOT NULL,
    weight DOUBLE NOT NULL CHECK (weight >= 0 AND isfinite(weight)),
    source VARCHAR NOT NULL,             -- where this weight comes from
    PRIMARY KEY (name, version, category)
);
