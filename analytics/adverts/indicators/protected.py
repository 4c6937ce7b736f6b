"""Words that name a protected characteristic. Kept in the code, so that no change of the file lets one count."""

from __future__ import annotations

# Lower case. A longer one stands for every word that begins so; one of up to four letters for itself and its plural.
_NAMED = (
    # ethnicity, nationality, origin
    "afric", "african", "albanian", "arab", "arabic", "argentin", "asian", "asiat", "balkan", "black", "blonde", "brasil", "brazil", "bulgar",
    "caribbean", "caucasian", "chinese", "colombian", "czech", "ebony", "ethnic", "europe", "exotic", "filipin", "foreign", "gypsy",
    "hungarian", "immigrant", "india", "japan", "korea", "latin", "lithuan", "malay", "migrant", "moldov", "national", "nigeria",
    "orient", "pakist", "polish", "polsk", "portug", "race", "racial", "roma", "romanian", "român", "russian", "russia", "slav", "slavic", "somali", "spanish",
    "thai", "turk", "turkish", "ukrain", "venezuel", "vietnam", "white", "азиат", "африк", "болгар", "китаян", "молдав", "национальн",
    "русск", "румын", "славян", "украин",
    # religion
    "buddh", "catholic", "christian", "hindu", "islam", "jew", "jewish", "muslim", "orthodox", "relig", "sikh", "мусульман", "православн",
    # sex, orientation, gender
    "bisexual", "boy", "boys", "dama", "damen", "dziewczyn", "femal", "fete", "gay", "gender", "girl", "guy", "heter", "homosex", "lad", "lady", "ladies",
    "lesbian", "male", "man", "men", "mujer", "chica", "queer", "straight", "transgend", "transsex", "woman", "women", "womens", "девуш", "девоч", "женщ", "мужч", "парень",
    # age
    "age", "aged", "barely", "colegial", "elder", "joven", "matur", "old", "school", "senior", "teen", "teenag", "underage", "year", "young",
    "youth", "юная", "юные", "юный", "школьн", "молод", "лет",
    # disability, pregnancy, marriage
    "autis", "blind", "deaf", "disab", "divorc", "handicap", "married", "pregnan", "single", "widow",
)  # fmt: skip
_LONG = tuple(word for word in _NAMED if len(word) > 4)
_SHORT = {word for word in _NAMED if len(word) <= 4}
_HARMLESS = {"school", "schools"}  # they employ people


def protected_word(words: list[str]) -> str | None:
    """The first of the words that names a protected characteristic, or None."""
    for word in words:
        bare = word.rstrip("*")
        if bare not in _HARMLESS and (bare.startswith(_LONG) or bare.removesuffix("s") in _SHORT):
            return bare
    return None
