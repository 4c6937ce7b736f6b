-- What imported adverts, accounts and transactions say beyond the first columns.
ALTER TABLE source ADD COLUMN time_zone VARCHAR;        -- in which the file's clock times were read; NULL: its area's

-- advert.contact holds every declared contact of the row, one a line, as written.
ALTER TABLE advert ADD COLUMN time_precision VARCHAR;   -- minute, day, month: how finely posted_at is known
ALTER TABLE advert ADD COLUMN language VARCHAR;         -- as the file declares it
ALTER TABLE advert ADD COLUMN repost_of BIGINT;         -- the row of this source that first had the same title, text
                                                        -- and contacts; NULL where it is the first itself
ALTER TABLE account ADD COLUMN address VARCHAR;
ALTER TABLE account ADD COLUMN email VARCHAR;
ALTER TABLE account ADD COLUMN activity VARCHAR;        -- declared occupation or business
ALTER TABLE account ADD COLUMN country VARCHAR;         -- as the file writes it, codes in capitals
ALTER TABLE account ADD COLUMN currency VARCHAR;
ALTER TABLE account ADD COLUMN balance_minor BIGINT;    -- the declared balance, in minor units of currency, ...
ALTER TABLE account ADD COLUMN balance_on DATE;         -- ... at the end of this day

ALTER TABLE "transaction" ADD COLUMN time_precision VARCHAR;
ALTER TABLE "transaction" ADD COLUMN from_name VARCHAR;
ALTER TABLE "transaction" ADD COLUMN to_name VARCHAR;
ALTER TABLE "transaction" ADD COLUMN from_country VARCHAR;   -- "country" is where it took place or is paid out
ALTER TABLE "transaction" ADD COLUMN to_country VARCHAR;

-- A saved mapping is named among those of its kind.
CREATE TABLE column_mapping_by_kind (
    name VARCHAR NOT NULL, kind VARCHAR NOT NULL, mapping JSON NOT NULL, saved_by VARCHAR NOT NULL,
    saved_at TIMESTAMP NOT NULL, PRIMARY KEY (kind, name)
);
INSERT INTO column_mapping_by_kind SELECT * FROM column_mapping;
DROP TABLE column_mapping;
ALTER TABLE column_mapping_by_kind RENAME TO column_mapping;
