"""One fault, with its place and its id: the unit in which everything that is wrong is told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

Severity = Literal["error", "warning"]

KNOWLEDGE_PROBLEMS: dict[str, str] = {
    "alias-for-id": "a name or alias where an id belongs",
    "alias-not-allowed": "a YAML anchor or alias",
    "allow-without-reason": "an allow comment that does not say why",
    "ambiguous-alias": "one text that stands for two skills",
    "bad-id": "an id that is not written like one",
    "bad-range": "a range that runs backwards, or a number beyond its bounds",
    "comment-in-text": "a text that ends at a sign that begins a comment",
    "control-character": "an invisible character",
    "duplicate-entry": "an entry that stands in a list twice",
    "duplicate-id": "an id that is taken",
    "duplicate-key": "a key that stands twice",
    "empty-condition": "a condition that asks nothing",
    "empty-file": "a file with nothing in it",
    "empty-value": "a key with nothing after it",
    "figure-of-another": "a figure that belongs to another route",
    "figure-without-source": "a figure that no source gives",
    "file-too-large": "a file that is too large to be read",
    "future-date": "a date after the day of the advice",
    "ignored-file": "a file that is not read",
    "key-not-text": "a key that is a list or a mapping",
    "key-order": "a key that comes too late in its row",
    "late-review": "a review that is planned for many years from now",
    "missing-attribute": "an attribute that reports need and nobody declared",
    "missing-key": "a key that must be there and is not",
    "missing-template": "a template that is used and not there",
    "negation-cycle": "rules that depend on the absence of what they conclude",
    "nested-too-deep": "a document that is nested too deep",
    "never-concluded": "an attribute that rules look at and none concludes",
    "never-printed": "a part of a template that is never printed",
    "no-knowledge-base": "a folder that is no knowledge base",
    "not-an-answer": "something other than an answer where only answers are looked at",
    "not-concludable": "an attribute that rules may not conclude",
    "not-utf-8": "a file that is not UTF-8 text",
    "number-in-template": "a number typed into a template",
    "number-in-text": "a number typed into a text",
    "operator-does-not-fit": "an operator that the attribute's type does not have",
    "out-of-range": "a number that the attribute can never be",
    "over-limit": "more than the engine runs",
    "placeholder": "a text that nobody has written yet",
    "repeated-sentence": "a sentence that stands in a text twice",
    "reserved-name": "a name that means something else",
    "rule-never-fires": "a rule that can never fire",
    "rule-subsumed": "a rule that a wider one makes useless",
    "rule-without-scenario": "a rule that no scenario makes fire",
    "rules-contradict": "two rules that give one attribute two values",
    "rules-may-contradict": "two rules that may give one attribute two values",
    "same-band": "two salary bands for the same people",
    "same-condition": "two rules that give one warning under one condition",
    "same-name": "two rows that readers know by one name",
    "same-order": "two rows with one place in the interview",
    "same-route": "two routes between the same two ends",
    "same-rule": "two rules that say the same",
    "same-title": "words of a job title that tell two things",
    "several-documents": "a second document in one file",
    "skill-cycle": "skills that count as, or need, one another in a circle",
    "skill-without-resource": "a skill of a track that nothing says where to learn",
    "source-without-address": "a source that readers cannot look up",
    "stale-figure": "a figure that is due for review",
    "stale-resource": "a place to learn that is due for review",
    "tag-not-allowed": "a YAML tag",
    "template-escapes-sandbox": "a template that does more than print",
    "template-fails": "a template that cannot be rendered",
    "template-syntax": "a template or text that cannot be read",
    "too-many-values": "too many values in one place",
    "undeclared-name": "a name that stands for no row",
    "undefined-in-template": "a name in a template that stands for nothing",
    "undefined-in-text": "a name in a text that stands for nothing",
    "unknown-attribute": "an attribute that nobody declared",
    "unknown-column": "a column that the table does not have",
    "unknown-key": "a key that means nothing here",
    "unknown-operator": "an operator that there is not",
    "unknown-problem-id": "an allow comment for a problem that there is not",
    "unknown-value": "a value that this can never have",
    "unreachable-track": "a track that no rule can recommend",
    "unreadable-file": "a file that may not be read",
    "unused-allow": "an allow comment that allows nothing",
    "unused-attribute": "an attribute that no rule looks at",
    "unused-figure": "a figure that nothing uses",
    "unused-question": "a question whose answer nothing uses",
    "unused-skill": "a skill that nothing names",
    "unused-template": "a template that nothing uses",
    "unused-warning": "a warning that no rule gives",
    "wrong-address": "a text that cannot be an address",
    "unusable-logo": "a logo that is not there, too large, or no PNG or JPEG",
    "low-contrast": "a color that can hardly be read",
    "wrong-date": "a date that is not written like one",
    "wrong-file": "rows in a file that is not for them",
    "wrong-level": "a key that belongs elsewhere in its row",
    "wrong-shape": "keys that do not go together",
    "wrong-type": "a value of the wrong type",
    "wrong-unit": "a figure in the wrong unit",
    "yaml-syntax": "a file that is not valid YAML",
    "yes-no-as-text": "yes or no where true or false belongs",
}
"""What `check` finds in a knowledge base: each id, and what it is. Each has its page in docs/problems."""
PROBLEMS: dict[str, str] = {
    **KNOWLEDGE_PROBLEMS,
    "ambiguous-skill": "a skill that may mean several",
    "answer-not-asked": "an answer to a question for others",
    "bad-option": "an option that cannot be used so",
    "bad-row": "a row of a cohort that cannot be read",
    "bad-setting": "a setting that cannot be read",
    "broken-archive": "a zip that is broken or not whole",
    "broken-document": "a document that is broken or not whole",
    "cannot-append": "a file that a row cannot be added to",
    "cohort-missing": "a part of the program that is not installed",
    "conflicting-conclusions": "rules that contradict each other for a case",
    "documents-missing": "a part of the program that is not installed",
    "duplicate-heading": "a heading that stands twice",
    "ends-before-start": "a job that ends before it starts",
    "engine-failure": "a fault of the rule engine",
    "engine-not-loadable": "a rule engine that is installed and cannot be loaded",
    "file-exists": "a file that would be overwritten",
    "harmful-document": "a document that takes too much to read",
    "installed-knowledge": "the knowledge base of the program itself",
    "is-a-folder": "a folder where a file belongs",
    "json-syntax": "a file that is not valid JSON",
    "locked-document": "a document with a password",
    "missing-column": "a column that must be there and is not",
    "missing-option": "an option that must be given and is not",
    "missing-row": "a row that must be there first",
    "no-figure-yet": "a day on which a figure had no value yet",
    "no-stamp": "a report that does not say what made it",
    "no-such-file": "a file that is not there",
    "no-such-revision": "a revision that is not there",
    "no-such-sheet": "a sheet that the workbook does not have",
    "not-a-workbook": "a file that is no workbook",
    "not-concluded": "a conclusion that was not reached",
    "not-decided": "a question that could not be decided",
    "not-parquet": "a file that is not Parquet",
    "option-does-not-fit": "an option that does not go with the rest",
    "other-run": "results of another run",
    "read-as": "an answer that was understood by other words",
    "runtime-missing": "a part of the program that is not there for the browser",
    "scanned-document": "a document without text",
    "sheets-missing": "a part of the program that is not installed",
    "skill-not-counted": "a skill that is named and taken back in one breath",
    "solver-disagrees": "a fault of the solver",
    "solver-missing": "a part of the program that is not installed",
    "spark-failed": "Spark cannot be reached, or stopped",
    "text-too-long": "a text that is too long",
    "unknown-file-kind": "a kind of file that is not read",
    "unknown-skill": "a skill that the vocabulary does not know",
    "unsafe-archive": "a zip or folder that is not what it says",
    "unwritable-file": "a file that cannot be written",
}
"""Every id of a problem, with those of answers, options and files."""


class Location(msgspec.Struct, frozen=True, order=True):
    """A place in a file; lines and columns count from 1, and 0 means the file as a whole."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{max(self.line, 1)}:{max(self.column, 1)}"


class Problem(msgspec.Struct, frozen=True, order=True, kw_only=True):
    """One fault: where, how bad, what is wrong and what to do, and the id of its page in docs/problems.

    `replaces` is set where the cure is certain: the text, at `where` or after it on the same line, that
    `suggestion` can take the place of.
    """

    where: Location
    id: str
    text: str
    severity: Severity = "error"
    suggestion: str | None = None
    replaces: str | None = None

    @property
    def certain(self) -> bool:
        """Whether `check --fix` can mend it."""
        return self.replaces is not None or self.id == "key-order"

    def line(self) -> str:
        """The fault on one line, `FILE:LINE:COL: severity: text (problem-id)`.

        >>> Problem(where=Location("case.yaml", 2, 1), id="unknown-key", text="no such key").line()
        'case.yaml:2:1: error: no such key (unknown-key)'
        """
        text = " ".join(self.text.split())
        return f"{self.where}: {self.severity}: {text} ({self.id})"


def quoted(value: object) -> str:
    """A value as it was given, in quotes where it is text, and not endless.

    >>> quoted("x" * 100), quoted(7)
    ("'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…'", '7')
    """
    if isinstance(value, str):
        return repr(value if len(value) <= 36 else f"{value[:35]}…")
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:39]}…"


def near(word: str, names: Iterable[str], *, limit: int = 3, least: int = 72) -> list[str]:
    """The names that look most like `word`, best first; empty where none is near enough (`least`, of 100).

    A name less than half as long as the word is never suggested ("R" is in every fourth word), nor one that looks
    much less like it than the first.

    >>> near("data_enginer", ["data_engineer", "architect"]), near("years", ["years_experience", "R"])
    (['data_engineer'], ['years_experience'])
    """
    from rapidfuzz import fuzz, process, utils

    word = utils.default_process(word[:100])
    plain = {name: utils.default_process(name) for name in sorted(set(names))}
    long_enough = {name: text for name, text in plain.items() if 2 * len(text.replace(" ", "")) >= len(word)}
    found = process.extract(word, long_enough, scorer=fuzz.WRatio, limit=limit, score_cutoff=least)
    return [name for _, score, name in found if score > found[0][1] - 8]


def did_you_mean(word: str, names: Iterable[str]) -> tuple[str, str | None]:
    """A sentence that proposes the nearest names, with a leading space, and the very nearest one.

    Without a near name it lists what is valid, where that is short enough to read.
    """
    names = sorted(set(names))
    close = near(word, names)
    if close:
        return f"; did you mean {' or '.join(repr(name) for name in close)}?", close[0]
    if names and len(names) <= 20:
        return f"; valid here: {', '.join(names)}", None
    return "", None


def only_near(word: str, names: Iterable[str]) -> str | None:
    """The one name that `word` is surely a slip of the keyboard for; None where there is none, or a second one.

    >>> only_near("tittle", ["title", "then"]), only_near("routs", ["route", "routes"])
    ('title', None)
    >>> only_near("ai_average", ["ml_average"]), only_near("survey_2026_01", ["survey_2026_10"])
    (None, None)
    """
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    allowed = 1 if len(word) < 6 else 2
    choices = [name for name in sorted(set(names)) if len(name) > 2 and not name.isdigit()]
    found = process.extract(word, choices, scorer=OSA.distance, score_cutoff=allowed, limit=2)
    return found[0][0] if len(found) == 1 and _one_word(word, found[0][0]) else None


def _one_word(word: str, name: str) -> bool:
    """Whether the difference is one of letters: another number, or another word in its place, is meant to be so."""
    parts, others = word.split("_"), name.split("_")
    replaced = len(parts) == len(others) and any(
        part != other and not set(part) & set(other) for part, other in zip(parts, others, strict=True)
    )
    digits = [[one for one in text if one.isdigit()] for text in (word, name)]
    return not replaced and digits[0] == digits[1]


def misspelt(where: Location, id_: str, text: str, word: str, names: Iterable[str]) -> Problem:
    """The problem of a `word` that is none of `names`: it tells the nearest, and is mended where only one is near."""
    names = list(names)
    certain = only_near(word, names)
    hint, nearest = (f"; did you mean {certain!r}?", certain) if certain else did_you_mean(word, names)
    strange = next((one for one in word if not one.isascii() and one.isalpha()), None)
    if certain and strange:
        hint += f" ({strange!r}, U+{ord(strange):04X}, is a letter of another alphabet)"
    return Problem(
        where=where,
        id=id_,
        text=f"{text}{hint}",
        suggestion=nearest,
        replaces=word if certain else None,
    )
