"""The interview asks less than all, and advises the same: tried on people of every background, counted for its page in docs."""

from __future__ import annotations

import re
from collections import defaultdict
from statistics import mean, median

import pytest

from trackfit.engine.inference.consult import consult
from trackfit.engine.interview.interview import Interview
from trackfit.engine.language.model import Advise
from trackfit.engine.language.questions import asked
from trackfit.engine.report.book import Book
from trackfit.engine.report.contents import said
from trackfit.tests.support.answer_space import answer_space, of_each_background
from trackfit.tests.support.places import ROOT
from trackfit.tests.support.shipped import DAY, three_valued

PAGE = ROOT / "docs/interview.md"
FAST, SLOW = 3, 40
"""Cases of each background."""


@pytest.fixture(scope="module")
def kb():
    return three_valued()


def held(kb, person, questions):
    """An interview in which `questions` gives what is asked next; what the person does not know is skipped."""
    talk = Interview(kb)
    asked = 0
    while (attribute := questions(talk)) is not None:
        asked += 1
        if attribute.id in person:
            talk.answers[attribute.id] = person[attribute.id]
            talk.keep(attribute)
        else:
            talk.skip(attribute)
    return talk.case(), asked


def all_that_concern(talk):
    """The next question of an interview that leaves out none that makes sense for the person."""
    for attribute in asked(talk.kb.reader.attributes.values()):
        given = {*talk.answers, *talk.skipped}
        if attribute.id not in given and talk.concerns(attribute) is True:
            return attribute
    return None


def advice(kb, case):
    """All that the report advises, with its texts."""
    found = consult(kb, case, DAY)
    book = Book(found)
    texts = [(one.rule.key, said(book, one)) for one in found.firings if isinstance(one.rule.then, Advise)]
    warnings = [
        (one.id, one.severity, [said(book, firing) for firing in one.firings]) for one in found.warnings
    ]
    return (
        [one.rule.key for one in found.firings],
        found.recommendations,
        warnings,
        texts,
        found.planned_routes,
    )


def counted(kb, people):
    """By background, the numbers of questions of the short and of the full interview, which advise the same."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for person in people:
        short, few = held(kb, person, Interview.question)
        full, many = held(kb, person, all_that_concern)
        assert advice(kb, short) == advice(kb, full), person
        assert set(short.answers) <= set(full.answers), person
        found[person["background"]].append((few, many))
    return found


def medians(found):
    """By background, the median number of questions of the short interview, and of the full one."""
    return {
        background: (median(few for few, _ in pairs), median(many for _, many in pairs))
        for background, pairs in sorted(found.items())
    }


def saved(found):
    return mean(many - few for pairs in found.values() for few, many in pairs)


def told(found):
    rows = [f"{background}: median {few:g} of {many:g}" for background, (few, many) in medians(found).items()]
    return "\n".join([*rows, f"questions saved, on average: {saved(found):.2f}"])


def on_the_page(kb):
    """What docs/interview.md tells of the medians."""
    ids = {one.name: one.id for one in kb.facts.backgrounds.values()}
    rows = re.findall(
        r"^\| ([^|]+) \| ([\d.]+) \| ([\d.]+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
    return {ids[name]: (float(few), float(many)) for name, few, many in rows}


def test_the_short_interview_advises_the_same(kb, capsys):
    """A few of each background; docs/interview.md tells of each."""
    found = counted(kb, of_each_background(kb, FAST))
    with capsys.disabled():
        print(f"\n{told(found)}")
    assert found.keys() == on_the_page(kb).keys()
    assert saved(found) > 0


@pytest.mark.slow
def test_the_page_tells_how_many_questions_are_asked(kb, capsys):
    """Of more of each background, by their medians."""
    people = of_each_background(kb, SLOW)
    found = counted(kb, people)
    space = sum(1 for _ in answer_space(kb))
    with capsys.disabled():
        print(f"\n{len(people):,} of {space:,} cases\n{told(found)}")
    assert medians(found) == on_the_page(kb)
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    assert f"{len(people):,} cases, {SLOW} of each background, drawn from {space:,}" in text
    assert f"{saved(found):.2f} questions fewer" in text
