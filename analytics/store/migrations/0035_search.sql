-- What the search reads of imported rows, folded once. Working data: it can be emptied at any time and is made again.
CREATE TABLE search_row (
    source_id INTEGER NOT NULL, row_number BIGINT NOT NULL,
    record VARCHAR NOT NULL,             -- the table of the row: advert, account, transaction, ...
    moment TIMESTAMP,                    -- when it happened, by which the newest come first
    folded VARCHAR NOT NULL,             -- its texts in lower case without accents
    squeezed VARCHAR NOT NULL            -- the same, letters and digits alone, each text between two bars
);
CREATE TABLE search_source (source_id INTEGER NOT NULL, record VARCHAR NOT NULL, rows BIGINT NOT NULL);
