"""Any list of ties is read, and what is left out is noted."""

from __future__ import annotations

import pytest

from analytics.ingest.written_dates import read_written_date
from analytics.network.structure.edge_list import UnusableTies, _read_each, project_first_kind, read_edge_list


def _read(tmp_path, text, nodes=None, **options):
    path = tmp_path / "ties.csv"
    path.write_text(text, encoding="utf-8")
    nodes_path = None
    if nodes is not None:
        nodes_path = tmp_path / "nodes.csv"
        nodes_path.write_text(nodes, encoding="utf-8")
    return read_edge_list(path, nodes_path, **options)


def _pairs(edges):
    names = edges.nodes.node.to_numpy()
    return {tuple(sorted((names[a], names[b]))) for a, b in edges.pairs}


@pytest.mark.parametrize(
    "text",
    [
        "from,to\n0,1\n1,2\n",
        "source;target;value\n0;1;1\n1;2;1\n",
        "Source\tTarget\n0\t1\n1\t2\n",
        "weight,to,from\n1,0,1\n1,1,2\n",
        "0,1\n1,2\n",
        "\ufefffrom,to\r\n0,1\r\n1,2\r\n\r\n",
        'from,to\n"0","1"\n" 1 ",2\n',
        ",0,1,2\n0,0,1,0\n1,1,0,1\n2,0,1,0\n",
        "FROM;TO;WEIGHT\n0;1;2,5\n1;2;1\n",
        '\ufeff"From";"To"\r\n"0";"1"\r\n"1";"2"\r\n',
        "sep=;\nfrom;to\n0;1\n1;2\n",
        "# a remark\n# from to\n0 1\n1 2\n",
        "first,second,weight\n0,1,2\n1,2,3\n",
        "start,end\n0,1\n1,2\n",
        "id,source_id,target_id\n7,0,1\n8,1,2\n",
        ",Person A,Person B\n0,0,1\n1,1,2\n",
        "0,1,2026-01-02,x\n1,2,2026-01-03,y\n",
    ],
)
def test_the_same_ties_whatever_the_file_looks_like(tmp_path, text):
    assert _pairs(_read(tmp_path, text)) == {("0", "1"), ("1", "2")}


def test_nodes_named_as_missing_values_are_nodes_and_markup_is_text(tmp_path):
    edges = _read(tmp_path, 'from,to\nNA,null\n"<b>x</b>","a, ""b"""\n=1+1,NA\n')
    assert set(edges.nodes.node) == {"NA", "null", "<b>x</b>", 'a, "b"', "=1+1"}


def test_duplicates_loops_and_blanks_are_noted(tmp_path):
    edges = _read(tmp_path, "from,to,weight\na,b,2\nb,a,3\na,a,1\n,c,1\na,c,x\n")
    assert len(edges.ties) == 2 and edges.ties.weight.tolist() == [5, 1]
    told = " ".join(edges.notes)
    assert "1 row left out" in told and "1 tie of a node with itself" in told
    assert "1 repeated row" in told and "1 tie without a weight" in told


def test_a_list_with_both_directions_counts_each_tie_once(tmp_path):
    edges = _read(tmp_path, "from,to,weight\na,b,2\nb,a,2\nb,c,3\nc,b,3\n")
    assert edges.ties.weight.tolist() == [2, 3]


def test_isolated_nodes_roles_and_protected_ones_come_from_the_nodes_file(tmp_path):
    edges = _read(tmp_path, "from,to\na,b\n", "id,role,status\na,driver,\nz,,Possible victim\n")
    assert edges.nodes.node.tolist() == ["a", "z", "b"]
    assert edges.nodes.protected.tolist() == [False, True, False] and edges.nodes.role[0] == "driver"


def test_two_kinds_of_node_are_found_and_projected_with_care(tmp_path):
    rows = [("p1", "m1"), ("p2", "m1"), ("p3", "m1"), ("p1", "m2"), ("p2", "m2"), ("p4", "m3"), ("p1", "m3")]
    edges = _read(tmp_path, "a,b\n" + "\n".join(",".join(row) for row in rows))
    assert edges.two_mode and edges.nodes.second_kind.sum() == 3
    persons = project_first_kind(edges)
    weight = dict(zip(sorted(_pairs(persons)), persons.ties.weight, strict=False))
    assert set(persons.nodes.node) == {"p1", "p2", "p3", "p4"}
    assert weight[("p1", "p2")] == pytest.approx(1.5)


def test_dates_and_probabilities_are_read_or_noted(tmp_path):
    edges = _read(
        tmp_path, 'from,to,from_date,probability\na,b,2026-01-02,50%\nb,c,03/02/2026,"0,25"\nc,d,soon,7\n'
    )
    assert edges.events.from_date.dt.month.tolist()[:2] == [1, 2]
    assert edges.ties.probability.tolist() == pytest.approx([0.5, 0.25, 1])
    assert any("1 date not read" in note for note in edges.notes)


@pytest.mark.parametrize("text", ["only\na\nb\n", "from,to\n,\n", ""])
def test_a_file_without_ties_is_refused_in_words(tmp_path, text):
    with pytest.raises((UnusableTies, ValueError), match="[A-Za-z]{4}"):
        _read(tmp_path, text)


def test_a_first_line_that_is_a_tie_is_one_though_a_and_b_may_name_columns(tmp_path):
    edges = _read(tmp_path, "a,b\nb,c\nc,a\n")
    assert _pairs(edges) == {("a", "b"), ("b", "c"), ("a", "c")} and "no columns" in edges.notes[0]
    named = _read(tmp_path, "a,b\nx,y\ny,z\n")
    assert _pairs(named) == {("x", "y"), ("y", "z")} and not named.notes


@pytest.mark.parametrize(
    "dates, months",
    [
        (["3 March 2026", "Apr 4, 2026", "5. Mai 2026"], [3, 4, 5]),
        (["03/04/2026", "04/05/2026", "25/06/2026"], [4, 5, 6]),
        (["03/04/2026", "04/05/2026", "06/25/2026"], [3, 4, 6]),
        (["2026-03-04T10:00:00Z", "04.05.2026", "20260607"], [3, 5, 6]),
    ],
)
def test_dates_are_read_however_they_are_written(tmp_path, dates, months):
    rows = "".join(f'{at},{at + 1},"{date}"\n' for at, date in enumerate(dates))
    edges = _read(tmp_path, f"From,To,Date\n{rows}")
    assert edges.events.from_date.dt.month.tolist() == months
    assert not any("not read" in note for note in edges.notes)


@pytest.mark.parametrize("dates", [["", "x"], ["x", "2026-01-02"], ["x", "y"]])
def test_dates_of_which_none_or_one_can_be_read_are_no_error(tmp_path, dates):
    edges = _read(tmp_path, f"from,to,date\na,b,{dates[0]}\nb,c,{dates[1]}\n")
    assert len(edges.ties) == 2 and any("not read" in note for note in edges.notes)


@pytest.mark.parametrize("head", ["", "name\n"])
def test_a_list_of_names_is_no_list_of_ties(tmp_path, head):
    with pytest.raises(UnusableTies, match="one column"):
        _read(tmp_path, f"{head}Anna Smith\nBob Jones\nCarl van Dyke\n")


def test_names_that_are_not_known_are_said_for_they_may_be_a_tie(tmp_path):
    edges = _read(tmp_path, "Anna,Bob\nCarl,Dave\nDave,Eve\n")
    assert _pairs(edges) == {("Carl", "Dave"), ("Dave", "Eve")}
    assert (
        edges.notes[0] == "The first line is read as names of columns, 'Anna' and 'Bob' as the ends of a tie."
    )
    assert not _read(tmp_path, "Source,Target\nCarl,Dave\nDave,Eve\n").notes


def test_one_date_the_other_way_round_turns_no_others(tmp_path):
    dates = ["03/04/2026", "25/06/2026", "26/06/2026", "06/25/2026"]
    rows = "".join(f"{at},{at + 1},{date}\n" for at, date in enumerate(dates))
    edges = _read(tmp_path, f"from,to,date\n{rows}")
    assert edges.events.from_date.dt.month.tolist()[:3] == [4, 6, 6]
    assert any("1 date not read" in note for note in edges.notes)


@pytest.mark.parametrize(
    "text",
    [
        "#source,target,weight\na,b,2\nb,c,3\n",
        "# made by hand, from a report\n# from\tto\tweight\na\tb\t2\nb\tc\t3\n",
        "% Source Target Weight\na b 2\nb c 3\n",
    ],
)
def test_a_header_behind_a_remark_sign_is_one_where_its_names_are_known(tmp_path, text):
    edges = _read(tmp_path, text)
    assert edges.ties.weight.tolist() == [2.0, 3.0]
    assert edges.nodes.node.tolist() == ["a", "b", "c"] and not edges.notes


@pytest.mark.parametrize(
    "text", ["# source, target\na,b,2\na,c,2\n", "# ties of one week, in all\na,b\na,c\n"]
)
def test_a_remark_that_names_other_columns_is_none(tmp_path, text):
    assert len(_read(tmp_path, text).ties) == 2


def test_the_lists_of_snap_name_their_ends(tmp_path):
    text = "# Undirected graph: ca\n# Nodes: 3 Edges: 2\n# FromNodeId\tToNodeId\n3466\t937\n3466\t5233\n"
    edges = _read(tmp_path, text)
    assert edges.nodes.node.tolist() == ["3466", "937", "5233"] and not edges.notes


def test_clocks_behind_a_day_are_read_as_the_whole_text_is():
    days = ["31/12/2024", "1.2.24", "13-Jan-2025", "31 Dec 2024", "2/30/2024", "12/13/24", "Dec 2024", "3/4"]
    clocks = ["", " 9:05", " 23:59:59", " 24:00", " 7:05 pm", " 0:00:61", "T10:00", " 10.30", " 10:00 +01:00"]
    texts = {day + clock for day in days for clock in clocks}
    for day_first in (True, False):
        expected = {text: read_written_date(text, day_first=day_first) for text in texts}
        assert _read_each(texts, day_first) == {
            text: date.at if date else None for text, date in expected.items()
        }
