"""The table `titles`: which words a job title has, and what they tell."""

from __future__ import annotations

import msgspec
import pytest

from trackfit.engine.cases.titles import TitleRules
from trackfit.engine.documents.parse import read_text
from trackfit.engine.language.facts import Title
from trackfit.tests.support.shipped import three_valued

FACTS = three_valued().facts
SHIPPED = TitleRules(FACTS)
TITLES = {
    "Senior Data Engineer": "data_engineer",
    "Back-End Developer": "backend_fullstack",
    "Backend-Entwickler (m/w/d)": "backend_fullstack",
    "C# / .NET Developer": "backend_fullstack",
    "Full Stack Engineer @ Acme": "backend_fullstack",
    "Sr. Software Engineer II": "backend_fullstack",
    "Principal Data Scientist, Ads": "data_scientist",
    "Dev Ops Lead": "devops_platform_sre",
    "Site-Reliability Engineer": "devops_platform_sre",
    "Data Platform Engineer": "data_engineer",
    "Platform Engineer": "devops_platform_sre",
    "Enterprise Architect": "architect",
    "CTO & Co-Founder": "architect",
    "Landscape Architect": "other",
    "Machine Learning Engineer": "ml_engineer",
    "Senior Front-End Engineer": "frontend",
    "Frontend Software Engineer": "frontend",
    "iOS / Android Developer": "mobile",
    "Full-Stack Developer (Front-End)": "backend_fullstack",
    "Data Engineering Intern": "not counted",
    "Aspiring data scientist": "not counted",
    "Lead Software Engineer": "architect",
    "Staff Software Engineer": "architect",
    "Principal Engineer": "architect",
    "Engineering Manager": "architect",
    "Lead Front-End Developer": "frontend",
    "Staff Data Engineer": "data_engineer",
    "Senior Java Developer": "backend_fullstack",
    "Senior Developer": "backend_fullstack",
    "Business Developer": "other",
    "Mobile Developer": "mobile",
    "QA": "qa_engineer",
    "QA Engineer": "qa_engineer",
    "SDET": "qa_engineer",
    "Software Engineer in Test": "qa_engineer",
    "Test Automation Engineer": "qa_engineer",
    "Embedded Software Engineer": "other",
    "Software Engineer, iOS": "mobile",
    "Firmware Developer": "other",
    "React Developer": "frontend",
    "DBA": "database_administrator",
    "Database Administrator": "database_administrator",
    "SQL Server DBA": "database_administrator",
    "Sysadmin": "system_administrator",
    "Linux Administrator": "system_administrator",
    "Network Engineer": "system_administrator",
    "Data Analyst": "data_analyst",
    "Business Intelligence Analyst": "data_analyst",
    "Business Analyst": "data_analyst",
    "Quantitative Analyst": "data_scientist",
    "Product Manager": "product_manager",
    "IT Project Manager": "product_manager",
    "Machine Learning Researcher": "data_scientist",
    "Postdoctoral Researcher": "researcher",
    "Analytics Engineer": "data_engineer",
    "Développeur web": "backend_fullstack",
    "Developpeur Full Stack Senior": "backend_fullstack",
    "Ingénieure logiciel": "backend_fullstack",
    "Ingénieur de données": "data_engineer",
    "Développeur mobile Android": "mobile",
    "Chef de projet informatique": "product_manager",
    "Architecte logiciel": "architect",
    "Softwareentwicklerin": "backend_fullstack",
    "Dateningenieur": "data_engineer",
    "Systemadministrator": "system_administrator",
    "Softwarearchitekt": "architect",
    "Ingeniera de software": "backend_fullstack",
    "Cientifico de datos": "data_scientist",
    "Administrador de sistemas": "system_administrator",
    "Analista de datos": "data_analyst",
    "Engenheiro de dados": "data_engineer",
    "Desenvolvedor Java": "backend_fullstack",
    "Cientista de Dados": "data_scientist",
    "Analista de Testes": "qa_engineer",
    "Student": "not counted",
    "Internal Auditor": None,
    "International Sales": None,
    "Director": None,
    "": None,
}


@pytest.mark.parametrize("title", TITLES)
def test_shipped(title):
    match = SHIPPED.match(title)
    found = match and ("not counted" if match.row.not_counted else match.row.background)
    assert found == TITLES[title]


GIVEN = {
    "software engineer": "backend_fullstack",
    "tech lead": "architect",
    "qa": "qa_engineer",
    "student": "other",
    "SRE": "devops_platform_sre",
    "Data Engineer": "data_engineer",
}


@pytest.mark.parametrize("given", GIVEN)
def test_a_background_may_be_given_as_a_title(given):
    reader = three_valued().reader
    root = parsed(f"background: {given}\n")
    case, problems = reader.read(root)  # pyright: ignore[reportArgumentType]
    assert case is not None
    assert case.answers["background"] == GIVEN[given]
    assert [one.id for one in problems] == ([] if given == "Data Engineer" else ["read-as"])


def test_it_is_told_what_was_made_of_a_title():
    _, (problem,) = three_valued().reader.read(parsed("background: tech lead\n"))  # pyright: ignore[reportArgumentType]
    assert problem.line() == (
        "case.yaml:1:13: warning: 'background' has 'tech lead', which is read as architect (Architect or technical lead), "
        "for 'tech lead'; change it if another fits better (read-as)"
    )


def parsed(text):
    node, problems = read_text(text, "case.yaml")
    assert not problems
    return node


def test_all_words_of_the_shipped_table_are_found_as_they_stand():
    for row in FACTS.titles.values():
        for words in row.words:
            match = SHIPPED.match(f"Senior {words.title()}, Acme")
            assert match is not None
            assert match.row == row, words


def rules(**words):
    rows = {
        id_: Title(
            id=id_, words=tuple(listed), background=None if id_ == "out" else id_, not_counted=id_ == "out"
        )
        for id_, listed in words.items()
    }
    return TitleRules(msgspec.structs.replace(FACTS, titles=rows))


def matched(found, title):
    match = found.match(title)
    assert match is not None
    return match


def found(title, **words):
    """The row and the words that a title has, of a table with these."""
    match = rules(**words).match(title)
    return match and (match.row.id, match.words)


def test_the_longest_words_decide():
    words = {"architect": ["engineer"], "other": ["sales engineer"], "data_engineer": ["data"]}
    assert found("Data Sales Engineer", **words) == ("other", "sales engineer")


def test_of_words_of_one_length_the_first_in_the_title_decides():
    both = {"architect": ["abc"], "other": ["xyz"]}
    assert found("abc xyz", **both) == ("architect", "abc")
    assert found("xyz abc", **both) == ("other", "xyz")


def test_what_is_not_counted_goes_first():
    assert found("the longest words pro", out=["pro"], architect=["the longest words"]) == ("out", "pro")


def test_without_a_table_no_title_is_known():
    assert rules().match("Data Engineer") is None
