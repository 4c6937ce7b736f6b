-- Digests of imported rows are of their values by column, not of their text. Parts bear the row numbers they may
-- hold: '4/128-255' is of source 4. The upgrade reads those of the former kind, '4/1', once more and replaces them.
COMMENT ON COLUMN seal.part IS 'the key of the row, or source_id/first-last row number of a block of an imported file';
