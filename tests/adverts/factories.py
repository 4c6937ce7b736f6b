"""A small made-up store of adverts with campaigns, operations and links as an update would write them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pyarrow as pa

from analytics.adverts.identifiers import READER
from analytics.store import Store

TOWNS = ("Leeds, GB", "Luton, GB", "Derby, GB", "York, GB")
PHONE, HUB = "+447700900123", "+447700900999"
WORDED = (
    "New studio by the station. Massage by two friendly therapists, open late. Ask for {name}, "
    "£{price} "
    "an hour. Call {phone}"
)
NAMES = ("Rina", "Tara", "Mona")
# Written for a browser test: none of this may run, load, restyle or be read as markup.
HOSTILE = (
    "<script>window.hacked=1</script>",
    "<img src=x onerror=window.hacked=1>",
    "<svg onload=window.hacked=1><animate onbegin=window.hacked=1 attributeName=x dur=1s>",
    "<iframe srcdoc='<script>parent.hacked=1</script>'></iframe>",
    "<style>*{display:none!important}</style><link rel=stylesheet href=//evil.example/a.css>",
    "[click](javascript:window.hacked=1) ![x](http://evil.example/p.png) [r]: http://evil.example",
    "$$\\href{javascript:window.hacked=1}{x}$$ \\[\\includegraphics{http://evil.example/l.png}\\]",
    "&lt;script&gt;window.hacked=1&lt;/script&gt; &#60;img src=x onerror=window.hacked=1&#62;",
    "data:text/html,<script>window.hacked=1</script> <a href='data:text/html;base64,PHNjcmlwdD4='>x</a>",
    "\u202etxet desrever\u202c zero\u200bwidth\ufeff \u2066isolate\u2069 a\u0301\u0301\u0301\u0301\u0301",
    ":red[red] :rainbow[colours] :material/delete: :smile: :streamlit: ^^^ ~~~ --- ***",
    "<b>bold</b><br>%{customdata}<extra></extra> %{x} <a href='javascript:window.hacked=1'>go</a>",
    '=HYPERLINK("http://evil.example";"x") +1+cmd|\' /C calc\'!A0 @SUM(1)',
    "{{constructor.constructor('window.hacked=1')()}} ${window.hacked=1} <%= 7*7 %>",
)


START = datetime(2026, 1, 5, 12)


def fill(store: Store, *, many: int = 0, hostile: bool = False) -> None:
    """Three operations: 1 tours four towns in a circuit and sells; 2 recruits; 3 is hostile text where asked,
    else a shop.

    `many` further adverts of one more campaign make operation 4.
    """
    adverts = [*_tour(), *_recruit(), *(_attack() if hostile else _sell_shelves()), *_let(many), *_teach()]
    for row, advert in enumerate(adverts, 2):
        advert["row"] = row
    with store.write() as cursor:
        _insert_adverts(cursor, adverts)
        _insert_groups(cursor, adverts)
        _insert_links(cursor, adverts)
        cursor.execute(
            "INSERT INTO advert_run (finished_at, run_by, seconds, adverts, new_adverts, parameters)"
            " VALUES (?, 'test', 1, ?, ?, '{}')",
            [datetime(2026, 7, 1, 8), len(adverts), len(adverts)],
        ).fetchall()


def _tour() -> Iterator[dict]:
    for week in range(24):
        town = TOWNS[week % 4]
        yield {
            "operation": 1,
            "title": f"Massage in {town[:-4]}",
            "body": WORDED.format(
                name=NAMES[week % 3], price=60 + 10 * (week % 2), phone="0 7 7 0 0 9 0 0 1 2 3"
            ),
            "kind": "massage",
            "posted": START + timedelta(weeks=week),
            "place": town,
            "site": "smallads.example",
            "contact": None,
            "phone": PHONE,
        }


def _recruit() -> Iterator[dict]:
    for day in range(6):
        yield {
            "operation": 2,
            "title": "Seasonal pickers wanted",
            "body": "Seasonal pickers wanted. No experience needed, top pay. Room arranged, travel paid in "
            f"advance. Call 07700 900456, group {day}",
            "kind": "jobs",
            "posted": START + timedelta(days=day),
            "place": TOWNS[day % 3],
            "site": "noticeboard.example",
            "contact": "07700 900456",
            "phone": "+447700900456",
        }


def _attack() -> Iterator[dict]:
    """Each hostile text stands first in one advert, and in every other field of it."""
    for at, text in enumerate(HOSTILE):
        yield {
            "operation": 3,
            "title": text[:60],
            "body": "\n".join([*HOSTILE[at:], *HOSTILE[:at]]) + f" Call 07700 900789 {at}",
            "kind": text[:20],
            "posted": START + timedelta(days=at),
            "place": text[:30],
            "site": text[:25],
            "contact": text[:40],
            "phone": "+447700900789",
        }


def _sell_shelves() -> Iterator[dict]:
    for shelf in range(5):
        text = f"Oak Shop Ltd, company number 123. Shelf {shelf}"
        yield {
            "operation": 3,
            "title": text,
            "body": f"{text} Call 07700 900789 {shelf}",
            "kind": "jobs",
            "posted": START + timedelta(days=shelf),
            "place": TOWNS[0],
            "site": "cornershop.example",
            "contact": text[:40],
            "phone": "+447700900789",
        }


def _let(many: int) -> Iterator[dict]:
    for at in range(many):
        yield {
            "operation": 4,
            "title": "Rooms for workers",
            "body": f"Rooms for workers, number {at} of many. Transport to work included. Bed {at % 7}. Call "
            f"07700 900{at % 90 + 100}",
            "kind": "accommodation",
            "posted": START + timedelta(hours=at),
            "place": TOWNS[at % 4],
            "site": "smallads.example",
            "contact": None,
            "phone": "+447700900321",
        }


def _teach() -> Iterator[dict]:
    """Of no operation, by a number that many share."""
    for at in range(4):
        yield {
            "operation": 0,
            "title": f"Piano lessons {at}",
            "body": "Lessons at home, all ages. 07700 900999",
            "kind": "lessons",
            "posted": START + timedelta(days=40 + at),
            "place": TOWNS[3],
            "site": "smallads.example",
            "contact": None,
            "phone": HUB,
        }


def _insert_adverts(cursor, adverts: list[dict]) -> None:
    table = pa.Table.from_pylist(
        [
            {
                "source_id": 1,
                "row_number": a["row"],
                "reference": f"AD-{a['row']}",
                "title": a["title"],
                "body": a["body"],
                "kind": a["kind"],
                "posted_at": a["posted"],
                "site": a["site"],
                "place": a["place"][:-4] if a["place"] in TOWNS else a["place"],
                "contact": a["contact"],
            }
            for a in adverts
        ]
    )
    cursor.execute(
        "INSERT INTO source (kind, name, file_name, sha256, importer, imported_at, imported_by,"
        " legal_basis, purpose, handling,"
        " review_date, rows_in, rows_accepted, rows_quarantined) VALUES ('advert', 'Made-up adverts', "
        "'made_up.csv', 'x', 'test',"
        " ?, 'test', 'Test', 'Test', 'P', ?, ?, ?, 0)",
        [datetime(2026, 7, 1), date(2027, 1, 1), len(adverts), len(adverts)],
    ).fetchall()
    cursor.register("rows_in", table)
    cursor.execute("INSERT INTO advert BY NAME SELECT * FROM rows_in").fetchall()
    cursor.unregister("rows_in")
    cursor.execute("INSERT INTO advert_scan SELECT source_id, row_number, ? FROM advert", [READER]).fetchall()
    identifiers = [_phone(a) for a in adverts] + [
        (1, a["row"], "place", a["place"], "place", None, None, 0.95) for a in adverts if a["place"] in TOWNS
    ]
    cursor.executemany("INSERT INTO advert_identifier VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)", identifiers)


def _insert_groups(cursor, adverts: list[dict]) -> None:
    """Campaigns and operations of one number, 1, 2, ..., as the sequences give them."""
    for number in sorted({a["operation"] for a in adverts} - {0}):
        mine = [a["row"] for a in adverts if a["operation"] == number]
        size = [400.0 / number, len(mine)]
        cursor.execute("INSERT INTO campaign VALUES (nextval('campaign_id_sequence'), ?, ?)", size).fetchall()
        cursor.execute(
            "INSERT INTO operation VALUES (nextval('operation_id_sequence'), ?, ?, 1)", size
        ).fetchall()
        cursor.execute("INSERT INTO operation_campaign VALUES (?, ?)", [number, number]).fetchall()
        cursor.executemany(
            "INSERT INTO campaign_advert VALUES (?, 1, ?, 0.9)", [(number, row) for row in mine]
        )
        cursor.executemany("INSERT INTO operation_advert VALUES (?, 1, ?)", [(number, row) for row in mine])


def _insert_links(cursor, adverts: list[dict]) -> None:
    first = adverts[0]["row"]
    second = next(a["row"] for a in adverts if a["operation"] == 2)
    link = "INSERT INTO operation_link VALUES (?, 1, ?, 1, ?, 'phone', ?, ?, ?, ?, ?, ?, ?)"
    shared = [1, first, first + 5, PHONE, 24, 2, 0.01, 9.5, "stands", "shared by two groups"]
    cursor.execute(link, shared).fetchall()
    why = "carried by twelve unrelated groups"
    cursor.execute(link, [None, first, second, HUB, 28, 12, 6.0, -3.0, "suppressed", why]).fetchall()


def _phone(advert: dict) -> tuple:
    body = advert["body"]
    start = max(body.find("0 7 7"), body.find("07700 900"))
    end = start + (21 if "0 7 7" in body else 12)
    return (1, advert["row"], "phone", advert["phone"], "body", start, end, 0.95)
