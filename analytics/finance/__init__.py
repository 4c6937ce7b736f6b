"""Transactions to flows: typologies, indicators, behaviour, roles, traces, balances.

Everything is a plain function: Arrow or pandas tables of the store's shape and a frozen parameters object in,
frames out. `row` (and `account_row`) are positions in the table given; `evidence.build_evidence(evidence,
tables)` turns them into table_name, source_id, row_number. Money is minor units; no currency is added to
another without rates.

    leads.find_leads(transactions, ...)                              ranked typology leads with their
    transactions
    stored_leads.find_stored_leads(store, transactions, ...)         the same, searching only what has changed
    since
    indicators.find_indicators(transactions, accounts, adverts, parameters) -> Indicators(hits, evidence,
    rules, accounts)
    indicators.rank_indicator_leads(found, 'organiser' | 'victim')        ranked accounts, signs for and against
    (hit numbers)
    indicators.combinations(found, size) / estimate_false_leads(flagged, accounts, base_rate, sensitivity)
    welfare.find_welfare_leads(found) -> WelfareLeads(leads, evidence, keys); welfare.reveal(store, actor, leads,
    lead, reason)
    trace.trace(transactions, source, target=None, parameters, rates=None) -> Trace(payments, ends, paths,
    path_payments, hubs, ...)
    roles.find_roles(transactions, parameters, only=[accounts])      account, role, second, confidence, why
    communities.find_communities(transactions, parameters) -> Communities(accounts, communities, hubs,
    modularity, ...)
    balances.bound_balances(transactions, at, accounts) / list_assets(transactions, at)
    corridors.sum_corridors(transactions, accounts, parameters, rates=None)   from, to, currency, payments,
    amount_minor
    joins.join_accounts(accounts, adverts, premises, incidents)      account, table, row, by, value, shared_*
    behaviour.find_behaviour(transactions, parameters) -> Behaviour(accounts, clusters, strength, features)
    exceptions.find_weekly_outliers(transactions, groups, parameters) -> WeeklyOutliers(found, tests, not_asked, p)
    holders.propose_holders(accounts, parameters) -> Proposals(pairs, levels, left_out, compared)
    holder_decisions.decide(store, actor, left, right, 'same' | 'different' | 'open', reason, weight) /
    decisions(store)
"""
