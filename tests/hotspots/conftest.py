import numpy as np
import pandas as pd
import pytest

from analytics.store.engine import DuckDBEngine


@pytest.fixture(scope="module")
def interpreted_esda():
    """esda's permutations as plain Python: compiling them takes longer than running them here, and gives the
    same."""
    from esda import crand, getisord, moran

    patch = pytest.MonkeyPatch()
    patch.setattr(crand, "boolean", bool)
    for module in (crand, getisord, moran):
        for name, value in list(vars(module).items()):
            if hasattr(value, "py_func"):
                patch.setattr(module, name, value.py_func)
    yield
    patch.undo()


@pytest.fixture
def engine(store):
    """5,000 incidents of 2023-24 in a 6 km square, one cluster among them, in EPSG:32631."""
    rng = np.random.default_rng(3)
    n = 5000
    x = np.where(rng.random(n) < 0.2, rng.normal(502_000, 150, n), rng.uniform(500_000, 506_000, n))
    y = np.where(rng.random(n) < 0.2, rng.normal(5_400_000, 150, n), rng.uniform(5_398_000, 5_404_000, n))
    moment = pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.uniform(0, 731 * 24, n), unit="h")
    frame = pd.DataFrame(
        {
            "n": range(n),
            "x": x,
            "y": y,
            "lon": (x - 500_000) / 1e5,
            "lat": (y - 5_398_000) / 1e5,
            "moment": moment,
        }
    )
    with store.write() as cursor:
        cursor.execute("INSERT INTO area (name, epsg, time_zone) VALUES ('A', 32631, 'UTC')").fetchall()
        cursor.register("frame", frame)
        cursor.execute(
            "INSERT INTO incident (source_id, row_number, area_id, category, occurred_from, occurred_to, "
            "time_precision, local_date, local_hour, local_weekday, lon, lat, x, y) SELECT 1, n, 1, if(n % "
            "2 = 0, 'even', 'odd'), moment, moment, 'minute', CAST(moment AS DATE), if(n % 10 = 0, NULL, "
            "hour(moment)), isodow(moment), lon, lat, x, y FROM frame"
        ).fetchall()
    engine = DuckDBEngine(store)
    engine.frame = frame
    return engine
