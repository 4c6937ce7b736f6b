-- Bulk tables may lie in Parquet files beside the store (docs/scale.md). Which do, and in which files: what stands here
-- is in the store, in the transaction that wrote it; a file that stands nowhere is rubbish and is deleted.
CREATE TABLE parquet_table (
    table_name VARCHAR NOT NULL,
    folder VARCHAR NOT NULL              -- where its files lay when its view was last written
);
CREATE TABLE parquet_file (
    table_name VARCHAR NOT NULL,
    source_id INTEGER,                   -- whose rows it has; NULL for rows of no source
    file VARCHAR NOT NULL,               -- within the folder; never used twice
    rows BIGINT NOT NULL,
    columns VARCHAR[] NOT NULL           -- what it has; a column that a later schema adds is empty
);
