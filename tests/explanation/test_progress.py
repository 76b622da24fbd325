"""What has moved since other answers of the same person: told in the report and in JSON, and nothing without them."""

import pytest

from trackfit import to_html, to_json, to_markdown
from trackfit.engine.explanation.progress import progress
from trackfit.tests.support.running import run
from trackfit.tests.support.shipped import DAY

THEN = {"background": "backend_fullstack", "years_experience": 6, "skills": ["python", "docker", "java"]}
NOW = {
    "background": "backend_fullstack",
    "years_experience": 7,
    "skills": ["python", "docker", "langchain", "llm_evaluation"],
    "salary_goal": 180_000,
    "done": ["prompts_under_test"],
}


@pytest.fixture
def told(kb):
    def between(then, now, template="report"):
        return to_markdown(kb.consult(now, DAY), template, since=kb.consult(then, DAY))

    return between


def test_what_has_moved(kb):
    found = progress(kb.consult(THEN, DAY), kb.consult(NOW, DAY))
    assert (found.learned, found.forgotten) == (("langchain", "llm_evaluation"), ("java",))
    assert (found.done, found.undone) == (("prompts_under_test",), ())
    assert found.answers == {"salary_goal": (None, 180_000), "years_experience": (6, 7)}
    first = found.tracks[0]
    assert (first.now.track, len(first.then.missing), len(first.now.missing)) == ("ai_engineering", 7, 5)


def test_a_skill_that_another_counts_as_is_neither_learned_nor_forgotten(kb):
    broad = {"background": "other", "skills": ["agent_frameworks"]}
    narrow = {"background": "other", "skills": ["langchain"]}
    towards = progress(kb.consult(broad, DAY), kb.consult(narrow, DAY))
    assert (towards.learned, towards.forgotten) == (("langchain",), ())
    back = progress(kb.consult(narrow, DAY), kb.consult(broad, DAY))
    assert (back.learned, back.forgotten) == ((), ("langchain",))


@pytest.mark.parametrize("template", ["report", "brief"])
def test_the_report_opens_with_it(told, template):
    text = told(THEN, NOW, template)
    opening, _, rest = text.partition("\n## Since last time\n")
    assert "## " not in opening
    section = rest.partition("\n## ")[0]
    assert (
        "- New among your skills: LangChain and LLM evaluation.\n- No longer among them: Java.\n" in section
    )
    assert "- Done: a small program in a shared repository" in section
    assert (
        "- AI Engineering: of its 12 skills 7 were missing, and 5 are now; it stands in place 1, as then."
        in section
    )
    assert "- Salary goal: not answered then, $180,000 now." in section


def test_another_background_and_another_name_are_said(told):
    text = told({**THEN, "background": "data_engineer", "name": "<Ada>"}, NOW)
    assert (
        "Last time you came from work as a data engineer, and now as a backend or full-stack engineer."
        in text
    )
    assert "- Name: \\<Ada> then, not answered now." in text


def test_of_the_same_answers_nothing_has_moved(told, kb):
    text = told(NOW, NOW)
    assert (
        "## Since last time\n\nNothing has moved: your answers are those of last time.\n\n| How near |"
        in text
    )
    advice = kb.consult(NOW, DAY)
    assert to_json(advice, since=advice)["since"]["tracks"][0]["missing"] == {"then": 5, "now": 5}


def test_without_earlier_answers_there_is_no_word_of_them(kb):
    advice = kb.consult(NOW, DAY)
    assert "Since last time" not in to_markdown(advice)
    assert "since" not in to_json(advice)


def test_json_has_it_as_numbers(kb):
    found = to_json(kb.consult(NOW, DAY), since=kb.consult(THEN, DAY))["since"]
    assert found["learned"] == ["langchain", "llm_evaluation"]
    assert found["answers"]["years_experience"] == {"then": 6, "now": 7}
    assert found["tracks"][0] == {
        "track": "ai_engineering",
        "missing": {"then": 7, "now": 5},
        "place": {"then": 1, "now": 1},
    }


def test_the_page_has_it_too(kb):
    assert "New among your skills" in to_html(kb.consult(NOW, DAY), since=kb.consult(THEN, DAY))


def test_such_a_report_is_verified_with_both_files(here):
    (here / "old.yaml").write_text("background: backend_fullstack\nskills: [python]\n", encoding="utf-8")
    (here / "new.yaml").write_text("background: backend_fullstack\nskills: [python, rag]\n", encoding="utf-8")
    for form in ("md", "html"):
        args = ("--format", form, "--as-of", DAY, "--out", f"r.{form}")
        assert run("advise", "new.yaml", "--since", "old.yaml", *args).exit_code == 0
        assert run("verify", f"r.{form}", "new.yaml", "--since", "old.yaml").output.startswith("Yes: ")
        assert (
            "other answers of last time"
            in run("verify", f"r.{form}", "new.yaml", "--since", "new.yaml").output
        )
    alone = run("verify", "r.md", "new.yaml")
    assert alone.exit_code == 2
    assert alone.output == (
        "r.md:1:1: error: it tells what has moved since other answers; name those as well: --since FILE (missing-option)\n"
    )
