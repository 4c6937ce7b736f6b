"""The doctrine's code tables: complete, consistent, and what the code and the store use."""

import tomllib

import pytest

from analytics.intelligence.findings import CONFIDENCE, Finding
from analytics.shared.codes import FOLDER, code_table, code_tables
from analytics.tasking.products import OUTCOMES
from analytics.tasking.sections import read_asked_sections
from analytics.training.people import TOWNS
from analytics.training.settings import read_settings

SIZES = {
    "source_3x5x2": 3,
    "information_3x5x2": 5,
    "handling": 2,
    "source_5x5x5": 5,
    "information_5x5x5": 5,
    "handling_5x5x5": 5,
    "handling_tlp": 6,
    "source_admiralty": 6,
    "information_admiralty": 6,
    "source_4x4": 4,
    "information_4x4": 4,
    "probability_yardstick": 7,
    "confidence": 3,
    "ladder": 4,
    "stages": 3,
    "commercial_domains": 5,
    "operational_domains": 10,
    "strategic_themes": 4,
    "pestelo": 7,
    "investigative_options": 3,
    "network_kinds": 5,
    "critical_nodes": 5,
    "action_heads": 3,
    "decision_outcomes": 4,
    "tactical_elements": 4,
    "four_p": 4,
    "sara": 4,
    "problem_triangle": 3,
    "retention_groups": 4,
}


@pytest.mark.parametrize("name", SIZES)
def test_each_table_has_the_doctrines_number_of_codes(name):
    assert len(code_table(name).entries) == SIZES[name]


def test_every_entry_has_a_source_and_gradings_are_marked_for_checking():
    for table in code_tables().values():
        assert all(entry.source and entry.label for entry in table.entries), table.name
    marked = {name for name, table in code_tables().items() if all(entry.check for entry in table.entries)}
    grading = tomllib.loads((FOLDER / "grading.toml").read_text(encoding="utf-8"))
    assert marked == set(grading) | {
        "confidence",
        "probability_yardstick",
        "four_p",
        "priority_criteria",
        "pestelo",
        "retention_groups",
    }


def test_older_gradings_read_across_and_never_gain_certainty():
    """A code higher up the older table never maps to a worse one than a code below it, save 'cannot be
    judged'."""
    sources, information = code_table("source_3x5x2").codes, code_table("information_3x5x2").codes
    for name, target, unjudged in (
        ("source_5x5x5", sources, "E"),
        ("source_admiralty", sources, "F"),
        ("source_4x4", sources, "X"),
        ("information_5x5x5", information, None),
        ("information_admiralty", information, "6"),
        ("information_4x4", information, None),
    ):
        ranks = [target.index(e.more["maps_to"]) for e in code_table(name).entries if e.code != unjudged]
        assert ranks == sorted(ranks), name
    assert code_table("source_admiralty")["F"].more["maps_to"] == "2"
    assert {entry.more["maps_to"] for entry in code_table("handling_5x5x5").entries} == {"C"}


def test_the_yardstick_rises_without_overlap():
    ends = [
        end for e in code_table("probability_yardstick").entries for end in (e.more["from"], e.more["to"])
    ]
    assert ends == sorted(set(ends)) and (ends[0], ends[-1]) == (0, 100)


def test_the_code_and_the_store_use_them(store):
    assert CONFIDENCE == ("low", "moderate", "high")
    assert Finding.__dataclass_fields__["handling"].default == "P: lawful sharing permitted"
    profile = read_asked_sections("problem profile")
    assert list(profile)[0] == "problem" and len(profile) == 12
    ((check,),) = [
        row.values()
        for row in store.rows(
            "SELECT constraint_text FROM duckdb_constraints()"
            " WHERE table_name = 'decision' AND constraint_type = 'CHECK'"
        )
    ]
    assert all(f"'{outcome}'" in check for outcome in OUTCOMES) and check.count("'") == 2 * len(OUTCOMES)
    stored = {row["table_name"] for row in store.rows("SELECT table_name FROM information_schema.tables")}
    assert {entry.more["table"] for entry in code_table("commercial_domains").entries} <= stored


def test_the_scenario_speaks_of_the_same_stages_and_networks():
    assert tuple(TOWNS) == code_table("stages").codes
    assert tuple(read_settings()["networks"]) == code_table("network_kinds").codes


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[a]\nsource='s'\nentries=[{code='1', label='x'}, {code='1', label='y'}]",
            "own.toml: a: the code 1 occurs twice",
        ),
        ("[a]\nsource='s'\nentries=[{code='1'}]", r"own.toml: a, entries, entry 1 \(1\), label is missing"),
        (
            "[a]\nentries=[{code='1', label='x'}]",
            "own.toml: a: neither the table nor its entry 1 has a source",
        ),
        ("[a]\nsource='s'\nentries=[]", "own.toml: a, entries must be a list of 1 or more entries"),
        (
            "[a]\nsource='s'\nmaps_to='b'\nentries=[{code='1', label='x', maps_to='1'}]",
            "a maps to b, which is no table",
        ),
        (
            "[a]\nsource='s'\nmaps_to='a'\nentries=[{code='1', label='x', maps_to='2'}]",
            "a, 1 maps to no code of a",
        ),
    ],
)
def test_a_faulty_file_is_refused_by_name(tmp_path, text, message):
    (tmp_path / "own.toml").write_text(text)
    with pytest.raises(ValueError, match=message):
        code_tables(tmp_path)


def test_a_table_in_two_files_is_refused(tmp_path):
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text("[t]\nsource='s'\nentries=[{code='1', label='x'}]")
    with pytest.raises(ValueError, match="defined twice"):
        code_tables(tmp_path)


def test_an_unknown_code_names_its_table():
    with pytest.raises(KeyError, match="Stages of the trade"):
        code_table("stages")["nowhere"]
