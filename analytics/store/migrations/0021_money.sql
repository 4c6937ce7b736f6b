-- Where a place or a country lies that is on no map that ships: a force's own names, the scenario's invented towns.
CREATE TABLE place_position (
    source_id INTEGER NOT NULL,
    level VARCHAR NOT NULL CHECK (level IN ('place', 'country')),
    name VARCHAR NOT NULL, lon DOUBLE NOT NULL, lat DOUBLE NOT NULL
);

-- Exchange rates that a user supplied: without one no currency is added to another. A later word on the same day,
-- currency and target replaces the earlier.
CREATE TABLE exchange_rate (
    into_currency VARCHAR NOT NULL, rate_on DATE NOT NULL, currency VARCHAR NOT NULL,
    rate VARCHAR NOT NULL,               -- units of into_currency for one of currency, as written, so that it stays exact
    origin VARCHAR NOT NULL,             -- where the user has it from
    supplied_by VARCHAR NOT NULL, supplied_at TIMESTAMP NOT NULL,
    PRIMARY KEY (into_currency, rate_on, currency)
);
