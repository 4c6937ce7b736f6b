"""Transactions to flows: typologies, indicators, behaviour, roles, traces, balances.

Everything is a plain function: Arrow or pandas tables of the store's shape and a frozen parameters object in,
frames out. Amounts are minor units; no currency is added to another without rates. `row` is a position in the
table given; `evidence.build_evidence` turns positions into table_name, source_id, row_number.

- `payments` reads and orders a table of transactions; `tables` are what the functions take.
- `typologies` finds known shapes of money movement; `leads` ranks and explains them; `stored_leads` searches
  only what has changed in a store.
- `indicators` applies rules from a file; `welfare` separates possible victims.
- `lead_dossier` gathers all about one lead; `narrative` and `lead_finding` draft the text about it.
- `trace`, `path_search`, `lifo_matching`, `balances`, `corridors`, `roles`, `communities`: one question each.
- `behaviour`, `weekly_outliers`, `amount_outliers`, `account_features`: who behaves alike, and unusual weeks.
- `holders` proposes accounts with one holder; `holder_decisions` stores what analysts decide.
- `search` and `queries` are the Finance page's way to the store; `cli` and `trace_cli` the command line's.
"""
