-- How a safeguarding referral stands: a row for each step, never edited; the latest holds.
CREATE SEQUENCE referral_step_sequence;
CREATE TABLE referral_step (
    step_id INTEGER PRIMARY KEY DEFAULT nextval('referral_step_sequence'),
    product_id INTEGER NOT NULL,         -- the referral, a product of that kind
    operation_id INTEGER NOT NULL,       -- the operation of adverts that it concerns
    partner VARCHAR NOT NULL,            -- to whom: an organisation, not a person in an advert
    standing VARCHAR NOT NULL,           -- a code of data/codes/adverts.toml
    note VARCHAR NOT NULL,
    recorded_by VARCHAR NOT NULL, recorded_at TIMESTAMP NOT NULL
);
