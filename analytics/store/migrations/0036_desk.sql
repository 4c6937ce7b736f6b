-- What each user has at hand: a case tray, saved views and watches. Removed rows stay, so that a removal can be undone.
-- A link holds no personal data; a label is masked before it is stored.
CREATE SEQUENCE tray_case_id_sequence;
CREATE TABLE tray_case (
    case_id INTEGER PRIMARY KEY DEFAULT nextval('tray_case_id_sequence'),
    owner VARCHAR NOT NULL, name VARCHAR NOT NULL, opened_at TIMESTAMP NOT NULL, closed_at TIMESTAMP
);
CREATE SEQUENCE tray_item_id_sequence;
CREATE TABLE tray_item (
    item_id INTEGER PRIMARY KEY DEFAULT nextval('tray_item_id_sequence'),
    case_id INTEGER NOT NULL,
    kind VARCHAR NOT NULL,               -- place, operation, account, lead, advert, entity, report, finding, row
    key VARCHAR NOT NULL,                -- what identifies it among its kind: a number, 'source-row', a digest, an outline
    label VARCHAR NOT NULL, page VARCHAR NOT NULL, query JSON NOT NULL,
    added_at TIMESTAMP NOT NULL, removed_at TIMESTAMP
);
CREATE TABLE tray_item_row (             -- the rows of an item that nothing else in the store names, such as a lead
    item_id INTEGER NOT NULL, table_name VARCHAR NOT NULL, row_source INTEGER NOT NULL, row_number BIGINT NOT NULL
);
CREATE SEQUENCE saved_view_id_sequence;
CREATE TABLE saved_view (
    view_id INTEGER PRIMARY KEY DEFAULT nextval('saved_view_id_sequence'),
    owner VARCHAR NOT NULL, name VARCHAR NOT NULL, page VARCHAR NOT NULL, query JSON NOT NULL,
    shared BOOLEAN NOT NULL,             -- whether every user of this store sees it
    saved_at TIMESTAMP NOT NULL, removed_at TIMESTAMP
);
CREATE SEQUENCE watch_id_sequence;
CREATE TABLE watch (
    watch_id INTEGER PRIMARY KEY DEFAULT nextval('watch_id_sequence'),
    owner VARCHAR NOT NULL,
    kind VARCHAR NOT NULL CHECK (kind IN ('place', 'operation', 'account', 'entity', 'requirement')),
    key VARCHAR NOT NULL,
    label VARCHAR NOT NULL, page VARCHAR NOT NULL, query JSON NOT NULL,
    watched_since TIMESTAMP NOT NULL,
    looked_at TIMESTAMP NOT NULL,        -- what came in after this is new
    removed_at TIMESTAMP
);
