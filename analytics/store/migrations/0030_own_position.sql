-- A position may be a person's own word too: then it belongs to no source, and stays when sources go.
ALTER TABLE place_position ALTER COLUMN source_id DROP NOT NULL;
