-- A referral concerns an operation of adverts, or a node of the network by its name in links of the app.
ALTER TABLE referral_step ALTER COLUMN operation_id DROP NOT NULL;
ALTER TABLE referral_step ADD COLUMN node VARCHAR;
