-- What imported premises, journeys and communications say beyond the first columns, and what is kept of any row
-- without a meaning of its own.
ALTER TABLE premises ADD COLUMN place VARCHAR;          -- the town or district
ALTER TABLE premises ADD COLUMN owner VARCHAR;          -- who lets or sells; holder is who rents, stays or is licensed
ALTER TABLE premises ADD COLUMN contact VARCHAR;        -- of the holder
ALTER TABLE premises ADD COLUMN status VARCHAR;         -- as the file says: taken, free, cancelled, ...
ALTER TABLE premises ADD COLUMN price_minor BIGINT;     -- in minor units of currency
ALTER TABLE premises ADD COLUMN currency VARCHAR;

-- A plate read is a journey of a vehicle of which one point is known: from_place, lon, lat and departed_at.
ALTER TABLE journey ADD COLUMN time_precision VARCHAR;
ALTER TABLE journey ADD COLUMN arrived_at TIMESTAMP;
ALTER TABLE journey ADD COLUMN booked_at TIMESTAMP;
ALTER TABLE journey ADD COLUMN contact VARCHAR;         -- of the traveller
ALTER TABLE journey ADD COLUMN document VARCHAR;        -- a passport's or an identity card's number
ALTER TABLE journey ADD COLUMN born DATE;
ALTER TABLE journey ADD COLUMN vehicle VARCHAR;         -- its registration
ALTER TABLE journey ADD COLUMN service VARCHAR;         -- flight, train or vessel
ALTER TABLE journey ADD COLUMN lon DOUBLE;              -- WGS 84, of where it began or was seen
ALTER TABLE journey ADD COLUMN lat DOUBLE;

ALTER TABLE communication ADD COLUMN time_precision VARCHAR;
ALTER TABLE communication ADD COLUMN from_name VARCHAR;
ALTER TABLE communication ADD COLUMN to_name VARCHAR;
ALTER TABLE communication ADD COLUMN place VARCHAR;     -- the cell or mast at the start
ALTER TABLE communication ADD COLUMN lon DOUBLE;        -- WGS 84, of the cell or mast
ALTER TABLE communication ADD COLUMN lat DOUBLE;
ALTER TABLE communication ADD COLUMN device VARCHAR;    -- IMEI of the phone that the record is of
ALTER TABLE communication ADD COLUMN subscriber VARCHAR;   -- IMSI of its SIM card

-- Columns of the file without a meaning of their own, as a JSON object of its names and texts.
ALTER TABLE incident ADD COLUMN attributes VARCHAR;
ALTER TABLE advert ADD COLUMN attributes VARCHAR;
ALTER TABLE account ADD COLUMN attributes VARCHAR;
ALTER TABLE "transaction" ADD COLUMN attributes VARCHAR;
ALTER TABLE premises ADD COLUMN attributes VARCHAR;
ALTER TABLE journey ADD COLUMN attributes VARCHAR;
ALTER TABLE communication ADD COLUMN attributes VARCHAR;
