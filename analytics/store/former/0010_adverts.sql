-- Campaigns had to have a score; one that is new and not ranked yet has none.
ALTER TABLE campaign ALTER COLUMN score DROP NOT NULL;
