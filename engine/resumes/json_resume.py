"""JSON Resume (schema 1.0.0, https://jsonresume.org/schema) and the loose files that people really have.

Read are `basics.name`, `basics.label`, `work` and `skills`. Other sections (volunteer work, education, projects, free text)
are no claim of paid work or of a skill, and are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from trackfit.engine.cases.qualifiers import level
from trackfit.engine.documents.node import Node
from trackfit.engine.language.vocabulary import fold
from trackfit.engine.problems.problem import Location, only_near, quoted
from trackfit.engine.problems.problems import Problems
from trackfit.engine.resumes.dates import Calendar
from trackfit.engine.resumes.resume import Job, Mention, Resume, dated, printable

KIND = "JSON Resume"
SECTIONS = {
    "basics": ("basics",),
    "work": ("work", "work_experience", "experience", "employment", "jobs"),
    "skills": ("skills",),
}
OTHER_SECTIONS = (
    "volunteer",
    "education",
    "awards",
    "certificates",
    "publications",
    "languages",
    "interests",
    "references",
    "projects",
    "meta",
)
"""Sections of the schema that are not read."""
TITLE = ("position", "title", "role", "job_title")
ROLES = ("positions", "roles")
"""Several jobs at one employer, each with a title and dates of its own."""
EMPLOYER = ("name", "company", "organization", "employer")
START = ("start_date", "start", "from")
END = ("end_date", "end", "to", "until")
NAME = ("name", "full_name")
LABEL = ("label", "headline", "title")
LEVEL = ("level", "proficiency", "rating")
_LANGUAGE = re.compile(r"[a-z]{2}(?:[-_][A-Za-z]{2})?")
_NOT_NUMBERS = ("nan", "infinity", "-infinity", "undefined")


def is_resume(root: Node) -> bool:
    """Whether a document has a section of a résumé that an answers file has not."""
    return isinstance(root.value, dict) and any(
        _find(root, names) is not None for section, names in SECTIONS.items() if section != "skills"
    )


def has_skills_only(root: Node) -> bool:
    """Whether a document has skills, and nothing that tells what kind of file it is."""
    return isinstance(root.value, dict) and _find(root, SECTIONS["skills"]) is not None


def read_json_resume(root: Node, days: Calendar, notes: Problems) -> Resume:
    """What a document says; wrong types and dates are noted, and the rest is taken."""
    assert isinstance(root.value, dict)
    for section, names in SECTIONS.items():
        if _find(root, names) is None:
            _near_miss(root, section, notes)
    basics = _find(root, SECTIONS["basics"])
    if basics is not None and not isinstance(basics[1].value, dict | None):
        _wrong(basics, "a mapping with `name` and `label`", notes)
        basics = None
    return Resume(
        kind=KIND,
        jobs=tuple(_jobs(_find(root, SECTIONS["work"]), days, notes)),
        skills=tuple(_skills(_find(root, SECTIONS["skills"]), notes)),
        name=_field(basics, NAME, notes),
        headline=_field(basics, LABEL, notes),
    )


Found = tuple[str, Node]
"""A node with its path, such as `work[0].position`."""


def _find(node: Node, names: tuple[str, ...], path: str = "") -> Found | None:
    """The entry of a mapping under the first of several names that it has, however it is written."""
    written = {fold(key): key for key in reversed(node.value)}
    key = next((written[fold(name)] for name in names if fold(name) in written), None)
    return None if key is None else (f"{path}{printable(key)}", node.value[key])


def _near_miss(root: Node, section: str, notes: Problems) -> None:
    known = {name for names in SECTIONS.values() for name in names} | set(OTHER_SECTIONS)
    for key, where in root.keys.items():
        if key not in known and only_near(key, known) == section:
            text = f"the section {quoted(key)} is not read; did you mean {section!r}?"
            notes.warn(where, "unknown-key", text, section)


def _wrong(found: Found, wanted: str, notes: Problems) -> None:
    path, node = found
    kinds = {dict: "a mapping", list: "a list", type(None): "nothing"}
    kind = kinds.get(type(node.value)) or quoted(node.value)
    notes.warn(node.where, "wrong-type", f"{path!r} must be {wanted}, not {kind}; it is left out")


def _field(parent: Found | None, names: tuple[str, ...], notes: Problems) -> Mention | None:
    """A text of a mapping; None where there is none, or where it is blank."""
    if parent is None or not isinstance(parent[1].value, dict):
        return None
    found = _find(parent[1], names, f"{parent[0]}.")
    return None if found is None else _text(found, notes)


def _text(found: Found, notes: Problems, wanted: str = "a text") -> Mention | None:
    path, node = found = _in_one_language(found)
    if node.value is None:
        return None
    if not isinstance(node.value, str) or _is_no_number(node):
        _wrong(found, wanted, notes)
        return None
    text = " ".join(node.value.split())
    return Mention(text, path, node.where) if text else None


def _in_one_language(found: Found) -> Found:
    """Of a text in several languages (`{en: ..., de: ...}`) the English one, or else the first."""
    path, node = found
    if not isinstance(node.value, dict) or not node.value or not all(map(_LANGUAGE.fullmatch, node.value)):
        return found
    key = next((one for one in node.value if one.lower().startswith("en")), next(iter(node.value)))
    return f"{path}.{key}", node.value[key]


def _is_no_number(node: Node) -> bool:
    """Whether it is `NaN` and its like, which some programs write for nothing; in quotes it is a text."""
    start, end = node.span
    return str(node.value).lower() in _NOT_NUMBERS and end - start == len(node.text)


def _entries(section: Found | None, wanted: str, notes: Problems) -> Iterator[Found]:
    """The entries of a list that are not null."""
    if section is None or section[1].value is None:
        return
    path, node = section
    if not isinstance(node.value, list):
        _wrong(section, wanted, notes)
        return
    for number, one in enumerate(node.value):
        if one.value is not None:
            yield f"{path}[{number}]", one


def _jobs(section: Found | None, days: Calendar, notes: Problems) -> Iterator[Job]:
    for entry in _entries(section, "a list of jobs", notes):
        if not isinstance(entry[1].value, dict):
            _wrong(entry, "a job, with `name`, `position`, `startDate` and `endDate`", notes)
            continue
        roles = _find(entry[1], ROLES, f"{entry[0]}.")
        several = () if roles is None or not isinstance(roles[1].value, list) else _entries(roles, "", notes)
        parts = [one for one in several if isinstance(one[1].value, dict)]
        employer = _field(entry, EMPLOYER, notes)
        for part in parts or [entry]:
            title = _field(part, TITLE if part is entry else (*TITLE, *NAME), notes)
            job = Job(title.text if title else "", employer.text if employer else "", *_place(part))
            has_dates = part is entry or _find(part[1], START) is not None
            when = part if has_dates else entry
            yield dated(job, _date(when, START), _date(when, END), days, notes)


def _place(found: Found) -> tuple[str, Location]:
    return found[0], found[1].where


def _date(entry: Found, names: tuple[str, ...]) -> Mention:
    """What stands where a date belongs; an empty text where nothing does. A year may be a number."""
    found = _find(entry[1], names, f"{entry[0]}.")
    if found is None or found[1].value is None:
        return Mention("", *_place(entry))
    path, node = found
    nested = isinstance(node.value, list | dict)
    given = "a list or mapping" if nested else node.text
    return Mention(" ".join(given.split()), path, node.where)


def _skills(section: Found | None, notes: Problems) -> Iterator[Mention]:
    """Names and keywords, each by itself: an entry is a mapping or a plain text, the section a list of them or one text."""
    if section is not None and isinstance(section[1].value, str):
        yield from _skill(section, notes)
        return
    if section is not None and isinstance(section[1].value, dict):
        for key, one in section[1].value.items():
            yield from _group(key, (f"{section[0]}.{printable(key[:40])}", one), section[1].keys[key], notes)
        return
    for entry in _entries(section, "a list of skills", notes):
        if not isinstance(entry[1].value, dict):
            yield from _skill(entry, notes)
            continue
        said = _level(entry)
        listed = _find(entry[1], ("keywords", "items"), f"{entry[0]}.")
        below = [] if listed is None else list(_listed(listed, notes))
        name = _find(entry[1], ("name", "skill"), f"{entry[0]}.")
        for mention in () if name is None else _listed(name, notes):
            yield msgspec.structs.replace(mention, level=said, is_heading=bool(below))
        for mention in below:
            yield msgspec.structs.replace(mention, level=said)


def _group(key: str, found: Found, where: Location, notes: Problems) -> Iterator[Mention]:
    """The skills under a key: a list of them, or a map of skills and levels; a level under a key makes it a skill."""
    if isinstance(found[1].value, dict) and not all(map(_LANGUAGE.fullmatch, found[1].value)):
        for name, one in found[1].value.items():
            yield from _group(name, (f"{found[0]}.{printable(name[:40])}", one), found[1].keys[name], notes)
    elif isinstance(found[1].value, str) and level(found[1].value) is not None:
        yield Mention(" ".join(key.split()), found[0], where, level=" ".join(found[1].value.split()))
    elif isinstance(found[1].value, int | float):
        yield Mention(" ".join(key.split()), found[0], where, level=found[1].text)
    else:
        yield from _listed(found, notes)


def _level(entry: Found) -> str:
    """How well a skill is known by the résumé's own word; empty where it has none."""
    found = _find(entry[1], LEVEL)
    return "" if found is None or found[1].value is None else " ".join(found[1].text.split())


def _listed(found: Found, notes: Problems) -> Iterator[Mention]:
    """The skills of a list of texts, or of one text."""
    if isinstance(found[1].value, list):
        for entry in _entries(found, "", notes):
            yield from _skill(entry, notes)
    else:
        yield from _skill(found, notes)


def _skill(found: Found, notes: Problems) -> Iterator[Mention]:
    mention = _text(found, notes, "a text that names a skill")
    if mention is not None:
        yield mention
