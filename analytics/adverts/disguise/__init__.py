"""Texts whose authors hide from search: read as they are meant, for comparing alone. What is shown and stored
stays as it was written."""

from analytics.adverts.disguise.counts import SUSPECT, count_disguised_words, sum_disguised_words
from analytics.adverts.disguise.letters import EITHER, fold_letters, letter_table
from analytics.adverts.disguise.words import fold_words, fold_words_with_origin

__all__ = [
    "EITHER",
    "SUSPECT",
    "count_disguised_words",
    "fold_letters",
    "fold_words",
    "fold_words_with_origin",
    "letter_table",
    "sum_disguised_words",
]
