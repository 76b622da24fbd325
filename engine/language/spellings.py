"""Other spellings of one name: its plural, a version behind it, the maker before it; and what a slip of the hand looks like.

Words here are folded (`vocabulary.fold`): small letters and digits, `+` and `#`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

LEAST_TYPED = 5
"""Characters that a text needs before it may be taken for a slip; shorter names are all a letter or two apart."""
LONG = 8
"""From so many characters on, two slips in one text are likely."""
MOST_WORDS = 8
"""A text of more words is no name that was written otherwise."""
TAILS = frozenset(
    re.findall(
        r"\w+",
        "administration app application applications approaches apps architecture architectures automation best "
        "capabilities certification certifications certified compliance components concept concepts deployment "
        "deployments design developing development ecosystem engineering environment environments expertise framework "
        "frameworks fundamentals implementation integration integrations knowledge language libraries library method "
        "methodologies methodology methods modules optimization pattern patterns pipeline pipelines platform "
        "platforms practice practices principle principles products programming queries scripts sdk sdks service "
        "services skill skills software solution solutions stack standards strategies suite system systems technique "
        "techniques technologies technology tool tooling tools workflow workflows ",
    )
)
"""Words behind a name that leave its meaning as it is: "Kubernetes tooling" is Kubernetes."""
_VERSION = re.compile(r"([a-z][+#]+|.{3,}?)v?[0-9]+[a-z]?\+?")
_BASED = re.compile(r"(.{3,})(?:based|powered|driven|enabled)")
_BRITISH = (
    ("isation", "ization"),
    ("ised", "ized"),
    ("ising", "izing"),
    ("modelling", "modeling"),
    ("labelling", "labeling"),
    ("behaviour", "behavior"),
    ("centre", "center"),
    ("analyse", "analyze"),
    ("defence", "defense"),
    ("catalogue", "catalog"),
    ("programme", "program"),
)


def other_spellings(words: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """What a name may stand under that is not found as typed, the likeliest first; and whether a word was left out.

    >>> [one for one, _ in other_spellings(["postgresql", "14"])][0]
    'postgresql'
    >>> ("kubernetes", True) in other_spellings(["kubernetes", "tools"])
    True
    """
    yield from ((one, False) for one in _endings("".join(words), several=len(words) > 1))
    kept = list(words[:MOST_WORDS])
    while len(kept) > 1 and kept[-1] in TAILS:
        kept.pop()
        whole = "".join(kept)
        yield whole, True
        yield from ((one, True) for one in _endings(whole, several=len(kept) > 1))
    if based := _BASED.fullmatch("".join(kept)):
        yield based[1], True
        yield based[1] + "s", True


def _endings(word: str, *, several: bool) -> Iterator[str]:
    """Without the version, in the singular or plural, in American spelling."""
    if version := _VERSION.fullmatch(word):
        yield version[1]
    if word.endswith("+"):
        yield word.rstrip("+")
    if len(word) > 4:
        if word.endswith("ies"):
            yield word[:-3] + "y"
        elif word.endswith("es"):
            yield word[:-2]
        if word.endswith("s"):
            yield word[:-1]
        elif several:
            yield word + "s"
    american = word
    for british, here in _BRITISH:
        american = american.replace(british, here)
    if american != word:
        yield american


def likely_slip(typed: str, name: str) -> bool:
    """Whether a word looks like a slip of the hand for `name`: the same start and digits, few letters more or less.

    A letter in the place of another is likely where the keys are neighbors or both are vowels. Another letter at the end
    makes another word ("Scalar" is no slip for Scala, nor "docket" for Docker).

    >>> likely_slip("kubernets", "kubernetes"), likely_slip("pythn", "python"), likely_slip("pythonn", "python")
    (True, True, True)
    >>> likely_slip("saml", "ml"), likely_slip("scalar", "scala"), likely_slip("docket", "docker")
    (False, False, False)
    """
    from rapidfuzz.distance import OSA, Levenshtein

    shortest = min(len(typed), len(name))
    allowed = 2 if shortest >= LONG else 1
    if shortest < LEAST_TYPED or _digits(typed) != _digits(name):
        return False
    if typed[0] != name[0] and typed[:2] != name[1::-1]:
        return False
    is_mixed_up = sorted(typed) == sorted(name)
    if typed[-1] != name[-1] and not is_mixed_up and not name.startswith(typed):
        return False
    if OSA.distance(typed, name, score_cutoff=allowed) > allowed:
        return False
    changed = [one for one in Levenshtein.editops(typed, name) if one.tag == "replace"]
    return is_mixed_up or all(_are_near(typed[one.src_pos], name[one.dest_pos]) for one in changed)


_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_VOWELS = frozenset("aeiouy")
_KEYS = {key: (row, column + row / 2) for row, keys in enumerate(_ROWS) for column, key in enumerate(keys)}


def _are_near(one: str, other: str) -> bool:
    """Whether a hand takes one letter for the other: neighbors on the keyboard, or two vowels."""
    if {one, other} <= _VOWELS:
        return True
    if one not in _KEYS or other not in _KEYS:
        return False
    (row, column), (to_row, to_column) = _KEYS[one], _KEYS[other]
    return abs(row - to_row) <= 1 and abs(column - to_column) <= 1


def _digits(word: str) -> list[str]:
    return [one for one in word if one.isdigit()]


def slips_in(words: Sequence[str], name: Sequence[str], is_word: Callable[[str], bool]) -> bool:
    """Whether a text is a name with slips in some of its words; a word that is one elsewhere was meant as it stands."""
    if "".join(words) == "".join(name):
        return False
    if len(words) != len(name):
        return len(words) == 1 and not is_word(words[0]) and likely_slip(words[0], "".join(name))
    return all(
        typed == right or (not is_word(typed) and likely_slip(typed, right))
        for typed, right in zip(words, name, strict=True)
    )
