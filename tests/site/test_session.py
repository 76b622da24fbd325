"""The engine as the page asks it: the terminal's conversation and `advise`'s bytes, over JSON."""

import shutil

import pytest

from trackfit import to_html, to_json, to_markdown
from trackfit.commands.outputs import as_json
from trackfit.engine.interview.dialogue import Dialogue
from trackfit.engine.interview.interview import Interview
from trackfit.tests.support.hostile_texts import HOSTILE
from trackfit.tests.support.places import EXAMPLES, TESTS
from trackfit.tests.support.searches import mostly_slow
from trackfit.tests.support.shipped import DAY, case_in, three_valued
from trackfit.tests.support.sites import Asking

WRITERS = {"md": to_markdown, "html": to_html, "json": lambda advice: as_json(to_json(advice)) + "\n"}
LINES = [
    "data_engineer",
    "5",
    "sql, airflow, pyhton, k8s, tf, foobar",
    "back",
    "why",
    "why",
    "",
    "skip",
    "review",
    "2",
    "6",
]


@pytest.fixture
def asking():
    return Asking(three_valued())


@pytest.mark.parametrize("example", mostly_slow(EXAMPLES), ids=lambda path: path.stem)
def test_an_answers_file_gives_the_bytes_of_advise(asking, example):
    kb = three_valued()
    advice = kb.consult(case_in(kb, example), DAY)
    assert asking.ask("read", path=str(example))["type"] == "screen"
    for form, write in WRITERS.items():
        assert asking.ask("write", form=form) == {"type": "text", "text": write(advice)}


def test_it_is_the_conversation_of_the_terminal(asking):
    dialogue = Dialogue(Interview(three_valued()), DAY)
    shown = asking.begun
    for line in LINES:
        assert dialogue.step is not None
        assert shown["step"]["title"] == dialogue.step.title
        assert [one["id"] for one in shown["step"]["choices"]] == [one.id for one in dialogue.step.choices]
        assert shown["file"] == dialogue.talk.to_yaml()
        said = dialogue.take(line)
        shown = asking.take(line)
        assert [one["text"] for one in shown["said"]] == [one.text for one in said]


def test_what_is_kept_brings_everything_back(asking):
    shown = asking.take(
        "data_engineer", "5", "sql, airflow, kubernets, terrafrom, foobar", "2", "skip", "skip"
    )
    assert shown["kept"]["left_open"]
    again = Asking(three_valued()).ask("begin", as_of=DAY, kept=shown["kept"])
    assert {**again, "said": []} == {**shown, "said": []}
    other = Asking(three_valued())
    other.ask("begin", as_of=DAY, kept=shown["kept"])
    assert other.take("back")["step"]["title"] == asking.take("back")["step"]["title"]


def test_what_was_left_open_is_not_asked_again(asking):
    shown = asking.take("other")
    while shown["step"] is not None:
        shown = asking.take("skip")
    assert Asking(three_valued()).ask("begin", as_of=DAY, kept=shown["kept"])["step"] is None
    assert asking.take("review")["step"]["kind"] == "review"


def test_kept_answers_that_no_longer_fit_are_told(asking):
    kept = {"answers": {"background": "pirate"}, "history": ["background"]}
    found = asking.ask("begin", as_of=DAY, kept=kept)
    assert found["type"] == "faults"
    assert found["lines"][0].startswith("the answers kept in this browser")
    assert found["lines"][0].endswith("(unknown-value)")


def test_a_search_finds_what_the_terminal_finds(asking):
    asking.take("data_engineer", "5")
    rows = asking.ask("find", typed="kube")["rows"]
    assert rows[0]["id"] == "kubernetes"
    assert asking.ask("find", typed="no such skill")["rows"] == []


def test_other_answers_move_the_places_and_say_why(asking):
    asking.ask("read", path=str(next(one for one in EXAMPLES if one.stem == "backend")))
    same = asking.ask("try", settings=[])
    assert all(before == now for before, now in (one["place"] for one in same["places"]))
    assert same["reasons"] == []
    wanted = next(one for one in same["skills"] if not one["held"])
    more = asking.ask("try", settings=[f"skills+={one['id']}" for one in same["skills"] if not one["held"]])
    assert all(one["missing"][1] == 0 for one in more["places"])
    assert any(wanted["name"] in line for line in more["reasons"])
    assert asking.ask("try", settings=["years_experience=200"])["type"] == "faults"
    before = asking.ask("write", form="json")
    taken = asking.ask("try", settings=[f"skills+={wanted['id']}"], take=True)
    assert wanted["id"] in taken["kept"]["answers"]["skills"]
    assert asking.ask("write", form="json") != before


def test_a_resume_is_offered_and_taken_answer_by_answer(asking, tmp_path):
    given = tmp_path / "resume.json"
    shutil.copy(TESTS / "resumes/sample.json", given)
    offer = asking.ask("read", path=str(given))
    assert offer["type"] == "offer"
    found = {one["attribute"]: one for one in offer["found"]}
    assert found["skills"]["lines"]
    shown = asking.ask("accept", attributes=["skills"])
    assert set(shown["kept"]["answers"]) == {"skills"}
    assert shown["step"]["title"] != ""


@pytest.mark.parametrize(
    ("name", "content", "id_"),
    [
        ("answers.yaml", "background: pirate\n", "unknown-value"),
        ("answers.yaml", "background: [\n", "yaml-syntax"),
        ("answers.yaml", "", "empty-file"),
        ("resume.docx", "PK\x03\x04", "unknown-file-kind"),
        ("answers.yaml", "!!python/object/apply:os.system [ls]\n", "tag-not-allowed"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_and_changes_nothing(asking, tmp_path, name, content, id_):
    (tmp_path / name).write_text(content, encoding="utf-8")
    shown = asking.take("data_engineer")
    found = asking.ask("read", path=str(tmp_path / name))
    assert found["type"] == "faults"
    assert found["lines"][-1].endswith(f"({id_})")
    assert asking.take("?")["kept"] == shown["kept"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("resume.pdf", "%PDF-1.7"),
        ("resume", "%PDF-1.7"),
        ("resume.docx", "PK\x03\x04"),
        ("resume.odt", "PK\x03\x04"),
        ("resume.html", "<p>Python"),
        ("resume.md", "# Skills\n- Python\n"),
        ("resume.txt", "Skills: Python\n"),
    ],
)
def test_a_document_is_refused_in_one_line_that_says_what_to_do(asking, tmp_path, name, content):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    (line,) = asking.ask("read", path=str(path))["lines"]
    assert line == (
        f"{path}:1:1: error: a document such as a PDF is not read here; run trackfit import on your own machine, or name "
        "LinkedIn's copy of your data (unknown-file-kind)"
    )


def test_what_is_typed_is_text_in_every_form(asking):
    asking.take("other", "3", ", ".join(one.replace("\n", " ").replace(",", " ") for one in HOSTILE[:40]))
    kept = asking.take("?")["kept"]["answers"]
    advice = three_valued().consult(kept, DAY)
    for form, write in WRITERS.items():
        assert asking.ask("write", form=form)["text"] == write(advice)


def test_a_clock_that_is_years_behind_gives_the_advice_of_the_newest_figures(asking):
    asking.ask("begin", as_of="2001-01-01")
    asking.take("other")
    assert f'"as_of": "{three_valued().settled}"' in asking.ask("write", form="json")["text"]
