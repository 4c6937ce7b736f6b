"""STIX of other platforms, object by object: what they add is set aside, what is wrong refused in words."""

import json
import uuid
from itertools import count

import pytest

from analytics.formats.header import UnreadableFile
from analytics.formats.stix_bundle import parse_bundle

EXTENSION = "extension-definition--00000000-0000-4000-8000-000000000000"
TIME = "2024-03-13T10:00:00.000Z"
NUMBERS = count(1)
TLP2 = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"


def make(kind: str, **properties: object) -> dict:
    given = {"type": kind, "spec_version": "2.1", "id": f"{kind}--{uuid.UUID(int=next(NUMBERS), version=4)}"}
    return {**given, "created": TIME, "modified": TIME, **properties}


def make_note(content: str, **properties: object) -> dict:
    return make(
        "note", content=content, object_refs=[f"identity--{uuid.UUID(int=1, version=4)}"], **properties
    )


def make_marking(**properties: object) -> dict:
    marking = make("marking-definition", **properties)
    del marking["modified"]
    return marking


def parse(*objects: object):
    return parse_text(json.dumps({"type": "bundle", "id": "bundle--1", "objects": objects}).encode())


def parse_text(data: bytes):
    parsed = parse_bundle(data, EXTENSION)
    rows = [row for batch in parsed.batches for row in batch.to_pylist()]
    return rows, {name or f"object {at}": reason for at, reason, name in parsed.refused}, parsed.notes


def test_what_a_platform_adds_is_set_aside_and_the_rest_checked_as_ever():
    note = make_note("cash weekly", x_opencti_score=50, x_misp={"deep": [1]})
    wrong = make_note("", x_opencti_id="a") | {"created": "yesterday"}
    rows, refused, _ = parse(note, wrong)
    assert [row["text"] for row in rows] == ["cash weekly"]
    assert json.loads(rows[0]["custom"]) == {"x_opencti_score": 50, "x_misp": {"deep": [1]}}
    assert "created" in refused[wrong["id"]]


def test_types_of_a_platform_say_what_they_hold():
    phone = make("x-misp-attribute", x_misp_type="phone-number", x_misp_value="07700900123")
    case = make("case-incident", name="Flat", description="Three women", severity="high")
    rows, refused, _ = parse(phone, case, make("x-own") | {"id": "x-other--1"})
    assert [(row["title"], row["text"]) for row in rows] == [
        ("phone-number", "07700900123"),
        ("Flat", "Three women"),
    ]
    assert json.loads(rows[1]["custom"]) == {"severity": "high"}
    assert refused == {"x-other--1": "its identifier is not its type, -- and a UUID"}


@pytest.mark.parametrize(
    "definition, light",
    [
        ({"definition_type": "tlp", "definition": {"tlp": "white"}}, "white"),
        ({"definition_type": "tlp", "definition": {"tlp": "clear"}, "name": "TLP:CLEAR"}, "clear"),
        ({"definition_type": "tlp", "definition": {"tlp": "green"}}, "green"),
        ({"definition_type": "statement", "definition": {"statement": "TLP:AMBER+STRICT"}}, "amber+strict"),
        ({"definition_type": "TLP", "definition": {"TLP": "TLP:AMBER"}, "x_opencti_color": "#f00"}, "amber"),
        ({"extensions": {TLP2: {"extension_type": "property-extension", "tlp_2_0": "red"}}}, "red"),
        ({"definition_type": "PAP", "definition": {"PAP": "PAP:RED"}}, None),
        ({"definition_type": "statement", "definition": {"statement": "For TLP:CLEAR readers"}}, None),
    ],
)
def test_a_traffic_light_is_read_however_it_is_written(definition, light):
    marking = make_marking(**definition)
    rows, refused, _ = parse(marking, make_note("text", object_marking_refs=[marking["id"]]))
    assert rows[1]["tlp"] == light and rows[1]["marking"] and not refused


def test_the_strictest_light_counts_and_nothing_but_clear_is_clear():
    clear, red = (
        "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
        "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
    )
    other = make_marking(definition_type="statement", definition={"statement": "ours"})
    notes = [
        make_note("open", object_marking_refs=[clear]),
        make_note("both", object_marking_refs=[clear, red]),
        make_note("with another", object_marking_refs=[clear, other["id"]]),
        make_note("a part", granular_markings=[{"marking_ref": clear, "selectors": ["content"]}]),
        make_note(
            "a part red",
            object_marking_refs=[clear],
            granular_markings=[{"marking_ref": red, "selectors": ["content"]}],
        ),
    ]
    rows, refused, _ = parse(*notes, other)
    assert not refused
    assert [row["tlp"] for row in rows[:5]] == ["clear", "red", None, None, "red"]


def test_sightings_relations_and_places_are_taken_in_words_or_left_out():
    landlord = make("identity", name="Landlord", identity_class="individual")
    flat = make("location", name="Flat", description="Any St 12", country="GB")
    ends = {"source_ref": landlord["id"], "target_ref": flat["id"]}
    rows, refused, _ = parse(
        landlord,
        flat,
        make("relationship", relationship_type="related-to", **ends),
        make("relationship", relationship_type="pays-for", **ends),
        make("relationship", relationship_type="related-to", description="Has the key", **ends),
        make(
            "sighting",
            sighting_of_ref=landlord["id"],
            count=2,
            first_seen=TIME,
            where_sighted_refs=[flat["id"]],
        ),
    )
    assert not refused
    assert [row["text"] for row in rows] == [
        None,
        "Any St 12, GB",
        None,
        "Landlord pays for Flat",
        "Has the key",
        "2 times; first seen 13 Mar 2024 10:00 UTC; by Flat",
    ]
    assert rows[4]["title"] == "Landlord related to Flat" and rows[5]["title"] == "Sighting of Landlord"


def test_of_two_versions_the_later_is_read_and_of_a_contradiction_the_first():
    note = make_note("first")
    later = note | {"modified": "2024-03-13T10:00:00.5Z", "content": "later"}
    rows, refused, notes = parse(later, note, later)
    assert [row["text"] for row in rows] == ["later"] and not refused and notes
    rows, refused, _ = parse(note, note | {"content": "other"})
    assert [row["text"] for row in rows] == ["first"]
    assert "same identifier" in refused[note["id"]]


def test_one_hostile_object_is_refused_and_the_rest_is_read():
    nested: list = []
    for _ in range(60):
        nested = [nested]
    objects = [
        make_note("good \u0000 text"),
        make_note("half \ud800"),
        make_note("deep", x=nested),
        {"type": "bundle", "id": "bundle--2", "objects": []},
        {"type": ["note"], "id": {}},
        {"type": "note", "id": "x\ud800\u202e"},
        None,
        7,
    ]
    rows, refused, _ = parse(*objects)
    assert [row["text"] for row in rows] == ["good   text"]
    assert len(refused) == 7
    assert "lone surrogate" in refused[objects[1]["id"]] and "levels deep" in refused[objects[2]["id"]]
    for reason in [*refused, *refused.values()]:
        reason.encode()


@pytest.mark.parametrize(
    "data, reason",
    [
        (b"\xff\xfe\x00", "UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b"[1, 2]", "no STIX bundle"),
        (b'{"type": "bundle", "objects": {}}', "no STIX bundle"),
        (b'{"type": "bundle", "objects": [{"x": NaN}]}', "NaN"),
        (b'{"type": "bundle", "objects": [-Infinity]}', "Infinity"),
        (b'{"type": "bundle", "objects": [1e999]}', "too large"),
        (b'{"type": "bundle", "objects": [' + b"9" * 5000 + b"]}", "not JSON"),
        (b'{"type": "bundle", "objects": [{"id": "a", "id": "b"}]}', "'id' twice"),
        (b'{"type": "bundle", "objects": [' + b"0," * 200_000 + b"0]}", "200,001 objects"),
        (b'{"type": "bundle", "objects": [', "not JSON"),
    ],
)
def test_a_file_that_is_no_bundle_is_refused_in_words(data, reason):
    with pytest.raises(UnreadableFile, match=reason):
        parse_text(data)
