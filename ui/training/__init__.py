"""The page *Training*: exercises prepared, run and debriefed by their trainer."""
