-- A base map is a source of the kind 'map'. Its features are rows of boundary, whose role is then one of street, path,
-- rail, water, green, coast, building, place or poi (point of interest); what a map needs beside stands here.
CREATE TABLE base_map (
    source_id INTEGER NOT NULL, area_id INTEGER NOT NULL,
    format VARCHAR NOT NULL,             -- 'OpenStreetMap extract', 'MBTiles', 'PMTiles'
    attribution VARCHAR NOT NULL,        -- plain text, to be shown wherever the map is; '' where none is stated
    licence VARCHAR NOT NULL,
    dated DATE,                          -- the day of the data, where the file states it
    west DOUBLE NOT NULL, south DOUBLE NOT NULL, east DOUBLE NOT NULL, north DOUBLE NOT NULL,  -- what was taken, degrees
    left_out JSON NOT NULL               -- by role: how many lay outside that extent, and how many had no usable shape
);
CREATE TABLE base_feature (
    source_id INTEGER NOT NULL, row_number BIGINT NOT NULL,  -- those of the row of boundary
    kind VARCHAR NOT NULL,               -- motorway, minor, footway, park, suburb, cafe: see data/basemap.toml
    level TINYINT NOT NULL,              -- 0 is the ground, 1 a bridge, -1 a tunnel
    west DOUBLE NOT NULL, south DOUBLE NOT NULL, east DOUBLE NOT NULL, north DOUBLE NOT NULL
);
