"""What is out of sight is out of every query: rows, reports, findings, products, operations, caches."""

from datetime import datetime

import pytest

from analytics.oversight import Actor
from analytics.oversight.visibility import see_store
from analytics.store import NoStore, Store, open_store
from analytics.tasking.actions import list_action_steps, list_actions

MOMENT = datetime(2026, 5, 1)
PUBLIC, CLOSED, INVENTED = 1, 2, 3  # sources
PARTNER = Actor("pat", "partner", "investigation", "s")
OFFICER = Actor("olu", "officer", "investigation", "s")
ANALYST = Actor("ann", "analyst", "intelligence", "s")
TRAINEE = Actor("ann", "analyst", "training", "s")
CLERK = Actor("adi", "administrator", "administration", "s")


def insert(cursor, table, **values):
    names = ", ".join(values)
    marks = ", ".join("?" * len(values))
    cursor.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', [*values.values()]).fetchall()


def insert_finding(cursor, number, handling, source):
    insert(
        cursor,
        "finding",
        finding_id=number,
        version=1,
        title=f"F{number}",
        statement="s",
        method="m",
        parameters="{}",
        data_version=1,
        result="{}",
        confidence="low",
        confidence_basis="b",
        assumptions="a",
        alternatives="[]",
        handling=handling,
        created_by="ann",
        created_at=MOMENT,
    )
    insert(
        cursor,
        "finding_evidence",
        finding_id=number,
        version=1,
        table_name="advert",
        source_id=source,
        row_number=1,
    )


def insert_product(cursor, number, findings, content):
    insert(
        cursor,
        "product",
        product_id=number,
        version=1,
        kind="brief",
        title=f"B{number}",
        content=content,
        finding_ids=findings,
        created_by="ann",
        created_at=MOMENT,
    )
    for finding in findings:
        insert(cursor, "product_finding", product_id=number, version=1, finding_id=finding, finding_version=1)


def insert_report(cursor, number, handling, source, by="olu"):
    about = dict(report_id=number, version=1)
    insert(
        cursor,
        "report",
        **about,
        reference=f"R{number}",
        title=f"R{number}",
        submitted_by=by,
        observed_on=MOMENT,
        place="x",
        change_reason="entered",
        provenance="p",
        legal_basis="l",
        purpose="p",
        retention_group="1",
        review_date=MOMENT,
        source_id=source,
        saved_by=by,
        saved_at=MOMENT,
    )
    insert(
        cursor,
        "report_line",
        **about,
        line=1,
        original="o",
        sanitised="s",
        source_grade="1",
        information_grade="A",
        handling=handling,
        conditions=[],
        domain="d",
    )


def insert_source(cursor, number, handling, invented):
    insert(
        cursor,
        "source",
        source_id=number,
        kind="adverts",
        name=f"S{number}",
        file_name="f",
        sha256=str(number),
        importer="i",
        parameters="{}",
        imported_at=MOMENT,
        imported_by="ann",
        legal_basis="l",
        purpose="p",
        handling=handling,
        review_date=MOMENT,
        rows_in=1,
        rows_accepted=1,
        rows_quarantined=0,
        is_scenario=invented,
    )


@pytest.fixture(scope="module")
def mixed():
    store = Store(":memory:")
    with store.write() as cursor:
        for number, handling, invented in (
            (PUBLIC, "P: lawful sharing permitted", False),
            (CLOSED, "C (A1): sharing permitted with conditions", False),
            (INVENTED, "Training only", True),
        ):
            insert_source(cursor, number, handling, invented)
            insert(cursor, "advert", source_id=number, row_number=1, title="t", body="b")
            insert(cursor, "quarantine", source_id=number, row_number=2, reason="r", raw="{}")
            insert(cursor, "operation", operation_id=number, score=1.0, adverts=1, campaigns=1)
            insert(cursor, "operation_advert", operation_id=number, source_id=number, row_number=1)
        insert(cursor, "operation", operation_id=4, score=1.0, adverts=2, campaigns=1)
        for source in (PUBLIC, CLOSED):
            insert(cursor, "operation_advert", operation_id=4, source_id=source, row_number=1)
        insert_finding(cursor, 1, "P", PUBLIC)
        insert_finding(cursor, 2, "C (A1): with conditions", PUBLIC)
        insert_finding(cursor, 3, "P", CLOSED)
        insert_finding(cursor, 4, "P", INVENTED)
        insert_finding(cursor, 5, "P; word of no code", PUBLIC)
        insert_report(cursor, 1, "P", None, "ann")
        insert_report(cursor, 2, "C", None, "ann")
        insert_report(cursor, 3, "C", None, "olu")
        insert_report(cursor, 4, "P", INVENTED, "ann")
        insert_product(cursor, 1, [1], '{"handling": "P"}')
        insert_product(cursor, 2, [1], '{"handling": "C (A1): with conditions"}')
        insert_product(cursor, 3, [1, 3], '{"handling": "P"}')
        insert_product(cursor, 4, [4], '{"handling": "P; EXERCISE"}')
        insert_product(cursor, 5, [], '{"handling": "P", "report_ids": [2]}')
        insert_product(cursor, 6, [], '{"handling": "P", "report_ids": [1]}')
        insert(
            cursor,
            "decision",
            decision_id=2,
            product_id=2,
            product_version=1,
            outcome="adopted",
            reason="r",
            decided_by="c",
            decided_at=MOMENT,
        )
    yield store
    store.close()


ALL = {1, 2, 3, 4, 5, 6}
SEEN = {
    # actor: source, advert, quarantine, operation, finding, report, product, decision
    ANALYST: [{1, 2, 3}, {1, 2, 3}, {1, 2, 3}, {1, 2, 3, 4}, {1, 2, 3, 4, 5}, {1, 2, 3, 4}, ALL, {2}],
    PARTNER: [{1, 3}, {1, 3}, {1, 3}, {1, 3}, {1, 4}, {1, 4}, {1, 6}, set()],
    OFFICER: [{1, 3}, {1, 3}, {1, 3}, {1, 3}, {1, 4}, {1, 3, 4}, {1, 6}, set()],
    TRAINEE: [{3}, {3}, {3}, {3}, {4}, {4}, {4}, set()],
    CLERK: [set()] * 8,
    Actor("x", "chief", "investigation", "s"): [set()] * 8,
    Actor("x", "analyst", "curiosity", "s"): [set()] * 8,
}
COLUMNS = {
    "source": "source_id",
    "advert": "source_id",
    "quarantine": "source_id",
    "operation": "operation_id",
    "finding": "finding_id",
    "report": "report_id",
    "product": "product_id",
    "decision": "decision_id",
}


@pytest.mark.parametrize("actor", SEEN, ids=lambda a: f"{a.role}, {a.purpose}")
def test_each_role_and_purpose_sees_its_rows_and_no_other(mixed, actor):
    seen = see_store(mixed, actor)
    found = [
        {row["n"] for row in seen.rows(f"SELECT {column} AS n FROM {table}")}
        for table, column in COLUMNS.items()
    ]
    assert found == SEEN[actor]


def test_every_table_that_holds_a_source_a_finding_or_a_product_has_its_view(mixed):
    """A table that a migration adds is in sight of everybody until it is named here."""
    seen = see_store(mixed, PARTNER)
    views = {
        row["view_name"]
        for row in seen.rows("SELECT view_name FROM duckdb_views() WHERE database_name = 'achilles_sights'")
    }
    keys = ("source_id", "finding_id", "product_id", "report_id", "operation_id", "campaign_id", "action_id")
    keyed = {
        row["table_name"]
        for row in mixed.rows(
            "SELECT DISTINCT table_name FROM duckdb_columns() WHERE schema_name = 'main'"
            f" AND database_name = current_database() AND column_name IN {keys}"
        )
    }
    assert keyed - views == set()


def test_a_sight_is_another_store_to_every_cache(mixed):
    partner, officer = see_store(mixed, PARTNER), see_store(mixed, OFFICER)
    assert see_store(mixed, PARTNER) is partner and see_store(mixed, ANALYST) is mixed
    assert len({mixed.path, partner.path, officer.path}) == 3
    assert partner.query_cache is not mixed.query_cache and partner.is_partial and not mixed.is_partial


def test_the_path_of_a_sight_opens_that_sight_and_no_other(tmp_path, monkeypatch):
    whole = open_store(tmp_path / "a.duckdb")
    partner = see_store(whole, PARTNER)
    assert open_store(partner.path) is partner
    with pytest.raises(NoStore):
        open_store(partner.path + " more")


def test_what_reads_the_order_of_rows_reads_it_through_views_too(mixed):
    for actor in (PARTNER, OFFICER, TRAINEE, CLERK):
        assert list_actions(see_store(mixed, actor)).empty
        assert list_action_steps(see_store(mixed, actor), 1).empty


def test_a_name_cannot_break_out_of_its_view(mixed):
    odd = see_store(mixed, Actor("o' OR true) --", "officer", "investigation", "s"))
    assert {row["report_id"] for row in odd.rows("SELECT report_id FROM report")} == {1, 4}


def test_a_sight_outlives_the_replacing_of_the_file(tmp_path):
    whole = open_store(tmp_path / "b.duckdb")
    partner = see_store(whole, PARTNER)
    with whole.set_aside():
        pass
    assert see_store(whole, PARTNER) is partner
    assert partner.rows("SELECT count(*) AS n FROM source") == [{"n": 0}]


def test_for_training_a_store_of_invented_data_alone_is_whole(store):
    with store.write() as cursor:
        insert_source(cursor, INVENTED, "Training only", True)
    assert see_store(store, TRAINEE) is store  # so that a team of an exercise can work things out for all
    assert see_store(store, PARTNER).is_partial and see_store(store, CLERK).is_partial
    with store.write() as cursor:
        insert_source(cursor, PUBLIC, "P: lawful sharing permitted", False)
    assert see_store(store, TRAINEE).is_partial


def test_actions_are_listed_through_views_too(mixed):
    seen = see_store(mixed, TRAINEE)
    assert seen.is_partial
    assert list(list_actions(seen).columns) == list(list_actions(mixed).columns)
    assert list_action_steps(seen, 1).empty
