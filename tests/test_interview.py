"""The interview without a terminal: which questions come, what is taken, and what is written where."""

from __future__ import annotations

import shutil

import pytest
from click.testing import CliRunner

from trackfit.cli import cli
from trackfit.engine.case import Wrong
from trackfit.engine.interview import Interview
from trackfit.engine.knowledge import KnowledgeBase, shipped
from trackfit.engine.source import read_text

EVERYONE = [
    "background",
    "years_experience",
    "skills",
    "target_track",
    "target_reason",
    "salary_goal",
    "math_comfort",
    "name",
]
OF_BACKGROUND = {
    "backend_fullstack": set(),
    "data_engineer": {"undervalues_pipeline_skills"},
    "data_scientist": {"portfolio", "expects_same_work"},
    "devops_platform_sre": {"considers_generic_cloud"},
    "architect": {"waits_to_learn_enough"},
    "other": set(),
}
WHOLE = ["2", "7", "python, tf, pythn, excel", "1", "1", "6", "3", "180", "y", "2", "2", "yes", "Sam | *Doe*"]
WRITTEN = """\
# Answers for trackfit. Change them as you like, then run: trackfit advise THIS_FILE
background: "data_engineer"
years_experience: 7
skills: ["excel", "python", "terraform"]
target_track: "undecided"
target_reason: "job_market"
salary_goal: 180000
salary_basis: "total"
math_comfort: "some"
undervalues_pipeline_skills: true
name: "Sam | *Doe*"
"""


@pytest.fixture(scope="module")
def kb():
    return KnowledgeBase.load(engine="three-valued")


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments, lines=()):
    given = "".join(f"{line}\n" for line in lines)
    return CliRunner().invoke(cli, ["interview", *arguments], input=given, catch_exceptions=False)


def advise(*arguments):
    return CliRunner().invoke(cli, ["advise", *arguments], catch_exceptions=False)


def asked_of(talk, **answers):
    """The questions that come when each is answered as given, or else left open."""
    found = []
    while (attribute := talk.next_question()) is not None:
        found.append(attribute.id)
        assert talk.most_left() >= 1
        talk.answer(attribute, answers.get(attribute.id, ""))
    return found


@pytest.mark.parametrize("background", OF_BACKGROUND)
def test_only_questions_that_concern_this_background(background, kb):
    asked = asked_of(Interview(kb), background=background)
    assert asked[0] == "background"
    assert set(asked) - set(EVERYONE) == OF_BACKGROUND[background]
    assert [one for one in asked if one in EVERYONE] == EVERYONE


def test_a_salary_goal_brings_the_question_of_its_kind(kb):
    asked = asked_of(Interview(kb), background="other", salary_goal="150k")
    assert asked[asked.index("salary_goal") + 1] == "salary_basis"


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
    attribute, text = talk.next_question(), "  "
    assert attribute is not None
    with pytest.raises(Wrong, match="'background' is needed: everything else depends on it"):
        talk.answer(attribute, text)
    assert talk.next_question() is attribute


@pytest.mark.parametrize(
    ("key", "text", "says"),
    [
        ("background", "9", "must be one of the choices, by its number from 1 to 6"),
        ("background", "²", "must be one of the choices, by its number from 1 to 6"),
        ("background", "data enginer", "by its number from 1 to 6; did you mean 'Data engineer'?"),
        ("years_experience", "many", "must be a whole number, such as 7, not 'many'"),
        ("years_experience", "61", "must be from 0 to 60, not '61'"),
        ("salary_goal", "a lot", "must be US dollars a year, such as 180000 or 180k, not 'a lot'"),
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


def test_going_back_forgets_the_answer_and_what_hung_on_it(kb):
    talk = Interview(kb)
    reader = kb.reader.attributes
    assert not talk.back()
    for key, text in (
        ("salary_basis", "2"),
        ("math_comfort", "1"),
        ("background", "6"),
        ("salary_goal", "90k"),
    ):
        talk.answer(reader[key], text)
    assert talk.back()
    assert talk.answers == {"background": "other", "math_comfort": "low"}
    talk = Interview(kb)
    talk.answer(reader["background"], "5")
    talk.answer(reader["skills"], "python, zzgrok")
    assert talk.unmatched == ("zzgrok",)
    assert talk.back()
    assert talk.answers == {"background": "architect"}
    assert not talk.unmatched


def test_a_default_is_not_an_answer(kb):
    """A goal brings the kind of pay with it, and still the question is asked."""
    talk = Interview(kb)
    talk.answer(kb.reader.attributes["background"], "6")
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
        "At most 13 questions, then your report.",
        "Which of these is closest to the work you do now?\n  1  Backend or full-stack engineer\n  2  Data engineer\n",
        "“tf” may mean: 1 Terraform · 2 TensorFlow · Enter leaves it out",
        "“pythn” is not known here. Is it: 1 Python · Enter keeps it as it is",
        "Understood: Python, Terraform.",
        "Not known here, but shown in your report: excel.",
        "Do you mean $180,000 a year?",
        "Understood: $180,000 a year.",
        "Your answers: trackfit-answers.yaml\n",
    ):
        assert said in result.stderr


def test_questions_can_be_explained_skipped_answered_wrongly_and_gone_back_to(here):
    lines = ["?", "", "lots", "<", "Data engineer", "<", "architect", "99", "", "", *[""] * 6]
    result = run("--out", "report.md", lines=lines)
    assert result.exit_code == 0, result.stderr
    assert result.stdout == ""
    for said in (
        "Pick the one that fills most of your week.",
        "This is needed: everything else depends on it.",
        "This must be one of the choices, by its number from 1 to 6.",
        "This is the first question.",
        "Understood: Data engineer.",
        "Understood: Architect or technical lead.",
        "This must be from 0 to 60, not '99'.",
        "Your report:  report.md\nYour answers: trackfit-answers.yaml\n",
    ):
        assert said in result.stderr
    answers = (here / "trackfit-answers.yaml").read_text(encoding="utf-8").splitlines()
    assert 'background: "architect"' in answers
    assert "years_experience: # left open" in answers
    assert (here / "report.md").read_text(encoding="utf-8") == advise("trackfit-answers.yaml").stdout


def test_an_unclear_skill_may_be_left_out_or_kept(here):
    result = run(lines=["6", "", "tf, pythn", "0", "", "x", "", *[""] * 6])
    assert result.exit_code == 0, result.stderr
    assert "This must be a number from 1 to 2, or Enter." in result.stderr
    assert "Understood: none." in result.stderr
    assert 'skills: ["pythn"]' in (here / "trackfit-answers.yaml").read_text(encoding="utf-8")


def test_no_small_amount_is_taken_for_thousands_unasked(here):
    run(lines=["6", "", "", "", "", "180", "no", *[""] * 6])
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
    asking_back = {3: 2, 4: 2, 8: 7}  # these lines answer a question that another line began
    went_on = run("--resume", "a.yaml", lines=WHOLE[asking_back.get(answered, answered) :])
    assert went_on.exit_code == 0, went_on.stderr
    assert "closest to the work" not in went_on.stderr
    assert (here / "a.yaml").read_text(encoding="utf-8") == WRITTEN


def test_going_on_does_not_ask_again_what_was_skipped_before_all_else(here):
    assert run("--save", "a.yaml", lines=["6", "", ""]).exit_code == 130
    went_on = run("--resume", "a.yaml", lines=[""] * 5)
    assert went_on.exit_code == 0
    assert "How many years" not in went_on.stderr
    again = run("--resume", "a.yaml", lines=["7", *[""] * 6])
    assert again.exit_code == 0
    assert "How many years" in again.stderr
    assert "years_experience: 7\n" in (here / "a.yaml").read_text(encoding="utf-8")


def test_answers_to_start_from_stay_as_they_are(here):
    mine = "# mine\nbackground: backend_fullstack\nskills: [go]\n"
    (here / "mine.yaml").write_text(mine)
    result = run("--answers", "mine.yaml", lines=["5", *[""] * 5])
    assert result.exit_code == 0, result.stderr
    assert (here / "mine.yaml").read_text() == mine
    kept = (here / "trackfit-answers.yaml").read_text(encoding="utf-8")
    assert 'background: "backend_fullstack"\nyears_experience: 5\nskills: ["go"]\n' in kept


def test_a_finished_file_asks_nothing(here):
    (here / "a.yaml").write_text(WRITTEN, encoding="utf-8")
    result = run("--resume", "a.yaml")
    assert result.exit_code == 0
    assert "Every question that concerns you is answered already." in result.stderr
    assert result.stdout == advise("a.yaml").stdout


def test_nothing_is_overwritten_unasked(here):
    (here / "trackfit-answers.yaml").write_text("mine")
    assert run(lines=["6", *[""] * 7]).exit_code == 0
    assert (here / "trackfit-answers.yaml").read_text() == "mine"
    assert (here / "trackfit-answers-2.yaml").exists()


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--save", "old.yaml"], "old.yaml:1:1: error: this file exists; add --force to overwrite it, or name another"),
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
    result = run(*arguments, lines=["6"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "closest to the work" not in result.stderr
    assert result.stderr.startswith(problem.replace("old.yaml:1:1: error: 'b", "old.yaml:1:13: error: 'b"))
