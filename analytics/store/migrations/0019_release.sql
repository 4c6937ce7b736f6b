-- A sanitised edition of a product that was released to a partner. Append-only: what left cannot be called back.
CREATE SEQUENCE release_id_sequence;
CREATE TABLE release (
    release_id INTEGER PRIMARY KEY DEFAULT nextval('release_id_sequence'),
    product_id INTEGER NOT NULL, product_version INTEGER NOT NULL,
    partner_kind VARCHAR NOT NULL,       -- a kind of partner in data/release.toml
    partner VARCHAR NOT NULL CHECK (length(trim(partner)) > 0),
    reason VARCHAR NOT NULL CHECK (length(trim(reason)) > 0),
    authorised_by VARCHAR NOT NULL,      -- '' where no condition asked for it
    rules_version VARCHAR NOT NULL,
    title VARCHAR NOT NULL, handling VARCHAR NOT NULL,
    sections JSON NOT NULL,              -- {title: text}: what left, word for word
    let_stand VARCHAR[] NOT NULL,        -- words the rules would have withheld as possible names
    sha256 VARCHAR NOT NULL,             -- of the PDF
    released_by VARCHAR NOT NULL, released_at TIMESTAMP NOT NULL
);
