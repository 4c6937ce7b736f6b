"""What a column of adverts, accounts or transactions can mean, and how such a column is usually named."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Role:
    """A meaning that the user gives to a column. `names`: likeliest first, in lower case with one underscore
    for anything but letters and digits; `*` stands for anything. `several`: more than one column may have
    it."""

    name: str
    label: str
    names: tuple[str, ...]
    several: bool = False
    help: str | None = None


_ID = "Identity in the file"
# A column that a site declares itself says so; a 'phone' may as well be somebody's extraction from the text,
# and what is taken as declared joins adverts for certain. Such a column is named in a note, and read when
# asked for.
DECLARED = ("contact", "contacts", "contact_*", "*_contact", "declared_*")
LIKE_CONTACTS = (
    "phone*",
    "telephone*",
    "tel",
    "mobile*",
    "*_phone",
    "e_mail",
    "email*",
    "*_email",
    "handle*",
    "user_name",
    "username",
    "whatsapp*",
    "telegram*",
    "wechat*",
    "seller",
    "poster",
)

ADVERT = (
    Role(
        "body",
        "Text",
        (
            "text",
            "body",
            "ad_text",
            "advert_text",
            "message",
            "content",
            "description",
            "*text*",
            "*body*",
            "*description*",
        ),
    ),
    Role("title", "Title", ("title", "headline", "subject", "heading")),
    Role(
        "time",
        "Posted",
        (
            "posted_at",
            "posted",
            "post_time",
            "post_date",
            "posted_*",
            "date_posted",
            "published*",
            "date",
            "timestamp",
            "created*",
            "*date*",
        ),
        several=True,
        help="A date and a time of day, or year, month and day: several columns are read in this order.",
    ),
    Role("site", "Site", ("site", "website", "board", "platform", "domain", "site_name")),
    Role("place", "Place", ("place", "city", "location", "town", "region", "posted_in", "area")),
    Role(
        "contact",
        "Declared contacts",
        DECLARED,
        several=True,
        help="Only columns in which the site itself declares a contact; what stands in the text is found "
        "there.",
    ),
    Role("type", "Section", ("advert_type", "ad_type", "section", "category", "type")),
    Role("language", "Language", ("language", "lang")),
    Role("reference", _ID, ("advert_id", "ad_id", "post_id", "listing_id", "id", "reference", "*_id")),
)

ACCOUNT = (
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
        ("holder", "account_holder", "holder_name", "customer_name", "owner", "name", "customer"),
    ),
    Role(
        "type",
        "Person or business",
        ("kind", "holder_type", "customer_type", "account_type", "entity_type", "type"),
    ),
    Role(
        "time",
        "Opened",
        ("opened", "opened_on", "open_date", "date_opened", "opening_date", "*opened*", "*open_date*"),
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

TRANSACTION = (
    Role(
        "time",
        "Time",
        (
            "ts",
            "timestamp",
            "occurred_at",
            "time_stamp",
            "datetime",
            "date_time",
            "transaction_date",
            "sent_at",
            "send_date",
            "booked_at",
            "booking_date",
            "value_date",
            "date",
            "time",
            "*date*",
            "*timestamp*",
        ),
        several=True,
        help="A date and a time of day, or year, month and day: several columns are read in this order.",
    ),
    Role(
        "from",
        "From account",
        (
            "from_account",
            "src",
            "source_account",
            "from",
            "sender_account",
            "sender_id",
            "payer_account",
            "debtor_account",
            "originator_account",
            "orig*account*",
            "nameorig",
            "payer",
            "originator",
            "sender_iban",
            "source",
        ),
    ),
    Role(
        "to",
        "To account",
        (
            "to_account",
            "dst",
            "dest",
            "target_account",
            "to",
            "receiver_account",
            "beneficiary_account",
            "receiver_id",
            "beneficiary_id",
            "creditor_account",
            "payee_account",
            "namedest",
            "payee",
            "destination_account",
            "beneficiary_iban",
            "target",
            "destination",
        ),
    ),
    Role(
        "amount",
        "Amount",
        (
            "amount",
            "amount_minor",
            "amt",
            "amount_paid",
            "transaction_amount",
            "send_amount",
            "amount_sent",
            "principal",
            "value",
            "sum",
            "amount_*",
            "*_amount",
        ),
    ),
    Role(
        "currency",
        "Currency",
        (
            "currency",
            "ccy",
            "payment_currency",
            "send_currency",
            "amount_currency",
            "currency_code",
            "*currency*",
        ),
    ),
    Role(
        "channel",
        "Channel",
        ("channel", "payment_format", "payment_method", "payment_type", "method", "transaction_type"),
    ),
    Role(
        "merchant_category",
        "Merchant category",
        ("merchant_category", "mcc", "merchant_category_code", "merchant_type"),
    ),
    Role(
        "place", "Place", ("place", "city", "location", "branch", "send_city", "agent_city", "agent_location")
    ),
    Role(
        "country",
        "Country, or where paid out",
        ("country", "country_code", "payout_country", "destination_country", "receive_country"),
    ),
    Role(
        "from_name",
        "Sender's name",
        (
            "from_name",
            "sender_name",
            "sender",
            "payer_name",
            "debtor_name",
            "originator_name",
            "ordering_customer",
        ),
    ),
    Role(
        "to_name",
        "Receiver's name",
        (
            "to_name",
            "receiver_name",
            "receiver",
            "beneficiary_name",
            "beneficiary",
            "creditor_name",
            "payee_name",
            "recipient",
            "recipient_name",
        ),
    ),
    Role(
        "from_country",
        "Sender's country",
        ("from_country", "sender_country", "send_country", "origin_country"),
    ),
    Role(
        "to_country",
        "Receiver's country",
        (
            "to_country",
            "receiver_country",
            "beneficiary_country",
            "payout_country",
            "destination_country",
            "receive_country",
        ),
    ),
    Role(
        "reference",
        _ID,
        (
            "tx_id",
            "txid",
            "transaction_id",
            "trans_id",
            "txn_id",
            "transactionid",
            "mtcn",
            "reference_number",
            "id",
            "transaction_reference",
            "reference",
        ),
    ),
    Role(
        "note",
        "Note",
        (
            "note",
            "memo",
            "reference",
            "narrative",
            "description",
            "details",
            "purpose",
            "remittance_information",
            "message",
        ),
    ),
)

ROLES: dict[str, tuple[Role, ...]] = {"advert": ADVERT, "account": ACCOUNT, "transaction": TRANSACTION}
