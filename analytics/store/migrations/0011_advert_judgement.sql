-- An analyst's judgement of a campaign or an operation. Never edited: a later one supersedes it.
CREATE SEQUENCE advert_label_id_sequence;
CREATE TABLE advert_label (
    label_id INTEGER PRIMARY KEY DEFAULT nextval('advert_label_id_sequence'),
    subject VARCHAR NOT NULL CHECK (subject IN ('campaign', 'operation')),
    subject_id INTEGER NOT NULL,
    label VARCHAR NOT NULL,              -- a code of data/codes/adverts.toml
    reason VARCHAR NOT NULL,
    labelled_by VARCHAR NOT NULL, labelled_at TIMESTAMP NOT NULL,
    supersedes INTEGER                   -- the judgement that stood before
);
