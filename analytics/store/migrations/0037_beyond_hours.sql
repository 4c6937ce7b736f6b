-- Why an action was given more officers' hours than its meeting had left.
ALTER TABLE action ADD COLUMN beyond_hours VARCHAR;
