"""A square of the invented city, found, briefed and tasked."""

from datetime import date

import pyarrow as pa
import pyproj

from analytics.intelligence.finding_results import read_result
from analytics.intelligence.findings import Finding, save_finding
from analytics.oversight import Actor
from analytics.store import Store
from analytics.tasking.products import record_decision, save_product
from analytics.training.settings import read_settings
from tests.tasking.factories import tasked_action


def task_square(store: Store, actor: Actor, label: str, x: float, y: float, half: float, due: date) -> None:
    """Adopt an action on the square about (x, y), metres on the area's CRS, of `half` metres each way."""
    back = pyproj.Transformer.from_crs(read_settings()["area"]["epsg"], 4326, always_xy=True)
    corners = ((-half, -half), (half, -half), (half, half), (-half, half))
    ring = [back.transform(x + dx, y + dy) for dx, dy in corners]
    finding = Finding(
        label,
        "x",
        "Count",
        {},
        1,
        store.rows("SELECT area_id FROM area")[0]["area_id"],
        None,
        None,
        read_result({"focus": {"label": label, "ring": ring}}),
        "low",
        "x",
        "x",
    )
    evidence = pa.table({"table_name": ["incident"], "source_id": [1], "row_number": [2]})
    number = save_finding(store, actor, finding, evidence)
    brief, _ = save_product(store, actor, "brief", label, {}, [number])
    record_decision(store, actor, brief, 1, "adopted", "x", "y", action=tasked_action(label, "z", due))
