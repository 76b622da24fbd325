"""The interview asks less than all, and advises the same: tried over the answer space, and counted for README."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from statistics import mean, median

import pytest

from trackfit.engine.inference.consult import consult
from trackfit.engine.interview.interview import Interview
from trackfit.engine.language.model import Advise
from trackfit.engine.language.questions import asked
from trackfit.engine.report.book import Book
from trackfit.engine.report.contents import said
from trackfit.tests.support.answer_space import answer_space, sampled, with_the_rest
from trackfit.tests.support.places import ROOT
from trackfit.tests.support.shipped import DAY, three_valued

README = ROOT / "README.md"
FAST = 48


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
    """By background, the numbers of questions of the short and of the full interview, which advise the same.

    `people` come with how many cases each stands for.
    """
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for person, cases in people:
        short, few = held(kb, person, Interview.question)
        full, many = held(kb, person, all_that_concern)
        assert advice(kb, short) == advice(kb, full), person
        assert set(short.answers) <= set(full.answers), person
        found[person["background"]] += [(few, many)] * cases
    return found


def distinct(kb, space):
    """The cases without the answers that no interview takes, since the question is for others; and how many are alike."""
    talk = Interview(kb)
    found: Counter[tuple[tuple[str, object], ...]] = Counter()
    for known in space:
        talk.answers = known
        mine = {
            name: value for name, value in known.items() if talk.concerns(kb.reader.attributes[name]) is True
        }
        found[tuple(mine.items())] += 1
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


def in_readme(kb):
    """What README tells of the medians."""
    ids = {one.name: one.id for one in kb.facts.backgrounds.values()}
    rows = re.findall(
        r"^\| ([^|]+) \| ([\d.]+) \| ([\d.]+) \|$", README.read_text(encoding="utf-8"), re.MULTILINE
    )
    return {ids[name]: (float(few), float(many)) for name, few, many in rows}


def test_the_short_interview_advises_the_same(kb, capsys):
    """A sample, whose medians are near those that README tells."""
    found = counted(kb, ((person, 1) for person in sampled(kb, FAST)))
    with capsys.disabled():
        print(f"\n{told(found)}")
    in_sample = medians(found)
    assert in_readme(kb).keys() == in_sample.keys()
    for background, (few, many) in in_readme(kb).items():
        assert in_sample[background] == (pytest.approx(few, abs=1), many)


@pytest.mark.slow
def test_the_short_interview_advises_the_same_over_the_answer_space(kb, capsys):
    """Every case of it, for README. Those that differ only in what neither interview asks are one, with one random rest."""
    cases = distinct(kb, answer_space(kb))
    people = with_the_rest(kb, map(dict, cases), 1)
    found = counted(kb, zip(people, cases.values(), strict=True))
    count = sum(cases.values())
    with capsys.disabled():
        print(f"\n{count:,} cases, {len(cases):,} of them different for an interview\n{told(found)}")
    assert medians(found) == in_readme(kb)
    text = " ".join(README.read_text(encoding="utf-8").split())
    assert f"{count:,} cases" in text
    assert f"{saved(found):.2f} questions fewer" in text
