# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
# (ibis types its columns too loosely)
"""Advice for a table of typed answers, as one expression: for a notebook, or inside a warehouse."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

import ibis

from trackfit.engine.cases.case import MAX_SKILLS
from trackfit.engine.cohort.table.cells_to_cases import bit_or
from trackfit.engine.cohort.table.coding import KNOWN_BIT, UNKNOWN, WRONG, WRONG_BIT, Coding, code
from trackfit.engine.cohort.table.gaps import Column
from trackfit.engine.cohort.table.outcomes import ADVICE, Outcomes
from trackfit.engine.inference.base import KnowledgeBase, a_day
from trackfit.engine.inference.ways import DENIED, SKILLS
from trackfit.engine.language.model import Attribute
from trackfit.engine.language.vocabulary import fold
from trackfit.engine.problems.problem import Location, did_you_mean
from trackfit.engine.problems.problems import Problems


def advise_table(
    kb: KnowledgeBase, table: ibis.Table, as_of: str | None = None, *, key: str = "id"
) -> ibis.Table:
    """The advice for an Ibis table with a row a person, as an Ibis table; nothing is computed before it is asked for.

    The columns are the keys of an answers file: choices by id or name, numbers, truth values, and skills as a list of
    texts, each an id, a name or an alias; unlike in an answers file, no job title is read as a background, and a
    longer phrase is no skill. Null, or no column, is unknown. `key` names a column that differs in every row. The
    result has that column, unread_skills (how many texts of `skills` mean nothing and were passed over), first_track,
    first_basis, months_low, months_high, tracks (by rank), warnings (sorted), and problem: the columns of the row that
    could not be read (`key` where several rows share it), in which case there is no advice. `as_of` is YYYY-MM-DD, by
    default today. Needs `trackfit[cohort]`. Raises `InvalidInput` where `key` or the background is no column, or a
    column has a type that cannot be read.
    """
    as_of = a_day(as_of)
    kb = kb.on(as_of)
    coding = Coding(kb)
    _check_columns(table, coding, key)
    there = {name for name in table.columns if not table[name].type().is_null()}
    answers: dict[str, Column] = {}
    for attribute in coding.attributes:
        if attribute.id not in there:
            for name in coding.columns(attribute):
                answers[name] = ibis.literal(UNKNOWN if attribute.type != "set" else 0, "int64")
        elif attribute.type == "set":
            answers[f"_{attribute.id}"] = _flags(table[attribute.id])
        else:
            answers[attribute.id] = _coded(attribute, table[attribute.id])
    cases = table.select(_key=table[key], **answers)
    cases = cases.mutate(_unique=cases["_key"].notnull() & (cases.count().over(group_by="_key") == 1))
    cases = cases.mutate(_unread=ibis.literal(0, "int64"))
    for attribute in coding.attributes:
        if attribute.type == "set" and attribute.id in there:
            given = table.select(_key=table[key], entry=table[attribute.id].unnest())
            cases = _with_set(kb, coding, cases, given, attribute)
    wrong = {**{row.id: _is_wrong(coding, row, cases) for row in coding.attributes}, key: ~cases["_unique"]}
    names = [ibis.ifelse(bad, ibis.literal(name), ibis.null("string")) for name, bad in wrong.items()]
    problem = ibis.array(names).filter(lambda one: one.notnull()).join(", ")
    cases = cases.mutate(wrong=reduce(or_, wrong.values()), _problem=problem)
    made = Outcomes(kb)
    found = made.in_words(made.of(coding, cases, as_of))
    advice = {name: ibis.ifelse(found.wrong, ibis.null(found[name].type()), found[name]) for name in ADVICE}
    clash = "rules contradict each other"
    problem = ibis.ifelse(found.wrong, found["_problem"].nullif("").fill_null(clash), ibis.null("string"))
    return found.select(**{key: found["_key"]}, unread_skills=found["_unread"], **advice, problem=problem)


def _is_wrong(coding: Coding, attribute: Attribute, cases: ibis.Table) -> Column:
    """Whether an answer could not be read, or is needed and not there."""
    column = cases[coding.columns(attribute)[0]]
    bad = (column & WRONG_BIT) != 0 if attribute.type == "set" else column == WRONG
    if attribute in coding.required:
        bad |= (column & KNOWN_BIT) == 0 if attribute.type == "set" else column == UNKNOWN
    return bad


def _check_columns(table: ibis.Table, coding: Coding, key: str) -> None:
    where = Location("table")
    problems = Problems()
    for name in (key, *(attribute.id for attribute in coding.required)):
        if name not in table.columns:
            hint, nearest = did_you_mean(name, table.columns)
            text = f"the table has no column {name!r}{hint}"
            problems.add(where, "missing-column", text, suggestion=nearest)
    for attribute in coding.attributes:
        if attribute.id in table.columns and not _fits(attribute, kind := table[attribute.id].type()):
            text = (
                f"the column {attribute.id!r} is to hold {HOLDS[attribute.type]}, not {kind}; change its type"
            )
            problems.add(where, "wrong-type", text)
    problems.refuse()


HOLDS = {
    "choice": "text",
    "yes_no": "truth values (boolean)",
    "set": "lists of text (array<string>)",
    "money": "numbers",
    "whole_number": "numbers",
}
"""What the column of an attribute of a type is to hold."""


def _fits(attribute: Attribute, kind: Any) -> bool:
    match attribute.type:
        case "choice":
            fits = kind.is_string()
        case "yes_no":
            fits = kind.is_boolean()
        case "set":
            fits = kind.is_array() and (kind.value_type.is_string() or kind.value_type.is_null())
        case _:
            fits = kind.is_numeric()
    return bool(fits or kind.is_null())


def _coded(attribute: Attribute, column: Column) -> Column:
    """A typed column as codes: what is null is unknown, what does not fit is wrong."""
    if attribute.type == "choice":
        places = {
            spelling: code(attribute, choice.id)
            for choice in attribute.choices
            for spelling in (fold(choice.name), fold(choice.id))
        }
        found = _folded(column).cases(*places.items(), else_=WRONG)
    elif attribute.type == "yes_no":
        found = column.cast("int64")
    else:
        low, high = attribute.range or (0, 0)
        fits = (column >= low) & (column <= high)
        if not column.type().is_integer():
            fits &= column == column.floor()
        found = ibis.ifelse(fits, ibis.ifelse(fits, column, 0).cast("int64"), WRONG)
    return ibis.ifelse(column.isnull(), UNKNOWN, found)


def _flags(column: Column) -> Column:
    """Of lists: whether there is one, and whether it has more entries than are read."""
    entries = column.filter(lambda one: one.notnull()).length()
    known = ibis.ifelse(column.notnull(), KNOWN_BIT, 0)
    return ibis.ifelse(entries > MAX_SKILLS, KNOWN_BIT | WRONG_BIT, known)


def _folded(text: Column) -> Column:
    """A text as `fold` makes it, in the query."""
    return text.cast("string").lower().re_replace("[^\\p{L}\\p{N}+#]", "")


def _with_set(
    kb: KnowledgeBase, coding: Coding, cases: ibis.Table, given: ibis.Table, attribute: Attribute
) -> ibis.Table:
    """The masks of a set by the table of spellings; `given` has each entry of a row's list."""
    first, *rest = coding.columns(attribute)
    schema = {"spelling": "string"} | dict.fromkeys((first, *rest), "int64")
    spellings = ibis.memtable(_spellings(kb, coding, attribute), schema=schema)
    entries = given.mutate(entry=_folded(given.entry))
    joined = entries.left_join(spellings, entries.entry == spellings.spelling)
    found: dict[str, Column] = {name: bit_or(joined[name].fill_null(0)) for name in (first, *rest)}
    found["_strange"] = (joined.entry.notnull() & joined.spelling.isnull()).sum()
    masks = joined.group_by("_key").aggregate(**found)
    masks = masks.rename(_mask_key="_key")
    both = cases.left_join(masks, cases["_key"] == masks["_mask_key"])
    filled = {name: both[name].fill_null(0) for name in rest}
    filled[first] = both[first].fill_null(0) | both[f"_{attribute.id}"]
    if attribute.id == SKILLS:
        filled["_unread"] = both["_strange"].fill_null(0)
    return both.mutate(**filled).drop("_mask_key", "_strange", f"_{attribute.id}")


def _spellings(kb: KnowledgeBase, coding: Coding, attribute: Attribute) -> list[dict[str, Any]]:
    rows = []
    columns = coding.columns(attribute)
    if attribute.id in (SKILLS, DENIED):
        texts = kb.reader.index.spellings()
    else:
        texts = {fold(text): (one.id,) for one in attribute.choices for text in (one.id, one.name)}
    for text, ids in sorted(texts.items()):
        elements = kb.reader.index.counted(ids) if attribute.id == SKILLS else ids
        first, *rest = coding.layouts[attribute.id].masks(elements if len(ids) == 1 else ())
        flag = WRONG_BIT if len(ids) > 1 else 0
        rows.append({"spelling": text} | dict(zip(columns, (first | flag, *rest), strict=True)))
    return rows
