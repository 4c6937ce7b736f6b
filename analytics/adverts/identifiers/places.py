"""Names of places in adverts, looked up in the gazetteer that ships with the app.

`data/gazetteer.parquet` holds 35,000 places of GeoNames (CC BY 4.0). A name that several places share goes to
the one that its country and size make likeliest, and says which others it could be. Places on no map (the
working area's own names for its parts, an invented town) are handed in by the caller."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from analytics.adverts.identifiers.digit_runs import TOKEN
from analytics.adverts.identifiers.normalise import fold_lines, fold_word
from analytics.adverts.identifiers.number_words import load_common_words
from analytics.reference import reference_file

_FILE = reference_file("gazetteer.parquet")
# Names of towns that are also ordinary words: a place only after a word such as 'in'.
_ORDINARY_TEXT = """
    of same most much male bar bath reading mobile nice sale deal hove hull split orange police ham van many
    date best come union central bury street rugby sandy ware wells hope eye diss battle barking poole paris
    florence sofia victoria chelsea melissa anna maria eva laura lola diana alexandria angelina ana ada
    natal nora olga petra vera lea tara nina rina sana georgia lima lens tours cali bari mary sari dora luna
    linda santos santa valencia roma milan martin jackson houston taylor lincoln newport media march may
    august sunday good great free clean new here call open bay page plan day time man men san del como
    manage mission normal young independence liberty home garden golden rich hot gay sexy moms dad along
    over they top university college hospital park station center centre airport market mall kent york
    bradford wash salt lawn hurst liste alle ist sur pour alla con una sin los las des les per den een
"""
_ORDINARY = frozenset(_ORDINARY_TEXT.split())
# Town names that are first names or words too, but that in an advert are far more often the town.
_TOWNS_TEXT = """
    hove hull poole paris bradford lincoln newport valencia milan bury reading bath rugby roma sofia lima
    houston bari cali
"""
_TOWNS = frozenset(_TOWNS_TEXT.split())
_KNOWN = 40_000
_LARGE = 80_000
_LONG_ENOUGH, BEGINNING = 4, 40  # letters of a name, and characters at a text's beginning
_AHEAD = 40  # characters in front of a number in which a town is looked for
_CALLING_TEXT = """
    tel tlf telf tlfn tfno telefon telefono telefone telephone phone cell cellulare cel celular mob mobil
    mobile movil handy gsm gsmnr bel bellen call text sms ring ruf rufen anruf appelle appelez llama llamame
    chiama ligue volej zvon zadzwon whatsapp wa wapp viber telegram signal nr no num numero nummer number
    contact kontakt contacto contatto me us at on or und and e y et la il le el тел телефон звони звоните
"""
_CALLING = frozenset(_CALLING_TEXT.split())
_SHORT_NAMES = {
    "cdmx": "MX",
    "edomex": "MX",
    "nyc": "US",
    "bcn": "ES",
    "bsas": "AR",
    "caba": "AR",
    "spb": "RU",
    "спб": "RU",
    "мск": "RU",
    "hcmc": "VN",
    "sg": "SG",
    "bkk": "TH",
    "bxl": "BE",
    "mvd": "UY",
    "roma": "IT",
    "valencia": "ES",
    "milano": "IT",
    "firenze": "IT",
}
# Islands and provinces that adverts name instead of a town.
_PROVINCES_TEXT = """
    bali:ID lombok:ID java:ID jawa:ID sumatra:ID goa:IN kerala:IN punjab:IN tenerife:ES teneriffa:ES
    mallorca:ES majorca:ES ibiza:ES canarias:ES andalucia:ES sicilia:IT sicily:IT sardegna:IT sardinia:IT
    toscana:IT crete:GR kreta:GR κρητη:GR algarve:PT madeira:PT bayern:DE tirol:AT provence:FR bretagne:FR
    corse:FR zanzibar:TZ langkawi:MY penang:MY sabah:MY sarawak:MY luzon:PH mindanao:PH boracay:PH крым:UA
    крим:UA queensland:AU tasmania:AU ontario:CA alberta:CA quebec:CA manitoba:CA florida:US texas:US
    california:US nevada:US yorkshire:GB cornwall:GB essex:GB surrey:GB wales:GB scotland:GB schottland:GB
"""
_PROVINCES: dict[str, str] = {
    name: country for name, country in (entry.split(":") for entry in _PROVINCES_TEXT.split())
}
_LEADS = re.compile(
    r"(?:\b(?:in|at|near|from|around|visiting|city of|town "
    r"of|based|location|area|à|en|im|bei|aus|nach|da|em|din|στην|στη|στο|"
    r"в|во|из|городе|город)\W{1,3}|[在到位地址点]\W{0,2}|[📍,]\s?)$"
)
_LEADS_ANYWHERE = re.compile(
    r"\b(?:in|at|near|from|visiting|en|im|bei|aus|da|em|w|din|στην|στο|в|из|городе|город)\s|[在到位地址点📍]"
)
_CAPITAL = re.compile(r"[^\W\d_a-zа-яα-ω](?<![^\W_].)")
_ASCII_CAPITAL = re.compile(r"[A-Z](?<![^\W_].)")
_NEXT = re.compile(rf"[\s'-]{{1,2}}({TOKEN.pattern})")


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the gazetteer; `value` is its normalised name, 'Leeds, GB'."""

    name: str
    country: str
    region: str
    lon: float
    lat: float
    population: int

    @property
    def value(self) -> str:
        state = f"-{self.region}" if self.country == "US" else ""
        return f"{self.name}, {self.country}{state}"


class PlaceName(NamedTuple):
    """A place named in a folded text; `note` says what else the name could be."""

    value: str
    country: str
    start: int
    end: int
    confidence: float
    note: str = ""


class Gazetteer:
    """Every name, as its folded words with a space between them, and the places that bear it."""

    def __init__(self, table: pa.Table) -> None:
        # stable: the largest of a name comes first
        self._table = table.sort_by([("population", "descending")]).combine_chunks()
        others = self._table["other_names"].combine_chunks()
        names = pa.concat_arrays([self._table["name"].combine_chunks(), others.flatten()]).to_pylist()
        own = np.arange(len(table))
        rows = np.concatenate([own, np.repeat(own, others.value_lengths().fill_null(0).to_numpy())])
        self._bearers: dict[str, int | list[int]] = {}  # most names have one place
        for name, row in zip(_join_words(names), rows.tolist(), strict=True):
            known = self._bearers.setdefault(name, row)
            if known == row:
                continue
            if isinstance(known, list):
                known.append(row)
            else:
                self._bearers[name] = [known, row]
        self._bearers.pop("", None)
        self._table = self._table.drop_columns(["other_names"])
        self._named: dict[str, tuple[Place, ...]] = {}

    def find(self, name: str) -> tuple[Place, ...]:
        """The places of a name, the largest first; none where it is in no gazetteer."""
        found = self._named.get(name)
        if found is None:
            at = self._bearers.get(name)
            if at is None:
                return ()
            rows = [at] if isinstance(at, int) else sorted(set(at))
            found = self._named[name] = tuple(_read_places(self._table.take(rows)))
        return found

    def names(self) -> Iterable[str]:
        """Every name."""
        return self._bearers

    def places(self) -> Iterable[Place]:
        """Every place, the largest first."""
        return _read_places(self._table)


def _read_places(table: pa.Table) -> Iterable[Place]:
    columns = [table[name].to_pylist() for name in ("name", "country", "region")]
    columns += [[round(at, 5) for at in table[name].to_pylist()] for name in ("lon", "lat")]
    return map(Place, *columns, table["population"].to_pylist())


_PLAIN_NAME = re.compile(r"[^\W_]+(?: [^\W_]+)*")


def _join_words(names: list[str]) -> list[str]:
    """The folded words of names, with a space between them."""
    plain = [name.lower() if name.isascii() else "" for name in names]
    foreign = [at for at, name in enumerate(names) if not plain[at] and name]
    folded = fold_lines([names[at] for at in foreign])
    for at, name in zip(foreign, folded, strict=True):
        plain[at] = name
    is_plain = _PLAIN_NAME.fullmatch
    return [name if is_plain(name) else " ".join(TOKEN.findall(name)) for name in plain]


@cache
def load_gazetteer() -> Gazetteer:
    """The gazetteer that ships with the app."""
    return Gazetteer(pq.read_table(_FILE))


@cache
def _heads() -> dict[str, int]:
    """First words of names, and how many words the longest name that begins so has."""
    heads: dict[str, int] = {}
    for name in load_gazetteer().names():
        words = name.count(" ") + 1
        head = name if words == 1 else name[: name.index(" ")]
        if heads.get(head, 0) < words:
            heads[head] = words
    return heads


def locate(value: str) -> Place | None:
    """The place of a normalised name ('Leeds, GB'), for maps and distances; None where it is none."""
    return _by_value().get(value)


@cache
def _by_value() -> dict[str, Place]:
    found: dict[str, Place] = {}
    for place in load_gazetteer().places():
        found.setdefault(place.value, place)
    return found


def normalise(name: str, regions: Sequence[str] = ()) -> PlaceName | None:
    """A place as a column states it, without a sentence around it; None where the gazetteer has no such
    name."""
    words = TOKEN.findall(fold_word(name))
    while words:
        if load_gazetteer().find(" ".join(words)):
            return _choose(" ".join(words), 0, len(name), regions, 0.0)
        words.pop()  # 'Leeds city centre'
    return None


@lru_cache(maxsize=1 << 12)
def find_country_ahead(lead: str) -> str:
    """The country of a large town that stands last in a folded text, in front of a number, words such as
    'tel' left out; '' where none does."""
    words = TOKEN.findall(lead[-_AHEAD:])
    while words and words[-1] in _CALLING:
        words.pop()
    for length in (3, 2, 1):
        if len(words) < length:
            continue
        if length > 1 and _heads().get(words[-length], 0) < length:
            continue  # islands, provinces and short names are all of one word
        name = " ".join(words[-length:])
        if short := _SHORT_NAMES.get(name) or _PROVINCES.get(name):
            return short
        places = load_gazetteer().find(name)
        if not places or places[0].population < _LARGE or len(name) - length + 1 < 4:
            continue
        if name in _ORDINARY and name not in _TOWNS:
            continue
        return _likeliest(name, ())[0].country
    return ""


@lru_cache(maxsize=1 << 12)
def find_country_first(text: str) -> str:
    """The country of a large town with which a folded text begins, as adverts do; '' where none does."""
    words = TOKEN.findall(text[:BEGINNING])
    for length in (3, 2, 1):
        name = " ".join(words[:length])
        if len(words) < length or len(name) < _LONG_ENOUGH or name in load_common_words():
            continue
        if name in _PROVINCES:
            return _PROVINCES[name]
        places = load_gazetteer().find(name)
        if not places or places[0].population < _LARGE or (name in _ORDINARY and name not in _TOWNS):
            continue
        return _likeliest(name, ())[0].country
    return ""


def find_places(
    text: str, original: str, regions: Sequence[str], local: Iterable[str] = ()
) -> list[PlaceName]:
    """Places named in a folded text. `original` has its capitals, character by character; `local` names,
    folded.

    Only what has a capital, a script without capitals, or a word such as 'in' before it is looked up."""
    heads, near = _heads(), {tuple(TOKEN.findall(name)): name for name in local}
    near_heads = {words[0] for words in near if words}
    small = original.isupper() or original.islower()
    starts = (
        (m.end() for m in _LEADS_ANYWHERE.finditer(text))
        if small
        else (m.start() for m in (_ASCII_CAPITAL if original.isascii() else _CAPITAL).finditer(original))
    )
    found: list[PlaceName] = []
    done = 0
    for start in starts:
        word = TOKEN.match(text, start) if start >= done else None
        if word is None or not (word[0] in heads or word[0] in near_heads):
            continue
        spans = [word.span()]
        longest = max(heads.get(word[0], 0), 6 if word[0] in near_heads else 0)
        while len(spans) < longest and (following := _NEXT.match(text, spans[-1][1])):
            spans.append(following.span(1))
        for length in range(len(spans), 0, -1):
            words = tuple(text[a:b] for a, b in spans[:length])
            named = _named(words, text, original, start, spans[length - 1][1], regions, near, small)
            if named is not None:
                found.append(named)
                done = named.end
                break
    return found


def _named(
    words: tuple[str, ...],
    text: str,
    original: str,
    start: int,
    end: int,
    regions: Sequence[str],
    near: Mapping[tuple[str, ...], str],
    shouted: bool,
) -> PlaceName | None:
    if words in near:
        return PlaceName(near[words], "", start, end, 0.9, "named in this data")
    name = " ".join(words)
    places = load_gazetteer().find(name)
    if not places or len(text[start:end]) < 2:
        return None
    first = original[start]
    led = bool(_LEADS.search(text, max(0, start - 12), start))
    caseless = first.lower() == first.upper()
    capital = first.isupper() and not shouted
    ordinary = len(words) == 1 and words[0] in _ORDINARY
    if ordinary and words[0] in _TOWNS:
        ordinary = not capital or _begins_sentence(text, start)
    if not caseless and not capital and (not led or len(words[0]) < 4 or ordinary or not shouted):
        return None
    if ordinary and not led:
        return None
    if caseless and len(text[start:end]) < 2:
        return None
    exonym = len(words) == 1 and not caseless and _is_exonym(words[0])
    if exonym and not led and not any(place.country in regions for place in places):
        return None  # GeoNames lists 'Part' for Perth and 'Thai' for Alor Setar
    doubt = 0.0 if led or len(words) > 1 else 0.08
    doubtful = places[0].population < _KNOWN or (end - start < 4 and first.isascii())
    if doubt and doubtful and not any(place.country in regions for place in places):
        doubt = 0.5  # a first name, as likely: Ann is a town of Myanmar
    return _choose(name, start, end, regions, doubt + 0.1 * ordinary + 0.1 * (not capital and not caseless))


@lru_cache(maxsize=1 << 14)
def _is_exonym(word: str) -> bool:
    """A name of one word that no place of that name bears as its first name."""
    return all(fold_word(place.name) != word for place in load_gazetteer().find(word))


def _begins_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip(" \"'*-•")
    return not before or before[-1] in ".!?\n:;"


def _choose(name: str, start: int, end: int, regions: Sequence[str], doubt: float) -> PlaceName:
    place, share, note = _likeliest(name, tuple(regions))
    return PlaceName(place.value, place.country, start, end, round(max(0.05, 0.95 * share - doubt), 2), note)


@lru_cache(maxsize=1 << 14)
def _likeliest(name: str, regions: tuple[str, ...]) -> tuple[Place, float, str]:
    """Of the places that share a name the likeliest, how likely, and what else it could be: by size, a
    hundred times likelier where the advert names its country, ten times where it is of the place's first
    name: Hull is of Kingston upon Hull, while Porto is Bordeaux too, in some tongue."""
    places, words = load_gazetteer().find(name), set(name.split(" "))
    weights = [
        max(place.population, 1000)
        * (100 if place.country in regions else 1)
        * (10 if words <= set(TOKEN.findall(fold_word(place.name))) else 1)
        for place in places
    ]
    best = max(range(len(places)), key=lambda at: (weights[at], -at))
    share = weights[best] / sum(weights)
    order = sorted(range(len(places)), key=lambda at: -weights[at])
    others = [places[at].value for at in order if at != best and weights[at] > 0.01 * sum(weights)]
    note = f"could also be {'; '.join(dict.fromkeys(others[:3]))}" if others else ""
    return places[best], share, note
