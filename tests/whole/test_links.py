"""Addresses in the shipped knowledge base, and the tool that tries them; nothing here goes online."""

import io
import urllib.error
from contextlib import closing
from email.message import Message

import pytest

from trackfit import KnowledgeBase, to_html, to_markdown
from trackfit.engine.language.model import address_of, resources_for
from trackfit.tests.support.shipped import DAY
from trackfit.tools.check_links import HEADINGS, addresses, attempt, listing

ENOUGH = 40


@pytest.fixture(scope="module")
def kb():
    with KnowledgeBase.load() as found:
        yield found


@pytest.fixture(scope="module")
def consultation(kb):
    return kb.consult({"background": "backend_fullstack", "skills": ["python", "docker"]}, DAY)


def test_every_source_of_a_figure_can_be_looked_up(kb):
    named = {id_ for figure in kb.facts.figures.values() for id_ in figure.sources}
    lost = {id_ for id_ in named if address_of(kb.facts, id_) is None}
    assert lost == {id_ for id_ in named if kb.facts.sources[id_].standing == "ours"}


def test_every_skill_of_a_track_can_be_learned_somewhere(kb):
    asked = {row.skill for track in kb.facts.tracks.values() for row in track.skills}
    taught = {skill for skill in asked if resources_for(kb.facts, skill)}
    assert len(taught) >= ENOUGH
    assert sorted(asked - taught) == []


def test_what_is_about_a_skill_stands_first_and_documentation_before_the_rest(kb):
    found = [row.id for row in resources_for(kb.facts, "langgraph")]
    assert found[:2] == ["langchain_langgraph_docs_overview", "langchain_langgraph_quickstart"]
    (first, *_) = resources_for(kb.facts, "vector_databases")
    assert (first.skills[0], first.kind) == ("vector_databases", "documentation")


def test_the_plan_links_two_places_a_skill_at_most(kb, consultation):
    (line,) = (
        line for line in to_markdown(consultation).splitlines() if line.startswith("- Prompt engineering:")
    )
    assert 1 <= line.count("](<https://") <= 2
    assert len(resources_for(kb.facts, "prompt_engineering")) > 2


def test_sources_are_linked_and_say_who_quotes_them(consultation):
    text = to_markdown(consultation)
    article = "https://dexity.com/intel/how-to-pick-your-ai-track-2026"
    assert (
        f"*[How to Pick Your AI Track in 2026](<{article}>)*, 28 April 2026; one author's judgement." in text
    )
    assert f"as quoted by [Dexity](<{article}>)" in text
    assert f'<a href="{article}">' in to_html(consultation)


class Answer(io.BytesIO):
    """An answer of a server that is not there."""

    def __init__(self, url, status=200):
        super().__init__()
        self.url, self.status = url, status


def answering(request, timeout):
    assert timeout > 0
    if "gone" in request.full_url:
        raise urllib.error.HTTPError(request.full_url, 404, "Not Found", Message(), None)
    if "nowhere" in request.full_url:
        raise urllib.error.URLError("no such host")
    return closing(Answer(request.full_url.replace("old", "new")))


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("https://example.org/here", ("200", "")),
        ("https://example.org/old", ("200", "https://example.org/new")),
        ("https://example.org/gone", ("404", "")),
        ("https://nowhere.example", ("no answer: <urlopen error no such host>", "")),
    ],
)
def test_what_an_address_gives(address, found):
    assert attempt(address, answering) == found


def test_the_list_has_every_address_once_with_the_rows_that_give_it(kb):
    found = list(listing(kb.facts, DAY, answering))
    assert [row[1] for row in found] == list(addresses(kb.facts))
    assert {len(row) for row in found} == {len(HEADINGS)}
    rows = {id_ for row in found for id_ in row[2].split()}
    assert rows == {f"resources/{id_}" for id_ in kb.facts.resources} | {
        f"sources/{row.id}" for row in kb.facts.sources.values() if row.address
    }
