"""Adverts: what their columns can mean, and how they are usually named."""

from __future__ import annotations

from analytics.ingest.roles import ATTRIBUTE, IDENTITY_LABEL, ORDERED_HELP, UNNAMED, ImportKind, Need, Role

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

_ROLES = (
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
        help=ORDERED_HELP,
    ),
    Role("site", "Site", ("site", "website", "board", "platform", "domain", "site_name")),
    Role(
        "place",
        "Place",
        (
            "place",
            "city",
            "location",
            "town",
            "region",
            "posted_in",
            "area",
            "location_name",
            "job_location",
            "city_name",
        ),
    ),
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
    Role(
        "reference",
        IDENTITY_LABEL,
        (
            "advert_id",
            "ad_id",
            "post_id",
            "postid",
            "adid",
            "listing_id",
            "listingid",
            "id",
            "reference",
            "*_id",
            "*_ref",
        ),
    ),
)

KIND = ImportKind(
    "advert",
    "adverts",
    (*_ROLES, ATTRIBUTE),
    (Need(("body",), UNNAMED.format("text")),),
    "CSV, JSON lines, Parquet or Excel; texts are read as text, and no picture is fetched",
)
