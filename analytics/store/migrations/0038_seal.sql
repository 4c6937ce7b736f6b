-- Digests of what the store holds, each covered by the audit record with the same sequence. Append-only: the last row
-- of a part says what it is now. docs/oversight.md says how they are computed.
CREATE TABLE seal (
    sequence BIGINT NOT NULL,            -- the audit record whose `content` covers this row
    table_name VARCHAR NOT NULL,
    part VARCHAR NOT NULL,               -- the key of the row, or source_id/block of 128 rows of an imported file
    rows BIGINT NOT NULL,
    digest VARCHAR NOT NULL              -- '' from here on there is no such part
);
ALTER TABLE audit ADD COLUMN session VARCHAR;   -- NULL in records older than this column
ALTER TABLE audit ADD COLUMN content VARCHAR;   -- the digest of this record's rows of seal; '' where it has none

-- Signed heads of the tree over the audit records. The same lines stand in a file outside the store.
CREATE TABLE tree_head (
    size BIGINT NOT NULL, root VARCHAR NOT NULL, signed_at TIMESTAMP NOT NULL, store_id VARCHAR NOT NULL,
    key_id VARCHAR NOT NULL, signature VARCHAR NOT NULL
);
CREATE TABLE store_identity (store_id VARCHAR NOT NULL);
INSERT INTO store_identity VALUES (CAST(uuid() AS VARCHAR));
