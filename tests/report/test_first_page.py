"""The first page of a report: what stands above everything that is folded. It is short, plain, and says nothing twice."""

import re
from collections import Counter

import pytest
from pyphen import Pyphen  # type: ignore[import-untyped]
from textstat import textstat

from trackfit import to_markdown
from trackfit.engine.documents.parse import read_file
from trackfit.engine.language.markdown import readable
from trackfit.engine.report.templates import OwnTemplate
from trackfit.tests.support.places import ROOT
from trackfit.tests.support.shipped import DAY

EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
MOST_WORDS = 900
HIGHEST_GRADE = 9
WORD = re.compile(r"\w[\w’'.,/+&$%–-]*")
FOOTNOTE = re.compile(r"^\[\^[^\]]+\]: .*$", re.MULTILINE)
ADDRESS = re.compile(r"\]\(<[^>]*>\)")


def advice_for(kb, path):
    node, _ = read_file(path)
    case, _ = kb.reader.read(node)
    return kb.consult(case, DAY)


def first_page(report):
    """A report down to what is folded."""
    first, mark, _ = report.partition("<details>")
    assert mark
    return first.replace("## Everything behind it", "")


def words(markdown):
    """How many words a reader sees, links by their titles and footnotes by their numbers."""
    return len(WORD.findall(re.sub(r"\[\^[^\]]+\]", "", ADDRESS.sub("]", markdown))))


def sentences(markdown):
    """Sentences of five words and more, as a reader sees them; items are sentences, too, and cells of tables are not."""
    text = ADDRESS.sub("]", FOOTNOTE.sub("", markdown))
    told = [line.strip("#- ") for line in text.splitlines() if not line.startswith("|")]
    lines = [one for line in told for one in re.split(r"(?<!\d)(?<=[.;]) ", line)]
    plain = [readable(line).strip(" .") for line in lines]
    return [line for line in plain if len(line.split()) >= 5]


def lists_of_skills(kb, markdown):
    """Every run of three or more names of skills, whatever stands between them, as sets."""
    names = sorted({re.escape(skill.name) for skill in kb.facts.skills.values()}, key=len, reverse=True)
    item = rf"\**`?\b(?:{'|'.join(names)})\b`?\**"
    run = re.compile(rf"(?:{item})(?:(?:,| and|;)? (?:{item})){{2,}}", re.IGNORECASE)
    name = re.compile(item, re.IGNORECASE)
    text = re.sub(r"\[\^[^\]]+\]", "", markdown)
    return [
        frozenset(one.strip("`*").lower() for one in name.findall(found[0])) for found in run.finditer(text)
    ]


def grade(text):
    """The school year that a text is for, by Flesch and Kincaid."""
    words = re.findall(r"[A-Za-z][\w’'-]*", text)
    return (
        0.39 * len(words) / textstat.sentence_count(text)
        + 11.8 * sum(map(syllables, words)) / len(words)
        - 15.59
    )


def syllables(word):
    """By the dictionary that textstat has, or by where the word can be divided."""
    try:
        return textstat.syllable_count(word)
    except KeyError:
        return len(Pyphen(lang="en_US").positions(word)) + 1


def twice(found):
    return [one for one, times in Counter(found).items() if times > 1]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_it_is_read_in_two_minutes(kb, path):
    page = first_page(to_markdown(advice_for(kb, path)))
    assert 300 < words(page) <= MOST_WORDS


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_it_is_plain(kb, path):
    """Over its sentences; lists of skills and cells, which are no sentences, are left out."""
    page = first_page(to_markdown(advice_for(kb, path)))
    prose = [
        readable(ADDRESS.sub("]", line.removeprefix("- ")))
        for line in page.splitlines()
        if line and not line.startswith(("#", "|", "**You have", "**Usual", "**Missing"))
    ]
    text = " ".join(line if line.endswith((".", "!", "?")) else f"{line}." for line in prose)
    assert grade(text) <= HIGHEST_GRADE


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_nothing_stands_twice(kb, path):
    """In the whole report no list of skills; and no sentence of the first page, there or behind it."""
    report = to_markdown(advice_for(kb, path))
    page, _, folded = report.partition("<details>")
    assert twice(sentences(page)) == []
    assert set(sentences(page)) & set(sentences(folded)) == set()
    assert twice(lists_of_skills(kb, report)) == []


def test_what_stands_twice_is_found(kb):
    advice = advice_for(kb, EXAMPLES[0])
    text = (
        "{% extends 'report.md.j2' %}{% block opening %}{{ super() }}{% include '_gap.md.j2' %}{% endblock %}"
    )
    report = to_markdown(advice, OwnTemplate("own.md.j2", text))
    assert twice(lists_of_skills(kb, report))
    assert twice(sentences("It is so and so, they say.\n\n- **It is so and so,** they say.\n"))
    assert (
        grade("Notwithstanding considerable organizational difficulties, practitioners persevere.")
        > HIGHEST_GRADE
    )


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_it_answers_how_long_what_first_and_whether_the_goal_is_realistic(kb, path):
    """In the title and the card, before the first section."""
    advice = advice_for(kb, path)
    top = first_page(to_markdown(advice)).partition("\n## ")[0]
    first = advice.recommendations[0]
    (row,) = re.findall(r"^\| \*\*\d.*$", top, re.MULTILINE)
    near, months, pay = (cell.strip() for cell in row.strip("| ").split(" | "))
    missing = len(advice.ways[0].missing)
    assert near.startswith(f"**{advice.ways[0].size - missing} of {advice.ways[0].size} skills**")
    assert ("months" in months) == (first.timeline is not None)
    assert "Not published" in months or "(" in months
    assert re.search(r"^\*\*First, this week:\*\* .{20}", top, re.MULTILINE)
    assert re.search(r"^\*\*Watch for:\*\* .{20}", top, re.MULTILINE)
    goal = "salary_goal" in advice.case.answers
    assert ("Your goal of " in top) == goal
    assert not goal or re.match(r"\*\*(Within|Above|Below|Between)", pay)
