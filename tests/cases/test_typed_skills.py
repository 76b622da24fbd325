"""Skills typed freely: known names are taken, every guess is asked back, and nothing that was typed is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackfit.engine.cases.answers_file import settled_in
from trackfit.engine.cases.case import Case
from trackfit.engine.cases.typed_skills import doubts_in, read_typed
from trackfit.engine.documents.parse import read_text
from trackfit.engine.interview.dialogue import Dialogue
from trackfit.engine.interview.interview import Interview
from trackfit.engine.language.vocabulary import split_skills
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
    "no skill": ("none", set()),
}


@pytest.mark.parametrize("name", CLEAR)
def test_known_names_are_not_asked_about(name):
    text, ids = CLEAR[name]
    assert read(text) == (ids, {}, set())


UNCLEAR = {
    "words that say nothing of the skill": (
        "k8s, postgres and some pytorch",
        ({"kubernetes", "postgresql"}, {"some pytorch": ("pytorch",)}, set()),
    ),
    "a slip": ("pythn", (set(), {"pythn": ("python",)}, set())),
    "several meanings": ("tf, sql", ({"sql"}, {"tf": TF}, set())),
    "several meanings beside a name": ("python tf", ({"python"}, {"tf": TF}, set())),
    "several meanings among words": ("a bit of tf", (set(), {"tf": TF}, set())),
    "all at once": (
        "advanced python tf sql",
        ({"sql"}, {"advanced python": ("python",), "tf": TF}, set()),
    ),
    "several names in a text": (
        "solid python docker",
        (set(), {"solid python docker": ("python, docker",)}, set()),
    ),
    "unknown": ("basket weaving and python", ({"python"}, {}, {"basket weaving"})),
    "unknown with a joint": ("fish & chips", (set(), {}, {"fish & chips"})),
}


@pytest.mark.parametrize("name", UNCLEAR)
def test_every_guess_is_asked_back(name):
    text, expected = UNCLEAR[name]
    assert read(text) == expected


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


def test_a_guess_is_taken_with_a_yes():
    dialogue = typed("python, some pytorch")
    assert shown(dialogue) == (
        "By “some pytorch”, do you mean PyTorch?",
        ["Yes, PyTorch", "No, keep “some pytorch” as it is"],
    )
    (said,) = dialogue.take("yes")
    assert said.text == "Skills: Python, PyTorch."
    assert (dialogue.talk.doubts, dialogue.talk.unmatched) == ((), ())


@pytest.mark.parametrize(
    ("answer", "skills", "kept"),
    [("1", {"python"}, ()), ("2", {"python"}, ("wizardry",)), ("3", set(), ("python wizardry",))],
)
def test_the_other_words_are_kept_where_they_are_a_skill_too(answer, skills, kept):
    dialogue = typed("python wizardry")
    assert shown(dialogue)[1] == [
        "Yes, Python",
        "Yes, and keep “wizardry” too",
        "No, keep “python wizardry” as it is",
    ]
    dialogue.take(answer)
    assert (dialogue.talk.answers["skills"], dialogue.talk.unmatched) == (skills, kept)


def test_the_other_words_are_looked_at_in_their_turn():
    dialogue = typed("python kubernets")
    dialogue.take("2")
    assert shown(dialogue)[0] == "By “kubernets”, do you mean Kubernetes?"


def test_what_stays_as_typed_is_not_asked_about_again():
    dialogue = typed("pythn, tf")
    dialogue.take("no")
    assert shown(dialogue)[0] == "Which do you mean by “tf”?"
    talk = gone_on(dialogue.talk)
    assert [one.text for one in talk.doubts] == ["tf"]
    assert talk.unmatched == ("pythn", "tf")
    talk.answer(KB.reader.attributes["skills"], "pythn, sqll")
    assert [one.text for one in talk.doubts] == ["sqll"]


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
) | st.text(max_size=6)


@searching(40)
@given(st.lists(WORDS, max_size=8).map(" ".join))
def test_nothing_is_lost_and_an_interrupted_interview_asks_the_same(text):
    first = read_typed(INDEX, text)
    assert doubts_in(INDEX, first.unmatched) == first.doubts
    assert [one.text for one in first.doubts] == sorted(one.text for one in first.doubts)
    left = " ".join(first.unmatched).split()
    for word in (word for part in split_skills(text) for word in part.split()):
        known = any(set(INDEX.match(part).ids) & first.ids for part in (word, *_runs_with(word, text)))
        assert word in left or known or word.lower().strip(".:()!") in FILLERS, word


def _runs_with(word, text):
    """The runs of words of a text that have this word."""
    for part in split_skills(text):
        words = part.split()
        for first in range(len(words)):
            for end in range(first + 1, min(len(words), first + 5) + 1):
                if word in words[first:end]:
                    yield " ".join(words[first:end])


FILLERS = {"some", "a", "bit", "of", "and", "&", "etc", "plus", "experience", "in", "i", "an", "my", "the"}
