"""`achilles series` as a stranger uses it: a file in, series out, and what is refused."""

import pandas as pd
import pytest
from click.testing import CliRunner

from analytics.cli import cli
from tests.series.worlds import make_world


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A store into which a file of incidents was imported, and the truth as a file."""
    folder = tmp_path_factory.mktemp("series")
    incidents, truth = make_world(21)
    moments = pd.Timestamp("1970-01-01") + pd.to_timedelta(incidents.start, unit="D").round("min")
    pd.DataFrame(
        {
            "Crime No": incidents.rows.reference,
            "Offence": "Burglary",
            "Date": moments.strftime("%Y-%m-%d %H:%M"),
            "Easting": (incidents.x + 400_000).round(1),
            "Northing": (incidents.y + 300_000).round(1),
            **{name: [f"v{code}" for code in codes] for name, codes in incidents.values.items()},
        }
    ).to_csv(folder / "crimes.csv", index=False)
    pd.DataFrame({"reference": incidents.rows.reference[truth.incident], "series": truth.series}).to_csv(
        folder / "solved.csv", index=False
    )
    done = CliRunner().invoke(
        cli,
        ["import", "incidents", str(folder / "crimes.csv"), "--store", str(folder / "s.duckdb")]
        + ["--epsg", "27700", "--time-zone", "Europe/London"],
    )
    assert done.exit_code == 0, done.output
    return folder


def _run(folder, *arguments):
    return CliRunner().invoke(
        cli, ["series", "--store", str(folder / "s.duckdb"), "--out", str(folder / "out.csv"), *arguments]
    )


def test_members_come_with_what_speaks_for_them(filled):
    done = _run(filled, "--pairs", str(filled / "pairs.csv"))
    assert done.exit_code == 0, done.output
    assert "series among" in done.output and "No solved series were given" in done.output
    members = pd.read_csv(filled / "out.csv")
    truth = pd.read_csv(filled / "solved.csv").set_index("reference").series
    assert members.reference.isin(truth.index).mean() > 0.9
    assert members.why.str.contains("same mo").any() and members.probability.between(0.2, 1).all()
    pairs = pd.read_csv(filled / "pairs.csv")
    assert {"bits_place", "bits_time", "bits: mo 0", "probability_by_distance"} <= set(pairs.columns)
    assert pairs.probability.is_monotonic_decreasing


def test_solved_series_teach_it(filled):
    done = _run(filled, "--solved", str(filled / "solved.csv"))
    assert done.exit_code == 0 and "as solved series show it" in done.output


def test_what_cannot_be_is_refused_in_words(filled):
    assert "no column" in _run(filled, "--column", "Weather").output
    assert "of these 0 incidents" in _run(filled, "--category", "ARSON").output
    (filled / "wrong.csv").write_text("a,b\n1,2\n")
    assert "reference and series" in _run(filled, "--solved", str(filled / "wrong.csv")).output
    (filled / "strange.csv").write_text("reference,series\nnobody,1\n")
    assert "none of its references" in _run(filled, "--solved", str(filled / "strange.csv")).output
    assert _run(filled, "--out", str(filled / "out.xlsx")).exit_code == 2
