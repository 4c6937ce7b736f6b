"""The registry of identifier kinds: every kind is handled on every way out, and an unknown one is masked."""

import ast
import csv
import re
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from streamlit.testing.v1 import AppTest

from analytics.adverts.campaigns import build_template
from analytics.adverts.extract import read_adverts
from analytics.adverts.identifiers import Hints, Identifier, IdentifierKind, find_identifiers, kind_of, kinds
from analytics.adverts.masking import mask_adverts, mask_identifier, mask_template
from analytics.adverts.operation_finding import Subject, build_finding
from analytics.adverts.operations import find_operations
from analytics.adverts.queries import read_identifiers, read_operation_adverts, read_operation_links
from analytics.adverts.repository import read_linking
from analytics.adverts.search import read_search
from analytics.cli import cli
from analytics.exchange import gather_case, write_case
from analytics.intelligence.findings import load_finding, save_finding
from analytics.network.links.build import ADVERT_NODES
from analytics.network.links.node_kinds import NODE_KINDS
from analytics.oversight import Actor
from analytics.oversight.masking import HIDDEN, MASKS
from analytics.oversight.roles import find_tier
from analytics.search import search
from analytics.shared.safe_csv import safe_csv
from analytics.store import close_store, open_store
from analytics.tasking.brief import draft_brief
from analytics.tasking.drafts import draft_profile
from analytics.tasking.networks import read_network
from analytics.tasking.products import save_product
from analytics.tasking.release import KnownSecrets, ReleaseChoices, draft_release, read_release_rules
from analytics.tasking.release.redact import Redactor
from tests.adverts.factories import fill
from ui.shell.single_user import single_user

ROOT = Path(__file__).parents[3]
ACTOR = Actor("ann")
MEMBERSHIP = "kx/19abc"  # no pattern for what looks like a contact finds it
EXAMPLES = {
    "phone": "call 07700 900123 now",
    "email": "write to anna.b@example.org now",
    "handle": "telegram: anna_w22 only",
    "url": "see www.rooms-here.example/b7 today",
    "crypto": "pay 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa first",
    "price": "from £60 per hour",
    "age": "aged 21 years",
    "place": "new in Leeds",
}
IDENTIFIER_COLUMNS = ["source_id", "row_number", "kind", "value", "field", "span_start", "span_end"]


@pytest.fixture
def filled_store(tmp_path, monkeypatch):
    """An operation whose first advert has a membership number in its text, read as a kind of no entry, and
    a brief that quotes it. The pages and the command line open this store too."""
    path = tmp_path / "store.duckdb"
    monkeypatch.setenv("ACHILLES_STORE", str(path))
    monkeypatch.setattr("ui.shell.page.find_actor", single_user)
    monkeypatch.setattr("streamlit.page_link", lambda page, **look: None)  # there is no navigation
    store = open_store()
    fill(store)
    with store.write() as cursor:
        cursor.execute("INSERT INTO area (name, epsg, time_zone) VALUES ('Grid', 32630, 'UTC')").fetchall()
        cursor.execute("UPDATE source SET handling = 'P: lawful sharing permitted', area_id = 1").fetchall()
        cursor.execute(
            "UPDATE advert SET body = body || ' my card ' || $1 WHERE row_number = 2", [MEMBERSHIP]
        ).fetchall()
        cursor.execute(
            "INSERT INTO advert_identifier SELECT 1, 2, 'membership', $1, 'body', strpos(body, $1) - 1,"
            " strpos(body, $1) - 1 + length($1), 0.9, NULL FROM advert WHERE row_number = 2",
            [MEMBERSHIP],
        ).fetchall()
        cursor.execute(
            "INSERT INTO operation_link SELECT 1, 1, 2, 1, 3, 'membership', $1, 2, 2, 0, 1, 'stands', 'x'",
            [MEMBERSHIP],
        ).fetchall()
    adverts, links = read_operation_adverts(store, 1), read_operation_links(store, 1)
    signs = pd.DataFrame(columns=["title", "direction", "evidence", "adverts", "share", "everywhere"])
    finding, evidence = build_finding(Subject("operation", 1, 9.0), adverts, signs, links, [], "", {}, 1)
    number = save_finding(store, ACTOR, finding, evidence)
    found = [load_finding(store, number)]
    brief = draft_brief(found, [number], draft_profile(found, [number]), date(2026, 12, 31))
    brief = replace(brief, title=f"Card {MEMBERSHIP}", prevention=f"Look for the card {MEMBERSHIP}.")
    save_product(store, ACTOR, "brief", brief.title, asdict(brief), [number])
    yield store
    close_store(path)


def shown_by(app: AppTest) -> str:
    """All that a page put on screen: its texts, and the values of its tables."""
    texts = [str(element.value) for element in (*app.text, *app.markdown, *app.caption, *app.code)]
    return "\n".join([*texts, *(table.value.to_csv() for table in app.dataframe)])


def test_an_unknown_kind_is_masked_on_the_screen(filled_store):
    adverts = read_operation_adverts(filled_store, 1)
    read = read_identifiers(filled_store, adverts)
    assert mask_identifier("membership", MEMBERSHIP) == HIDDEN * 4
    rows = mask_adverts(adverts, read)
    assert not rows.body.str.contains(MEMBERSHIP).any() and rows.body.str.contains("my card").any()
    template = build_template([f"{a.title}\n{a.body}" for a in adverts.itertuples()])
    assert MEMBERSHIP not in str(mask_template(template, adverts, read))


@pytest.mark.parametrize(
    "link", [{"advert": "1-2"}, {"operation": "1", "part": "Identifiers and links"}], ids=["advert", "links"]
)
def test_an_unknown_kind_is_masked_on_the_adverts_page(filled_store, link):
    app = AppTest.from_file(str(ROOT / "pages" / "adverts.py"), default_timeout=120)
    app.query_params.update(link)
    shown = shown_by(app.run())
    assert not app.exception and MEMBERSHIP not in shown and "membership" in shown


def test_an_unknown_kind_is_masked_in_exports(filled_store):
    adverts = read_operation_adverts(filled_store, 1)
    assert MEMBERSHIP.encode() not in safe_csv(mask_adverts(adverts, read_identifiers(filled_store, adverts)))


def test_an_unknown_kind_is_masked_in_the_sanitised_edition(filled_store):
    edition = draft_release(filled_store, 1, 1, ReleaseChoices("authority", "Housing office"))
    before, after = (
        " ".join(parts) for parts in zip(*((p.original, p.text) for p in edition.parts), strict=True)
    )
    assert MEMBERSHIP in before and MEMBERSHIP not in after


def test_an_unknown_kind_is_masked_in_what_is_exchanged(filled_store):
    case = gather_case(filled_store, 1)
    for form in ("stix", "prov", "provn"):
        assert MEMBERSHIP not in write_case(case, form).decode(), form
    assert "my card" in str(case.rows["advert"].body.tolist())


def test_an_unknown_kind_is_masked_in_search(filled_store):
    groups = {group.kind: group.hits for group in search(filled_store, "card", find_tier("analyst"))}
    advert = groups["advert"][0]
    assert advert.personal and MEMBERSHIP not in str(advert.shown()) and MEMBERSHIP in advert.text


def test_an_unknown_kind_is_masked_by_the_command_line(filled_store, tmp_path):
    out = tmp_path / "identifiers.csv"
    answer = CliRunner().invoke(cli, ["adverts", "identifiers", "--out", str(out)])
    assert answer.exit_code == 0, answer.output
    rows = list(csv.DictReader(out.open(encoding="utf-8")))
    assert [row["value"] for row in rows if row["kind"] == "membership"] == [HIDDEN * 4]
    assert "+447700900123" in [row["value"] for row in rows if row["kind"] == "phone"]


def test_an_unknown_kind_links_nothing(filled_store):
    assert "membership" not in set(read_linking(filled_store).kind)
    network = read_network(filled_store, [1])
    assert MEMBERSHIP not in set(network.traits.value)
    shared = pd.DataFrame({"advert": [0, 1], "kind": "membership", "value": MEMBERSHIP, "confidence": 0.99})
    assert find_operations([-1, -1], shared).operation.tolist() == [-1, -1]


def test_every_kind_has_an_example_a_label_and_a_mask():
    assert set(EXAMPLES) == {kind.code for kind in kinds.KINDS}
    assert len({kind.label for kind in kinds.KINDS}) == len(kinds.KINDS)
    for kind in kinds.KINDS:
        assert kind.label and (kind.mask in MASKS) == kind.personal
        assert not kind.links or kind.personal, "what links people is personal"


@pytest.mark.parametrize("kind", kinds.KINDS, ids=lambda kind: kind.code)
def test_every_kind_is_found_searched_and_masked_as_its_entry_says(kind):
    text = EXAMPLES[kind.code]
    (found,) = [one for one in find_identifiers(text, Hints(("GB",))) if one.kind == kind.code]
    assert text[found.start : found.end] == found.raw
    assert (mask_identifier(kind.code, found.value) == found.value) == (not kind.personal)
    advert = pd.DataFrame({"source_id": [1], "row_number": 2, "title": None, "body": text, "contact": None})
    read = pd.DataFrame(
        [(1, 2, kind.code, found.value, "body", found.start, found.end)], columns=IDENTIFIER_COLUMNS
    )
    assert (found.raw in mask_adverts(advert, read).body[0]) == (not kind.personal)
    partner = read_release_rules().partners["authority"]
    changes = Redactor(read_release_rules(), partner, KnownSecrets()).find_changes(text)
    hidden = any(
        one.start <= found.start and found.end <= one.end for one in changes if one.rule == "contact"
    )
    assert hidden == kind.personal
    assert ((kind.code, found.value) in read_search(text)[1]) == kind.personal
    assert (kind.code in kinds.linking_kinds()) == kind.links
    assert (kind.code in kinds.open_kinds()) == (not kind.personal)


def find_memberships(reading):
    """A finder as a contributor would write one."""
    for match in re.finditer(r"\b[a-z]{2}/\d{2}[a-z]{3}\b", reading.folded.text):
        start, end = reading.folded.span(*match.span())
        yield Identifier("membership", match[0], start, end, 0.9, reading.text[start:end])


def test_a_kind_that_is_added_needs_no_other_file(filled_store, monkeypatch, tmp_path):
    added = IdentifierKind(
        "membership", "Membership", personal=True, links=True, mask="account", find=find_memberships
    )
    monkeypatch.setattr(kinds, "KINDS", (*kinds.KINDS, added))
    assert kind_of("membership") is added and mask_identifier("membership", MEMBERSHIP) == f"{HIDDEN * 4}9abc"
    text = "My tag is KX/19ABC, see you"
    assert [(one.kind, one.value, one.raw) for one in find_identifiers(text)] == [
        ("membership", MEMBERSHIP, "KX/19ABC")
    ]
    table = filled_store.query("SELECT * FROM (SELECT *, NULL AS time_zone FROM advert) WHERE row_number = 2")
    read = read_adverts(table, (), lambda share: None).to_pandas()
    assert MEMBERSHIP in set(read.value[read.kind == "membership"])
    assert read_search("kx/19abc") == ((), (("membership", MEMBERSHIP),), "")
    partner = read_release_rules().partners["authority"]
    changes = Redactor(read_release_rules(), partner, KnownSecrets()).find_changes(text)
    assert (10, 18) in [(one.start, one.end) for one in changes if one.rule == "contact"]
    assert "membership" in set(read_linking(filled_store).kind)
    assert MEMBERSHIP in set(read_network(filled_store, [1]).traits.value)
    shared = pd.DataFrame({"advert": [0, 1], "kind": "membership", "value": MEMBERSHIP, "confidence": 0.99})
    assert find_operations([-1, -1], shared).operation.tolist() == [0, 0]
    case = write_case(gather_case(filled_store, 1), "stix").decode()
    assert MEMBERSHIP not in case
    out = tmp_path / "identifiers.csv"
    CliRunner().invoke(cli, ["adverts", "identifiers", "--out", str(out)])
    assert MEMBERSHIP in [row["value"] for row in csv.DictReader(out.open(encoding="utf-8"))]


def test_no_other_file_lists_kinds():
    """A tuple, list, set or dictionary that names two kinds, one of them no column of accounts, is a second
    registry. `MASKS` names how values of any column are masked, whose they are aside."""
    codes = {kind.code for kind in kinds.KINDS if kind.personal}
    spare = {
        ROOT / "analytics/adverts/identifiers/kinds.py",
        ROOT / "analytics/oversight/masking.py",
        ROOT / "analytics/network/links/build.py",  # which the test below compares with the registry
        ROOT / "analytics/network/links/node_names.py",
        ROOT / "analytics/exchange/link_files.py",  # what other formats call nodes; any other is an entity
    }
    for path in (path for room in ("analytics", "ui", "pages") for path in (ROOT / room).rglob("*.py")):
        if path in spare:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            items = node.keys if isinstance(node, ast.Dict) else getattr(node, "elts", [])
            named = {item.value for item in items if isinstance(item, ast.Constant)} & codes
            assert len(named) < 2 or named <= {"phone", "email"}, f"{path}:{node.lineno}: {sorted(named)}"


def test_the_network_links_by_the_same_kinds():
    assert kinds.linking_kinds() == ADVERT_NODES
    assert set(ADVERT_NODES) <= NODE_KINDS.keys()
