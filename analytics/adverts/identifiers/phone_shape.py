"""How the digits of a run are written: as telephone numbers are, as prices, as counts, or across a break."""

from __future__ import annotations

import re
from functools import lru_cache

from analytics.adverts.identifiers.digit_runs import Atom

_BREAK = re.compile(r"[^\W_]|[\n|,;:•]|[.!?]\s|\s\W+\s")
_ORNAMENT = re.compile(r"\s?[^\w\s,;:.|/–-]+\s?|\s[.–-]\s")
_PREFIX_APART = re.compile(r"\s[/-]\s")
_APART = re.compile(r"[\s./-]{0,3}")
_GROUPS = {
    (3, 3, 4),
    (3, 7),
    (6, 4),
    (10,),
    (11,),
    (1, 10),
    (1, 3, 3, 4),
    (1, 3, 7),
    (4, 3, 4),
    (3, 4, 3),
    (2, 2, 2, 2, 2),
    (3, 3, 3),
    (3, 2, 3),
    (3, 2, 2, 2),
    (2, 3, 2, 2),
    (2, 3, 4),
    (3, 4, 4),
    (5, 5),
    (4, 4),
    (4, 6),
    (4, 7),
    (2, 4, 4),
    (3, 3, 3, 3),
}


@lru_cache(maxsize=1 << 12)
def is_break(gap: str) -> bool:
    """Whether a gap parts two things, rather than the groups of one number."""
    return bool(_BREAK.search(gap))


def is_even(atoms: list[Atom]) -> bool:
    """Groups of figures alone, the same between all of them: no word, no letter, no sign that parts two."""
    gap = atoms[-1].gap
    return all([atom.kind == "figures" for atom in atoms]) and all([atom.gap == gap for atom in atoms[1:]])


def is_orderly(atoms: list[Atom]) -> bool:
    """Digits one by one, words, or groups as telephone numbers are printed: as one of the usual patterns, or
    two to five groups of two to five figures, a single figure at the second place at most, and at most two
    signs between."""
    lengths = tuple(len(atom.digits) for atom in atoms)
    if lengths in _GROUPS or sum(n <= 2 for n in lengths) >= 0.8 * len(lengths) or len(lengths) <= 1:
        return True
    grouped = len(lengths) <= 5 and all(2 <= n <= 5 or (at == 1 and n == 1) for at, n in enumerate(lengths))
    return grouped and len({atom.gap for atom in atoms[1:]}) <= 2


def measure_weakness(atoms: list[Atom], digits: int, alone: bool) -> float | None:
    """What letters and homophones among the digits take from the confidence; None where too much hangs on
    them.

    Letters written together with figures ('oll8') are surer than those that stand apart."""
    if not any([atom.weak for atom in atoms]):
        return 0.0
    joined = [atom.gap == "" for atom in atoms[1:]] + [False]
    weak = loose = homophones = 0
    for at, atom in enumerate(atoms):
        if (
            atom.weak
            and atom.end - atom.start == 1
            and atom.gap
            and not joined[at]
            and 0 < at < len(atoms) - 1
        ):
            beside = (atoms[at - 1], atoms[at + 1])
            if any(each.kind == "figures" and len(each.digits) > 1 for each in beside):
                return None  # 'start 16 12 o 17': a word between figures
        if atom.weak and (atom.kind, atom.digits) != ("word", "0"):
            together = joined[at] or (at > 0 and joined[at - 1])
            weak += len(atom.digits)
            loose += 0 if together else len(atom.digits)
            homophones += atom.kind == "word"
            if atom.kind == "letters" and not together and len(atom.digits) > 2:
                return None  # 'OSS 1000'
    if len(atoms) > 1 and (digits - weak < 3 or weak > 0.75 * digits or loose > 0.5 * digits):
        return None
    spoken = sum(atom.kind == "word" and (not atom.weak or atom.digits == "0") for atom in atoms)
    one_by_one = homophones <= 2 and digits == 11 and all(len(atom.digits) == 1 for atom in atoms)
    if alone and homophones and spoken < (2 if homophones > 2 else 1) and not one_by_one:
        return None  # '2 for 1 to 3': who writes 'for' for a digit writes other words too
    if alone and homophones and any(atom.kind == "figures" and len(atom.digits) > 2 for atom in atoms):
        return None  # '870 to 870 two for one'
    lost = 0.04 if weak else 0.0
    if atoms[0].weak and len(atoms) > 1 and atoms[1].gap:
        lost += 0.02 if atoms[0].digits == "0" else 0.2
    if atoms[-1].weak and atoms[-1].gap:
        lost += 0.15
    return lost


def is_price_list(atoms: list[Atom]) -> bool:
    """100 150 200: three round sums or more that rise, none with a nought in front; salaries among them. And
    sizes or post codes one after another. Two round or close ones are a range: 6500-7500, 06121 06129."""
    if len(atoms) < 2:
        return False
    groups = [atom.digits for atom in atoms]
    if len(groups) == 2 and len(groups[0]) == len(groups[1]) <= 5:
        low, high = map(int, groups)
        round_ = groups[0][0] != "0" and low % 50 == high % 50 == 0
        return low < high and (round_ or high - low < 0.005 * 10 ** len(groups[0]))
    if len(groups) < 3 or any(atom.kind != "figures" for atom in atoms):
        return False
    if not all(1 <= len(group) <= 5 and group[0] != "0" for group in groups):
        return False
    sums = [int(group) for group in groups]
    return sums == sorted(sums) and (not any(each % 5 for each in sums) or _is_close_series(groups, sums))


def _is_close_series(groups: list[str], values: list[int]) -> bool:
    """80331 80469 81541, sizes 52 54 58 61 63, memory 256/512/1024: groups of one length that lie close
    together, each twice the one before, or five small ones and more that rise. Few telephone numbers do."""
    if any(high <= low for low, high in zip(values, values[1:], strict=False)):
        return False
    close = len({len(group) for group in groups}) == 1 and len(groups[0]) > 2
    if all(high == 2 * low for low, high in zip(values, values[1:], strict=False)):
        return True
    near = 0.05 if len(values) < 4 else 0.4
    return (close and values[-1] - values[0] < near * values[-1]) or (
        len(groups) >= 5 and max(map(len, groups)) <= 4
    )


def ends_in_check_digit(atoms: list[Atom]) -> bool:
    """'084-9-17208-3': one figure behind a dash or slash after longer groups."""
    last = atoms[-1]
    return len(atoms) > 2 and len(last.digits) == 1 < len(atoms[-2].digits) and last.gap in ("-", "/")


def crosses_a_break(atoms: list[Atom]) -> bool:
    """Parts that a comma, a line or a word separates; not where all is spelt in words, nor where the
    same sign stands between all of them."""
    if len(atoms) < 2 or all([atom.kind == "word" for atom in atoms]):
        return False
    gaps = [atom.gap for atom in atoms[1:]]
    if all(len(atom.digits) == 1 for atom in atoms) and all(_APART.fullmatch(gap) for gap in gaps):
        return False  # '2 1 4 - 5 5 5 - 0 1 3 7'
    if gaps and _PREFIX_APART.fullmatch(gaps[0]) and not any(is_break(g) or "/" in g for g in gaps[1:]):
        return False  # '347 / 82 93 516', and not '2023 - 03/2024'
    return len(set(gaps)) > 1 and any(is_break(gap) for gap in gaps) and not _is_dressed_up(atoms)


def _is_dressed_up(atoms: list[Atom]) -> bool:
    """'212 *** 555 *** 0109': the same ornament stands between groups as telephone numbers are printed."""
    ornaments = {atom.gap for atom in atoms[1:] if is_break(atom.gap)}
    if len(ornaments) != 1 or not _ORNAMENT.fullmatch(next(iter(ornaments))):
        return False
    lengths = [0]
    for at, atom in enumerate(atoms):
        if at and atom.gap in ornaments:
            lengths.append(0)
        lengths[-1] += len(atom.digits)
    return len(lengths) > 2 and tuple(lengths) in _GROUPS


def has_word_beyond_a_break(atoms: list[Atom]) -> bool:
    """'0712 038 478. Two rooms': a word that a new line or sentence parts from figures."""
    words = [atom.kind == "word" for atom in atoms]
    if True not in words:
        return False
    breaks = [is_break(atom.gap) for atom in atoms[1:]]
    if all(words) and sum(breaks) == 1 and (breaks[0] or breaks[-1]):
        return True
    return (words[-1] and not any(words[:-1]) and is_break(atoms[-1].gap)) or (
        words[0] and not any(words[1:]) and len(atoms) > 1 and is_break(atoms[1].gap)
    )


def counts_up(atoms: list[Atom]) -> bool:
    """1 2 3 4 5 ..., or sizes 8 10 12 14."""
    if len(atoms) < 4 or any(len(atom.digits) > 2 for atom in atoms[:4]):
        return False
    values = [int(atom.digits) for atom in atoms]
    steps = {b - a for a, b in zip(values, values[1:], strict=False)}
    return steps in ({1}, {2})


def find_left_over(run: list[Atom], first: int, last: int) -> list[tuple[Atom, str]]:
    beside = [(run[first - 1], run[first].gap)] if first else []
    return beside + ([(run[last], run[last].gap)] if last < len(run) else [])


def is_alike(atoms: list[Atom], neighbour: Atom, gap: str) -> bool:
    """The digits beside the window are written, and stand off, as its own digits do from one another."""
    return any(
        atom.gap == gap and atom.kind == neighbour.kind and len(atom.digits) == len(neighbour.digits)
        for atom in atoms[1:]
    )


def describe_dress(atoms: list[Atom]) -> str:
    kinds = {atom.kind for atom in atoms}
    if kinds == {"figures"}:
        return ""
    worn = [name for kind, name in (("word", "words"), ("letters", "letters for digits")) if kind in kinds]
    return f"written with {' and '.join(worn)}" if worn else ""


def is_spelt(run: list[Atom]) -> bool:
    """Whether most of it is written digit by digit."""
    return sum(len(atom.digits) == 1 for atom in run) > len(run) / 2


def has_decimals(run: list[Atom]) -> bool:
    """'0,75 l 8,90': a comma without a space in some of its gaps, and not in all."""
    gaps = {atom.gap for atom in run[1:]}
    return "," in gaps and len(gaps) > 1


def is_complete(run: list[Atom]) -> bool:
    """As many digits as a number of the default countries has with all in front of it."""
    digits = "".join(atom.digits for atom in run)
    return len(digits) == 11 and digits[0] in "01"
