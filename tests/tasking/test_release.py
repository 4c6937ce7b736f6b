"""A sanitised edition: nothing of what is withheld leaves, in any text or metadata of what is printed."""

import re
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pyarrow as pa
import pytest

from analytics.hotspots.catalogue import METHODS
from analytics.intelligence.finding_results import read_result
from analytics.intelligence.findings import Finding, load_finding, save_finding
from analytics.intelligence.grading import Grade
from analytics.intelligence.reports import Line, Report, load_report, save_report
from analytics.oversight import Actor, verify
from analytics.shared.schema import read_toml
from analytics.store import Store
from analytics.tasking.brief import draft_brief
from analytics.tasking.drafts import draft, draft_profile, draft_strategy
from analytics.tasking.fillers import DraftMaterial
from analytics.tasking.operation import draft_plan, save_plan
from analytics.tasking.paper import print_docx, print_pdf
from analytics.tasking.products import load_product, record_decision, save_product
from analytics.tasking.release import (
    LEFT_OUT,
    ChangedMeanwhile,
    KnownSecrets,
    NothingToRelease,
    ReleaseChoices,
    SanitisedPart,
    draft_release,
    list_releases,
    load_release,
    read_release_rules,
    release_product,
)
from analytics.tasking.release.redact import Redactor
from analytics.tasking.release.rules import RULES, ReleaseRules
from analytics.tasking.sections import ASSESSMENTS
from analytics.tasking.strategy import save_strategy
from tests.intelligence.test_reports import report
from tests.sources import insert_source_row
from tests.tasking.printed_text import docx_all, pdf_all, pdf_pages

ANN = Actor("ann")
HOSTILE = '#read("/etc/passwd") $x$ <script>alert(1)</script> =cmd|calc @ref *b* :red[x] 🚔 \x07'
SECRETS = (
    "Novak",
    "Zdenka",
    "Brankovic",
    "O'Hara",
    "Chidi",
    "7700 900123",
    "7700900123",
    "900-123",
    "zdenka.novak@example.org",
    "@zdenka_n",
    "GB29NWBK60161331926819",
    "60161331926819",
    "ACC-0000123",
    "TR-0000456",
    "HX12345",
    "Kiln Row",
    "KILN ROW",
    "14 Harbour Lane",
    "Flat 3",
    "Rue de la Paix",
    "41.88",
    "-87.63",
    "informant",
    "barmaid",
    "ledger at the back office",
    "safe behind the third door",
    "Sgt. Harding",
    "bank-extract",
    "deadbeef",
    "Crimes of the year",
    "North Quay barge",
)
CHOICES = ReleaseChoices("authority", "Housing office, #read(1)")


def _finding(title: str, statement: str, **more) -> Finding:
    return Finding(
        title,
        statement,
        "Count",
        {"account": "ACC-0000123"},
        1,
        1,
        date(2026, 3, 1),
        date(2026, 4, 30),
        read_result(more.pop("result", {})),
        "moderate",
        "Nine rows from one source.",
        "None.",
        [{"explanation": "A payroll.", "how to tell": "Ask Zdenka Novak."}],
        **more,
    )


def _row(table: str, source_id: int) -> pa.Table:
    return pa.table({"table_name": [table], "source_id": [source_id], "row_number": [2]})


@pytest.fixture(scope="module")
def store_and_brief(tmp_path_factory) -> tuple[Path, int]:
    path = tmp_path_factory.mktemp("release") / "release.duckdb"
    store = Store(path)
    number = _full_of_secrets(store)
    store.close()
    return path, number


@pytest.fixture(scope="module")
def store_file(store_and_brief) -> Path:
    return store_and_brief[0]


@pytest.fixture
def brief_number(store_and_brief) -> int:
    return store_and_brief[1]


def _full_of_secrets(store: Store) -> int:
    """A brief on two findings, one of them bound, and a report of which one line may go; full of what must
    not leave."""
    _insert_records(store)
    ids, (number, bound_report) = _save_findings(store), _save_bound_report(store)
    findings = [load_finding(store, at) for at in ids]
    content = draft_brief(
        findings,
        ids,
        draft_profile(findings, ids, [(number, bound_report)]),
        date(2026, 12, 1),
        [(number, bound_report)],
    )
    content = replace(
        content,
        title=f"Kiln Row {HOSTILE}",
        who_is_harmed="Somebody said that money passes a ledger at the back office of the yard.",
        why_now=f"KILN\u200b ROW and N\u00f3vak; {HOSTILE} [finding 1]",
        prevention="Ask Zdenka  NOVAK at 14 Harbour Lane or Flat 3, Rue de la Paix, on +44 (0)7700 900-123, "
        "zdenka.novak@example.org or @zdenka_n. Fit lights.",
        victims_safety="Mr O'Hara and Chidi meet them at the North Quay barge; IBAN GB29 NWBK 6016 1331 9268 "
        "19. Refer everyone first.",
        measure_of_success="Fewer robberies in June.",
        owner="Sgt. Harding",
    )
    product, _ = save_product(store, ANN, "brief", content.title, content.__dict__, ids)
    return product


def _insert_records(store: Store) -> None:
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO area (name, epsg, time_zone) VALUES ('Riverton', 32631, 'UTC')"
        ).fetchall()
        for at, kind in enumerate(("incident", "account", "transaction"), 1):
            insert_source_row(cursor, at, kind)
        cursor.execute(
            "UPDATE source SET handling = 'P: lawful sharing permitted', name = if(source_id = 1, 'Crimes of"
            " the year', 'Bank'), file_name = 'bank-extract.csv', sha256 = 'deadbeefdeadbeef'"
        ).fetchall()
        cursor.execute(
            "INSERT INTO incident (source_id, row_number, area_id, reference, category, occurred_from,"
            " occurred_to, time_precision, local_date, place)"
            " VALUES (1, 2, 1, 'HX12345', 'Robbery', now(), now(), 'minute', today(), 'Kiln Row')"
        ).fetchall()
        cursor.execute(
            "INSERT INTO account (source_id, row_number, reference, holder, phone)"
            " VALUES (2, 2, 'ACC-0000123', 'Zdenka Novak', '+44 7700 900123')"
        ).fetchall()
        cursor.execute(
            'INSERT INTO "transaction" (source_id, row_number, reference, from_account, to_account)'
            " VALUES (3, 2, 'TR-0000456', 'ACC-0000123', 'GB29NWBK60161331926819')"
        ).fetchall()


def _save_findings(store: Store) -> list[int]:
    ring = [[3.0, 48.7], [3.1, 48.7], [3.1, 48.8], [3.0, 48.7]]
    focus = {
        "label": "Kiln Row",
        "lat": 41.88000,
        "lon": -87.63000,
        "ring": ring,
        "count": 9,
        "previous_count": 4,
    }
    return [
        save_finding(
            store,
            ANN,
            _finding(
                "Robbery around Kiln Row",
                "Nine robberies were recorded around Kiln Row, Riverton.",
                result=read_result({"focus": focus}),
            ),
            _row("incident", 1),
        ),
        save_finding(
            store,
            ANN,
            _finding(
                "The ledger",
                "Money passes a ledger at the back office of the yard.",
                handling="C (A1): sharing permitted with conditions",
            ),
            _row("account", 2),
        ),
    ]


def _save_bound_report(store: Store) -> tuple[int, Report]:
    lines = (
        Line("Zdenka Novak brings keys, says the barmaid.", "A woman brings keys at night.", Grade("2", "B")),
        Line("Chidi saw it.", "There is a safe behind the third door.", Grade("1", "A", "C", ("A1",))),
    )
    bound_report = replace(
        report(), lines=lines, provenance="An informant, the barmaid Brankovic", submitted_by="Sgt. Harding"
    )
    number, _ = save_report(store, ANN, bound_report)
    return number, bound_report


def leaks(text: str) -> list[str]:
    return [secret for secret in SECRETS if squeezed(secret) in squeezed(text)]


def squeezed(text: str) -> str:
    """Without what a line's end may add or take: blanks and hyphens."""
    return re.sub(r"[\s\-]", "", text).casefold()


def test_nothing_of_what_is_withheld_leaves_in_text_or_metadata(store, brief_number):
    seen = draft_release(store, brief_number, 1, CHOICES)
    number = release_product(store, ANN, brief_number, 1, seen, "Safety of tenants")
    paper = load_release(store, number)
    pdf, docx = print_pdf(paper), print_docx(paper)
    assert leaks(pdf_all(pdf)) == [] and leaks(docx_all(docx)) == []
    text = " ".join(pdf_pages(pdf))
    for said in (
        "Nine robberies were recorded around [a place in Riverton]",
        "A woman brings keys at night. [2BP]",
        "Fit lights.",
        "Fewer robberies in June.",
        "1 finding and 1 line of a report of the 4",
    ):
        assert said in text, text
    for page in pdf_pages(pdf):  # the edition's own marks on every page
        assert (
            page.count("lawful sharing permitted, sanitised. For Housing office") == 2
            and "SANITISED EDITION 1" in page
        )
    assert (
        docx_all(docx).count("SANITISED EDITION 1") >= 2
        and "root:" not in pdf_all(pdf) + docx_all(docx)
        and "<script>" not in docx_all(docx)
    )


def test_what_the_rules_are_tried_on_is_there_before(store, brief_number):
    """The test above could not fail if the brief had none of it."""
    seen = draft_release(store, brief_number, 1, CHOICES)
    before = " ".join(part.original for part in seen.parts)
    assert {"Novak", "Chidi", "14 Harbour Lane", "@zdenka_n", "ledger at the back office"} <= set(
        leaks(before)
    )


def test_a_release_is_kept_audited_and_needs_its_reason(store, brief_number):
    seen = draft_release(store, brief_number, 1, CHOICES)
    with pytest.raises(ValueError, match="why"):
        release_product(store, ANN, brief_number, 1, seen, " ")
    number = release_product(store, ANN, brief_number, 1, seen, "Safety of tenants")
    releases = list_releases(store, brief_number)
    assert releases.partner.tolist() == ["Housing office, #read(1)"] and releases.reason.tolist() == [
        "Safety of tenants"
    ]
    (act,) = store.rows(
        "SELECT purpose, CAST(detail AS VARCHAR) AS detail FROM audit WHERE act = 'release edition'"
    )
    assert act["purpose"] == "Safety of tenants" and '"partner": "Housing office, #read(1)"' in act["detail"]
    assert print_pdf(load_release(store, number)) == print_pdf(load_release(store, number))
    assert verify(store)[2] is None


def test_a_statement_without_a_mark_stays_where_anything_is_withheld(store, brief_number):
    parts = {part.title: part.text for part in draft_release(store, brief_number, 1, CHOICES).parts}
    assert parts["Who is harmed"] == LEFT_OUT and LEFT_OUT in parts["What"]
    assert "Owner" not in parts and "Risks" not in parts


def test_every_written_product_has_editions_by_the_same_rules(store, brief_number):
    releases = DraftMaterial(
        [(n, load_finding(store, n), frozenset()) for n in (1, 2)], [(1, load_report(store, 1)[0])]
    )
    save = partial(save_product, store, ANN, title="Zdenka Novak", finding_ids=[1, 2])
    numbers = [
        save(kind=kind, content={"sections": draft(kind, releases, date(2026, 5, 1)), "report_ids": [1]})[0]
        for kind in ASSESSMENTS
    ]
    profile = draft_profile([f for _, f, _ in releases.findings], [1, 2], releases.reports)
    numbers.append(save(kind="problem profile", content=profile | {"report_ids": [1]})[0])
    numbers.append(
        save_strategy(
            store,
            ANN,
            draft_strategy(releases, ["Who is Zdenka Novak?"], date(2026, 1, 1), date(2026, 6, 30)),
        )[0]
    )
    decision = record_decision(store, ANN, brief_number, 1, "adopted", "harm", "Supt. Lee")
    plan = draft_plan(store, decision)
    plan = replace(
        plan,
        option="proactive",
        option_reason="Chidi waits.",
        texts=dict(plan.texts) | {"victims_protection": "Zdenka Novak first."},
    )
    numbers.append(save_plan(store, ANN, plan)[0])
    for number in numbers:
        edition = draft_release(store, number, 1, ReleaseChoices("police", "Force B"))
        text = f"{edition.title} {edition.sections()}"
        assert leaks(text) == [] and "A woman brings keys at night. [2BP]" in text and LEFT_OUT in text, text
    release_product(store, ANN, numbers[-1], 1, draft_release(store, numbers[-1], 1, CHOICES), "Safety")
    assert "[name] first." in load_release(store, 1).sections["Victims' protection, before any enforcement"]
    assert "Tactics: the enforcement plan" not in load_release(store, 1).sections


def test_a_mark_that_the_author_put_on_the_brief_binds_it(store, brief_number):
    content = load_product(store, brief_number)["content"]
    content["handling"] += "; Eyes only"
    save_product(store, ANN, "brief", "x", content, [1, 2], product_id=brief_number)
    with pytest.raises(
        NothingToRelease, match="The brief itself may not go to this partner: .*no known code"
    ):
        draft_release(store, brief_number, 2, CHOICES)


def test_a_condition_goes_only_where_it_may_and_is_authorised(store, brief_number):
    rules = read_release_rules()
    police, authority = rules.partners["police"], rules.partners["authority"]
    assert rules.why_not("P: lawful sharing permitted", authority, "") is None
    assert "does not go" in rules.why_not("C (A3): with conditions", authority, "x")
    assert rules.why_not("C (A3): with conditions", police, "") is None
    assert "A1" in rules.why_not("C (A1, A3)", police, "x")
    assert "no condition" in rules.why_not("C: sharing permitted with conditions", police, "x")
    assert "authorised" in rules.why_not("C (S2): with conditions", police, " ")
    assert rules.why_not("C (S2): with conditions; P: free", police, "Supt. Lee") is None
    assert "no known code" in rules.why_not("Eyes only", police, "x")


def test_what_changed_since_it_was_compared_is_not_released(store, brief_number):
    seen = draft_release(store, brief_number, 1, CHOICES)
    with store.write() as cursor:
        cursor.execute("DELETE FROM source WHERE source_id = 1").fetchall()
    with pytest.raises(ChangedMeanwhile):
        release_product(store, ANN, brief_number, 1, seen, "x")
    with store.write() as cursor:
        cursor.execute("UPDATE report_line SET handling = 'C', conditions = ['A1']").fetchall()
    with pytest.raises(NothingToRelease, match="source was removed"):
        draft_release(store, brief_number, 1, CHOICES)
    assert list_releases(store, brief_number).empty


def test_a_person_lets_a_guess_stand_but_no_known_name(store, brief_number):
    seen = draft_release(store, brief_number, 1, CHOICES)
    assert "Mr O'Hara" in seen.possible and not any(
        known in str(seen.possible) for known in ("Novak", "Chidi")
    )
    cleared = replace(CHOICES, let_stand=(*seen.possible, "Zdenka", "Chidi"), also=("Fit lights",))
    parts = {part.title: part.text for part in draft_release(store, brief_number, 1, cleared).parts}
    assert "Mr O'Hara" in parts["Victims' safety"]
    assert (
        "Novak" not in str(parts)
        and "Chidi" not in str(parts)
        and "[withheld]" in parts["Proposed action: prevention"]
    )


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("N.o.v.a.k and n o v a k, NOVAK; Zdenka's keys", "[name] and [name], [name]; [name] keys"),
        ("Ask for María-José de la Cruz, J. Smith or 李小龙.", "Ask for [name], [name] or [name]."),
        ("Call oh seven seven double oh nine hundred one two three.", "Call [contact]."),
        (
            "Paid to DE89 3704 0044 0532 0130 00 from card 4111 1111 1111 1111",
            "Paid to [contact] from card [contact]",
        ),
        (
            "Seen at 12 rue de la Paix, Hauptstraße 12 and Kilnrow",
            "Seen at [address], [address] and [a place in Riverton]",
        ),
        (
            "At 45.99282, -26.99677, that is N45°59'34\" W26°59'48\".",
            "At [address], that is [address][address].",
        ),
        (
            "Passport P1234567 in Riverton on Friday 2026-04-03 at 22:00",
            "Passport [reference] in Riverton on Friday 2026-04-03 at 22:00",
        ),
        (
            "The vans wait. Most residents, 94 of 120, saw 500 m of queue.",
            "The vans wait. Most residents, 94 of 120, saw 500 m of queue.",
        ),
        ("High-visibility patrols. Anne-Marie waits.", "High-visibility patrols. [name] waits."),
        (
            "Lighting failed. Displacement was not seen. Sgt. Green took it.",
            "Lighting failed. Displacement was not seen. [name] took it.",
        ),
        (
            "Green owns the flat. Will Carter pays. Gold was sold.",
            "[name] owns the flat. [name] pays. Gold was sold.",
        ),
        (
            "Hunting owns the flat. Hand denies it. Tenant denies it. Fencing took days.",
            "[name] owns the flat. [name] denies it. Tenant denies it. Fencing took days.",
        ),
        ("First for Robbery, then Zephyrine.", "First for Robbery, then [name]."),
        ("Rests on [finding 3: low confidence][report 1, line 2: 2CP]", "Rests on [low confidence][2CP]"),
    ],
)
def test_disguises_are_seen_through_and_plain_words_stay(text, left):
    rules = read_release_rules()
    secrets = KnownSecrets(
        names=frozenset({"Zdenka Novak"}),
        places={"Kiln Row": "Riverton"},
        areas=frozenset({"Riverton"}),
        categories=frozenset({"robbery", "zephyrine"}),
    )
    changes = Redactor(rules, rules.partners["authority"], secrets).find_changes(text)
    assert SanitisedPart("", text, tuple(changes)).text == left


def test_what_is_withheld_as_one_name_is_let_stand_as_one():
    rules, text = read_release_rules(), "Sampling Valdrin was agreed."

    def withheld(let_stand: tuple[str, ...] = ()) -> list[str]:
        found = Redactor(rules, rules.partners["authority"], KnownSecrets(), let_stand).find_changes(text)
        return [text[one.start : one.end] for one in found]

    assert withheld() == ["Sampling Valdrin"]
    assert withheld(("Sampling Valdrin",)) == withheld(("Valdrin",)) == []


def test_the_name_of_a_statistic_stays_because_its_methods_title_has_it(monkeypatch):
    text = "High cells are surrounded by low ones, say Moran and Geary."

    def marked() -> set[str]:
        rules = read_toml(RULES, ReleaseRules)
        found = Redactor(rules, rules.partners["authority"], KnownSecrets()).find_changes(text)
        return {text[one.start : one.end] for one in found}

    assert marked() == {"Geary"}
    added = replace(METHODS["moran"], name="geary", title="Unlike their neighbours (Geary)")
    monkeypatch.setitem(METHODS, "geary", added)
    assert marked() == set()
