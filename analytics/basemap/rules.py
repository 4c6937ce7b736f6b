"""Which features of a map become which layer: `data/basemap.toml`."""

from __future__ import annotations

from functools import cache

from analytics.reference import reference_file
from analytics.shared.schema import FileModel, Text, read_toml


class LayerRule(FileModel):
    """One rule; the file says what its keys mean."""

    role: Text
    key: Text | None = None
    kinds: dict[str, Text] | None = None
    kind: Text | None = None
    where: dict[str, list[Text]] | None = None
    unless: dict[str, list[Text]] | None = None
    named: bool = False


class MapRules(FileModel):
    """The rules by kind of file and layer, and the attributes that hold a name, the best first."""

    names: list[Text]
    osm: dict[str, list[LayerRule]]
    tiles: dict[str, list[LayerRule]]


@cache
def read_map_rules() -> MapRules:
    return read_toml(reference_file("basemap.toml"), MapRules)


def rules_for(kind: str, roles: frozenset[str]) -> dict[str, list[dict[str, object]]]:
    """By layer of a file of this kind ('osm', 'tiles'), the rules of the roles wanted, as JSON can hold
    them."""
    rules = read_map_rules()
    of_kind = rules.osm if kind == "osm" else rules.tiles
    wanted = roles | ({STREET_LABEL} if "street" in roles else set())
    chosen = {
        layer: [rule.model_dump(exclude_none=True) for rule in own if rule.role in wanted]
        for layer, own in of_kind.items()
    }
    return {layer: own for layer, own in chosen.items() if own}


STREET_LABEL = "street label"  # of tiles that keep the names of streets in a layer apart
