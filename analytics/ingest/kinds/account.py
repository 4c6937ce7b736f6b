"""Accounts: what their columns can mean, and how they are usually named."""

from __future__ import annotations

from analytics.ingest.roles import ATTRIBUTE, JOINED_HELP, TABLES, UNNAMED, ImportKind, Need, Role

_ROLES = (
    Role(
        "reference",
        "Account",
        (
            "account",
            "account_id",
            "account_no",
            "account_number",
            "iban",
            "acct*",
            "reference",
            "id",
            "*account*",
        ),
    ),
    Role(
        "holder",
        "Holder",
        (
            "holder",
            "account_holder",
            "holder_name",
            "customer_name",
            "owner",
            "name",
            "customer",
            "customer_id",
        ),
        several=True,
        help=JOINED_HELP,
    ),
    Role(
        "type",
        "Person or business",
        ("kind", "holder_type", "customer_type", "account_type", "entity_type", "type"),
    ),
    Role(
        "time",
        "Opened",
        (
            "opened",
            "opened_on",
            "open_date",
            "date_opened",
            "opening_date",
            "*opened*",
            "*open_date*",
            "date",
        ),
    ),
    Role("place", "Town", ("town", "city", "place", "home_region", "region", "branch_city")),
    Role("phone", "Telephone", ("phone", "phone_number", "telephone", "tel", "mobile")),
    Role("address", "Address", ("address", "street_address", "postal_address", "street")),
    Role("email", "E-mail", ("email", "e_mail", "email_address")),
    Role(
        "activity",
        "Declared activity",
        ("activity", "declared_activity", "occupation", "business", "profession"),
    ),
    Role("country", "Country", ("country", "country_code", "residence")),
    Role("currency", "Currency", ("currency", "ccy", "account_currency", "balance_currency")),
    Role("balance", "Balance", ("balance", "closing_balance", "current_balance")),
    Role("balance_on", "Day of the balance", ("balance_on", "balance_date", "balance_at", "as_of")),
)

KIND = ImportKind(
    "account",
    "accounts",
    (*_ROLES, ATTRIBUTE),
    (Need(("reference",), UNNAMED.format("account number")),),
    f"{TABLES}, or bank statements (camt, MT940, OFX)",
)
