"""Skills typed freely: known names are taken, every guess is asked back, and nothing that was typed is lost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackfit.engine.cases.answers_file import settled_in
from trackfit.engine.cases.case import Case
from trackfit.engine.cases.typed_skills import doubts_in, read_entry, read_typed
from trackfit.engine.documents.parse import read_text
from trackfit.engine.interview.dialogue import Dialogue
from trackfit.engine.interview.interview import Interview
from trackfit.engine.language.vocabulary import NO_VALUES, fold, split_skills
from trackfit.tests.support.searches import searching
from trackfit.tests.support.shipped import DAY, three_valued

KB = three_valued()
INDEX = KB.reader.index
TF = ("terraform", "tensorflow")


def read(text):
    """The skills taken at once, what is asked back about which text, and what is kept as typed."""
    typed = read_typed(INDEX, text)
    asked = {one.text: tuple(choice.id for choice in one.choices) for one in typed.doubts}
    return set(typed.ids), asked, set(typed.unknown)


CLEAR = {
    "aliases": ("k8s, postgres; GH Actions", {"kubernetes", "postgresql", "github_actions"}),
    "and": ("k8s and docker & sql", {"kubernetes", "docker", "sql"}),
    "spaces": ("python docker machine learning", {"python", "docker", "machine_learning"}),
    "brackets with commas": ("AWS (EC2, S3, Lambda), Java 17", {"aws", "ec2", "s3", "aws_lambda", "java"}),
    "words of praise": ("solid python docker, 5 years of SQL", {"python", "docker", "sql"}),
    "no skill": ("none, N/A, -", set()),
}


@pytest.mark.parametrize("name", CLEAR)
def test_known_names_are_not_asked_about(name):
    text, ids = CLEAR[name]
    assert read(text) == (ids, {}, set())


UNCLEAR = {
    "held a little": (
        "k8s, postgres and some pytorch",
        ({"kubernetes", "postgresql"}, {"some pytorch": ("pytorch",)}, set()),
    ),
    "not held": ("no kubernetes, learning pytorch", (set(), {}, {"no kubernetes", "learning pytorch"})),
    "a slip": ("pythn", (set(), {"pythn": ("python",)}, set())),
    "several meanings": ("tf, sql", ({"sql"}, {"tf": TF}, set())),
    "several meanings beside a name": ("python tf", ({"python"}, {"tf": TF}, set())),
    "several meanings among words": ("a bit of tf", (set(), {"tf": TF}, set())),
    "all at once": ("advanced python tf sql", ({"python", "sql"}, {"tf": TF}, set())),
    "unknown": ("basket weaving and python", ({"python"}, {}, {"basket weaving"})),
    "unknown beside a name": ("python wizardry", (set(), {}, {"python wizardry"})),
    "unknown with a joint": ("fish & chips", (set(), {}, {"fish & chips"})),
}


@pytest.mark.parametrize("name", UNCLEAR)
def test_what_is_not_clear_is_asked_back_or_kept(name):
    text, expected = UNCLEAR[name]
    assert read(text) == expected


PAIRS = [
    (line.partition(" => ")[0], line.partition(" => ")[2])
    for line in (Path(__file__).parent / "hard_pairs.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def meaning(text):
    """What a line of skills is read as, in the words of hard_pairs.txt."""
    entries = [read_entry(INDEX, part) for part in split_skills(text)]
    found = list(dict.fromkeys(id_ for entry in entries for id_ in entry.ids))
    unclear = [id_ for entry in entries for one in entry.unclear for id_ in one.ids]
    heard = [id_ for entry in entries for one in entry.heard for id_ in one.ids]
    found += ["?", *unclear] if unclear else []
    found += ["not held", *heard] if heard else []
    unknown = any(entry.unknown for entry in entries)
    return " ".join(found) or ("unknown" if unknown else "nothing")


def test_each_hard_text_means_what_its_table_says():
    assert len(PAIRS) > 300
    assert {text: meaning(text) for text, _ in PAIRS} == dict(PAIRS)


LEFT = [
    line.partition(" # ")
    for line in (Path(__file__).parent / "left_unknown.txt").read_text(encoding="utf-8").splitlines()[1:]
]


@pytest.mark.parametrize(("text", "_", "reason"), LEFT)
def test_what_is_left_unknown_has_a_reason_and_stays_as_typed(text, _, reason):
    assert reason
    assert read(text) == (set(), {}, {text})


NO_GUESSES = (Path(__file__).parent / "no_guesses.txt").read_text(encoding="utf-8").splitlines()


def test_no_other_skill_is_offered_for_a_text_that_only_looks_like_one():
    """Each line is a text, and the skills that letters or a shared word might bring to mind."""
    pairs = [line.split(" ≠ ") for line in NO_GUESSES if line and not line.startswith("#")]
    assert len(pairs) >= 72
    for text, wrong in pairs:
        typed = read_typed(INDEX, text)
        offered = {choice.id for doubt in typed.doubts for choice in doubt.choices} | typed.ids
        assert set(wrong.split()) <= set(KB.facts.skills), text
        assert not offered & set(wrong.split()), text


def test_skills_that_are_denied_are_read_as_those_that_are_held():
    read, faults = KB.reader.skills(
        KB.reader.attributes["denied_skills"], ["k8s", "no Docker", "none", "wizardry"]
    )
    assert read.ids == {"kubernetes", "docker"}
    assert [one.text for one in faults] == ["'denied_skills' knows no 'wizardry' (left out)"]


def test_likely_slips_are_offered():
    slips = "kuberentes tensorlfow pytorh langchian postgers dockr terrafrom snowflak machne~learning"
    wanted = "kubernetes tensorflow pytorch langchain postgresql docker terraform snowflake machine_learning"
    for text, id_ in zip(slips.split(), wanted.split(), strict=True):
        assert INDEX.nearest(text.replace("~", " ")) == [id_], text


def typed(text):
    """A conversation in which these skills were typed."""
    talk = Interview(KB, Case(answers={"background": "other", "years_experience": 4}))
    dialogue = Dialogue(talk, DAY)
    dialogue.take(text)
    return dialogue


def gone_on(talk):
    """An interview that goes on from the file of another."""
    text = talk.to_yaml()
    node, _ = read_text(text, "case.yaml")
    assert node is not None
    case, _ = KB.reader.read(node, unfinished=True)
    return Interview(KB, case, settled=settled_in(text))


def shown(dialogue):
    """What is asked now, and the answers to it."""
    step = dialogue.step
    assert step is not None
    return step.title, [choice.name for choice in step.choices]


def test_a_guess_is_kept_as_it_is_unless_somebody_says_yes():
    dialogue = typed("python, some pytorch")
    assert shown(dialogue) == (
        "Shall “some pytorch” count as a skill?",
        ["Keep “some pytorch” as it is", "Count PyTorch"],
    )
    (said,) = dialogue.take("yes")
    assert said.text == "Skills: Python, PyTorch."
    assert (dialogue.talk.doubts, dialogue.talk.unmatched) == ((), ())
    left = typed("python, some pytorch")
    left.take("")
    assert (left.talk.answers["skills"], left.talk.unmatched) == ({"python"}, ("some pytorch",))


@pytest.mark.parametrize(
    ("answer", "skills", "kept"),
    [
        ("", {"sql"}, {"basic java", "pythn", "kuberentes"}),
        ("none", {"sql"}, {"basic java", "pythn", "kuberentes"}),
        ("2, 3", {"sql", "kubernetes", "python"}, {"basic java"}),
        ("1 2 3", {"sql", "java", "kubernetes", "python"}, set()),
        ("Java, for “basic java”", {"sql", "java"}, {"pythn", "kuberentes"}),
    ],
)
def test_several_guesses_stand_on_one_screen(answer, skills, kept):
    dialogue = typed("sql, pythn, basic java, kuberentes")
    assert shown(dialogue)[1] == [
        "Java, for “basic java”",
        "Kubernetes, for “kuberentes”",
        "Python, for “pythn”",
    ]
    dialogue.take(answer)
    assert (dialogue.talk.answers["skills"], set(dialogue.talk.unmatched)) == (skills, kept)
    assert dialogue.talk.doubts == ()


def test_another_line_than_the_numbers_of_the_list_is_refused():
    dialogue = typed("pythn, kuberentes")
    (said,) = dialogue.take("9")
    assert said.text == (
        "This must be numbers from 1 to 2, with commas, or Enter alone, which keeps all of them as they are."
    )


def test_what_stays_as_typed_is_not_asked_about_again():
    dialogue = typed("pythn, tf")
    assert shown(dialogue)[0] == "Which do you mean by “tf”?"
    dialogue.talk.leave_as_typed(dialogue.talk.doubts[0])  # pyright: ignore[reportGeneralTypeIssues]
    talk = gone_on(dialogue.talk)
    assert [one.text for one in talk.doubts] == ["tf"]
    assert talk.unmatched == ("pythn", "tf")
    talk.answer(KB.reader.attributes["skills"], "pythn, kuberentes")
    assert [one.text for one in talk.doubts] == ["kuberentes"]


@pytest.mark.parametrize("line", ["", "pythn", "[1]", "[", '{"a": 1}', '["a", null]'])
def test_a_changed_note_of_what_was_settled_only_asks_again(line):
    assert settled_in(f"# Asked back, and to stay as it is: {line}\nbackground: other\n") == frozenset()


WORDS = st.sampled_from(
    [
        "python",
        "k8s",
        "tf",
        "pythn",
        "some",
        "a bit of",
        "and",
        "&",
        ",",
        ";",
        "wizardry",
        "machine",
        "learning",
        "etc.",
    ]
) | st.text("abikpstxz019 /&+.#é", max_size=6)


@searching(40)
@given(st.lists(WORDS, max_size=8).map(" ".join))
def test_nothing_is_lost_and_an_interrupted_interview_asks_the_same(text):
    first = read_typed(INDEX, text)
    assert doubts_in(INDEX, first.unmatched) == first.doubts
    assert [one.text for one in first.doubts] == sorted(one.text for one in first.doubts)
    left = fold(" ".join(first.unmatched))
    for part in split_skills(text):
        entry = read_entry(INDEX, part)
        if not entry.ids:
            assert fold(part) in NO_VALUES or all(
                fold(word) in left or fold(word) in SAYS_NOTHING for word in re.split(r"[\s/&+]+", part)
            ), part


SAYS_NOTHING = {*NO_VALUES, "some", "a", "bit", "of", "and", "etc", "e", "o", "y"}
