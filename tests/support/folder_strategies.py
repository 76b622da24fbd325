"""Hypothesis strategies for whole knowledge-base folders, written as YAML the way a coach writes it, and their cases.

The facts stay the same; the rules differ, in every way that there is to say a thing: `attribute: value`, a list, a
mapping of operators, `any`, `all`, `not`, `for_each` with the bound row and its columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import yaml
from hypothesis import strategies as st

from trackfit.engine.language.model import Value
from trackfit.engine.language.operators import OPERATORS
from trackfit.tests.support.knowledge_strategies import numbers

YEARS_FROM = 20
TRACKS = ("east", "north", "south")
BACKGROUNDS = ("desk", "field")
SKILLS = ("altarage", "go", "zinke")  # the first and the last have one 32-bit hash, the engine's
MOODS = ("costarring", "liquid", "none")
LEVELS = 2

ROUTES: dict[str, dict[str, Any]] = {
    "desk_east": {"background": "desk", "track": "east", "standing": "recommended", "years_from": YEARS_FROM},
    "desk_north": {"background": "desk", "track": "north", "standing": "priced", "years_from": None},
    "field_north": {"background": "field", "track": "north", "standing": "recommended", "years_from": None},
}
TRACK_ROWS: dict[str, dict[str, Any]] = {
    track: {"feeder": BACKGROUNDS[number % 2]} for number, track in enumerate(TRACKS)
}
ROWS: dict[str, dict[str, dict[str, Any]]] = {"routes": ROUTES, "tracks": TRACK_ROWS}

# Name, type, and the operands that rules may give it beside those of its own; `{row}` is one a track.
ASKED: dict[str, tuple[str, Sequence[Any]]] = {
    "background": ("choice", BACKGROUNDS),
    "target_track": ("choice", (*TRACKS, "undecided")),
    "years_experience": ("whole_number", (0, 60)),
    "salary_goal": ("money", (0, 5_000_000)),
    "keen": ("yes_no", ()),
    "skills": ("set", SKILLS),
    "tools": ("set", SKILLS[:2]),
}
MEASURED: dict[str, tuple[str, Sequence[Any]]] = {
    "percent_held of {row}": ("whole_number", (0, 100)),
    "skills_held of {row}": ("whole_number", (0, 20)),
}
CONCLUDED: dict[str, tuple[str, Sequence[Any]]] = {
    "mood": ("choice", MOODS),
    "sure": ("yes_no", ()),
    "found": ("set", TRACKS),
    "more": ("set", SKILLS),
    "recommended": ("set", TRACKS),
}

SOURCED = {"as_of": "2026-04", "review_by": "2027-04-30", "sources": ["paper"]}
FACTS: dict[str, list[dict[str, Any]]] = {
    "sources": [{"id": "paper", "publisher": "P", "title": "T", "date": "2026-04"}],
    "figures": [
        {"id": "months", "about": "months", "value": [3, 6], "unit": "months", **SOURCED},
        {"id": "years_from", "about": "years", "value": YEARS_FROM, "unit": "years", **SOURCED},
        {"id": "share", "about": "share", "value": 50, "unit": "percent_of_track_skills", **SOURCED},
    ],
    "backgrounds": [
        {"id": one, "name": one, "description": "…", "order": number}
        for number, one in enumerate(BACKGROUNDS)
    ],
    "skills": [{"id": one, "name": one, "kind": "language"} for one in SKILLS],
    "tracks": [
        {
            "id": track,
            "name": track,
            "role": "…",
            "feeder": row["feeder"],
            "daily_work": ["…"],
            "skills": [{"skill": one} for one in SKILLS[: number + 1]],
        }
        for number, (track, row) in enumerate(TRACK_ROWS.items())
    ],
    "routes": [
        {
            "id": id_,
            **{column: value for column, value in row.items() if column != "years_from"},
            **({"years_from": "years_from"} if row["years_from"] else {}),
            "timeline": "months",
            "carries_over": ["go"],
            "gap": ["zinke"],
            "math": "none",
            "note": "…",
        }
        for id_, row in ROUTES.items()
    ],
    "warnings": [{"id": "careful", "title": "Careful"}],
}


class _Plain(yaml.SafeDumper):
    """Writes a value out each time it comes, as a coach would: files may not refer to their own parts."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the overridden one's signature
        return True


def _attribute_row(name: str, shape: tuple[str, Sequence[Any]], origin: dict[str, Any]) -> dict[str, Any]:
    type_, values = shape
    row: dict[str, Any] = {"id": name.partition(" ")[0], "label": name, "type": type_, **origin}
    if type_ in ("whole_number", "money"):
        row["range"] = list(values)
    elif values == BACKGROUNDS:
        row["choices"] = "backgrounds"
    elif type_ != "yes_no":
        row["choices"] = [{"id": one, "name": one} for one in values]
    if name == "skills":
        row["choices"] = "skills"
    return row


FACTS["attributes"] = [
    *(
        _attribute_row(name, shape, {"asked": {"order": 1, "question": "?", "help": "…"}})
        for name, shape in ASKED.items()
    ),
    *(
        _attribute_row(name, shape, {"of": "tracks", "measured": name.partition(" ")[0]})
        for name, shape in MEASURED.items()
    ),
    *(
        _attribute_row(name, shape, {"concluded": True})
        for name, shape in CONCLUDED.items()
        if name != "recommended"
    ),
]


class Folder(msgspec.Struct, frozen=True):
    """A knowledge base as plain rows; `write` puts it into a folder."""

    rules: list[dict[str, Any]]

    def write(self, folder: Path, *, backwards: bool = False) -> None:
        """As YAML files; `backwards` puts every file, row and key in the opposite order."""
        for table, rows in {**FACTS, "rules": self.rules}.items():
            kind = "rules" if table == "rules" else "facts"
            (folder / kind).mkdir(parents=True, exist_ok=True)
            halves = {"a": rows[: len(rows) // 2], "b": rows[len(rows) // 2 :]}
            for half, part in halves.items():
                turned = _turned(part) if backwards else part
                text = yaml.dump({table: turned}, Dumper=_Plain, sort_keys=False, allow_unicode=True)
                name = f"{table}_{'ba'['ab'.index(half)] if backwards else half}.yaml"
                (folder / kind / name).write_text(text, encoding="utf-8")


def _turned(value: Any) -> Any:
    """The same with the rows and keys in the opposite order; lists inside a row keep theirs, which may matter."""
    if isinstance(value, list):
        return [_turned_row(row) for row in reversed(value)]
    return value


def _turned_row(row: dict[str, Any]) -> dict[str, Any]:
    turned = dict(reversed(row.items()))
    if "when" in turned:
        turned["when"] = _turned_condition(turned["when"])
    return turned


def _turned_condition(when: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in reversed(when.items()):
        if key in ("any", "all"):
            found[key] = [_turned_condition(part) for part in reversed(value)]
        elif key == "not":
            found[key] = _turned_condition(value)
        else:
            found[key] = value
    return found


def _values(type_: str, values: Sequence[Any]) -> st.SearchStrategy[Any]:
    if type_ == "yes_no":
        return st.booleans()
    return numbers(*values) if type_ in ("whole_number", "money") else st.sampled_from(values)


@st.composite
def _comparison(
    draw: st.DrawFn, type_: str, values: Sequence[Any], references: Sequence[str], *, positive_only: bool
) -> Any:
    """What may stand after `attribute:`, in one of its spellings."""
    value = _values(type_, values)
    if references:
        value = st.sampled_from(references) | value
    spelling = draw(st.sampled_from(["plain", "operators", "operators", "list"]))
    if spelling == "plain" and type_ != "set":
        return draw(value)
    if spelling == "list" and type_ == "choice":
        return draw(st.lists(value, min_size=1, max_size=3))
    fitting = [
        row.name
        for row in OPERATORS.values()
        if type_ in row.types and not (positive_only and (row.negates or row.name == "known"))
    ]
    found: dict[str, Any] = {}
    for operator in draw(st.lists(st.sampled_from(fitting), min_size=1, max_size=2, unique=True)):
        match OPERATORS[operator].takes:
            case "flag":
                found[operator] = draw(st.booleans())
            case "many":
                found[operator] = draw(st.lists(value, min_size=1, max_size=3))
            case "range":
                plain = _values(type_, values)
                found[operator] = sorted([draw(plain), draw(plain)])
            case _:
                found[operator] = draw(value)
    return found


@st.composite
def _condition(
    draw: st.DrawFn, usable: Sequence[str], positive: frozenset[str], row: str | None, depth: int = 2
) -> dict[str, Any]:
    """A `when` mapping. `positive` are the attributes whose absence must not be asked for; `row` is the bound table."""
    found: dict[str, Any] = {}
    for _ in range(draw(st.integers(1 if depth == 0 else 0, 2))):
        name = draw(st.sampled_from(usable))
        type_, values = {**ASKED, **MEASURED, **CONCLUDED}[name]
        found[_subject(draw, name, row)] = draw(
            _comparison(type_, values, _references(name, row), positive_only=name in positive)
        )
    if row and draw(st.booleans()):
        key, value = draw(_row_condition(row))
        found[key] = value
    if depth:
        for key in draw(st.lists(st.sampled_from(["any", "all", "not"]), max_size=2, unique=True)):
            if key == "not":
                asked_for = [name for name in usable if name not in positive]
                found[key] = draw(_condition(asked_for, positive | set(CONCLUDED), row, depth - 1))
            else:
                part = _condition(usable, positive, row, depth - 1)
                found[key] = draw(st.lists(part, min_size=1, max_size=3))
    return found or {"background": {"known": True}}


def _subject(draw: st.DrawFn, name: str, row: str | None) -> str:
    """The name as a rule says it: of a given track, or of the bound row's."""
    if "{row}" not in name:
        return name
    bound = {"routes": ["route.track"], "tracks": ["track"], None: []}[row]
    return name.format(row=draw(st.sampled_from([*TRACKS, *bound])))


def _references(name: str, row: str | None) -> list[str]:
    """What else than a plain value may be compared with: a figure, the bound row, a column of it."""
    tracks = {"routes": ["route.track"], "tracks": ["track"], None: []}[row]
    by_name = {
        "background": {"routes": ["route.background"], "tracks": ["track.feeder"], None: []}[row],
        "target_track": tracks,
        "found": tracks,
        "recommended": tracks,
        "years_experience": ["route.years_from"] if row == "routes" else ["figure.years_from"],
        "percent_held of {row}": ["figure.share"],
    }
    return by_name.get(name, [])


def _row_condition(row: str) -> st.SearchStrategy[tuple[str, Any]]:
    if row == "tracks":
        feeders = st.sampled_from(BACKGROUNDS)
        return st.tuples(st.just("track.feeder"), feeders | feeders.map(lambda one: {"is_not": one}))
    standings = st.sampled_from(["recommended", "priced"])
    return st.one_of(
        st.tuples(st.just("route.standing"), standings | standings.map(lambda one: {"none_of": [one]})),
        st.tuples(st.just("route.years_from"), st.booleans().map(lambda known: {"known": known})),
        st.tuples(st.just("route.years_from"), st.sampled_from([{"at_least": 20}, {"less_than": 5}])),
    )


@st.composite
def _consequence(draw: st.DrawFn, row: str | None) -> tuple[dict[str, Any], str | None]:
    """A `then`, and the attribute it tells about."""
    tracks = [*TRACKS, *{"routes": ["route.track"], "tracks": ["track"], None: []}[row]]
    kind = draw(st.sampled_from(["conclude", "conclude", "recommend", "route", "warn", "advise", "plan"]))
    if kind == "recommend":
        return {"recommend": draw(st.sampled_from(tracks))}, "recommended"
    if kind == "route" and row == "routes":
        return {"recommend": "route.track"}, "recommended"
    if kind == "plan":
        return {"plan": "route" if row == "routes" else draw(st.sampled_from(sorted(ROUTES)))}, None
    if kind == "warn":
        return {"warn": "careful", "severity": "low", "says": "…"}, None
    if kind == "advise":
        return {"advise": "plan", "says": "…"}, None
    name = draw(st.sampled_from([name for name in CONCLUDED if name != "recommended"]))
    value = tracks if name == "found" else CONCLUDED[name][1] or (True, False)
    return {"conclude": {name: draw(st.sampled_from(value))}}, name


@st.composite
def knowledge_folders(draw: st.DrawFn) -> Folder:
    """Rules that chain and test absences across strata, some for each row of a table."""
    level = draw(st.fixed_dictionaries({name: st.integers(0, LEVELS - 1) for name in CONCLUDED}))
    rules = []
    for number in range(draw(st.integers(1, 6))):
        row = draw(st.sampled_from([None, "routes", "tracks"]))
        then, given = draw(_consequence(row))
        own = LEVELS if given is None else level[given]
        usable = [*ASKED, *MEASURED, *(name for name in CONCLUDED if level[name] <= own)]
        positive = frozenset(name for name in CONCLUDED if level[name] == own)
        rule = {
            "id": f"rule_{number}",
            "title": f"Rule {number}",
            "reviewed": "2026-11-22",
            "salience": draw(st.integers(-2, 2)),
            "when": draw(_condition(usable, positive, row)),
            "then": then,
        }
        rules.append({**rule, "for_each": {row.removesuffix("s"): row}} if row else rule)
    return Folder(rules)


def _answer(type_: str, values: Sequence[Any]) -> st.SearchStrategy[Any]:
    return st.frozensets(st.sampled_from(values)) if type_ == "set" else _values(type_, values)


folder_answers: st.SearchStrategy[dict[str, Value]] = st.fixed_dictionaries(
    {}, optional={name: _answer(*shape) for name, shape in ASKED.items()}
)
