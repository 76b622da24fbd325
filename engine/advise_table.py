# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
# (ibis types its columns too loosely)
"""Advice for a table of typed answers, as one expression: for a notebook, or inside a warehouse."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

import ibis

from trackfit.engine.coding import KNOWN_BIT, UNKNOWN, WRONG, WRONG_BIT, Coding, code
from trackfit.engine.errors import InvalidInput
from trackfit.engine.knowledge import KnowledgeBase
from trackfit.engine.model import Attribute
from trackfit.engine.normalise import bit_or
from trackfit.engine.problem import Location, Problem, did_you_mean
from trackfit.engine.table_advice import ADVICE, Outcomes
from trackfit.engine.tables import Column
from trackfit.engine.vocabulary import fold


def advise_table(kb: KnowledgeBase, table: ibis.Table, as_of: str, key: str) -> ibis.Table:
    """See `KnowledgeBase.advise_table`."""
    kb = kb.on(as_of)
    coding = Coding(kb)
    _check_columns(table, coding, key)
    answers: dict[str, Column] = {}
    wrong: dict[str, Column] = {}
    for attribute in coding.attributes:
        if attribute.id not in table.columns:
            for name in coding.columns(attribute):
                answers[name] = ibis.literal(UNKNOWN if attribute.type != "set" else 0, "int64")
        elif attribute.type != "set":
            answers[attribute.id] = _coded(attribute, table[attribute.id])
    cases = table.select(_key=table[key], **answers)
    for attribute in coding.attributes:
        if attribute.type == "set" and attribute.id in table.columns:
            cases = _with_set(
                kb, coding, cases, table.select(_key=table[key], _set=table[attribute.id]), attribute
            )
    for attribute in coding.attributes:
        column = cases[coding.columns(attribute)[0]]
        bad = (column & WRONG_BIT) != 0 if attribute.type == "set" else column == WRONG
        if attribute in coding.required:
            bad |= (column & KNOWN_BIT) == 0 if attribute.type == "set" else column == UNKNOWN
        wrong[attribute.id] = bad
    names = [ibis.ifelse(bad, ibis.literal(name), ibis.null("string")) for name, bad in wrong.items()]
    problem = ibis.array(names).filter(lambda one: one.notnull()).join(", ")
    cases = cases.mutate(wrong=reduce(or_, wrong.values()), _problem=problem)
    made = Outcomes(kb)
    found = made.in_words(made.of(coding, cases, as_of))
    advice = {name: ibis.ifelse(found.wrong, ibis.null(found[name].type()), found[name]) for name in ADVICE}
    clash = "rules contradict each other"
    problem = ibis.ifelse(found.wrong, found["_problem"].nullif("").fill_null(clash), ibis.null("string"))
    return found.select(**{key: found["_key"]}, **advice, problem=problem)


def _check_columns(table: ibis.Table, coding: Coding, key: str) -> None:
    needed = [key, *(attribute.id for attribute in coding.required)]
    problems = []
    for name in needed:
        if name not in table.columns:
            hint, nearest = did_you_mean(name, table.columns)
            text = f"the table has no column {name!r}{hint}"
            problems.append(
                Problem(where=Location("table"), id="missing-column", text=text, suggestion=nearest)
            )
    if problems:
        raise InvalidInput(problems)


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
        found = column.cast("boolean").cast("int64")
    else:
        low, high = attribute.range or (0, 0)
        number = column.cast("int64")
        found = ibis.ifelse((number >= low) & (number <= high), number, WRONG)
    return ibis.ifelse(column.isnull(), UNKNOWN, found)


def _folded(text: Column) -> Column:
    """A text as `fold` makes it, in the query."""
    return text.cast("string").lower().re_replace("[^\\p{L}\\p{N}+#]", "")


def _with_set(
    kb: KnowledgeBase, coding: Coding, cases: ibis.Table, given: ibis.Table, attribute: Attribute
) -> ibis.Table:
    """The masks of a set, which is a list of texts, by the table of spellings."""
    first, *rest = coding.columns(attribute)
    schema = {"spelling": "string"} | dict.fromkeys((first, *rest), "int64")
    spellings = ibis.memtable(_spellings(kb, coding, attribute), schema=schema)
    entries = given.select("_key", entry=_folded(given["_set"].unnest()))
    joined = entries.join(spellings, entries.entry == spellings.spelling)
    masks = joined.group_by("_key").aggregate(**{name: bit_or(joined[name]) for name in (first, *rest)})
    known = given.select(_known_key=given["_key"], _known=given["_set"].notnull())
    masks = masks.rename(_mask_key="_key")
    both = cases.left_join(masks, cases["_key"] == masks["_mask_key"])
    both = both.left_join(known, both["_key"] == known["_known_key"])
    filled = {name: both[name].fill_null(0) for name in rest}
    filled[first] = ibis.ifelse(both["_known"], both[first].fill_null(0) | KNOWN_BIT, 0)
    return both.mutate(**filled).drop("_mask_key", "_known_key", "_known")


def _spellings(kb: KnowledgeBase, coding: Coding, attribute: Attribute) -> list[dict[str, Any]]:
    rows = []
    columns = coding.columns(attribute)
    if attribute.id == "skills":
        texts = kb.reader.index.spellings()
    else:
        texts = {fold(text): (one.id,) for one in attribute.choices for text in (one.id, one.name)}
    for text, ids in sorted(texts.items()):
        elements = kb.reader.index.counted(ids) if attribute.id == "skills" else ids
        first, *rest = coding.layouts[attribute.id].masks(elements if len(ids) == 1 else ())
        flag = WRONG_BIT if len(ids) > 1 else 0
        rows.append({"spelling": text} | dict(zip(columns, (first | flag, *rest), strict=True)))
    return rows
