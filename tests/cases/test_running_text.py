"""Skills in sentences: whole words, the longest name, and what it takes for a word of every day to be one."""

from __future__ import annotations

import pytest

from trackfit.engine.cases.running_text import TextReader


@pytest.fixture(scope="module")
def reader(kb):
    return TextReader(kb.facts, kb.reader.index)


def _ids(reader, text):
    return {id_ for one in reader.find(text) if len(one.ids) == 1 for id_ in one.ids}


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("We write services in Go.", {"go"}),
        ("Go, Rust or C++", {"go", "rust", "cpp"}),
        ("A Swift developer", {"swift"}),
        ("You will use Spark for the big ones", {"spark"}),
        ("analyses with R and Python", {"r_language", "python"}),
        ("C and C++ for devices", {"c_language", "cpp"}),
        ("REST services", {"rest_apis"}),
        ("experience with monitoring", {"monitoring"}),
        ("Docker, Kubernetes and monitoring", {"docker", "kubernetes", "monitoring"}),
        ("Node.js, scikit-learn and CI/CD", {"nodejs", "scikit_learn", "ci_cd"}),
        (".NET and C#", {"dotnet", "csharp"}),
        ("machine learning with Tensor Flow", {"machine_learning", "tensorflow"}),
        ("Amazon Web Services", {"aws"}),
        ("Kubernetes-based", {"kubernetes"}),
        ("PostgreSQL14 and C++17", {"postgresql", "cpp"}),
        ("vector databases and a vector database", {"vector_databases"}),
    ],
)
def test_a_skill_is_found(reader, text, ids):
    assert _ids(reader, text) == ids


@pytest.mark.parametrize(
    "text",
    [
        "Go the extra mile",
        "We go where customers are",
        "Spark joy and React to change, Express yourself",
        "the rest of the team",
        "swift answers, rusty nails",
        "C-level sponsors, vitamin C and series C",
        "Salary R$ 15.000",
        "Excel in what you do",
        "we are monitoring the market",
        "Swift Freight pays on time",
        "join the Machine Learning team",
        "a DevOps consultancy",
        "work from home, remote",
        "javascripting is no word, nor is pythonic",
        "there is no sq l here",
        "communication and teamwork",
    ],
)
def test_another_word_is_none(reader, text):
    assert _ids(reader, text) == set()


def test_what_may_mean_several_is_told_as_that(reader):
    (found,) = reader.find("some TF")
    assert set(found.ids) == {"terraform", "tensorflow"}


def test_a_place_is_that_of_the_text(reader):
    text = "You know Google Cloud Platform."
    (found,) = reader.find(text)
    assert text[found.start : found.end] == found.text == "Google Cloud Platform"


def test_a_long_list_of_doubtful_names_is_read_in_one_go(reader):
    assert len(reader.find("Go, " * 1_000)) == 1_000
