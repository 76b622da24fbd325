"""The interview without a terminal: which questions come, what is taken, and what is written where."""

from __future__ import annotations

import shutil
from functools import partial

import pytest

from trackfit.engine.cases.values import Wrong
from trackfit.engine.documents.parse import read_text
from trackfit.engine.inference.base import KnowledgeBase, shipped
from trackfit.engine.interview.dialogue import Dialogue
from trackfit.engine.interview.interview import Interview
from trackfit.tests.support import running
from trackfit.tests.support.shipped import DAY, three_valued

OF_BACKGROUND = {
    "backend_fullstack": set(),
    "data_engineer": {"undervalues_pipeline_skills"},
    "data_scientist": {"portfolio", "expects_same_work"},
    "devops_platform_sre": {"considers_generic_cloud"},
    "architect": {"waits_to_learn_enough"},
    "other": set(),
}
SPECIAL = set().union(*OF_BACKGROUND.values())
WHOLE = [
    "2",
    "7",
    "python, tf, pythn, wizardry",
    "1",
    "2",
    "1, pipeline architecture",
    "1",
    "3",
    "us",
    "250",
    "y",
    "2",
    "yes",
    "6",
    "Sam | *Doe*",
]
WRITTEN = """\
# Answers for trackfit. Change them as you like, then run: trackfit advise THIS_FILE
background: "data_engineer"
years_experience: 7
skills: ["pipeline_architecture", "python", "sql", "terraform", "wizardry"]
denied_skills: ["airflow", "data_infrastructure", "dbt", "spark"]
target_track: "undecided"
target_reason: "job_market"
country: "us"
salary_goal: 250000
salary_basis: "total"
undervalues_pipeline_skills: true
hours_per_week: 6
name: "Sam | *Doe*"
"""


@pytest.fixture(scope="module")
def kb():
    return three_valued()


def run(*arguments, lines=()):
    return running.run("interview", *arguments, given="".join(f"{line}\n" for line in lines))


advise = partial(running.run, "advise")


def asked_of(talk, **answers):
    """The questions that come when each is answered as given, or else left open; their number only falls."""
    found = []
    most = talk.most_left()
    while (attribute := talk.question()) is not None:
        found.append(attribute.id)
        if attribute.id in answers:
            talk.answer(attribute, answers[attribute.id])
        else:
            talk.skip(attribute)
        assert len(found) + talk.most_left() <= most
        most = len(found) + talk.most_left()
    return found


@pytest.mark.parametrize("background", OF_BACKGROUND)
def test_only_questions_that_concern_this_background(background, kb):
    asked = asked_of(Interview(kb), background=background, years_experience="5", skills="python")
    usual = ["denied_skills"] if background != "other" else []
    assert asked[:4] == ["background", "years_experience", "skills", *usual, "target_track"][:4]
    assert asked[-2:] == ["hours_per_week", "name"]
    assert set(asked) & SPECIAL == OF_BACKGROUND[background]


def test_a_salary_goal_brings_the_question_of_its_kind(kb):
    asked = asked_of(Interview(kb), background="data_engineer", years_experience="4", salary_goal="150k")
    assert asked[asked.index("salary_goal") + 1] == "salary_basis"


def test_what_cannot_change_the_advice_is_not_asked(kb):
    """The target is the nearest by itself and no track with a wall is its equal; nothing is usual that could be denied."""
    asked = asked_of(
        Interview(kb), background="other", skills="model versioning, kubernetes", target_track="mlops"
    )
    assert not {"denied_skills", "math_comfort", "portfolio"} & set(asked)


def test_what_is_usual_and_not_named_is_one_checklist(kb):
    """What is ticked is named, what is not is denied, and left open it stays usual."""
    usual = ("python", "system_design", "rest_apis", "docker", "ci_cd")
    for line, named, denied in (
        ("2, ci/cd", {"docker", "rest_apis", "ci_cd"}, {"python", "system_design"}),
        ("", {"docker"}, {"python", "system_design", "rest_apis", "ci_cd"}),
        ("skip", {"docker"}, None),
    ):
        talk = Dialogue(Interview(kb), DAY)
        for said in ("1", "5", "docker"):
            talk.take(said)
        step = talk.step
        assert step is not None
        assert (step.title, step.held) == ("Which of these do you use as well?", ())
        assert {choice.id for choice in step.choices} == set(usual) - {"docker"}
        places = {choice.id: str(number) for number, choice in enumerate(step.choices, 1)}
        talk.take(line.replace("2", places["rest_apis"]))
        plain = talk.talk.case().plain()
        assert plain["skills"] == sorted(named)
        assert plain.get("denied_skills") == (None if denied is None else sorted(denied))
        assert talk.step is not None
        assert talk.step.title != step.title


def test_a_tick_outside_the_checklist_is_told(kb):
    talk = Dialogue(Interview(kb), DAY)
    for said in ("1", "5", "docker"):
        talk.take(said)
    for line in ("99", "kubernetes", "wizardry"):
        (told,) = talk.take(line)
        assert told.text == "This must be numbers from 1 to 4 with commas, or Enter alone for none of them."


def test_another_background_brings_another_checklist(kb):
    talk = Interview(kb)
    for id_, text in (("background", "backend_fullstack"), ("skills", "docker")):
        talk.answer(kb.facts.attributes[id_], text)
    talk.tick(["python"])
    assert talk.answers["denied_skills"]
    talk.answer(kb.facts.attributes["background"], "data_engineer")
    assert "denied_skills" not in talk.answers


def test_a_target_brings_the_question_of_a_portfolio(kb):
    assert "portfolio" in asked_of(Interview(kb), background="other", target_track="ml_engineering")


def test_an_answer_makes_an_earlier_question_relevant(tmp_path):
    """A question that was passed over comes as soon as a later answer makes it one that concerns the person."""
    for name in ("facts", "rules", "templates"):
        shutil.copytree(shipped() / name, tmp_path / name)
    path = tmp_path / "facts/attributes.yaml"
    text = path.read_text(encoding="utf-8")
    assert "order: 90\n" in text
    path.write_text(text.replace("order: 90\n", "order: 15\n"), encoding="utf-8")
    talk = Interview(KnowledgeBase.load(tmp_path, engine="three-valued"))
    asked = asked_of(talk, background="other", target_track="ml_engineering")
    assert asked[:5] == ["background", "years_experience", "skills", "target_track", "portfolio"]


def test_only_the_background_is_needed(kb):
    talk = Interview(kb)
    attribute = talk.question()
    assert attribute is not None
    with pytest.raises(Wrong, match="'background' is needed: everything else depends on it"):
        talk.skip(attribute)
    assert talk.question() is attribute


@pytest.mark.parametrize(
    ("key", "text", "says"),
    [
        ("background", "99", "must be one of the choices, by its number from 1 to 18"),
        ("background", "²", "must be one of the choices, by its number from 1 to 18"),
        ("background", "data enginer", "by its number from 1 to 18; did you mean 'Data engineer'?"),
        ("years_experience", "many", "must be a whole number, such as 7, not 'many'"),
        ("years_experience", "61", "must be from 0 to 60, not 61"),
        (
            "salary_goal",
            "a lot",
            "Indian rupees, pounds sterling, Swiss francs or US dollars, not 'a lot'",
        ),
        ("waits_to_learn_enough", "perhaps", "must be yes or no, not 'perhaps'"),
        ("name", "x" * 20_001, "has 20,001 characters; at most 20,000 are read"),
    ],
)
def test_what_cannot_be_read_is_not_taken(key, text, says, kb):
    talk = Interview(kb)
    with pytest.raises(Wrong) as raised:
        talk.answer(kb.reader.attributes[key], text)
    assert raised.value.says.endswith(says)
    assert (talk.answers, talk.skipped, talk.history) == ({}, set(), [])


def test_going_back_asks_again_and_keeps_the_answer_until_there_is_another(kb):
    talk = Interview(kb)
    reader = kb.reader.attributes
    assert not talk.back()
    talk.answer(reader["background"], "data_scientist")
    talk.answer(reader["years_experience"], "4")
    talk.answer(reader["expects_same_work"], "yes")
    assert talk.back()
    assert talk.back()
    assert talk.question() is reader["years_experience"]
    assert talk.answers["years_experience"] == 4
    talk.keep(kb.reader.attributes["years_experience"])
    assert talk.question() is reader["skills"]


def test_another_answer_drops_what_hung_on_it_and_asks_what_is_needed_now(kb):
    talk = Interview(kb)
    reader = kb.reader.attributes
    for key, text in {
        "background": "3",
        "expects_same_work": "yes",
        "salary_goal": "90k",
        "salary_basis": "2",
    }.items():
        talk.answer(reader[key], text)
    talk.ask_again("background")
    talk.answer(reader["background"], "architect")
    assert set(talk.answers) == {"background", "salary_goal", "salary_basis"}
    talk.ask_again("salary_goal")
    talk.skip(reader["salary_goal"])
    assert talk.answers == {"background": "architect"}
    assert "waits_to_learn_enough" in asked_of(talk)


def test_a_default_is_not_an_answer(kb):
    """A goal brings the kind of pay with it, and still the question is asked."""
    talk = Interview(kb)
    talk.answer(kb.reader.attributes["background"], "1")
    talk.answer(kb.reader.attributes["years_experience"], "4")
    talk.answer(kb.reader.attributes["salary_goal"], "100k")
    assert talk.case().answers["salary_basis"] == "base"
    assert "salary_basis" not in talk.to_yaml()
    again, _ = kb.reader.read(read_text(talk.to_yaml(), "case.yaml")[0])
    assert "salary_basis" in asked_of(Interview(kb, again))


def test_a_whole_interview(here):
    result = run(lines=WHOLE)
    assert result.exit_code == 0, result.stderr
    assert (here / "trackfit-answers.yaml").read_text(encoding="utf-8") == WRITTEN
    assert (here / "trackfit-answers.yaml").stat().st_mode & 0o777 == 0o600
    assert result.stdout == advise("trackfit-answers.yaml").stdout
    assert result.stdout.startswith("# ")
    for said in (
        "Which of these do you use as well?\n  1  SQL\n",
        "Which of these is closest to the work you do now?\n  1  Backend or full-stack engineer\n  2  Data engineer\n",
        "Which do you mean by “tf”?\n  1  Terraform\n  2  TensorFlow\n  3  None of these: leave it out\n",
        "Shall “pythn” count as a skill?\n  1  Keep “pythn” as it is\n  2  Count Python\n",
        "Skills: Python, Terraform.",
        "Not counted, but kept and shown in your report: wizardry.",
        "Do you mean $250,000 a year?",
        "Salary goal: $250,000 a year.",
        "Your answers: trackfit-answers.yaml\n",
    ):
        assert said in result.stderr


def test_a_title_is_taken_for_a_background_and_told(here):
    result = run(lines=["senior software engineer", *[""] * 12])
    assert result.exit_code == 0, result.stderr
    assert (
        "Background: Backend or full-stack engineer. That is what “senior software engineer” stands for here; "
        "go back with < if another fits better."
    ) in " ".join(result.stderr.split())
    assert 'background: "backend_fullstack"\n' in (here / "trackfit-answers.yaml").read_text(encoding="utf-8")


def test_questions_can_be_explained_skipped_answered_wrongly_and_gone_back_to(here):
    lines = ["?", "", "lots", "<", "Data engineer", "<", "architect", "99", *[""] * 12]
    result = run("--out", "report.md", lines=lines)
    assert result.exit_code == 0, result.stderr
    assert result.stdout == ""
    for said in (
        "Pick the one that fills most of your week.",
        "This is needed: everything else depends on it.",
        "This must be one of the choices, by its number from 1 to 18.",
        "This is the first question.",
        "Background: Data engineer.",
        "Your answer so far: Data engineer.",
        "Background: Architect or technical lead.",
        "Years of experience: left open.",
        "This must be from 0 to 60, not 99.",
        "Your report:  report.md\nAs a page:    report.html\nYour answers: trackfit-answers.yaml\n",
    ):
        assert said in result.stderr
    answers = (here / "trackfit-answers.yaml").read_text(encoding="utf-8").splitlines()
    assert 'background: "architect"' in answers
    assert "years_experience: # left open" in answers
    assert (here / "report.md").read_text(encoding="utf-8") == advise("trackfit-answers.yaml").stdout


def test_the_report_may_be_a_page_by_another_template(here):
    lines = ["other", *[""] * 12]
    result = run("--format", "html", "--template", "brief", "--out", "report.html", lines=lines)
    assert result.exit_code == 0, result.stderr
    page = (here / "report.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert ">Your way into AI work, in brief</h1>" in page
    assert "What to watch" in page


def test_an_unclear_skill_may_be_left_out_or_kept(here):
    result = run(lines=["other", "", "tf, pythn", "0", "", "x", "", *[""] * 6])
    assert result.exit_code == 0, result.stderr
    assert "This must be a number from 1 to 3, or Enter alone, which leaves it out." in result.stderr
    assert "This must be a number from 1 to 2, or Enter alone, which keeps it as it is." in result.stderr
    assert "Skills: none." in result.stderr
    assert 'skills: ["pythn"]' in (here / "trackfit-answers.yaml").read_text(encoding="utf-8")


def test_no_small_amount_is_taken_for_thousands_unasked(here):
    run(lines=["1", "4", "", "", "", "", "180", "no", *[""] * 6])
    assert "salary_goal: 180\n" in (here / "trackfit-answers.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("answered", range(len(WHOLE)))
def test_an_interview_that_ends_early_can_be_gone_on_with(answered, here):
    """Wherever the input ends, the answers are kept, and going on asks only the rest."""
    stopped = run("--save", "a.yaml", lines=WHOLE[:answered])
    assert stopped.exit_code == 130
    assert stopped.stdout == ""
    if answered == 0:
        assert stopped.stderr.endswith("Stopped. Nothing was answered, so nothing is kept.\n")
        assert not (here / "a.yaml").exists()
        return
    end = "Stopped. Your answers are in a.yaml. Go on with:\n  trackfit interview --resume a.yaml\n"
    assert stopped.stderr.endswith(end)
    went_on = run("--resume", "a.yaml", lines=WHOLE[answered:])
    assert went_on.exit_code == 0, went_on.stderr
    assert "closest to the work" not in went_on.stderr
    assert (here / "a.yaml").read_text(encoding="utf-8") == WRITTEN


def test_going_on_does_not_ask_again_what_was_skipped_before_all_else(here):
    assert run("--save", "a.yaml", lines=["other", "", ""]).exit_code == 130
    went_on = run("--resume", "a.yaml", lines=[""] * 7)
    assert went_on.exit_code == 0
    assert "How many years" not in went_on.stderr
    again = run("--resume", "a.yaml", lines=["7", *[""] * 8])
    assert again.exit_code == 0
    assert "How many years" in again.stderr
    assert "years_experience: 7\n" in (here / "a.yaml").read_text(encoding="utf-8")


def test_answers_to_start_from_stay_as_they_are(here):
    mine = "# mine\nbackground: backend_fullstack\nskills: [go]\n"
    (here / "mine.yaml").write_text(mine)
    result = run("--answers", "mine.yaml", lines=["5", *[""] * 9])
    assert result.exit_code == 0, result.stderr
    assert (here / "mine.yaml").read_text() == mine
    kept = (here / "trackfit-answers.yaml").read_text(encoding="utf-8")
    assert 'background: "backend_fullstack"\nyears_experience: 5\nskills: ["go"]\n' in kept


def test_a_finished_file_asks_nothing(here):
    (here / "a.yaml").write_text(WRITTEN, encoding="utf-8")
    result = run("--resume", "a.yaml")
    assert result.exit_code == 0
    assert "Every question that could change your advice is answered already." in result.stderr
    assert result.stdout == advise("a.yaml").stdout


def test_nothing_is_overwritten_unasked(here):
    (here / "trackfit-answers.yaml").write_text("mine")
    assert run(lines=["other", *[""] * 9]).exit_code == 0
    assert (here / "trackfit-answers.yaml").read_text() == "mine"
    assert (here / "trackfit-answers-2.yaml").exists()


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--save", "old.yaml"], "old.yaml:1:1: error: answers are kept here already; go on with them: --resume old.yaml"),
        (["--save", "old.yaml", "--force"], "old.yaml:1:1: error: answers are kept here already; go on with them"),
        (["--save", "no/a.yaml"], "no/a.yaml:1:1: error: there is no folder 'no'; make it, or name another (unwritable-file)"),
        (["--out", "no/a.md"], "no/a.md:1:1: error: there is no folder 'no'; make it, or name another (unwritable-file)"),
        (["--as-of", "now"], "--as-of:1:1: error: 'now' is not a date; write YYYY-MM-DD, such as 2026-11-22 (wrong-date)"),
        (["--answers", "-"], "-:1:1: error: your answers come from standard input here; name a file to start from"),
        (["--answers", "a", "--resume", "b"], "--resume:1:1: error: give --answers or --resume, not both (bad-option)"),
        (["--resume", "old.yaml"], "old.yaml:1:1: error: 'background' cannot be 'x'"),
        (["--resume", "none.yaml"], "none.yaml:1:1: error: there is no such file; check the path (no-such-file)"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_wrong_options_are_refused_before_the_first_question(arguments, problem, here):
    (here / "old.yaml").write_text("background: x\n")
    result = run(*arguments, lines=["other"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "closest to the work" not in result.stderr
    assert result.stderr.startswith(problem.replace("old.yaml:1:1: error: 'b", "old.yaml:1:13: error: 'b"))
