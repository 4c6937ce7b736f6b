"""Vector tiles: read back by an independent decoder, GDAL's."""

import numpy as np
import pyogrio
import pytest
import shapely

from analytics.basemap import cut_tile
from analytics.basemap.tiles import _to_mercator
from analytics.basemap.vector_tiles import EXTENT, encode_layer


def read(tile: bytes, path, layer: str):
    path.write_bytes(tile)
    return pyogrio.read_dataframe(path, layer=layer, CLIP="NO")


def in_units(frame):
    """GDAL turns a tile upside down."""
    return shapely.transform(frame.geometry.to_numpy(), lambda points: points * [1, -1] + [0, EXTENT])


@pytest.mark.parametrize("geometry", ["point", "line", "polygon"])
def test_what_is_written_is_what_gdal_reads(geometry, tmp_path):
    rng = np.random.default_rng(3)
    at = rng.integers(50, 4000, (40, 2)).astype(float)
    discs, holes = (shapely.buffer(shapely.points(at), radius) for radius in (30, 9))
    shapes = {
        "point": shapely.points(at),
        "line": shapely.linestrings(at[:, None] + rng.integers(-40, 40, (40, 5, 2)).cumsum(axis=1)),
        "polygon": shapely.difference(discs, holes),
    }[geometry]
    shapes = shapely.transform(shapes, np.round)
    shapes[3] = shapely.union_all(shapes[3:6]) if geometry == "polygon" else shapes[3]
    names = [{"name": f"Straße {k} ₂", "kind": "k"} for k in range(40)]
    found = read(encode_layer("things", geometry, shapes, names), tmp_path / "a.mvt", "things")
    assert found["name"].tolist() == [row["name"] for row in names] and set(found.kind) == {"k"}
    assert shapely.hausdorff_distance(in_units(found), shapes).max() == 0
    assert shapely.area(found.geometry.to_numpy()).sum() == pytest.approx(shapely.area(shapes).sum())


def test_shapes_too_small_or_of_another_kind_are_left_out(tmp_path):
    shapes = np.array(
        [shapely.box(1, 1, 1.2, 1.2), shapely.Polygon(), shapely.box(10, 10, 20, 20), shapely.Point(4, 4)]
    )
    assert encode_layer("a", "polygon", shapes[:2], [{}, {}]) == b""
    found = read(
        encode_layer("a", "polygon", shapes, [{"name": str(k)} for k in range(4)]), tmp_path / "a.mvt", "a"
    )
    assert found["name"].tolist() == ["2"]


def test_a_tile_of_the_map_holds_its_streets_where_they_are(mapped, tmp_path):
    zoom = 14
    x, y = _to_mercator(np.array([[3.012, 48.010]]))[0] * 2**zoom
    tile = cut_tile(mapped, 1, zoom, int(x), int(y))
    streets = read(tile, tmp_path / "a.mvt", "street lines")
    assert {"Harbour Street", "Mill Lane"} <= set(streets["name"])
    harbour = in_units(streets[streets["name"] == "Harbour Street"])[0]
    expected = (_to_mercator(np.array([[3.01, 48.01]]))[0] * 2**zoom - [int(x), int(y)]) * EXTENT
    assert harbour.distance(shapely.Point(expected)) < 2
    assert cut_tile(mapped, 1, zoom, 0, 0) == b"" == cut_tile(mapped, 7, zoom, int(x), int(y))
    with pytest.raises(ValueError, match="no tile 14/99999/0"):
        cut_tile(mapped, 1, zoom, 99_999, 0)
