"""The kinds of file that are imported: what a column of each can mean, and how it is usually named.

A kind is one entry of KINDS: its roles, which of them a file must fill, and the formats it comes in."""

from __future__ import annotations

import re
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


@dataclass(frozen=True)
class Need:
    """What a file must say: at least one of these roles, or `message` is why it is refused."""

    roles: tuple[str, ...]
    message: str


@dataclass(frozen=True)
class ImportKind:
    """A kind of file. `name` is that of the store's table, `plural` that of the page and the command."""

    name: str
    plural: str
    roles: tuple[Role, ...]
    needs: tuple[Need, ...]
    formats: str

    def has(self, role: str) -> bool:
        """Whether a column of this kind can have a role."""
        return any(own.name == role for own in self.roles)


def plain(name: str) -> str:
    """A column name without what differs between one download and the next."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


_ID = "Identity in the file"
_PAIR = "POINT (x y), (latitude, longitude), or an object with both."
_JOINED = "First and last name may stand in two columns: they are read in this order."
_ORDERED = "A date and a time of day, or year, month and day: several columns are read in this order."
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

INCIDENT = (
    Role(
        "time",
        "Date and time, or start",
        (
            "date_start",
            "occurred_from",
            "cmplnt_fr_dt",
            "occur_date",
            "offense_date",
            "occ_date",
            "date",
            "month",
            "fecha*",
            "start*",
            "from*date*",
            "*date*",
            "*month*",
        ),
        several=True,
        help=_ORDERED,
    ),
    Role(
        "end",
        "End, where there is one",
        ("date_end", "occurred_to", "cmplnt_to_dt", "end*date*", "end*time*", "to*date*"),
        several=True,
        help=_ORDERED,
    ),
    Role(
        "category",
        "Category",
        (
            "crime_type",
            "primary_type",
            "offense_type",
            "offense",
            "ofns_desc",
            "category",
            "crime",
            "type",
            "modalidad",
            "*offen?e*",
            "crime*categor*",
        ),
    ),
    Role(
        "longitude",
        "Longitude or easting",
        (
            "longitude",
            "lon",
            "long",
            "lng",
            "longitud",
            "longitude_geometry",
            "x",
            "easting",
            "x_coord*",
        ),
    ),
    Role(
        "latitude",
        "Latitude or northing",
        ("latitude", "lat", "latitud", "latitude_geometry", "y", "northing", "y_coord*"),
    ),
    Role("point", "or both in one column", ("point", "wkt", "geolocation"), help=_PAIR),
    Role(
        "place",
        "Place name",
        (
            "location",
            "hundred_block",
            "block",
            "address",
            "street",
            "location_desc",
            "loc_cat",
            "place",
            "location_type",
            "neighbourhood",
            "boro",
            "lsoa_name",
            "lsoa_code",
        ),
    ),
    Role("count", "Incidents in the row", ("count", "cantidad"), help="Where a row may stand for several."),
    Role(
        "reference",
        "Reference",
        ("crime_id", "incident_no", "incident_key", "uid", "case_number", "cmplnt_num", "reference", "id"),
    ),
)

BOUNDARY = (
    Role(
        "name",
        "Name",
        (
            "*name*",
            "*neighbourhood*",
            "*district*",
            "*precinct*",
            "*ward*",
            "*beat*",
            "*nombre*",
            "*label*",
            "*dist*",
        ),
    ),
    Role(
        "outline",
        "Outline as text",
        ("the_geom", "wkt", "geom", "multipolygon", "shape", "geometry"),
        help="POLYGON (...) in a column, where the file itself is no geographic one.",
    ),
)

REPORT = tuple(
    Role(name, name.replace("_", " ").capitalize(), (name,))
    for name in (
        "reference",
        "title",
        "submitted_by",
        "observed_on",
        "provenance",
        "retention_group",
        "original",
        "source",
        "information",
        "handling",
        "place",
        "review_date",
        "sanitised",
        "conditions",
        "stage",
        "domain",
        "operational_domain",
        "strategic_theme",
    )
)
_REPORT_OPTIONAL = 8  # of the roles, the last

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
            "timestamp*",
            "posttime",
            "posting_*",
            "created*",
            "*date*",
        ),
        several=True,
        help=_ORDERED,
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
            "transaction_date",
            "sent_at",
            "send_date",
            "booked_at",
            "booking_date",
            "buchungstag",
            "buchungsdatum",
            "dateop",
            "datetime_utc",
            "started_date",
            "completion_time",
            "tran_timestamp",
            "date_time",
            "datum",
            "fecha",
            "dato",
            "data",
            "value_date",
            "date",
            "time",
            "*date*",
            "*timestamp*",
        ),
        several=True,
        help=_ORDERED,
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
            "orig_acct",
            "from_email_address",
            "sender_account_id",
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
            "bene_acct",
            "to_email_address",
            "receiver_account_id",
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
            "gross",
            "betrag*",
            "bedrag*",
            "importe",
            "montant",
            "importo",
            "kwota",
            "belopp",
            "valor",
            "base_amt",
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
            "waehrung",
            "wahrung",
            "munt",
            "valuta",
            "devise",
            "moneda",
            "moeda",
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
            "zahlungspflichtige*",
            "sender_name",
            "sender",
            "payer_name",
            "debtor_name",
            "originator_name",
            "ordering_customer",
        ),
        several=True,
        help=_JOINED,
    ),
    Role(
        "to_name",
        "Receiver's name",
        (
            "to_name",
            "zahlungsempf*",
            "receiver_name",
            "receiver",
            "beneficiary_name",
            "beneficiary",
            "creditor_name",
            "payee_name",
            "recipient",
            "recipient_name",
        ),
        several=True,
        help=_JOINED,
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
            "transferwise_id",
            "transaction_hash",
            "receipt_no",
            "chq_ref_no",
            "tran_id",
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
    Role("own", "Own account, of a statement", (), help="Whose statement it is."),
    Role("other", "Other party's account", ()),
    Role("other_name", "Other party", ()),
    Role("out", "Paid out", ()),
    Role("in", "Paid in", ()),
    Role("direction", "In or out, in words", ()),
    Role("status", "Booked or not", (), help="Rows that were not booked are refused."),
)

_TABLES = "CSV, Excel, Parquet"
_UNSAID = "Say which column holds the {}: none looks like it."

KINDS: dict[str, ImportKind] = {
    kind.name: kind
    for kind in (
        ImportKind(
            "incident",
            "incidents",
            INCIDENT,
            (
                Need(("time",), "Say which column holds the date: none looks like one."),
                Need(
                    ("category",),
                    "Say which column holds the category, or name one category for all rows.",
                ),
            ),
            f"{_TABLES}, GeoJSON, GeoPackage, zipped shapefile or KML",
        ),
        ImportKind(
            "boundary",
            "boundaries",
            BOUNDARY,
            (),
            "GeoJSON, GeoPackage, zipped shapefile or KML: beats, wards or districts, or streets, water "
            "and parks",
        ),
        ImportKind(
            "advert",
            "adverts",
            ADVERT,
            (Need(("body",), _UNSAID.format("text")),),
            "CSV, JSON lines, Parquet or Excel; texts are read as text, and no picture is fetched",
        ),
        ImportKind(
            "transaction",
            "transactions",
            TRANSACTION,
            (
                Need(("time",), _UNSAID.format("time or amount")),
                Need(("amount", "out", "in"), _UNSAID.format("time or amount")),
                Need(
                    ("from", "to", "from_name", "to_name", "own", "other", "other_name"),
                    "Say which columns hold the accounts: none looks like one.",
                ),
            ),
            f"{_TABLES}, bank statements (camt, MT940, OFX), or a money-remittance CSV",
        ),
        ImportKind(
            "account",
            "accounts",
            ACCOUNT,
            (Need(("reference",), _UNSAID.format("account number")),),
            f"{_TABLES}, or bank statements (camt, MT940, OFX)",
        ),
        ImportKind(
            "report",
            "reports",
            REPORT,
            tuple(
                Need(
                    (role.name,),
                    f"The file has no column {role.name!r}: say which holds it. A file of reports needs: "
                    f"{', '.join(role.name for role in REPORT[:-_REPORT_OPTIONAL])}; it may have "
                    f"{', '.join(role.name for role in REPORT[-_REPORT_OPTIONAL:])}.",
                )
                for role in REPORT[:-_REPORT_OPTIONAL]
            ),
            "CSV, TSV or Excel, one graded line a row, rows of one reference being one report",
        ),
    )
}
