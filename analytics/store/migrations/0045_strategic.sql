-- Drivers of the environment (PESTELO and the strategic themes): a version is never changed, a correction or a
-- withdrawal is another version.
CREATE SEQUENCE driver_id_sequence;
CREATE TABLE driver (
    driver_id INTEGER NOT NULL, version INTEGER NOT NULL,
    factor VARCHAR NOT NULL,             -- a code of pestelo or strategic_themes
    statement VARCHAR NOT NULL,
    problem VARCHAR NOT NULL,            -- what it bears on, in words; '' where that is not one problem
    effect VARCHAR NOT NULL,             -- a code of driver_effects
    source VARCHAR NOT NULL,
    source_grade VARCHAR NOT NULL, information_grade VARCHAR NOT NULL,
    handling VARCHAR NOT NULL, conditions VARCHAR[] NOT NULL,
    observed_on DATE NOT NULL,
    withdrawn BOOLEAN NOT NULL,
    change_reason VARCHAR NOT NULL,      -- 'first entry' for a first version
    saved_by VARCHAR NOT NULL, saved_at TIMESTAMP NOT NULL,
    PRIMARY KEY (driver_id, version)
);

-- The figures that a strategic assessment was drafted from: the next one is compared with them.
CREATE TABLE assessment_figure (
    product_id INTEGER NOT NULL,         -- the assessment, as its first version was drafted
    kind VARCHAR NOT NULL,               -- problem, route or driver
    name VARCHAR NOT NULL,
    measure VARCHAR NOT NULL,
    value DOUBLE,                        -- NULL where it could not be said
    says VARCHAR NOT NULL,               -- in words
    PRIMARY KEY (product_id, kind, name, measure)
);

-- Monthly counts that an assessment expects; never changed. The next assessment scores them.
CREATE TABLE forecast (
    product_id INTEGER NOT NULL,         -- the assessment that made it
    area_id INTEGER NOT NULL,
    category VARCHAR NOT NULL, month DATE NOT NULL,
    expected DOUBLE NOT NULL, low DOUBLE NOT NULL, high DOUBLE NOT NULL,
    naive DOUBLE NOT NULL, naive_low DOUBLE NOT NULL, naive_high DOUBLE NOT NULL,
    basis VARCHAR NOT NULL,
    PRIMARY KEY (product_id, area_id, category, month)
);
CREATE TABLE forecast_score (            -- what was recorded of a forecast month when a later assessment was drafted
    product_id INTEGER NOT NULL,         -- the assessment that scores
    forecast_product_id INTEGER NOT NULL,
    area_id INTEGER NOT NULL,
    category VARCHAR NOT NULL, month DATE NOT NULL,
    observed DOUBLE NOT NULL,
    PRIMARY KEY (product_id, forecast_product_id, area_id, category, month)
);
