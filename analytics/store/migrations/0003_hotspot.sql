-- Hotspots that were drawn or kept, named, and are followed over time.
CREATE SEQUENCE hotspot_id_sequence;
CREATE TABLE hotspot (
    hotspot_id INTEGER PRIMARY KEY DEFAULT nextval('hotspot_id_sequence'),
    area_id INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    note VARCHAR NOT NULL,
    outline BLOB NOT NULL,               -- WKB, WGS 84
    created_by VARCHAR NOT NULL, created_at TIMESTAMP NOT NULL,
    retired_by VARCHAR, retired_at TIMESTAMP
);
