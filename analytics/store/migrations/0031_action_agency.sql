-- Which agency answers for an action, and whom to ask there. NULL in actions tasked before both were asked for.
ALTER TABLE action ADD COLUMN agency VARCHAR;
ALTER TABLE action ADD COLUMN contact VARCHAR;
