"""Exercises: a class of teams, each with a store of its own, in an invented city whose truth is sealed.

An exercise is a folder outside any checkout, readable by its owner alone:

    exercise.json            plan, digests and signature of what is sealed, state; nothing of the truth
    acts.jsonl               what the trainer did, append-only, each line with the digest of that before
    sealed/NAME.sealed       seed, truth and scoring file, encrypted; the key is elsewhere before the reveal
    sealed/teams/TEAM/…      what was planted against a team's own actions
    teams/TEAM/store.duckdb  the store of a team
    teams/TEAM/snapshots/    its copies by scenario day, `day-007.duckdb`
    truth/                   after the reveal: what was sealed, as `generate` and `advance` write it

Scoring gets the truth from `open_truth` as a folder in the form of `achilles scenario --out`
(`truth/truth.json`, `truth/rows.parquet`, `truth/effects-to-DATE.json` …), and a team's store as a copy that
it alone has open: `score_team(store, truth_folder, plan, team)` and `write_report(reading, scores, target)`.
"""
